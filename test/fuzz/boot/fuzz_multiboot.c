/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the Multiboot2 reader: what it tells lies within the input. */
#include "boot/multiboot.h"

#include <stdlib.h>
#include <string.h>

/* Reading into it makes the sanitizer see every byte. */
volatile uint64_t fuzz_sink;

static void bytes_visit(const uint8_t *bytes, size_t size, uint32_t from, size_t count)
{
    if (from > size || count > size - from) abort();
    for (size_t i = 0; i < count; i++)
        fuzz_sink += bytes[from + i];
}

static void info_visit(const uint8_t *bytes, size_t size)
{
    struct multiboot_info info;
    uint32_t i;

    if (multiboot_read(bytes, size, &info) != MULTIBOOT_OK) return;
    if (info.map_count == 0 || info.map_stride == 0) abort();
    for (i = 0; i < info.map_count; i++)
        fuzz_sink += multiboot_range(bytes, &info, i).size;
    if (info.command_line != 0) fuzz_sink += strlen((const char *)bytes + info.command_line);
    if (info.has_module && info.module_end < info.module_start) abort();
    bytes_visit(bytes, size, info.rsdp, info.rsdp_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(size != 0 ? size : 1);
    uint32_t length;

    if (size != 0) memcpy(bytes, data, size);
    info_visit(bytes, size);
    if (size >= MULTIBOOT_HEADER_SIZE && multiboot_length(bytes, &length) == MULTIBOOT_OK &&
        (length < MULTIBOOT_HEADER_SIZE || length > MULTIBOOT_INFO_MAX))
        abort();
    free(bytes);
    return 0;
}
