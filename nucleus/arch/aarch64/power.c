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
    panic_word(" x30 ", threads[t].reg[30]);
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
