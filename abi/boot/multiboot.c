/* SPDX-License-Identifier: Apache-2.0 */
/* Multiboot2 information: a list of tags, walked once. */
#include "boot/multiboot.h"

#include "acpi_bytes.h"

#define TAG_HEADER 8u
#define TAG_END 0u
#define TAG_COMMAND_LINE 1u
#define TAG_MODULE 3u
#define TAG_MAP 6u
#define TAG_RSDP_OLD 14u
#define TAG_RSDP_NEW 15u
#define TAG_SERVICES 18u
#define MODULE_SIZE 16u /* of what comes before a module's text */
#define MAP_SIZE 16u    /* of what comes before the entries */
#define MAP_ENTRY 24u
#define RSDP_OLD_SIZE 20u

/* A tag: where it is, and its size, both from checked bytes. */
struct tag {
    const uint8_t *at;
    uint32_t offset, size;
};

enum multiboot_error multiboot_length(const void *header, uint32_t *length)
{
    *length = acpi_u32(header);
    if (*length < MULTIBOOT_HEADER_SIZE || *length > MULTIBOOT_INFO_MAX) return MULTIBOOT_E_SIZE;
    return MULTIBOOT_OK;
}

static enum multiboot_error command_line_take(const struct tag *tag, struct multiboot_info *out)
{
    uint32_t i;

    for (i = TAG_HEADER; i < tag->size; i++)
        if (tag->at[i] == 0) {
            out->command_line = tag->offset + TAG_HEADER;
            return MULTIBOOT_OK;
        }
    return MULTIBOOT_E_TEXT;
}

static enum multiboot_error module_take(const struct tag *tag, struct multiboot_info *out)
{
    if (tag->size < MODULE_SIZE) return MULTIBOOT_E_TAG;
    if (out->has_module) return MULTIBOOT_OK;
    out->module_start = acpi_u32(tag->at + TAG_HEADER);
    out->module_end = acpi_u32(tag->at + TAG_HEADER + 4);
    if (out->module_end < out->module_start) return MULTIBOOT_E_TAG;
    out->has_module = true;
    return MULTIBOOT_OK;
}

static enum multiboot_error map_take(const struct tag *tag, struct multiboot_info *out)
{
    uint32_t stride;

    if (tag->size < MAP_SIZE) return MULTIBOOT_E_TAG;
    stride = acpi_u32(tag->at + TAG_HEADER);
    if (stride < MAP_ENTRY || stride % MULTIBOOT_ALIGN != 0) return MULTIBOOT_E_MAP;
    out->map = tag->offset + MAP_SIZE;
    out->map_stride = stride;
    out->map_count = (tag->size - MAP_SIZE) / stride;
    return MULTIBOOT_OK;
}

static enum multiboot_error tag_take(const struct tag *tag, uint32_t type,
                                     struct multiboot_info *out)
{
    switch (type) {
    case TAG_COMMAND_LINE: return command_line_take(tag, out);
    case TAG_MODULE: return module_take(tag, out);
    case TAG_MAP: return map_take(tag, out);
    case TAG_SERVICES: return MULTIBOOT_E_SERVICES;
    case TAG_RSDP_OLD:
        if (out->rsdp != 0) return MULTIBOOT_OK; /* the newer one is there */
        break;
    case TAG_RSDP_NEW: break;
    default: /* nothing that is needed */ return MULTIBOOT_OK;
    }
    if (tag->size < TAG_HEADER + RSDP_OLD_SIZE) return MULTIBOOT_E_TAG;
    out->rsdp = tag->offset + TAG_HEADER;
    out->rsdp_size = tag->size - TAG_HEADER;
    return MULTIBOOT_OK;
}

enum multiboot_error multiboot_read(const void *bytes, size_t size, struct multiboot_info *out)
{
    uint32_t length = 0, at = MULTIBOOT_HEADER_SIZE;
    struct tag tag;
    enum multiboot_error e;

    *out = (struct multiboot_info){0};
    if (size < MULTIBOOT_HEADER_SIZE) return MULTIBOOT_E_SIZE;
    e = multiboot_length(bytes, &length);
    if (e != MULTIBOOT_OK) return e;
    if (length > size) return MULTIBOOT_E_SIZE;
    while (at <= length && length - at >= TAG_HEADER) {
        tag.at = (const uint8_t *)bytes + at;
        tag.offset = at;
        tag.size = acpi_u32(tag.at + 4);
        if (tag.size < TAG_HEADER || tag.size > length - at) return MULTIBOOT_E_TAG;
        if (acpi_u32(tag.at) == TAG_END)
            return out->map_count != 0 ? MULTIBOOT_OK : MULTIBOOT_E_MAP;
        e = tag_take(&tag, acpi_u32(tag.at), out);
        if (e != MULTIBOOT_OK) return e;
        at += (tag.size + MULTIBOOT_ALIGN - 1) & ~(MULTIBOOT_ALIGN - 1);
    }
    return MULTIBOOT_E_END;
}

struct multiboot_range multiboot_range(const void *bytes, const struct multiboot_info *info,
                                       uint32_t index)
{
    const uint8_t *p = (const uint8_t *)bytes + info->map + (size_t)index * info->map_stride;

    return (struct multiboot_range){
        .base = acpi_u64(p), .size = acpi_u64(p + 8), .type = acpi_u32(p + 16)};
}
