/* SPDX-License-Identifier: Apache-2.0 */
/* Register access. In assembly on aarch64: a hypervisor can emulate only plain loads and stores,
 * and a compiler is free to choose forms that write their base register back. */
#include "mmio.h"

#include "futura/syscall.h"

static uint64_t port_access(const struct startpage_reg *reg, uint32_t offset, uint32_t flags,
                            uint32_t value)
{
    uint64_t read;

    if (fut_sys_io_port(reg->slot, offset, flags, value, &read) != FUT_S_OK) return UINT64_MAX;
    return read;
}

uint8_t mmio_read8(const struct startpage_reg *reg, uint32_t offset)
{
    const volatile uint8_t *at = (const volatile uint8_t *)(uintptr_t)(reg->address + offset);

    if (reg->slot != 0) return (uint8_t)port_access(reg, offset, sizeof *at, 0);
#ifdef __aarch64__
    uint32_t value;

    __asm__ volatile("ldrb %w0, %1" : "=r"(value) : "Q"(*at) : "memory");
    return (uint8_t)value;
#else
    return *at;
#endif
}

uint32_t mmio_read32(const struct startpage_reg *reg, uint32_t offset)
{
    const volatile uint32_t *at = (const volatile uint32_t *)(uintptr_t)(reg->address + offset);

    if (reg->slot != 0) return (uint32_t)port_access(reg, offset, sizeof *at, 0);
#ifdef __aarch64__
    uint32_t value;

    __asm__ volatile("ldr %w0, %1" : "=r"(value) : "Q"(*at) : "memory");
    return value;
#else
    return *at;
#endif
}

void mmio_write8(const struct startpage_reg *reg, uint32_t offset, uint8_t value)
{
    volatile uint8_t *at = (volatile uint8_t *)(uintptr_t)(reg->address + offset);

    if (reg->slot != 0) {
        (void)port_access(reg, offset, sizeof *at | FUT_IO_PORT_WRITE, value);
        return;
    }
#ifdef __aarch64__
    __asm__ volatile("strb %w1, %0" : "=Q"(*at) : "r"((uint32_t)value) : "memory");
#else
    *at = value;
#endif
}

void mmio_write32(const struct startpage_reg *reg, uint32_t offset, uint32_t value)
{
    volatile uint32_t *at = (volatile uint32_t *)(uintptr_t)(reg->address + offset);

    if (reg->slot != 0) {
        (void)port_access(reg, offset, sizeof *at | FUT_IO_PORT_WRITE, value);
        return;
    }
#ifdef __aarch64__
    __asm__ volatile("str %w1, %0" : "=Q"(*at) : "r"(value) : "memory");
#else
    *at = value;
#endif
}
