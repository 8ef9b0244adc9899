/* SPDX-License-Identifier: Apache-2.0 */
/* A hostile boot archive: whatever it holds, ramfs stays consistent, leaks nothing, keeps its
 * budget, and every file can be read and overwritten without touching the archive. */
#include "fs_env.h"
#include "ramfs.h"

#include <stdlib.h>
#include <string.h>

static void visit_file(struct ramfs *fs, const struct fsc_dirent *d)
{
    static uint8_t buf[5000];
    const char *target;
    uint32_t n;
    size_t len;

    if (d->kind == FSC_SYMLINK) {
        if (ramfs_readlink(fs, d->ino, &target, &len) != FSC_OK || len == 0 || target[0] == 0)
            abort();
        return;
    }
    if (ramfs_read(fs, d->ino, 1, buf, sizeof buf, &n) != FSC_OK) abort();
    ramfs_write(fs, d->ino, 4095, false, "zz", 2, &n);
    ramfs_truncate(fs, d->ino, 4096);
}

static void visit_dir(struct ramfs *fs, uint64_t dir, uint64_t *queue, uint32_t *queued)
{
    struct fsc_dirent de[8];
    uint64_t cookie = 0;
    uint32_t n;
    bool end = false;

    while (!end) {
        if (ramfs_readdir(fs, dir, cookie, de, 8, &n, &end) != FSC_OK || (n == 0 && !end)) abort();
        for (uint32_t i = 0; i < n; i++) {
            if (de[i].kind != FSC_DIR)
                visit_file(fs, &de[i]);
            else if (*queued < 256)
                queue[(*queued)++] = de[i].ino;
            cookie = de[i].next;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fs_env env;
    struct fsc_env e = fs_env_make(&env, 1);
    struct ramfs *fs = ramfs_new(&e, 1 << 20);
    uint8_t *archive = malloc(size + 1);
    uint64_t queue[257] = {RAMFS_ROOT_INO};
    uint32_t queued = 1;
    size_t offset;

    memcpy(archive, data, size); /* of exactly this size, so that a read behind it is seen */
    ramfs_load_cpio(fs, archive, size, &offset);
    if (offset > size || !ramfs_check(fs)) abort();
    for (uint32_t i = 0; i < queued; i++)
        visit_dir(fs, queue[i], queue, &queued);
    if (!ramfs_check(fs) || env.live > 1 << 20 || memcmp(archive, data, size) != 0) abort();
    ramfs_delete(fs);
    if (env.live != 0) abort();
    free(archive);
    return 0;
}
