/* SPDX-License-Identifier: Apache-2.0 */
/* How the runtime reaches the kernel. On the target these are the system calls themselves, inline,
 * because a call through a table would cost more than the rest of a stub. With FIPC_TABLE, as on
 * the host, they go through a table, so that tests run client and server in one process. */
#ifndef FIPC_SYS_H
#define FIPC_SYS_H
#include "futura/abi.h"
#include <stdint.h>

#ifndef FIPC_TABLE
#include "futura/syscall.h"
#define FIPC_DIRECT 1
#else
#define FIPC_DIRECT 0
typedef uint32_t fut_status;
struct fut_msg {
    uint64_t w[8];
    uint64_t badge;
    uint64_t token;
    uint64_t pending;
};
#endif

/* The transport. Every function answers a nucleus status and has the meaning of the system call of
 * its name; `at` is the instance (the nucleus one ignores it). */
struct fipc_transport {
    void *at;
    fut_status (*call)(void *at, uint32_t slot, uint64_t w[5]);
    fut_status (*send)(void *at, uint32_t slot, const uint64_t w[5]);
    fut_status (*notify)(void *at, uint32_t slot);
    fut_status (*reply)(void *at, uint64_t token, const uint64_t w[5]);
    fut_status (*reply_recv)(void *at, uint32_t slot, uint64_t token, const uint64_t w[5],
                             struct fut_msg *m);
    fut_status (*recv)(void *at, uint32_t slot, uint64_t mask, uint32_t flags, struct fut_msg *m);
    void (*yield)(void *at);
};

/* The nucleus's, as a table (only on the target); connections there need none. */
extern const struct fipc_transport fipc_transport_nucleus;

#if FIPC_DIRECT
#define FIPC_SYS(t, op, ...) ((void)(t), fut_sys_##op(__VA_ARGS__))
#else
#define FIPC_SYS(t, op, ...) ((t)->op((t)->at, __VA_ARGS__))
#endif

/* A request's first word with the object's number in bits 32-55. */
static inline __attribute__((always_inline)) uint64_t fipc_w0_object(uint64_t w0, uint32_t obj)
{
#ifdef __aarch64__
    __asm__("bfi %0, %x1, #32, #24" : "+r"(w0) : "r"(obj)); /* compilers find two */
    return w0;
#else
    return w0 | (uint64_t)(obj & 0xffffff) << 32;
#endif
}

#endif
