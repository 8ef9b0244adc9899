/* SPDX-License-Identifier: Apache-2.0 */
/* The nucleus' globals, the counter, and the end of the world. */
#include "board.h"
#include "cpu.h"
#include "irqchip/lapic.h"
#include "port.h"
#include "timer/tsc.h"

#define KEYBOARD_COMMAND 0x64u
#define KEYBOARD_RESET 0xfeu
#define CONSOLE_PORT 0x3f8u

struct nucleus nuc;
struct irq irqs[MAX_IRQS];
struct board board;

void power_off(void)
{
    u32 i;

    for (i = 0; i < 2; i++)
        if (board.off_port[i] != 0) port_write16((u16)board.off_port[i], (u16)board.off_value[i]);
    for (;;)
        __asm__ volatile("cli\n\thlt");
}

/* What the firmware names, then what every PC has had, then the fault that no processor survives.
 */
static void power_reset(void)
{
    const struct {
        u16 limit;
        u64 base;
    } __attribute__((packed)) none = {0, 0};

    if (board.reset_port != 0) port_write8((u16)board.reset_port, (u8)board.reset_value);
    port_write8(KEYBOARD_COMMAND, KEYBOARD_RESET);
    __asm__ volatile("lidt %0\n\tint3" : : "m"(none));
}

void arch_reset(u32 kind)
{
    if (kind == FUT_RESET_REBOOT) power_reset();
    power_off();
}

u64 arch_counter(void) { return tsc_read(); }

u64 arch_counter_hz(void) { return board.counter_hz; }

void arch_timer_arm(u64 counter)
{
    if (board_has(FEATURE_DEADLINE))
        msr_write(MSR_DEADLINE, counter != ~(u64)0 ? counter : 0);
    else
        lapic_timer_arm(board.lapic, tsc_ticks(counter, board.timer_ratio));
}

#if CONFIG_DEBUG

bool arch_debug_put(u8 byte)
{
    if (!board.uart) return false;
    early_16550_put(CONSOLE_PORT, byte);
    return true;
}

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
