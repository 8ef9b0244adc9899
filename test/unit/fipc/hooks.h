/* SPDX-License-Identifier: Apache-2.0 */
/* A pair whose server has a hook for everything; each counts how often it was called. */
#ifndef TEST_FIPC_HOOKS_H
#define TEST_FIPC_HOOKS_H
#include "pair.h"

struct hook_counts {
    unsigned closed, broken, cancels, shared, opened;
};
extern struct hook_counts hooked;

/* The fixture: room for four sessions and three objects, of which two a session. */
void hooks_setup(void);

/* The hook `closed`, for tests with hooks of their own. */
void hooks_closed(struct fipc_server *s, struct fipc_session *n);

#endif
