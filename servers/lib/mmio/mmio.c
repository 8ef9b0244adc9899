/* SPDX-License-Identifier: Apache-2.0 */
/* Register access. In assembly on aarch64: a hypervisor can emulate only plain loads and stores,
 * and a compiler is free to choose forms that write their base register back. */
#include "mmio.h"

uint32_t mmio_read32(uint64_t base, uint32_t offset)
{
    const volatile uint32_t *at = (const volatile uint32_t *)(uintptr_t)(base + offset);
#ifdef __aarch64__
    uint32_t value;

    __asm__ volatile("ldr %w0, %1" : "=r"(value) : "Q"(*at) : "memory");
    return value;
#else
    return *at;
#endif
}

void mmio_write32(uint64_t base, uint32_t offset, uint32_t value)
{
    volatile uint32_t *at = (volatile uint32_t *)(uintptr_t)(base + offset);
#ifdef __aarch64__
    __asm__ volatile("str %w1, %0" : "=Q"(*at) : "r"(value) : "memory");
#else
    *at = value;
#endif
}
