/* SPDX-License-Identifier: Apache-2.0 */
/* Envelopes, by a table of which keys each kind has. A reply and an error share the kind on the
 * wire (1) and differ in key 3: 0 or an error number. */
#include "fipc/envelope.h"
#include "fipc/cbor.h"
#include <string.h>

enum key { KIND, SESSION, CALLID, TARGET, KEY4, KEY5, DEADLINE, KEYS };

#define BIT(k) (1u << (k))

/* Keys that must and that may be there. Key 3 of a reply is 0, of an error its number, else the
 * export; key 4 of a reply are its arguments, else the ordinal; key 5 of an error is its detail,
 * else the arguments. */
static const struct {
    uint8_t wire, must, may;
} kinds[] = {
    [FIPC_CALL] = {0, BIT(SESSION) | BIT(CALLID) | BIT(TARGET) | BIT(KEY4) | BIT(KEY5),
                   BIT(DEADLINE)},
    [FIPC_REPLY] = {1, BIT(SESSION) | BIT(CALLID) | BIT(TARGET), BIT(KEY4)},
    [FIPC_EVENT] = {2, BIT(SESSION) | BIT(TARGET) | BIT(KEY4) | BIT(KEY5), 0},
    [FIPC_CANCEL] = {3, BIT(SESSION) | BIT(CALLID), 0},
    [FIPC_DROP] = {4, BIT(SESSION) | BIT(TARGET), 0},
    [FIPC_ERROR] = {1, BIT(SESSION) | BIT(CALLID) | BIT(TARGET), BIT(KEY5)},
};

/* --- reading --- */

/* A map from positions to whatever; it stays where it is. */
static void args_read(struct fipc_cbor_reader *r, struct fipc_envelope *e)
{
    size_t n;

    e->args = r->p;
    n = fipc_cbor_open(r, FIPC_CBOR_MAP, FIPC_POSITIONS);
    for (size_t i = 0; i < n && !r->bad; i++) {
        (void)fipc_cbor_uint(r, FIPC_POSITIONS - 1);
        fipc_cbor_skip(r);
    }
    fipc_cbor_close(r);
    e->args_len = (size_t)(r->p - e->args);
}

static void target_read(struct fipc_cbor_reader *r, struct fipc_envelope *e)
{
    if (e->kind != FIPC_REPLY) {
        e->export = (uint32_t)fipc_cbor_uint(r, UINT32_MAX);
        return;
    }
    e->error = (uint16_t)fipc_cbor_uint(r, 4095);
    if (e->error != 0) e->kind = FIPC_ERROR;
}

static void key_read(struct fipc_cbor_reader *r, struct fipc_envelope *e, uint64_t key)
{
    switch (key) {
    case SESSION: e->session = fipc_cbor_uint(r, UINT64_MAX); break;
    case CALLID: e->callid = fipc_cbor_uint(r, UINT64_MAX); break;
    case TARGET: target_read(r, e); break;
    case KEY4:
        if (e->kind == FIPC_REPLY)
            args_read(r, e);
        else
            e->ordinal = (uint16_t)fipc_cbor_uint(r, 4095);
        break;
    case KEY5:
        e->has_detail = e->kind == FIPC_ERROR;
        if (e->has_detail)
            e->detail = (uint32_t)fipc_cbor_uint(r, UINT32_MAX);
        else
            args_read(r, e);
        break;
    default: e->has_deadline = true; e->deadline = (uint32_t)fipc_cbor_uint(r, UINT32_MAX);
    }
}

/* Keys come in order, so the kind is known before what depends on it. */
static bool kind_read(struct fipc_cbor_reader *r, struct fipc_envelope *e)
{
    uint64_t wire;

    if (fipc_cbor_uint(r, 0) != KIND || r->bad) return false;
    wire = fipc_cbor_uint(r, FIPC_DROP);
    e->kind = (enum fipc_envelope_kind)wire;
    return !r->bad;
}

