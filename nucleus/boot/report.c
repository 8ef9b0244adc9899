/* SPDX-License-Identifier: Apache-2.0 */
/* The early console, and the one way in which boot fails. */
#include "boot.h"
#include "cpu.h"

static u64 console_va;

void boot_console(u64 va) { console_va = va; }

void boot_text(const char *text)
{
    if (console_va == 0) return;
    for (; *text != 0; text++) {
        if (*text == '\n') console_byte(console_va, '\r');
        console_byte(console_va, (u8)*text);
    }
}

void boot_fail(const char *what, const char *detail)
{
    boot_text("futura: boot: ");
    boot_text(what);
    if (detail != NULL) {
        boot_text(": ");
        boot_text(detail);
    }
    boot_text("\n");
    power_off();
}

/* A second one happened on the way out, most likely at the console. */
void boot_exception(void)
{
    static bool again;

    if (again) power_off();
    again = true;
    boot_fail("exception in the nucleus", "the tree may name memory or devices that are not there");
}
