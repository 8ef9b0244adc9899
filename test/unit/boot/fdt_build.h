/* SPDX-License-Identifier: Apache-2.0 */
/* Builds device trees for tests, valid or not: tokens go out as they are asked for. */
#ifndef FDT_BUILD_H
#define FDT_BUILD_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct fdt_build {
    uint8_t structure[8192];
    size_t structure_len;
    char strings[2048];
    size_t strings_len;
    uint64_t reserve[16];
    size_t reserve_len;
};

static inline void fdt_put32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static inline void fdt_build_cell(struct fdt_build *b, uint32_t v)
{
    fdt_put32(b->structure + b->structure_len, v);
    b->structure_len += 4;
}

static inline void fdt_build_bytes(struct fdt_build *b, const void *data, size_t len)
{
    memcpy(b->structure + b->structure_len, data, len);
    b->structure_len += (len + 3) & ~(size_t)3;
}

static inline void fdt_build_begin(struct fdt_build *b, const char *name)
{
    fdt_build_cell(b, 1);
    fdt_build_bytes(b, name, strlen(name) + 1);
}

static inline void fdt_build_end(struct fdt_build *b) { fdt_build_cell(b, 2); }

static inline uint32_t fdt_build_string(struct fdt_build *b, const char *name)
{
    size_t at = 0;

    for (; at < b->strings_len; at += strlen(b->strings + at) + 1) {
        if (strcmp(b->strings + at, name) == 0) return (uint32_t)at;
    }
    strcpy(b->strings + at, name);
    b->strings_len += strlen(name) + 1;
    return (uint32_t)at;
}

static inline void fdt_build_prop(struct fdt_build *b, const char *name, const void *data,
                                  size_t len)
{
    fdt_build_cell(b, 3);
    fdt_build_cell(b, (uint32_t)len);
    fdt_build_cell(b, fdt_build_string(b, name));
    fdt_build_bytes(b, data, len);
}

static inline void fdt_build_text(struct fdt_build *b, const char *name, const char *value)
{
    fdt_build_prop(b, name, value, strlen(value) + 1);
}

static inline void fdt_build_cells(struct fdt_build *b, const char *name, int n, ...)
{
    uint8_t data[256];
    va_list ap;

    va_start(ap, n);
    for (int i = 0; i < n; i++)
        fdt_put32(data + 4 * i, va_arg(ap, uint32_t));
    va_end(ap);
    fdt_build_prop(b, name, data, 4 * (size_t)n);
}

/* Assembles the blob (8-byte aligned `out` of 16 KiB) and returns its size. */
static inline size_t fdt_build_finish(const struct fdt_build *b, uint8_t *out)
{
    size_t reserve = 40, structure = reserve + 8 * b->reserve_len + 16;
    size_t strings = structure + b->structure_len;
    size_t total = (strings + b->strings_len + 7) & ~(size_t)7;

    memset(out, 0, total);
    fdt_put32(out, 0xd00dfeed);
    fdt_put32(out + 4, (uint32_t)total);
    fdt_put32(out + 8, (uint32_t)structure);
    fdt_put32(out + 12, (uint32_t)strings);
    fdt_put32(out + 16, (uint32_t)reserve);
    fdt_put32(out + 20, 17);
    fdt_put32(out + 24, 16);
    fdt_put32(out + 32, (uint32_t)b->strings_len);
    fdt_put32(out + 36, (uint32_t)b->structure_len);
    for (size_t i = 0; i < b->reserve_len; i++) {
        fdt_put32(out + reserve + 8 * i, (uint32_t)(b->reserve[i] >> 32));
        fdt_put32(out + reserve + 8 * i + 4, (uint32_t)b->reserve[i]);
    }
    memcpy(out + structure, b->structure, b->structure_len);
    memcpy(out + strings, b->strings, b->strings_len);
    return total;
}

static inline void fdt_build_virt_head(struct fdt_build *b)
{
    memset(b, 0, sizeof(*b));
    b->reserve[0] = 0x48000000;
    b->reserve[1] = 0x1000;
    b->reserve_len = 2;
    fdt_build_begin(b, "");
    fdt_build_cells(b, "interrupt-parent", 1, 0x8002u);
    fdt_build_cells(b, "#size-cells", 1, 2u);
    fdt_build_cells(b, "#address-cells", 1, 2u);
    fdt_build_text(b, "compatible", "linux,dummy-virt");
    fdt_build_begin(b, "psci");
    fdt_build_prop(b, "compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci", 35);
    fdt_build_text(b, "method", "hvc");
    fdt_build_end(b);
    fdt_build_begin(b, "memory@40000000");
    fdt_build_cells(b, "reg", 8, 0u, 0x40000000u, 0u, 0x10000000u, 1u, 0u, 0u, 0x20000000u);
    fdt_build_text(b, "device_type", "memory");
    fdt_build_end(b);
}

