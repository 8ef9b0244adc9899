/* SPDX-License-Identifier: Apache-2.0 */
/* The client's side of the runtime ordinals, which need no lane; connecting again. */
#include "fipc/client.h"

static fut_err runtime_call(struct fipc_conn *conn, uint64_t w[5], unsigned ordinal, uint32_t words,
                            uint8_t tag, uint32_t obj, uint64_t w1)
{
    fut_status s;

    fipc_words(w, FIPC_W0(ordinal, 0, words, tag), obj, 0);
    w[1] = w1;
    s = FIPC_SYS(conn->transport, call, conn->slot, w);
    if (s == FUT_S_OK && !(w[0] & ~(0xffull << FIPC_W0_WORDS_SHIFT))) return FUT_OK;
    return fipc_call_outcome(conn, FIPC_SLOT_NONE, s, w[0]).error;
}

fut_err fipc_reconnect(struct fipc_conn *conn)
{
    return conn->reconnect ? conn->reconnect(conn) : FUT_EOPNOTSUPP;
}

fut_err fipc_ping(struct fipc_conn *conn, uint8_t tag, uint32_t obj)
{
    uint64_t w[5];

    return runtime_call(conn, w, FIPC_PING, 0, tag, obj, 0);
}

fut_err fipc_release(struct fipc_conn *conn, uint8_t tag, uint32_t obj)
{
    uint64_t w[5];

    return runtime_call(conn, w, FIPC_RELEASE, 0, tag, obj, 0);
}

fut_err fipc_share(struct fipc_conn *conn, uint8_t tag, uint32_t obj, uint32_t rights,
                   uint64_t *ticket)
{
    uint64_t w[5];
    fut_err e = runtime_call(conn, w, FIPC_SHARE, 1, tag, obj, rights);

    if (e != FUT_OK) return e;
    if (!fipc_plain_root(w, 1, 1) || !w[1]) return FUT_EPROTO;
    *ticket = w[1];
    return FUT_OK;
}

fut_err fipc_describe(struct fipc_conn *conn, uint8_t tag, uint32_t obj, void *buf, size_t cap,
                      size_t *len)
{
    uint32_t at = 0, total = 0;

    do {
        uint64_t w[5];
        const uint8_t *root = (const uint8_t *)&w[1];
        uint32_t n, now;
        fut_err e = runtime_call(conn, w, FIPC_DESCRIBE, 1, tag, obj, at);
        if (e != FUT_OK) return e;
        if (!fipc_plain_root(w, 4, 4)) return FUT_EPROTO;
        now = fipc_ld32(root, 0);
        if (now <= at || now > 65536 || (at && now != total)) return FUT_EPROTO;
        total = now;
        n = total - at < 28 ? total - at : 28;
        if (at + n <= cap) memcpy((uint8_t *)buf + at, root + 4, n);
        at += n;
    } while (at < total && total <= cap);
    *len = total;
    return total <= cap ? FUT_OK : FUT_EMSGSIZE;
}
