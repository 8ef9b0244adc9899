/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of files instead of copies. While they are mapped the program holds the file by an object
 * of its own, so that closing the descriptor, or unlinking the file, takes nothing away. */
#include <errno.h>

#include "files.h"

#define MAPPINGS 16

static struct mapping {
    uint64_t at;
    size_t pages; /* 0: free */
    struct fsclient_volume *volume;
    uint32_t object;
} mappings[MAPPINGS];

static struct mapping *mapping_free(void)
{
    for (int i = 0; i < MAPPINGS; i++)
        if (mappings[i].pages == 0) return &mappings[i];
    return NULL;
}

/* The pages behind an object of the volume, all `pages` of them in one piece. */
static long map_object(struct fsclient_volume *v, uint32_t object, uint64_t offset, size_t pages,
                       uint64_t *at)
{
    uint64_t ticket;
    uint32_t got;
    fut_err e = fsclient_error(
        v, fs_file_map((fs_file){&v->conn, object}, offset, (uint64_t)pages << 12, false, &ticket));

    if (e == FUT_OK) e = capmgr_manager_redeem_memory(MANAGER, ticket, false, at, &got);
    if (e != FUT_OK) return port_error(e);
    if (got >= pages) return 0;
    (void)cm_free(*at, got);
    return -ENOSYS; /* they do not lie together */
}

long fs_map(struct os_open *o, uint64_t offset, size_t pages, uint64_t *at)
{
    struct mapping *m = mapping_free();
    struct fsclient_volume *v = o->volume;
    uint32_t object;
    fut_err e;
    long r;

    if (v == NULL || m == NULL) return -ENOSYS;
    e = fsclient_error(v, fs_volume_duplicate((fs_volume){&v->conn, 0}, o->object, &object));
    if (e != FUT_OK) return port_error(e);
    v->files++;
    r = map_object(v, object, offset, pages, at);
    if (r == 0)
        *m = (struct mapping){*at, pages, v, object};
    else
        fsclient_release(v, object);
    return r;
}

void fs_unmapped(uint64_t at, size_t pages)
{
    for (struct mapping *m = mappings; m < mappings + MAPPINGS; m++) {
        if (m->pages == 0 || at + (uint64_t)pages * 4096 <= m->at ||
            m->at + (uint64_t)m->pages * 4096 <= at)
            continue;
        fsclient_release(m->volume, m->object);
        m->pages = 0;
    }
}
