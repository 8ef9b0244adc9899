/* SPDX-License-Identifier: Apache-2.0 */
/* Device registers of 32 bits on x86-64; the section of code that only boot runs. */
#ifndef PLATFORM_MMIO_X86_64_H
#define PLATFORM_MMIO_X86_64_H

#include <stdint.h>

#define MMIO_INIT __attribute__((section(".init.text")))

static inline uint32_t mmio_read(uintptr_t address)
{
    uint32_t value;

    __asm__ volatile("movl (%1), %0" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static inline void mmio_write(uintptr_t address, uint32_t value)
{
    __asm__ volatile("movl %0, (%1)" : : "r"(value), "r"(address) : "memory");
}

#endif