static inline void fdt_build_virt_bus(struct fdt_build *b)
{
    fdt_build_begin(b, "soc");
    fdt_build_cells(b, "#size-cells", 1, 1u);
    fdt_build_cells(b, "#address-cells", 1, 1u);
    fdt_build_text(b, "compatible", "simple-bus");
    fdt_build_cells(b, "ranges", 4, 0u, 0u, 0x0c000000u, 0x02000000u);
    fdt_build_begin(b, "timer@1000");
    fdt_build_cells(b, "reg", 2, 0x1000u, 0x100u);
    fdt_build_end(b);
    fdt_build_begin(b, "far@3000000");
    fdt_build_cells(b, "reg", 2, 0x03000000u, 0x100u);
    fdt_build_end(b);
    fdt_build_end(b);
}

static inline void fdt_build_virt_devices(struct fdt_build *b)
{
    fdt_build_begin(b, "pl011@9000000");
    fdt_build_cells(b, "interrupts", 3, 0u, 1u, 4u);
    fdt_build_cells(b, "reg", 4, 0u, 0x9000000u, 0u, 0x1000u);
    fdt_build_prop(b, "compatible", "arm,pl011\0arm,primecell", 24);
    fdt_build_end(b);
    fdt_build_begin(b, "pl011@9040000");
    fdt_build_text(b, "status", "disabled");
    fdt_build_cells(b, "reg", 4, 0u, 0x9040000u, 0u, 0x1000u);
    fdt_build_prop(b, "compatible", "arm,pl011\0arm,primecell", 24);
    fdt_build_end(b);
    fdt_build_begin(b, "intc@8000000");
    fdt_build_cells(b, "phandle", 1, 0x8002u);
    fdt_build_cells(b, "reg", 8, 0u, 0x8000000u, 0u, 0x10000u, 0u, 0x80a0000u, 0u, 0xf60000u);
    fdt_build_text(b, "compatible", "arm,gic-v3");
    fdt_build_cells(b, "#interrupt-cells", 1, 3u);
    fdt_build_end(b);
    fdt_build_begin(b, "timer");
    fdt_build_cells(b, "interrupts", 12, 1u, 13u, 0x104u, 1u, 14u, 0x104u, 1u, 11u, 0x104u, 1u, 10u,
                    0x104u);
    fdt_build_prop(b, "compatible", "arm,armv8-timer\0arm,armv7-timer", 32);
    fdt_build_end(b);
}

static inline void fdt_build_virt_reserved(struct fdt_build *b)
{
    fdt_build_begin(b, "reserved-memory");
    fdt_build_cells(b, "#size-cells", 1, 2u);
    fdt_build_cells(b, "#address-cells", 1, 2u);
    fdt_build_prop(b, "ranges", "", 0);
    fdt_build_begin(b, "firmware@4f000000");
    fdt_build_cells(b, "reg", 4, 0u, 0x4f000000u, 0u, 0x10000u);
    fdt_build_begin(b, "child");
    fdt_build_end(b);
    fdt_build_end(b);
    fdt_build_begin(b, "second@4f800000");
    fdt_build_cells(b, "reg", 4, 0u, 0x4f800000u, 0u, 0x2000u);
    fdt_build_end(b);
    fdt_build_end(b);
}

static inline void fdt_build_virt_chosen(struct fdt_build *b)
{
    static const uint8_t seed[32] = {1, 2, 3};

    fdt_build_begin(b, "chosen");
    fdt_build_cells(b, "linux,initrd-start", 2, 0u, 0x44000000u);
    fdt_build_cells(b, "linux,initrd-end", 1, 0x44123456u);
    fdt_build_text(b, "bootargs", "log=debug");
    fdt_build_text(b, "stdout-path", "/pl011@9000000");
    fdt_build_prop(b, "rng-seed", seed, sizeof(seed));
    fdt_build_cells(b, "kaslr-seed", 2, 0x1234u, 0x5678u);
    fdt_build_end(b);
}

/* A tree like that of QEMU's virt machine. */
static inline void fdt_build_virt(struct fdt_build *b)
{
    fdt_build_virt_head(b);
    fdt_build_virt_bus(b);
    fdt_build_virt_devices(b);
    fdt_build_virt_reserved(b);
    fdt_build_virt_chosen(b);
    fdt_build_end(b);
    fdt_build_cell(b, 9);
}

#endif
