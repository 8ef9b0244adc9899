/* SPDX-License-Identifier: Apache-2.0 */
/* A server of futura.probe that answers what it is given, or asks another one and answers that.
 * With two in a row a message passes every decoder and encoder on both sides. */
#ifndef TEST_FIPC_PROBE_ECHO_H
#define TEST_FIPC_PROBE_ECHO_H
#include "probe.h"

struct probe_state {
    struct fipc_conn *next;  /* NULL: echo */
    struct fipc_arena arena; /* for results of `next` */
    char *text;              /* 65,537 bytes, for results of `next` */
    struct fipc_deferred waiting;
    bool waits;
    uint32_t poked, released, lost, cancelled;
};

extern const struct probe_probe_ops probe_ops;
extern const struct fipc_binding probe_binding;
void probe_state_init(struct probe_state *p, struct fipc_conn *next);
void probe_state_free(struct probe_state *p);

#endif
