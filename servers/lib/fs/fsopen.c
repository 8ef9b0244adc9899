/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open files. Invariants: a record is free exactly when it has no holders, and then in the free
 * list once; tickets <= holders; handle % count is the record's index.
 */
#include "fsopen.h"

#include <string.h>

void fsopen_init(struct fsopen_table *t, struct fsopen *records, uint32_t count)
{
    memset(records, 0, count * sizeof *records);
    for (uint32_t i = 0; i < count; i++)
        records[i].next = i + 1 < count ? i + 2 : 0;
    *t = (struct fsopen_table){records, count, 1};
}

struct fsopen *fsopen_take(struct fsopen_table *t, const void *owner)
{
    uint32_t index = t->free;
    struct fsopen *o;
    uint64_t handle;

    if (index == 0) return NULL;
    o = &t->record[index - 1];
    t->free = o->next;
    handle = o->handle == 0 ? t->count + (uint64_t)index - 1 : o->handle + t->count;
    *o = (struct fsopen){.handle = handle, .owner = owner, .holders = 1};
    return o;
}

struct fsopen *fsopen_find(const struct fsopen_table *t, uint64_t handle)
{
    struct fsopen *o = &t->record[handle % t->count];

    return handle != 0 && o->holders != 0 && o->handle == handle ? o : NULL;
}

void fsopen_keep(struct fsopen *o) { o->holders++; }

void fsopen_depart(struct fsopen *o)
{
    o->holders++;
    o->tickets++;
}

void fsopen_arrive(struct fsopen *o)
{
    if (o->tickets != 0)
        o->tickets--;
    else
        o->holders++;
}

uint32_t fsopen_rights(const struct fsopen *o)
{
    return (o->how & FSC_O_READ ? FSOPEN_RIGHT_READ : 0) |
           (o->how & FSC_O_WRITE ? FSOPEN_RIGHT_WRITE : 0) |
           (o->rights & FSOPEN_MODE ? FSOPEN_RIGHT_MODE : 0) |
           (o->rights & FSOPEN_OWNER ? FSOPEN_RIGHT_OWNER : 0) |
           (o->rights & FSOPEN_SHARE ? FSOPEN_RIGHT_SHARE : 0);
}

int fsopen_may_share(const struct fsopen *o, uint32_t rights, uint32_t *missing)
{
    *missing = (rights | FSOPEN_RIGHT_SHARE) & ~fsopen_rights(o);
    if ((rights & ~FSOPEN_RIGHTS) != 0) return FSC_EINVAL;
    return *missing != 0 ? FSC_EPERM : FSC_OK;
}

struct fsopen *fsopen_narrow(struct fsopen_table *t, struct fsopen *o, uint32_t rights)
{
    struct fsopen *n = fsopen_take(t, NULL);

    if (n == NULL) return NULL;
    n->node = o->node;
    n->origin = o;
    n->how = o->how & ~(FSC_O_READ | FSC_O_WRITE);
    if (rights & FSOPEN_RIGHT_READ) n->how |= o->how & FSC_O_READ;
    if (rights & FSOPEN_RIGHT_WRITE) n->how |= o->how & FSC_O_WRITE;
    if (rights & FSOPEN_RIGHT_MODE) n->rights |= o->rights & FSOPEN_MODE;
    if (rights & FSOPEN_RIGHT_OWNER) n->rights |= o->rights & FSOPEN_OWNER;
    if (rights & FSOPEN_RIGHT_SHARE) n->rights |= o->rights & FSOPEN_SHARE;
    return n;
}

struct fsopen *fsopen_base(struct fsopen *o)
{
    while (o->origin != NULL)
        o = o->origin;
    return o;
}

bool fsopen_drop(struct fsopen *o)
{
    if (o->holders > 1) {
        o->holders--;
        return false;
    }
    return o->holders == 1;
}

void fsopen_free(struct fsopen_table *t, struct fsopen *o)
{
    o->holders = o->tickets = 0;
    o->owner = NULL;
    o->next = t->free;
    t->free = (uint32_t)(o - t->record) + 1;
}

struct fsopen *fsopen_of(const struct fsopen_table *t, const void *owner, uint32_t *at)
{
    while (*at < t->count) {
        struct fsopen *o = &t->record[(*at)++];

        if (o->holders != 0 && o->owner == owner) return o;
    }
    return NULL;
}

int fsopen_may_read(const struct fsopen *o, uint8_t kind)
{
    if (!(o->how & FSC_O_READ)) return FSC_EBADF;
    return kind == FSC_DIR ? FSC_EISDIR : FSC_OK;
}

int fsopen_may_write(const struct fsopen *o) { return o->how & FSC_O_WRITE ? FSC_OK : FSC_EBADF; }

int fsopen_may_cut(const struct fsopen *o, uint8_t kind)
{
    return kind == FSC_FILE && (o->how & FSC_O_WRITE) ? FSC_OK : FSC_EINVAL;
}

int fsopen_may_set(const struct fsopen *o, uint32_t mask)
{
    uint32_t owner = FSC_SET_UID | FSC_SET_GID;

    if ((mask & owner) && !(o->rights & FSOPEN_OWNER)) return FSC_EPERM;
    return (mask & ~owner) && !(o->rights & FSOPEN_MODE) ? FSC_EPERM : FSC_OK;
}
