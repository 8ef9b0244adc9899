/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flattened device tree: header, validation and iteration.
 *
 * One token decoder serves both validation and iteration, so that no accessor can be laxer than the
 * check that admitted the blob. All reads are byte-wise: property data is only 4-byte aligned.
 */
#include "boot/fdt.h"

#define FDT_MAGIC 0xd00dfeedu
#define FDT_HEADER_SIZE 40u
#define FDT_VERSION 17u

enum { TOKEN_BEGIN = 1, TOKEN_END_NODE = 2, TOKEN_PROP = 3, TOKEN_NOP = 4, TOKEN_END = 9 };

/* One decoded token of the structure block. */
struct token {
    uint32_t kind;
    uint32_t next;       /* offset of the token behind it */
    const char *name;    /* BEGIN: node name; PROP: property name */
    const uint8_t *data; /* PROP: value */
    uint32_t len;
};

static uint32_t read_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t read_be64(const uint8_t *p)
{
    return (uint64_t)read_be32(p) << 32 | read_be32(p + 4);
}

uint32_t fdt_peek_size(const void *blob)
{
    const uint8_t *p = blob;

    return read_be32(p) == FDT_MAGIC ? read_be32(p + 4) : 0;
}

/* Is [off, off + len) inside [0, size)? Written so that nothing can wrap around. */
static bool area_is_inside(uint32_t off, uint32_t len, uint32_t size)
{
    return off <= size && len <= size - off;
}

/* Decodes the name behind a BEGIN token; `off` is the first byte of the name. */
static enum fdt_error token_read_name(const struct fdt *f, uint32_t off, struct token *t)
{
    const uint8_t *s = f->blob + f->struct_off;
    uint32_t end = off;

    while (end < f->struct_size && s[end] != 0) {
        if (s[end] <= 0x20 || s[end] >= 0x7f || s[end] == '/') return FDT_E_NODE_NAME;
        end++;
    }
    if (end == f->struct_size) return FDT_E_NODE_NAME;
    t->name = (const char *)(s + off);
    t->next = (end + 4u) & ~3u;
    return t->next <= f->struct_size ? FDT_OK : FDT_E_TRUNCATED;
}

/* Decodes length, name offset and value behind a PROP token; `off` is the length cell. */
static enum fdt_error token_read_prop(const struct fdt *f, uint32_t off, struct token *t)
{
    const uint8_t *s = f->blob + f->struct_off;
    uint32_t name;

    if (!area_is_inside(off, 8, f->struct_size)) return FDT_E_TRUNCATED;
    t->len = read_be32(s + off);
    name = read_be32(s + off + 4);
    off += 8;
    if (!area_is_inside(off, t->len, f->struct_size)) return FDT_E_TRUNCATED;
    if (name >= f->strings_size || f->blob[f->strings_off + name] == 0) return FDT_E_PROP_NAME;
    t->name = (const char *)(f->blob + f->strings_off + name);
    t->data = s + off;
    t->next = (off + t->len + 3u) & ~3u;
    return t->next <= f->struct_size ? FDT_OK : FDT_E_TRUNCATED;
}

static enum fdt_error token_read(const struct fdt *f, uint32_t off, struct token *t)
{
    if ((off & 3u) != 0 || !area_is_inside(off, 4, f->struct_size)) return FDT_E_TRUNCATED;
    t->kind = read_be32(f->blob + f->struct_off + off);
    t->next = off + 4;
    t->name = NULL;
    t->data = NULL;
    t->len = 0;
    switch (t->kind) {
    case TOKEN_BEGIN: return token_read_name(f, off + 4, t);
    case TOKEN_PROP: return token_read_prop(f, off + 4, t);
    case TOKEN_END_NODE:
    case TOKEN_NOP:
    case TOKEN_END: return FDT_OK;
    default: return FDT_E_TOKEN;
    }
}

/* What the structure check remembers between tokens. */
struct walk {
    uint32_t open;   /* nodes begun and not ended */
    bool root_seen;  /* the root has begun */
    bool props_over; /* a child ended or none is open: no property may follow */
    bool finished;
};

static enum fdt_error walk_begin(struct fdt *f, struct walk *w, uint32_t off, const struct token *t)
{
    if (w->open == 0) {
        if (w->root_seen) return FDT_E_BALANCE;
        if (t->name[0] != 0) return FDT_E_NODE_NAME;
        w->root_seen = true;
        f->root = off;
    } else if (t->name[0] == 0) {
        return FDT_E_NODE_NAME;
    }
    if (w->open > FDT_DEPTH_MAX) return FDT_E_DEPTH;
    w->open++;
    w->props_over = false;
    return FDT_OK;
}

static enum fdt_error walk_step(struct fdt *f, struct walk *w, uint32_t off, const struct token *t)
{
    switch (t->kind) {
    case TOKEN_BEGIN: return walk_begin(f, w, off, t);
    case TOKEN_END_NODE:
        if (w->open == 0) return FDT_E_BALANCE;
        w->open--;
        w->props_over = true;
        return FDT_OK;
    case TOKEN_PROP: return w->open == 0 || w->props_over ? FDT_E_PROP_PLACE : FDT_OK;
    case TOKEN_END:
        w->finished = true;
        return w->open == 0 && w->root_seen ? FDT_OK : FDT_E_BALANCE;
    default: return FDT_OK;
    }
}

