/* SPDX-License-Identifier: Apache-2.0 */
/* Memory budgets; see account.h. Invariant: carved <= charged <= limit. */
#include "capmgr/account.h"

void accounts_init(struct accounts *a, struct account *account, uint32_t count)
{
    uint32_t i;

    a->account = account;
    a->count = count;
    for (i = 0; i < count; i++)
        account[i].open = false;
}

static struct account *account_get(struct accounts *a, uint32_t id)
{
    return id < a->count && a->account[id].open ? &a->account[id] : NULL;
}

bool account_open_root(struct accounts *a, uint32_t id, uint32_t limit)
{
    if (id >= a->count || a->account[id].open) return false;
    a->account[id] = (struct account){.limit = limit, .parent = CM_NONE, .open = true};
    return true;
}

static bool account_add(struct accounts *a, uint32_t id, uint32_t parent, uint32_t limit,
                        bool shared)
{
    struct account *p = account_get(a, parent);

    if (p == NULL || id >= a->count || a->account[id].open) return false;
    p->children++;
    a->account[id] =
        (struct account){.limit = limit, .parent = parent, .open = true, .shared = shared};
    return true;
}

enum cm_err account_share(struct accounts *a, uint32_t id, uint32_t parent, uint32_t limit)
{
    return account_add(a, id, parent, limit, true) ? CM_OK : CM_EINVAL;
}

enum cm_err account_open(struct accounts *a, uint32_t id, uint32_t parent, uint32_t limit)
{
    enum cm_err e = account_charge(a, parent, limit); /* also to those whose pages it shares */

    if (e != CM_OK) return e;
    if (!account_add(a, id, parent, limit, false)) {
        (void)account_refund(a, parent, limit);
        return CM_EINVAL;
    }
    a->account[parent].carved += limit;
    return CM_OK;
}

enum cm_err account_close(struct accounts *a, uint32_t id)
{
    struct account *c = account_get(a, id), *p;

    if (c == NULL) return CM_EINVAL;
    if (c->charged != 0 || c->lent != 0 || c->children != 0) return CM_EBUSY;
    c->open = false;
    p = account_get(a, c->parent);
    if (p == NULL) return CM_OK;
    p->children--;
    if (c->shared) return CM_OK;
    p->carved -= c->limit;
    (void)account_refund(a, c->parent, c->limit);
    return CM_OK;
}

uint32_t account_left(const struct accounts *a, uint32_t id)
{
    uint32_t left = UINT32_MAX;
    const struct account *c;
    uint64_t used;

    do {
        if (id >= a->count || !a->account[id].open) return 0;
        c = &a->account[id];
        used = (uint64_t)c->charged + c->lent + c->burden;
        if (used >= c->limit) return 0;
        if (c->limit - used < left) left = (uint32_t)(c->limit - used);
        id = c->parent;
    } while (c->shared);
    return left;
}

enum cm_err account_charge(struct accounts *a, uint32_t id, uint32_t pages)
{
    struct account *c = account_get(a, id);

    if (c == NULL) return CM_EINVAL;
    if (pages > account_left(a, id)) return CM_ENOMEM;
    c->charged += pages;
    while (c->shared) {
        c = &a->account[c->parent];
        c->charged += pages;
        c->carved += pages;
    }
    return CM_OK;
}

bool account_refund(struct accounts *a, uint32_t id, uint32_t pages)
{
    struct account *c = account_get(a, id);

    if (c == NULL || pages > c->charged - c->carved) return false;
    c->charged -= pages;
    while (c->shared) {
        c = &a->account[c->parent];
        c->charged -= pages;
        c->carved -= pages;
    }
    return true;
}

/* Adds to what is lent to an account; `pages` may be negative, modulo 2^32. */
static void account_burden(struct accounts *a, struct account *c, uint32_t pages)
{
    c->lent += pages;
    while (c->shared) {
        c = &a->account[c->parent];
        c->burden += pages;
    }
}

bool account_lend(struct accounts *a, uint32_t client, uint32_t server, uint32_t pages)
{
    struct account *s = account_get(a, server);

    if (s == NULL || pages > UINT32_MAX - s->lent || !account_refund(a, client, pages))
        return false;
    account_burden(a, s, pages);
    return true;
}

bool account_lend_end(struct accounts *a, uint32_t server, uint32_t pages)
{
    struct account *s = account_get(a, server);

    if (s == NULL || pages > s->lent) return false;
    account_burden(a, s, 0u - pages);
    return true;
}

/* What the children of `id` have, as `carved` and `burden` say it. */
static bool account_agrees(const struct accounts *a, uint32_t id)
{
    const struct account *c = &a->account[id];
    uint64_t carved = 0, burden = 0;
    uint32_t children = 0, i;

    for (i = 0; i < a->count; i++) {
        const struct account *child = &a->account[i];

        if (!child->open || child->parent != id) continue;
        carved += child->shared ? child->charged : child->limit;
        burden += child->shared ? (uint64_t)child->lent + child->burden : 0;
        children++;
    }
    return carved == c->carved && burden == c->burden && children == c->children;
}

bool accounts_check(const struct accounts *a)
{
    uint32_t i;

    for (i = 0; i < a->count; i++) {
        const struct account *c = &a->account[i];

        if (!c->open) continue;
        if (!account_agrees(a, i) || c->carved > c->charged || c->charged > c->limit) return false;
    }
    return true;
}