bool fipc_envelope_read(struct fipc_envelope *e, const void *message, size_t len)
{
    struct fipc_cbor_reader r;
    unsigned seen = 0;
    size_t n;

    memset(e, 0, sizeof(*e));
    if (len > FIPC_ENVELOPE_MAX) return false;
    fipc_cbor_read(&r, message, len);
    n = fipc_cbor_open(&r, FIPC_CBOR_MAP, KEYS);
    if (n == 0 || !kind_read(&r, e)) return false;
    for (size_t i = 1; i < n && !r.bad; i++) {
        uint64_t key = fipc_cbor_uint(&r, KEYS - 1);
        if (r.bad || !((kinds[e->kind].must | kinds[e->kind].may) & BIT(key))) return false;
        seen |= BIT(key);
        key_read(&r, e, key);
    }
    return fipc_cbor_done(&r) && (kinds[e->kind].must & ~seen) == 0;
}

/* --- writing --- */

static unsigned keys_of(const struct fipc_envelope *e)
{
    unsigned keys = kinds[e->kind].must;

    if (e->kind == FIPC_CALL && e->has_deadline) keys |= BIT(DEADLINE);
    if (e->kind == FIPC_REPLY && e->args) keys |= BIT(KEY4);
    if (e->kind == FIPC_ERROR && e->has_detail) keys |= BIT(KEY5);
    return keys;
}

static bool fields_are_valid(const struct fipc_envelope *e, unsigned keys)
{
    bool args = keys & BIT(e->kind == FIPC_REPLY ? KEY4 : KEY5) && e->kind != FIPC_ERROR;

    if (e->ordinal > 4095 || e->error > 4095) return false;
    if ((e->kind == FIPC_ERROR) != (e->error != 0)) return false;
    return !args || (e->args && e->args_len != 0);
}

static void args_write(struct fipc_cbor_writer *w, const struct fipc_envelope *e)
{
    if (w->full || e->args_len > w->size - w->len) {
        w->full = true;
        return;
    }
    memcpy(w->data + w->len, e->args, e->args_len);
    w->len += e->args_len;
}

static void key_write(struct fipc_cbor_writer *w, const struct fipc_envelope *e, enum key key)
{
    fipc_cbor_put_uint(w, key);
    switch (key) {
    case KIND: fipc_cbor_put_uint(w, kinds[e->kind].wire); break;
    case SESSION: fipc_cbor_put_uint(w, e->session); break;
    case CALLID: fipc_cbor_put_uint(w, e->callid); break;
    case TARGET:
        fipc_cbor_put_uint(w, kinds[e->kind].wire == FIPC_REPLY ? e->error : e->export);
        break;
    case KEY4:
        if (e->kind == FIPC_REPLY)
            args_write(w, e);
        else
            fipc_cbor_put_uint(w, e->ordinal);
        break;
    case KEY5:
        if (e->kind == FIPC_ERROR)
            fipc_cbor_put_uint(w, e->detail);
        else
            args_write(w, e);
        break;
    default: fipc_cbor_put_uint(w, e->deadline);
    }
}

size_t fipc_envelope_write(const struct fipc_envelope *e, void *message, size_t size)
{
    struct fipc_cbor_writer w;
    unsigned keys, n = 1;

    if ((unsigned)e->kind > FIPC_ERROR) return 0;
    keys = keys_of(e) | BIT(KIND);
    if (!fields_are_valid(e, keys)) return 0;
    for (unsigned rest = keys; (rest &= rest - 1) != 0;)
        n++;
    fipc_cbor_write(&w, message, size < FIPC_ENVELOPE_MAX ? size : FIPC_ENVELOPE_MAX);
    fipc_cbor_put_map(&w, n);
    for (unsigned key = 0; key < KEYS; key++)
        if (keys & BIT(key)) key_write(&w, e, (enum key)key);
    return w.full ? 0 : w.len;
}