static enum fdt_error fdt_check_struct(struct fdt *f)
{
    struct walk w = {0, false, true, false};
    uint32_t off = 0;
    struct token t;

    while (!w.finished) {
        enum fdt_error e = token_read(f, off, &t);

        if (e == FDT_OK) e = walk_step(f, &w, off, &t);
        if (e != FDT_OK) return e;
        off = t.next;
    }
    return FDT_OK;
}

static enum fdt_error fdt_check_reserve(struct fdt *f)
{
    uint32_t off = f->reserve_off;

    f->reserve_count = 0;
    if ((off & 7u) != 0) return FDT_E_RESERVE;
    for (;; off += 16) {
        uint64_t base, size;

        if (!area_is_inside(off, 16, f->size)) return FDT_E_RESERVE;
        base = read_be64(f->blob + off);
        size = read_be64(f->blob + off + 8);
        if (base == 0 && size == 0) return FDT_OK;
        if (size > UINT64_MAX - base) return FDT_E_RESERVE;
        f->reserve_count++;
    }
}

static enum fdt_error fdt_check_areas(struct fdt *f)
{
    if ((f->struct_off & 3u) != 0 || !area_is_inside(f->struct_off, f->struct_size, f->size))
        return FDT_E_STRUCT_AREA;
    if (!area_is_inside(f->strings_off, f->strings_size, f->size)) return FDT_E_STRING_AREA;
    /* A NUL at the very end terminates every string that starts inside: no scan per property. */
    if (f->strings_size != 0 && f->blob[f->strings_off + f->strings_size - 1] != 0)
        return FDT_E_STRING_AREA;
    return FDT_OK;
}

enum fdt_error fdt_init(struct fdt *f, const void *blob, size_t size)
{
    const uint8_t *p = blob;
    enum fdt_error e;

    if (((uintptr_t)blob & 7u) != 0) return FDT_E_ALIGN;
    if (size < FDT_HEADER_SIZE) return FDT_E_SHORT;
    if (read_be32(p) != FDT_MAGIC) return FDT_E_MAGIC;
    f->blob = p;
    f->size = read_be32(p + 4);
    if (f->size > FDT_SIZE_MAX) return FDT_E_SIZE;
    if (f->size < FDT_HEADER_SIZE || f->size > size) return FDT_E_SHORT;
    if (read_be32(p + 20) < FDT_VERSION || read_be32(p + 24) > FDT_VERSION) return FDT_E_VERSION;
    f->struct_off = read_be32(p + 8);
    f->strings_off = read_be32(p + 12);
    f->reserve_off = read_be32(p + 16);
    f->strings_size = read_be32(p + 32);
    f->struct_size = read_be32(p + 36);
    e = fdt_check_areas(f);
    if (e == FDT_OK) e = fdt_check_reserve(f);
    return e == FDT_OK ? fdt_check_struct(f) : e;
}

uint32_t fdt_node_next(const struct fdt *f, uint32_t node, uint32_t *depth)
{
    uint32_t level = depth != NULL ? *depth : 0;
    uint32_t off = node;
    struct token t;

    if (token_read(f, off, &t) != FDT_OK || t.kind != TOKEN_BEGIN) return FDT_NONE;
    level++;
    for (off = t.next; token_read(f, off, &t) == FDT_OK && t.kind != TOKEN_END; off = t.next) {
        if (t.kind == TOKEN_END_NODE) level--;
        if (t.kind == TOKEN_BEGIN) {
            if (depth != NULL) *depth = level;
            return off;
        }
    }
    return FDT_NONE;
}

const char *fdt_node_name(const struct fdt *f, uint32_t node)
{
    struct token t;

    if (token_read(f, node, &t) != FDT_OK || t.kind != TOKEN_BEGIN) return NULL;
    return t.name;
}

bool fdt_prop_next(const struct fdt *f, struct fdt_prop *p)
{
    uint32_t off = p->next;
    struct token t;

    for (; token_read(f, off, &t) == FDT_OK; off = t.next) {
        if (t.kind == TOKEN_NOP) continue;
        if (t.kind != TOKEN_PROP) return false;
        p->name = t.name;
        p->data = t.data;
        p->len = t.len;
        p->next = t.next;
        return true;
    }
    return false;
}

bool fdt_prop_first(const struct fdt *f, uint32_t node, struct fdt_prop *p)
{
    struct token t;

    if (token_read(f, node, &t) != FDT_OK || t.kind != TOKEN_BEGIN) return false;
    p->next = t.next;
    return fdt_prop_next(f, p);
}

enum fdt_error fdt_memreserve(const struct fdt *f, uint32_t index, struct fdt_range *out)
{
    const uint8_t *p;

    if (index >= f->reserve_count) return FDT_E_MISSING;
    p = f->blob + f->reserve_off + 16 * index;
    out->base = read_be64(p);
    out->size = read_be64(p + 8);
    return FDT_OK;
}
