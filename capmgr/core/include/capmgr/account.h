/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory budgets. An account has a limit, and what is charged to it. Two ways to have a parent:
 *
 *  - carved: the limit is taken out of the parent's account at once and is there for certain;
 *    components of the manifest are so, and none of them can use another's memory;
 *  - shared: the limit is only a cap, and what is charged to the child is charged to its parent
 *    too. So programs have what their starter has, and cost it what they use.
 *
 * `lent` holds the lanes of connections whose client is gone and whose server has not acknowledged
 * it: they are the server's burden. It may go beyond the limit (the server did not choose it), but
 * then nothing more can be charged until it has acknowledged.
 */
#ifndef CAPMGR_ACCOUNT_H
#define CAPMGR_ACCOUNT_H

#include "capmgr/base.h"

struct account {
    uint32_t limit, charged, lent; /* pages */
    uint32_t carved;               /* the part of `charged` that is its children's */
    uint32_t burden;               /* what is lent below shared children */
    uint32_t parent;               /* CM_NONE: a root */
    uint32_t children;
    bool open, shared;
};

struct accounts {
    struct account *account;
    uint32_t count;
};

void accounts_init(struct accounts *a, struct account *account, uint32_t count);

/* Opens a root with that limit. False: out of range or open. */
bool account_open_root(struct accounts *a, uint32_t id, uint32_t limit);

/* Opens `id` with `limit` pages of `parent`'s. CM_ENOMEM: the parent has not that much left. */
enum cm_err account_open(struct accounts *a, uint32_t id, uint32_t parent, uint32_t limit);

/* Opens `id` below `parent`, whose pages it shares up to `limit`; how many that has left is asked
 * at each charge. */
enum cm_err account_share(struct accounts *a, uint32_t id, uint32_t parent, uint32_t limit);

/* Returns a carved limit to the parent. CM_EBUSY while anything is charged, lent or carved. */
enum cm_err account_close(struct accounts *a, uint32_t id);

/* CM_ENOMEM, and no change, if it does not fit. */
enum cm_err account_charge(struct accounts *a, uint32_t id, uint32_t pages);

/* False, and no change, if less than that is charged beside what is carved. */
bool account_refund(struct accounts *a, uint32_t id, uint32_t pages);

/* Moves a lane's pages from the client's account to what is lent to the server's. */
bool account_lend(struct accounts *a, uint32_t client, uint32_t server, uint32_t pages);
bool account_lend_end(struct accounts *a, uint32_t server, uint32_t pages);

/* Pages that can still be charged: to it, and to those whose pages it shares. */
uint32_t account_left(const struct accounts *a, uint32_t id);

/* What children have equals `carved` and `burden`, nothing is beyond its limit. For tests. */
bool accounts_check(const struct accounts *a);

#endif
