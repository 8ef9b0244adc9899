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

enum cm_err account_open(struct accounts *a, uint32_t id, uint32_t parent, uint32_t limit)
{
    struct account *p = account_get(a, parent);

    if (p == NULL || id >= a->count || a->account[id].open) return CM_EINVAL;
    if (limit > account_left(a, parent)) return CM_ENOMEM;
    p->charged += limit;
    p->carved += limit;
    p->children++;
    a->account[id] = (struct account){.limit = limit, .parent = parent, .open = true};
    return CM_OK;
}

enum cm_err account_close(struct accounts *a, uint32_t id)
{
    struct account *c = account_get(a, id), *p;

    if (c == NULL) return CM_EINVAL;
    if (c->charged != 0 || c->lent != 0 || c->children != 0) return CM_EBUSY;
    p = account_get(a, c->parent);
    if (p != NULL) {
        p->charged -= c->limit;
        p->carved -= c->limit;
        p->children--;
    }
    c->open = false;
    return CM_OK;
}

uint32_t account_left(const struct accounts *a, uint32_t id)
{
    const struct account *c;

    if (id >= a->count || !a->account[id].open) return 0;
    c = &a->account[id];
    if (c->lent >= c->limit - c->charged) return 0;
    return c->limit - c->charged - c->lent;
}

enum cm_err account_charge(struct accounts *a, uint32_t id, uint32_t pages)
{
    struct account *c = account_get(a, id);

    if (c == NULL) return CM_EINVAL;
    if (pages > account_left(a, id)) return CM_ENOMEM;
    c->charged += pages;
    return CM_OK;
}

bool account_refund(struct accounts *a, uint32_t id, uint32_t pages)
{
    struct account *c = account_get(a, id);

    if (c == NULL || pages > c->charged - c->carved) return false;
    c->charged -= pages;
    return true;
}

bool account_lend(struct accounts *a, uint32_t client, uint32_t server, uint32_t pages)
{
    struct account *s = account_get(a, server);

    if (s == NULL || pages > UINT32_MAX - s->lent || !account_refund(a, client, pages))
        return false;
    s->lent += pages;
    return true;
}

bool account_lend_end(struct accounts *a, uint32_t server, uint32_t pages)
{
    struct account *s = account_get(a, server);

    if (s == NULL || pages > s->lent) return false;
    s->lent -= pages;
    return true;
}

bool accounts_check(const struct accounts *a)
{
    uint32_t i, j;

    for (i = 0; i < a->count; i++) {
        const struct account *c = &a->account[i];
        uint64_t carved = 0;
        uint32_t children = 0;

        if (!c->open) continue;
        for (j = 0; j < a->count; j++) {
            if (!a->account[j].open || a->account[j].parent != i) continue;
            carved += a->account[j].limit;
            children++;
        }
        if (carved != c->carved || children != c->children || c->carved > c->charged ||
            c->charged > c->limit)
            return false;
    }
    return true;
}
