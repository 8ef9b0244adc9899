/* SPDX-License-Identifier: Apache-2.0 */
/* Reader for cpio "newc" archives. See boot/cpio.h. */
#include "boot/cpio.h"

#include <stdbool.h>

#define HEADER_SIZE 110u
#define FIELDS 13u

enum {
    FIELD_INO,
    FIELD_MODE,
    FIELD_UID,
    FIELD_GID,
    FIELD_NLINK,
    FIELD_MTIME,
    FIELD_SIZE,
    FIELD_RDEV_MAJOR = 9,
    FIELD_RDEV_MINOR,
    FIELD_NAME_SIZE
};

static bool bytes_are_equal(const uint8_t *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (a[i] != (uint8_t)b[i]) return false;
    }
    return true;
}

/* Value of a hexadecimal digit, or 16. */
static uint32_t hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') return c - (uint32_t)'0';
    if (c >= 'a' && c <= 'f') return c - (uint32_t)'a' + 10;
    if (c >= 'A' && c <= 'F') return c - (uint32_t)'A' + 10;
    return 16;
}

static enum cpio_error header_read(const uint8_t *p, uint32_t field[FIELDS])
{
    if (!bytes_are_equal(p, "070701", 6)) return CPIO_E_MAGIC;
    p += 6;
    for (uint32_t i = 0; i < FIELDS; i++) {
        field[i] = 0;
        for (uint32_t d = 0; d < 8; d++, p++) {
            uint32_t v = hex_digit(*p);

            if (v > 15) return CPIO_E_HEX;
            field[i] = field[i] << 4 | v;
        }
    }
    return CPIO_OK;
}

/* Checks one path: relative, every component neither empty nor "." nor "..". */
static bool path_is_safe(const uint8_t *name, uint32_t len)
{
    uint32_t start = 0;

    for (uint32_t i = 0; i <= len; i++) {
        uint32_t part = i - start;

        if (i < len && name[i] != '/') continue;
        if (part == 0 || (part == 1 && name[start] == '.') ||
            (part == 2 && name[start] == '.' && name[start + 1] == '.'))
            return false;
        start = i + 1;
    }
    return true;
}

/* Checks the name of `size` bytes with its NUL at `p` and strips "./". */
static enum cpio_error name_read(const uint8_t *p, uint32_t size, struct cpio_entry *out)
{
    uint32_t len = size - 1;

    for (uint32_t i = 0; i < len; i++) {
        if (p[i] == 0) return CPIO_E_NAME;
    }
    if (p[len] != 0 || len == 0) return CPIO_E_NAME;
    out->name = (const char *)p;
    out->name_len = len;
    if (len == 1 && p[0] == '.') return CPIO_OK;
    if (len > 2 && p[0] == '.' && p[1] == '/') {
        p += 2;
        len -= 2;
    }
    out->name = (const char *)p;
    out->name_len = len;
    return path_is_safe(p, len) ? CPIO_OK : CPIO_E_PATH;
}

static enum cpio_error type_check(const struct cpio_entry *e)
{
    switch (e->mode & CPIO_TYPE_MASK) {
    case CPIO_TYPE_FILE: return CPIO_OK;
    case CPIO_TYPE_LINK: return e->size != 0 ? CPIO_OK : CPIO_E_TYPE;
    case CPIO_TYPE_DIR:
    case CPIO_TYPE_CHAR:
    case CPIO_TYPE_BLOCK:
    case CPIO_TYPE_FIFO: return e->size == 0 ? CPIO_OK : CPIO_E_TYPE;
    default: return CPIO_E_TYPE;
    }
}

static bool name_is_trailer(const uint8_t *p, uint32_t size)
{
    return size == 11 && bytes_are_equal(p, "TRAILER!!!", 11);
}

static void entry_fill(struct cpio_entry *out, const uint32_t field[FIELDS])
{
    out->ino = field[FIELD_INO];
    out->mode = field[FIELD_MODE];
    out->uid = field[FIELD_UID];
    out->gid = field[FIELD_GID];
    out->nlink = field[FIELD_NLINK];
    out->mtime = field[FIELD_MTIME];
    out->size = field[FIELD_SIZE];
    out->rdev_major = field[FIELD_RDEV_MAJOR];
    out->rdev_minor = field[FIELD_RDEV_MINOR];
}

void cpio_init(struct cpio *c, const void *data, size_t size)
{
    c->data = data;
    c->size = size;
    c->next = 0;
}

enum cpio_error cpio_next(struct cpio *c, struct cpio_entry *out)
{
    uint32_t field[FIELDS], name_size;
    const uint8_t *p = c->data + c->next;
    size_t left = c->size - c->next, at;
    enum cpio_error e;

    if (left < HEADER_SIZE) return CPIO_E_TRUNCATED;
    e = header_read(p, field);
    if (e != CPIO_OK) return e;
    name_size = field[FIELD_NAME_SIZE];
    if (name_size == 0 || name_size > CPIO_NAME_MAX + 1) return CPIO_E_NAME;
    if (name_size > left - HEADER_SIZE) return CPIO_E_TRUNCATED;
    if (name_is_trailer(p + HEADER_SIZE, name_size)) return CPIO_END;
    entry_fill(out, field);
    e = name_read(p + HEADER_SIZE, name_size, out);
    if (e == CPIO_OK) e = type_check(out);
    if (e != CPIO_OK) return e;
    /* Entries start at multiples of four from the start of the archive, and so does data. */
    at = (HEADER_SIZE + name_size + 3u) & ~(size_t)3;
    if (at > left || out->size > left - at ||
        ((4u - (out->size & 3u)) & 3u) > left - at - out->size)
        return CPIO_E_TRUNCATED;
    out->data = p + at;
    c->next += at + (((size_t)out->size + 3u) & ~(size_t)3);
    return CPIO_OK;
}

static bool name_is_equal(const char *a, const char *b)
{
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

enum cpio_error cpio_find(const void *data, size_t size, const char *name, struct cpio_entry *out)
{
    struct cpio c;
    enum cpio_error e;

    cpio_init(&c, data, size);
    for (e = cpio_next(&c, out); e == CPIO_OK; e = cpio_next(&c, out)) {
        if (name_is_equal(out->name, name)) return CPIO_OK;
    }
    return e == CPIO_END ? CPIO_E_MISSING : e;
}

enum cpio_error cpio_check(const void *data, size_t size, uint32_t *count)
{
    struct cpio c;
    struct cpio_entry entry;
    enum cpio_error e;
    uint32_t n = 0;

    cpio_init(&c, data, size);
    for (e = cpio_next(&c, &entry); e == CPIO_OK; e = cpio_next(&c, &entry))
        n++;
    if (count != NULL) *count = n;
    return e == CPIO_END ? CPIO_OK : e;
}
