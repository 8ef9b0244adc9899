/* SPDX-License-Identifier: Apache-2.0 */
/* See hooks.h. A cancelled call that waits is ended, as servers must; a share gives a ticket made
 * of what was asked for. */
#include "hooks.h"
#include <check.h>

struct hook_counts hooked;

void hooks_closed(struct fipc_server *s, struct fipc_session *n)
{
    (void)s;
    (void)n;
    hooked.closed++;
}

static void on_broken(struct fipc_server *s, struct fipc_session *n)
{
    (void)s;
    (void)n;
    hooked.broken++;
}

static void on_cancelled(struct fipc_server *s, struct fipc_session *n, uint32_t slot, uint32_t seq)
{
    (void)s;
    hooked.cancels++;
    if (state.waits && fipc_deferred_is(&state.waiting, n, slot, seq)) {
        ck_assert(fipc_deferred_cancelled(&state.waiting));
        state.waits = false;
        ck_assert_uint_eq(fipc_reply_error(&state.waiting, FUT_ECANCELED, 0), FUT_OK);
    }
}

static fut_err on_share(struct fipc_session *n, uint32_t object, const struct fipc_binding *b,
                        void *self, uint32_t rights, uint64_t *ticket)
{
    (void)n;
    (void)self;
    ck_assert_ptr_eq(b, &probe_binding);
    hooked.shared++;
    *ticket = (uint64_t)rights << 32 | object | 1u << 20;
    return FUT_OK;
}

static fut_err on_opened(struct fipc_server *s, struct fipc_session *n)
{
    (void)s;
    (void)n;
    hooked.opened++;
    return FUT_OK;
}

static const struct fipc_server_hooks hooks = {.closed = hooks_closed,
                                               .broken = on_broken,
                                               .cancelled = on_cancelled,
                                               .share = on_share,
                                               .opened = on_opened};

void hooks_setup(void)
{
    static const struct pair_setup setup = {.hooks = &hooks,
                                            .nsessions = 4,
                                            .nobjects = 3,
                                            .objects_per_session = 2,
                                            .doorbell = LOOP_SLOT_CLIENT};

    hooked = (struct hook_counts){0};
    pair_make(&setup);
}
