/* SPDX-License-Identifier: Apache-2.0 */
/* The strict reader. Levels are counted down, so nothing recurses and depth is bounded. */
#include "fipc/cbor.h"
#include <string.h>

void fipc_cbor_read(struct fipc_cbor_reader *r, const void *data, size_t len)
{
    memset(r, 0, sizeof(*r));
    r->p = data;
    r->end = r->p + len;
    r->level[0].left = 1; /* one item is the whole input */
}

static struct fipc_cbor_item item_bad(struct fipc_cbor_reader *r)
{
    r->bad = true;
    return (struct fipc_cbor_item){.kind = FIPC_CBOR_BAD};
}

/* Takes a head; false: truncated, not shortest, or indefinite. */
static bool head_take(struct fipc_cbor_reader *r, unsigned *major, uint64_t *value)
{
    static const uint64_t least[4] = {24, 0x100, 0x10000, 0x100000000};
    unsigned info, n;

    if (r->p == r->end) return false;
    *major = *r->p >> 5;
    info = *r->p++ & 31;
    *value = info;
    if (info < 24) return true;
    if (info > 27) return false;
    n = 1u << (info - 24);
    if ((size_t)(r->end - r->p) < n) return false;
    *value = 0;
    for (unsigned i = 0; i < n; i++)
        *value = *value << 8 | *r->p++;
    return *value >= least[info - 24];
}

/* A map's key must follow the last one bytewise. */
static bool key_check(struct fipc_cbor_level *l, const uint8_t *key, size_t len)
{
    size_t n = len < l->key_len ? len : l->key_len;
    int c = l->key ? memcmp(l->key, key, n) : -1;
    bool rises = c < 0 || (c == 0 && l->key_len < len);

    l->key = key;
    l->key_len = len;
    return rises;
}

static bool string_take(struct fipc_cbor_reader *r, struct fipc_cbor_item *it)
{
    if (it->value > (uint64_t)(r->end - r->p)) return false;
    it->data = r->p;
    r->p += it->value;
    return it->kind == FIPC_CBOR_BYTES || fipc_utf8_valid(it->data, it->value);
}

static bool level_open(struct fipc_cbor_reader *r, const struct fipc_cbor_item *it)
{
    bool map = it->kind == FIPC_CBOR_MAP;

    if (r->depth + 1 >= FIPC_CBOR_DEPTH || it->value > (uint64_t)(r->end - r->p)) return false;
    r->level[++r->depth] =
        (struct fipc_cbor_level){.left = map ? 2 * it->value : it->value, .map = map};
    return true;
}

static bool simple_kind(uint64_t value, enum fipc_cbor_kind *kind)
{
    if (value < 20 || value > 22) return false;
    *kind = value == 20 ? FIPC_CBOR_FALSE : value == 21 ? FIPC_CBOR_TRUE : FIPC_CBOR_NULL;
    return true;
}

struct fipc_cbor_item fipc_cbor_next(struct fipc_cbor_reader *r)
{
    struct fipc_cbor_level *l = &r->level[r->depth];
    struct fipc_cbor_item it = {.kind = FIPC_CBOR_END};
    const uint8_t *start = r->p;
    unsigned major;
    bool key = l->map && l->left % 2 == 0;

    if (r->bad) return item_bad(r);
    if (l->left == 0) {
        if (r->depth) r->depth--;
        return it;
    }
    if (!head_take(r, &major, &it.value)) return item_bad(r);
    l->left--;
    it.kind = (enum fipc_cbor_kind)major;
    if (major == 6 || (major == 7 && *start >= 0xf8)) return item_bad(r);
    if (major == 7 && !simple_kind(it.value, &it.kind)) return item_bad(r);
    if (key && major >= 4) return item_bad(r); /* keys are integers and strings */
    if ((major == 2 || major == 3) && !string_take(r, &it)) return item_bad(r);
    if (key && !key_check(l, start, (size_t)(r->p - start))) return item_bad(r);
    if ((major == 4 || major == 5) && !level_open(r, &it)) return item_bad(r);
    return it;
}

enum fipc_cbor_kind fipc_cbor_peek(const struct fipc_cbor_reader *r)
{
    struct fipc_cbor_reader copy = *r;

    return fipc_cbor_next(&copy).kind;
}

void fipc_cbor_skip(struct fipc_cbor_reader *r)
{
    unsigned depth = r->depth;

    fipc_cbor_next(r);
    while (!r->bad && r->depth > depth)
        fipc_cbor_next(r);
}

uint64_t fipc_cbor_uint(struct fipc_cbor_reader *r, uint64_t max)
{
    struct fipc_cbor_item it = fipc_cbor_next(r);

    if (it.kind == FIPC_CBOR_UINT && it.value <= max) return it.value;
    r->bad = true;
    return 0;
}

bool fipc_cbor_int(struct fipc_cbor_reader *r, int64_t *out)
{
    struct fipc_cbor_item it = fipc_cbor_next(r);

    *out = 0;
    if ((it.kind != FIPC_CBOR_UINT && it.kind != FIPC_CBOR_NINT) || it.value > INT64_MAX) {
        r->bad = true;
        return false;
    }
    *out = it.kind == FIPC_CBOR_UINT ? (int64_t)it.value : -1 - (int64_t)it.value;
    return true;
}

bool fipc_cbor_bool(struct fipc_cbor_reader *r)
{
    struct fipc_cbor_item it = fipc_cbor_next(r);

    if (it.kind != FIPC_CBOR_TRUE && it.kind != FIPC_CBOR_FALSE) r->bad = true;
    return !r->bad && it.kind == FIPC_CBOR_TRUE;
}

const uint8_t *fipc_cbor_string(struct fipc_cbor_reader *r, enum fipc_cbor_kind kind, size_t max,
                                size_t *len)
{
    struct fipc_cbor_item it = fipc_cbor_next(r);

    *len = 0;
    if (it.kind != kind || it.value > max) {
        r->bad = true;
        return NULL;
    }
    *len = (size_t)it.value;
    return it.data;
}

size_t fipc_cbor_open(struct fipc_cbor_reader *r, enum fipc_cbor_kind kind, size_t max)
{
    struct fipc_cbor_item it = fipc_cbor_next(r);

    if (it.kind == kind && it.value <= max) return (size_t)it.value;
    r->bad = true;
    return 0;
}

void fipc_cbor_close(struct fipc_cbor_reader *r)
{
    if (r->bad || r->depth == 0 || r->level[r->depth].left)
        r->bad = true;
    else
        r->depth--;
}

bool fipc_cbor_done(const struct fipc_cbor_reader *r)
{
    /* A level whose last item was taken counts as left. */
    for (unsigned d = r->depth; d > 0; d--)
        if (r->level[d].left) return false;
    return !r->bad && r->level[0].left == 0 && r->p == r->end;
}
