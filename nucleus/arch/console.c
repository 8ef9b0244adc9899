/* SPDX-License-Identifier: Apache-2.0 */
/* What a debug build says before it stops; a release build says nothing and starts again. */
#include "cpu.h"

#if CONFIG_DEBUG

void console_text(const char *text)
{
    for (; *text != 0; text++) {
        if (*text == '\n') arch_debug_put('\r');
        arch_debug_put((u8)*text);
    }
}

void console_number(u64 value)
{
    u32 shift = 64;

    console_text("0x");
    do {
        shift -= 4;
        arch_debug_put((u8) "0123456789abcdef"[value >> shift & 15]);
    } while (shift != 0);
}

static void panic_word(const char *name, u64 value)
{
    console_text(name);
    console_number(value);
}

/* invariant 0: the capability manager faulted. */
void arch_panic(u32 invariant)
{
    u32 t = nuc.cpu[THIS_CORE].cur;

    console_text(invariant == 0 ? "\nfutura: panic: the capability manager faulted"
                                : "\nfutura: panic: broken invariant");
    panic_word(invariant == 0 ? ": kind " : ": ",
               invariant == 0 ? threads[t].fault_kind : invariant);
    panic_word(" thread ", t);
    panic_word(" address ", threads[t].fault_address);
    panic_word(" syndrome ", threads[t].fault_syndrome);
    panic_word(" pc ", threads[t].reg[REG_PC]);
    panic_word(" sp ", threads[t].reg[REG_SP]);
    console_text("\n");
    power_off();
}

#else

bool arch_debug_put(u8 byte)
{
    (void)byte;
    return false;
}

void arch_panic(u32 invariant)
{
    (void)invariant;
    arch_reset(FUT_RESET_REBOOT);
}

#endif
