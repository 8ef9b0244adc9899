/* SPDX-License-Identifier: Apache-2.0 */
/* The boot archive, and the capability manager in it. The whole archive is walked once, so that
 * users may trust it. */
#include "boot.h"
#include "cpu.h"

#define CAPMGR_NAME "capmgr"
#define CAPMGR_LOW 0x10000u

void archive_open(void)
{
    struct cpio_entry entry;
    const struct elf_rules rules = {BOOT_ELF_MACHINE, FUT_PAGE_SIZE, CAPMGR_LOW,
                                    FUT_BOOT_CPIO_ADDRESS};
    enum cpio_error e;
    enum elf_error elf;

    boot.cpio_size = boot.chosen.initrd_end - boot.chosen.initrd_start;
    boot.cpio = boot_physical(boot.chosen.initrd_start, boot.cpio_size);
    e = cpio_check(boot.cpio, boot.cpio_size, NULL);
    if (e != CPIO_OK) boot_fail("boot archive", cpio_strerror(e));
    e = cpio_find(boot.cpio, boot.cpio_size, CAPMGR_NAME, &entry);
    if (e != CPIO_OK) boot_fail("boot archive: file " CAPMGR_NAME, cpio_strerror(e));
    if ((entry.mode & CPIO_TYPE_MASK) != CPIO_TYPE_FILE)
        boot_fail("boot archive: file " CAPMGR_NAME, "not an ordinary file");
    elf = elf_read(&boot.elf, entry.data, entry.size, entry.size, &rules);
    if (elf != ELF_OK) boot_fail(CAPMGR_NAME, elf_strerror(elf));
    boot.capmgr = entry.data;
}
