/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ARM generic timer. The comparator is level-triggered: it asserts until it is moved or switched
 * off. The counter is the virtual one, whose offset is zero wherever the physical comparator is
 * used, so both count the same.
 */
#include "generic_timer.h"

#define CTL_ENABLE 1u
#define KCTL_EL0VCTEN 2u

uint64_t timer_counter(void)
{
    uint64_t value;

    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value) : : "memory");
    return value;
}

uint64_t timer_hz(void)
{
    uint64_t value;

    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(value));
    return value & 0xffffffffu;
}

static bool physical;

void timer_arm(uint64_t counter)
{
    uint64_t control = counter == ~(uint64_t)0 ? 0 : CTL_ENABLE;

    if (physical) {
        if (control != 0) __asm__ volatile("msr cntp_cval_el0, %0" : : "r"(counter));
        __asm__ volatile("msr cntp_ctl_el0, %0\n\tisb" : : "r"(control) : "memory");
        return;
    }
    if (control != 0) __asm__ volatile("msr cntv_cval_el0, %0" : : "r"(counter));
    __asm__ volatile("msr cntv_ctl_el0, %0\n\tisb" : : "r"(control) : "memory");
}

void timer_init(bool use_physical)
{
    physical = use_physical;
    timer_arm(~(uint64_t)0);
    __asm__ volatile("msr cntkctl_el1, %0\n\tisb" : : "r"((uint64_t)KCTL_EL0VCTEN));
}
