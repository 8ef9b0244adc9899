/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The open files of a filesystem, OS-neutral: a record for each, shared by all that hold it.
 *
 *      vfs's handle ----\
 *      a client's object --> record: node, how it was opened, the filesystem's own state
 *      a ticket on its way -/
 *
 * A record lives while somebody holds it. Its handle is a number that is never given again, so that
 * an old handle is refused and never somebody else's file. A holder of a ticket may redeem it once,
 * but a connection that was made by it can be copied: `fsopen_arrive` counts either rightly.
 */
#ifndef FSOPEN_H
#define FSOPEN_H

#include "fscore.h"

/* How a file was opened: FSC_O_READ, FSC_O_WRITE, FSC_O_APPEND. What may be changed of its
 * attributes (Rights of futura.vnode): */
#define FSOPEN_MODE 1u  /* mode and times */
#define FSOPEN_OWNER 2u /* owner and group */
/* Beside them: whether a client may hand it on. */
#define FSOPEN_SHARE 4u

/* All of it in the numbers of FileRights of futura.fs. */
#define FSOPEN_RIGHT_READ 1u
#define FSOPEN_RIGHT_WRITE 2u
#define FSOPEN_RIGHT_MODE 4u
#define FSOPEN_RIGHT_OWNER 8u
#define FSOPEN_RIGHT_SHARE 16u
#define FSOPEN_RIGHTS 31u

struct fsopen {
    uint64_t handle; /* of the present life, or of the last one */
    uint64_t node;
    uint64_t state;    /* the filesystem's own */
    const void *owner; /* session that holds it by its handle; NULL: none does any more */
    uint32_t holders;  /* 0: free */
    uint32_t tickets;  /* of the holders: tickets that nobody has redeemed yet */
    uint32_t how, rights;
    uint32_t next;         /* of the free list, index + 1 */
    struct fsopen *origin; /* whose file it is, with fewer rights; NULL: its own */
};

struct fsopen_table {
    struct fsopen *record;
    uint32_t count, free;
};

/* `records` are the caller's; count 1..2^20. */
void fsopen_init(struct fsopen_table *t, struct fsopen *records, uint32_t count);

/* A record with one holder, `owner`; the other fields are zero but for its handle. NULL: all are
 * taken. */
struct fsopen *fsopen_take(struct fsopen_table *t, const void *owner);

/* The record of a handle, if it lives; NULL otherwise. */
struct fsopen *fsopen_find(const struct fsopen_table *t, uint64_t handle);

/* One more holder. */
void fsopen_keep(struct fsopen *o);
/* A holder that is a ticket. */
void fsopen_depart(struct fsopen *o);
/* Whoever redeemed a ticket holds the record now. */
void fsopen_arrive(struct fsopen *o);

/* FileRights of a record: FSOPEN_RIGHT_*. */
uint32_t fsopen_rights(const struct fsopen *o);
/* May a holder of the record hand it on with these rights (0: all)? FSC_EPERM, and *missing are the
 * rights that it lacks itself; FSC_EINVAL: there are no such rights. */
int fsopen_may_share(const struct fsopen *o, uint32_t rights, uint32_t *missing);
/* A record for the same file with those of its rights that are in `rights`. It takes over one
 * holding of `o`; when it is dropped for the last time, the caller drops `origin`. NULL: all
 * records are taken. */
struct fsopen *fsopen_narrow(struct fsopen_table *t, struct fsopen *o, uint32_t rights);
/* The record that the filesystem knows. */
struct fsopen *fsopen_base(struct fsopen *o);

/* One holder less. True: it was the last; the caller gives the filesystem's state back, unless it
 * has an `origin`, and calls fsopen_free. */
bool fsopen_drop(struct fsopen *o);
void fsopen_free(struct fsopen_table *t, struct fsopen *o);

/* The next record from *at on that `owner` holds by its handle; NULL behind the last. */
struct fsopen *fsopen_of(const struct fsopen_table *t, const void *owner, uint32_t *at);

/* What a file that was opened `how` answers: FSC_OK, FSC_EBADF, or for `kind` FSC_DIR FSC_EISDIR.
 */
int fsopen_may_read(const struct fsopen *o, uint8_t kind);
int fsopen_may_write(const struct fsopen *o);
/* FSC_EINVAL: it was not opened for writing, or is no file. */
int fsopen_may_cut(const struct fsopen *o, uint8_t kind);
/* FSC_EPERM: the opener may not change what `mask` (FSC_SET_*) names. */
int fsopen_may_set(const struct fsopen *o, uint32_t mask);

#endif
