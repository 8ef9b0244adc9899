/* SPDX-License-Identifier: Apache-2.0 */
/* The client's side of the runtime ordinals, which need no lane. */
#include "fipc/client.h"

static fut_err runtime_call(struct fipc_conn *conn, struct fipc_call *c, unsigned ordinal,
                            uint32_t words, uint8_t tag, uint32_t obj, uint64_t w1)
{
    fut_err e = fipc_begin(conn, c, FIPC_W0(ordinal, 0, words, tag), obj);

    c->w[1] = w1;
    return e == FUT_OK ? fipc_call(c) : e;
}

fut_err fipc_ping(struct fipc_conn *conn, uint8_t tag, uint32_t obj)
{
    struct fipc_call c;

    return runtime_call(conn, &c, FIPC_PING, 0, tag, obj, 0);
}

fut_err fipc_release(struct fipc_conn *conn, uint8_t tag, uint32_t obj)
{
    struct fipc_call c;

    return runtime_call(conn, &c, FIPC_RELEASE, 0, tag, obj, 0);
}

fut_err fipc_share(struct fipc_conn *conn, uint8_t tag, uint32_t obj, uint32_t rights,
                   uint64_t *ticket)
{
    struct fipc_call c;
    uint64_t buf[1];
    const uint64_t *root;
    fut_err e = runtime_call(conn, &c, FIPC_SHARE, 1, tag, obj, rights);

    if (e != FUT_OK) return e;
    root = fipc_reply_root(&c, 1, 1, buf);
    if (!root || !root[0]) return FUT_EPROTO;
    *ticket = root[0];
    return FUT_OK;
}

fut_err fipc_describe(struct fipc_conn *conn, uint8_t tag, uint32_t obj, void *buf, size_t cap,
                      size_t *len)
{
    uint32_t at = 0, total = 0;

    do {
        struct fipc_call c;
        uint64_t words[4];
        const uint8_t *root;
        uint32_t n, now;
        fut_err e = runtime_call(conn, &c, FIPC_DESCRIBE, 1, tag, obj, at);
        if (e != FUT_OK) return e;
        root = fipc_reply_root(&c, 4, 4, words);
        if (!root) return FUT_EPROTO;
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
