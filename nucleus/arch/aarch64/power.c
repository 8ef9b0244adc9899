/* SPDX-License-Identifier: Apache-2.0 */
/* The nucleus' globals, firmware calls (PSCI), the counter, and the end of the world. */
#include "board.h"
#include "cpu.h"
#include "timer/generic_timer.h"

#define PSCI_SYSTEM_OFF 0x84000008u
#define PSCI_SYSTEM_RESET 0x84000009u

struct nucleus nuc;
struct irq irqs[MAX_IRQS];
struct board board;

static void psci_call(u64 function)
{
    register u64 x0 __asm__("x0") = function;

    if (board.power == POWER_HVC)
        __asm__ volatile("hvc #0" : "+r"(x0) : : "x1", "x2", "x3", "memory");
    else if (board.power == POWER_SMC)
        __asm__ volatile("smc #0" : "+r"(x0) : : "x1", "x2", "x3", "memory");
}

void power_off(void)
{
    psci_call(PSCI_SYSTEM_OFF);
    for (;;)
        __asm__ volatile("wfi");
}

void arch_reset(u32 kind)
{
    if (kind == FUT_RESET_REBOOT) psci_call(PSCI_SYSTEM_RESET);
    power_off();
}

u64 arch_counter(void) { return timer_counter(); }

u64 arch_counter_hz(void) { return board.counter_hz; }

void arch_timer_arm(u64 counter) { timer_arm(counter); }

#if CONFIG_DEBUG

bool arch_debug_put(u8 byte)
{
    if (!board.uart) return false;
    early_pl011_put(DEVICE_UART, byte);
    return true;
}

#endif
