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
    if (board.sleep != 0) *(volatile u8 *)board.sleep = (u8)board.sleep_value;
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

#endif
