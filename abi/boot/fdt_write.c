/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a flattened device tree: header, an empty reservation list, structure, names. */
#include "boot/fdt_write.h"

#define MAGIC 0xd00dfeedu
#define VERSION 17u
#define VERSION_COMPATIBLE 16u
#define HEADER_SIZE 40u
#define RESERVE_SIZE 16u
#define TOKEN_BEGIN 1u
#define TOKEN_END 2u
#define TOKEN_PROP 3u
#define TOKEN_FINISH 9u
#define NAME_MAX_LENGTH 48u

static size_t text_length(const char *text)
{
    size_t n = 0;

    while (text[n] != 0)
        n++;
    return n;
}

static void byte_put(struct fdt_writer *w, uint8_t byte)
{
    if (w->used >= w->size) {
        w->overflow = true;
        return;
    }
    w->blob[w->used++] = byte;
}

static void cell_put(struct fdt_writer *w, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        byte_put(w, (uint8_t)(value >> shift));
}

static void bytes_put(struct fdt_writer *w, const void *bytes, size_t size)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < size; i++)
        byte_put(w, p[i]);
    while (w->used % 4 != 0 && !w->overflow)
        byte_put(w, 0);
}

/* Where a property's name stands among the names; it is added if it is a new one. */
static uint32_t name_place(struct fdt_writer *w, const char *name)
{
    size_t length = text_length(name) + 1;
    uint32_t at, i;

    for (at = 0; at < w->strings_used; at++) {
        for (i = 0; i < length && at + i < w->strings_used && w->strings[at + i] == name[i]; i++)
            ;
        if (i == length) return at;
    }
    if (length > FDT_WRITE_STRINGS - w->strings_used) {
        w->overflow = true;
        return 0;
    }
    for (i = 0; i < length; i++)
        w->strings[w->strings_used++] = name[i];
    return at;
}

void fdt_write_begin(struct fdt_writer *w, void *blob, size_t size)
{
    w->blob = blob;
    w->size = size;
    w->used = 0;
    w->strings_used = 0;
    w->overflow = false;
    for (uint32_t i = 0; i < HEADER_SIZE + RESERVE_SIZE; i++)
        byte_put(w, 0);
}

void fdt_write_node(struct fdt_writer *w, const char *name)
{
    cell_put(w, TOKEN_BEGIN);
    bytes_put(w, name, text_length(name) + 1);
}

void fdt_write_node_at(struct fdt_writer *w, const char *name, uint64_t unit)
{
    char text[NAME_MAX_LENGTH];
    uint32_t n = 0;
    int shift = 60;

    while (name[n] != 0 && n < NAME_MAX_LENGTH - 18) {
        text[n] = name[n];
        n++;
    }
    if (name[n] != 0) w->overflow = true;
    text[n++] = '@';
    while (shift > 0 && unit >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        text[n++] = "0123456789abcdef"[unit >> shift & 15];
    text[n] = 0;
    fdt_write_node(w, text);
}

void fdt_write_node_end(struct fdt_writer *w) { cell_put(w, TOKEN_END); }

static void property_begin(struct fdt_writer *w, const char *name, size_t size)
{
    cell_put(w, TOKEN_PROP);
    cell_put(w, (uint32_t)size);
    cell_put(w, name_place(w, name));
}

void fdt_write_bytes(struct fdt_writer *w, const char *name, const void *value, size_t size)
{
    property_begin(w, name, size);
    bytes_put(w, value, size);
}

void fdt_write_text(struct fdt_writer *w, const char *name, const char *value)
{
    fdt_write_bytes(w, name, value, text_length(value) + 1);
}

void fdt_write_cells(struct fdt_writer *w, const char *name, const uint32_t *cells, uint32_t count)
{
    property_begin(w, name, (size_t)count * 4);
    for (uint32_t i = 0; i < count; i++)
        cell_put(w, cells[i]);
}

void fdt_write_u32(struct fdt_writer *w, const char *name, uint32_t value)
{
    fdt_write_cells(w, name, &value, 1);
}

void fdt_write_u64(struct fdt_writer *w, const char *name, uint64_t value)
{
    const uint32_t cells[2] = {(uint32_t)(value >> 32), (uint32_t)value};

    fdt_write_cells(w, name, cells, 2);
}

size_t fdt_write_end(struct fdt_writer *w)
{
    uint32_t structure, strings;
    size_t total;

    cell_put(w, TOKEN_FINISH);
    structure = (uint32_t)w->used - HEADER_SIZE - RESERVE_SIZE;
    strings = (uint32_t)w->used;
    bytes_put(w, w->strings, w->strings_used);
    total = w->used;
    if (w->overflow) return 0;
    w->used = 0;
    cell_put(w, MAGIC);
    cell_put(w, (uint32_t)total);
    cell_put(w, HEADER_SIZE + RESERVE_SIZE);
    cell_put(w, strings);
    cell_put(w, HEADER_SIZE);
    cell_put(w, VERSION);
    cell_put(w, VERSION_COMPATIBLE);
    cell_put(w, 0); /* the processor that boots */
    cell_put(w, w->strings_used);
    cell_put(w, structure);
    w->used = total;
    return total;
}
