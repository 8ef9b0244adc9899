/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the manager's interface share: serve.c (Manager), serve_child.c (Boot, Process,
 * Child, Supervise), serve_info.c (Info, Log, Power, Clock). */
#ifndef CAPMGR_SERVE_H
#define CAPMGR_SERVE_H

#include "capmgr.h"
#include "fipc/server.h"
#include "main.h"

extern const struct fipc_binding boot_binding, process_binding, child_binding, supervise_binding;
extern const struct fipc_binding info_binding, log_binding, power_binding, clock_binding;

/* The component that made a call. */
static inline struct comp *caller(struct fipc_req *r) { return r->session->user; }

/* A result as the answer: what a refusal found missing goes with it. */
static inline fut_err answer(struct fipc_req *r, enum cm_err e)
{
    r->detail = e == CM_OK ? 0 : detail;
    detail = 0;
    return (fut_err)e;
}

/* A name in the arena of the running call's answer. */
static inline struct fipc_string name_of(const char *name)
{
    return (struct fipc_string){name, strlen(name)};
}

/* Child objects: who waits for which component's end. */
void child_ended(struct comp *c);
void child_forget(struct comp *waiting);
fut_err child_object(struct fipc_req *r, struct comp *c, uint32_t *number);

#endif
