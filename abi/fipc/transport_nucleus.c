/* SPDX-License-Identifier: Apache-2.0 */
/* The nucleus as a transport table, for code that takes one. Connections and servers on the target
 * do not go through it: see fipc/sys.h. */
#include "fipc/sys.h"

#if FIPC_DIRECT
static fut_status nucleus_call(void *at, uint32_t slot, uint64_t w[5])
{
    (void)at;
    return fut_sys_call(slot, w);
}

static fut_status nucleus_send(void *at, uint32_t slot, const uint64_t w[5])
{
    (void)at;
    return fut_sys_send(slot, w);
}

static fut_status nucleus_notify(void *at, uint32_t slot)
{
    (void)at;
    return fut_sys_notify(slot);
}

static fut_status nucleus_reply(void *at, uint64_t token, const uint64_t w[5])
{
    (void)at;
    return fut_sys_reply(token, w);
}

static fut_status nucleus_reply_recv(void *at, uint32_t slot, uint64_t token, const uint64_t w[5],
                                     struct fut_msg *m)
{
    (void)at;
    return fut_sys_reply_recv(slot, token, w, m);
}

static fut_status nucleus_recv(void *at, uint32_t slot, uint64_t mask, uint32_t flags,
                               struct fut_msg *m)
{
    (void)at;
    return fut_sys_recv(slot, mask, flags, m);
}

static void nucleus_yield(void *at)
{
    (void)at;
    fut_sys_yield();
}

const struct fipc_transport fipc_transport_nucleus = {.call = nucleus_call,
                                                      .send = nucleus_send,
                                                      .notify = nucleus_notify,
                                                      .reply = nucleus_reply,
                                                      .reply_recv = nucleus_reply_recv,
                                                      .recv = nucleus_recv,
                                                      .yield = nucleus_yield};
#else
typedef int fipc_transport_needs_the_target; /* an empty file is not C */
#endif
