/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes: the shared memory of connections, as work that is done piece by piece. A lane has up to
 * 20,480 pages in two spaces; nothing that a request does may cost that much. So what is to become
 * of a lane is said here (make, leave, drop), and `lanes_next` deals the work out in pieces of at
 * most LANE_STEP pages, one lane after the other.
 *
 * Both sides have the lane's first `have` pages: making adds at the end, leaving takes from the
 * end. A page that the other side no longer has is the last mapping of its frame: then the frame
 * goes back. So the order in which the sides leave does not matter, and they may leave at any time.
 *
 *   idle --make--> making --all pages--> made --leave/unmake--> ... --> idle or (dropped) free
 *
 * Whoever pays for a lane, and every component in whose space some of it may be, is held: it must
 * not vanish (`lanes_held`) before the lane has let go.
 */
#ifndef CAPMGR_LANE_H
#define CAPMGR_LANE_H

#include "capmgr/base.h"

#define LANE_STEP 32u
#define LANE_PARTIES 256u

enum lane_side { LANE_CLIENT = 0, LANE_SERVER = 1 };

struct lane {
    uint64_t at[2];   /* addresses in the spaces of client and server */
    uint32_t comp[2]; /* whose spaces; CM_NONE: not there */
    uint32_t have[2]; /* pages there now, from the first on */
    uint32_t pages;
    uint32_t payer;      /* whose budget */
    uint32_t next, prev; /* in the list of work; `next`: in that of free records, too */
    uint32_t tag;        /* the owner's: which connection, while it is not dropped */
    bool making, made, leaving[2], dropped, queued, lent, live;
};

struct lanes {
    struct lane *lane;
    uint32_t count, free, used;
    uint32_t first, last; /* lanes with work, in turn */
    uint32_t held[LANE_PARTIES];
};

enum lane_op {
    LANE_NOTHING = 0,
    LANE_MAP,   /* map pages [from, from + n) on both sides, new frames */
    LANE_UNMAP, /* unmap them on `side`; `last`: their frames go back */
    LANE_FREE,  /* all is gone: refund the payer; the record is free after lanes_did */
    LANE_CLEAR, /* all is gone, and the lane may be made again */
};

struct lane_work {
    uint32_t lane, from, n;
    uint8_t op, side;
    bool last;
};

void lanes_init(struct lanes *l, struct lane *lane, uint32_t count);

/* A lane that `payer` pays for, not made yet. CM_EAGAIN: no record; CM_EINVAL: no pages. */
enum cm_err lane_open(struct lanes *l, uint32_t payer, uint32_t pages, uint32_t tag, uint32_t *out);

/* It is to be made between these spaces. CM_EAGAIN: an earlier making is still being undone (or it
 * is being made, or made). */
enum cm_err lane_make(struct lanes *l, uint32_t index, uint32_t client, uint64_t client_at,
                      uint32_t server, uint64_t server_at);

/* One side is to be without it. What was being made is not made further. */
void lane_leave(struct lanes *l, uint32_t index, enum lane_side side);

/* Both sides are to be without it; it can be made again afterwards. */
void lane_unmake(struct lanes *l, uint32_t index);

/* Both sides, and then it is no more. */
void lane_drop(struct lanes *l, uint32_t index);

/* Another component pays; `lent`: as the server that has not acknowledged. */
void lane_pay(struct lanes *l, uint32_t index, uint32_t payer, bool lent);

/* The next piece of work; LANE_NOTHING: there is none. Nothing changes. */
struct lane_work lanes_next(const struct lanes *l);

/* The same for one lane, whose turn it may not be. */
struct lane_work lane_next(const struct lanes *l, uint32_t index);

/* That piece is done; of LANE_MAP, `n` pages may be less than asked for. The next lane's turn. */
void lanes_did(struct lanes *l, const struct lane_work *work, uint32_t n);

bool lanes_pending(const struct lanes *l);

/* Must this component stay for some lane's sake? */
bool lanes_hold(const struct lanes *l, uint32_t comp);

/* Lists, holds and states agree; for tests. */
bool lanes_check(const struct lanes *l);

#endif
