/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a flattened device tree (version 17), for boards whose firmware describes them otherwise.
 *
 *      fdt_write_begin, { fdt_write_node, properties, child nodes, fdt_write_node_end },
 * fdt_write_end
 *
 * Freestanding: no libc, no allocation. Running out of room is noted and told at the end; nothing
 * is written outside the memory that was given. Names are the caller's own and must be well-formed.
 */
#ifndef BOOT_FDT_WRITE_H
#define BOOT_FDT_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FDT_WRITE_STRINGS 512u /* bytes of different property names, with their NULs */

struct fdt_writer {
    uint8_t *blob;
    size_t size, used;
    uint32_t strings_used;
    bool overflow;
    char strings[FDT_WRITE_STRINGS];
};

/* `blob` is 8-byte aligned and stays the caller's; it holds the tree after fdt_write_end. */
void fdt_write_begin(struct fdt_writer *w, void *blob, size_t size);

void fdt_write_node(struct fdt_writer *w, const char *name); /* the root's name is "" */
void fdt_write_node_end(struct fdt_writer *w);

/* A node whose name is `name`@`unit`, in hexadecimal. A name of more than 30 bytes does not fit. */
void fdt_write_node_at(struct fdt_writer *w, const char *name, uint64_t unit);

/* Properties of the node that was begun last; before its children. */
void fdt_write_bytes(struct fdt_writer *w, const char *name, const void *value, size_t size);
void fdt_write_text(struct fdt_writer *w, const char *name, const char *value);
void fdt_write_cells(struct fdt_writer *w, const char *name, const uint32_t *cells, uint32_t count);
void fdt_write_u32(struct fdt_writer *w, const char *name, uint32_t value);
void fdt_write_u64(struct fdt_writer *w, const char *name, uint64_t value);

/* Bytes of the whole tree; 0: it did not fit. */
size_t fdt_write_end(struct fdt_writer *w);

#endif
