/* SPDX-License-Identifier: Apache-2.0 */
/* The common part of the file servers' bindings. */
#include <stdlib.h>
#include <string.h>

#include "capmgr.h"
#include "component.h"
#include "fsbind.h"
#include "timer.h"

static struct fs_time time_to(struct fsc_time t)
{
    return (struct fs_time){.sec = t.sec, .nsec = t.nsec};
}

static struct fsc_time time_back(struct fs_time t)
{
    return (struct fsc_time){.sec = t.sec, .nsec = t.nsec};
}

void fsbind_attr(struct fs_attr *to, const struct fsc_attr *from)
{
    memset(to, 0, sizeof *to);
    to->ino = from->ino;
    to->size = from->size;
    to->blocks = from->blocks;
    to->rdev = from->rdev;
    to->atime = time_to(from->atime);
    to->mtime = time_to(from->mtime);
    to->ctime = time_to(from->ctime);
    to->mode = from->mode;
    to->kind = from->kind;
    to->nlink = from->nlink;
    to->uid = from->uid;
    to->gid = from->gid;
}

void fsbind_attr_back(struct fsc_attr *to, const struct fs_attr *from)
{
    memset(to, 0, sizeof *to);
    to->ino = from->ino;
    to->size = from->size;
    to->blocks = from->blocks;
    to->rdev = from->rdev;
    to->atime = time_back(from->atime);
    to->mtime = time_back(from->mtime);
    to->ctime = time_back(from->ctime);
    to->mode = from->mode;
    to->kind = (uint8_t)from->kind;
    to->nlink = from->nlink;
    to->uid = from->uid;
    to->gid = from->gid;
}

void fsbind_statfs(struct fs_statfs *to, const struct fsc_statfs *from)
{
    memset(to, 0, sizeof *to);
    to->block = (uint32_t)from->block_size;
    to->name_max = from->name_max;
    to->blocks = from->blocks;
    to->free = from->blocks_free;
    to->files = from->files;
    to->files_free = from->files_free;
}

struct fs_dirent *fsbind_dirents(struct fipc_req *r, const struct fsc_dirent *from, uint32_t count)
{
    struct fs_dirent *to = fipc_req_alloc(r, count * sizeof *to);
    uint32_t i;

    for (i = 0; to != NULL && i < count; i++) {
        uint8_t *name = fipc_req_alloc(r, from[i].name_len);

        if (name == NULL) return NULL;
        memset(&to[i], 0, sizeof to[i]);
        memcpy(name, from[i].name, from[i].name_len);
        to[i].ino = from[i].ino;
        to[i].next = from[i].next;
        to[i].kind = from[i].kind;
        to[i].name.data = name;
        to[i].name.len = from[i].name_len;
    }
    return to;
}

static void *env_alloc(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void env_free(void *ctx, void *p, size_t size)
{
    (void)ctx;
    (void)size;
    free(p);
}

#define SECOND 1000000000u

/* Wall clock less time since start, asked of the timer server (use "timer") once a second at most:
 * it answers without waiting. 0 while nobody set the clock, or without that use. */
static int64_t wall_offset(uint64_t now)
{
    static struct fipc_conn timer;
    static uint64_t asked;
    static int64_t offset;
    int64_t sec;
    uint32_t nsec;
    fut_err e;

    if (asked != 0 && now - asked < SECOND) return offset;
    asked = now;
    if (timer.slot == 0 &&
        component_connect("timer", &timer_timer_iface, &timer_timer_lane, 1, 0, &timer) != FUT_OK)
        return offset;
    e = timer_timer_wall((timer_timer){&timer, 0}, &sec, &nsec);
    if (e == FUT_OK)
        offset = sec - (int64_t)(component_now_ns() / SECOND);
    else if (e >= 200 && e < 256)
        component_disconnect(&timer); /* it died: connect again next time */
    return offset;
}

static struct fsc_time env_now(void *ctx)
{
    uint64_t ns = component_now_ns();

    (void)ctx;
    return (struct fsc_time){.sec = (int64_t)(ns / SECOND) + wall_offset(ns),
                             .nsec = (uint32_t)(ns % SECOND)};
}

static void env_random(void *ctx, void *out, size_t size)
{
    uint8_t block[32];
    size_t n, done;

    (void)ctx;
    for (done = 0; done < size; done += n) {
        n = size - done < sizeof block ? size - done : sizeof block;
        if (capmgr_manager_random((capmgr_manager){&component_capmgr, 0}, block) != FUT_OK)
            component_fail("no randomness: the board gave no seed");
        memcpy((uint8_t *)out + done, block, n);
    }
}

const struct fsc_env fsbind_env = {NULL, env_alloc, env_free, env_now, env_random};
