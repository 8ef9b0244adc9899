/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System manifest: the checks across components that `fic check` made at build time and that are
 * repeated at boot, because the image in front of us need not be the one that was checked.
 */
#include "manifest.h"

uint32_t manifest_find(const struct manifest *m, struct scbor_str name)
{
    for (uint32_t i = 0; i < m->component_count; i++) {
        if (scbor_str_is_equal(m->component[i].name, name)) return i;
    }
    return MANIFEST_NOWHERE;
}

bool manifest_may_end(const struct manifest *m, uint32_t component)
{
    return component < m->component_count && m->component[component].restart.always &&
           !m->component[component].critical;
}

uint64_t manifest_total_pages(const struct manifest *m)
{
    uint64_t sum = m->reserve_pages; /* each term is below 2^32: no wrap-around */

    for (uint32_t i = 0; i < m->component_count; i++)
        sum += m->component[i].pages;
    return sum;
}

/* Names of offers and of uses are unique within a component. */
static bool component_has_duplicate(const struct manifest *m, const struct manifest_component *c)
{
    const struct manifest_offer *o = &m->offer[c->offers.first];
    const struct manifest_use *u = &m->use[c->uses.first];

    for (uint32_t i = 0; i < c->offers.count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (scbor_str_is_equal(o[i].name, o[j].name)) return true;
        }
    }
    for (uint32_t i = 0; i < c->uses.count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (scbor_str_is_equal(u[i].name, u[j].name)) return true;
        }
    }
    return false;
}

/* A notification bit may serve one interrupt of a component. */
static bool component_has_bit_twice(const struct manifest *m, const struct manifest_component *c)
{
    uint64_t seen = 0;

    for (uint32_t i = 0; i < c->devices.count; i++) {
        const struct manifest_device *v = &m->device[c->devices.first + i];

        for (uint32_t k = 0; k < v->irqs.count; k++) {
            uint64_t bit = 1ull << m->irq[v->irqs.first + k].bit;

            if ((seen & bit) != 0) return true;
            seen |= bit;
        }
    }
    return false;
}

/* Do two devices (or one, a == b) share a register window or an interrupt? */
static bool devices_collide(const struct manifest *m, const struct manifest_device *a,
                            const struct manifest_device *b)
{
    for (uint32_t i = 0; i < a->regs.count; i++) {
        for (uint32_t j = 0; j < (a == b ? i : b->regs.count); j++) {
            if (m->reg[a->regs.first + i] == m->reg[b->regs.first + j]) return true;
        }
    }
    for (uint32_t i = 0; i < a->irqs.count; i++) {
        for (uint32_t j = 0; j < (a == b ? i : b->irqs.count); j++) {
            if (m->irq[a->irqs.first + i].index == m->irq[b->irqs.first + j].index) return true;
        }
    }
    return false;
}

/* Device entries of the whole system lie in declared order, so one pool index per device. */
static bool manifest_has_device_twice(const struct manifest *m, uint32_t index)
{
    for (uint32_t j = 0; j <= index; j++) {
        if (scbor_str_is_equal(m->device[index].path, m->device[j].path) &&
            devices_collide(m, &m->device[index], &m->device[j]))
            return true;
    }
    return false;
}

/* Both ends have the same closure identity, or neither has one yet. */
static bool identities_agree(const uint8_t *a, const uint8_t *b)
{
    unsigned different = (a == NULL) != (b == NULL);

    for (unsigned i = 0; a != NULL && b != NULL && i < MANIFEST_ID_SIZE; i++)
        different |= a[i] ^ b[i];
    return different == 0;
}

static enum manifest_error use_check(const struct manifest *m, const struct manifest_component *c,
                                     const struct manifest_use *u)
{
    const struct manifest_component *server;
    const struct manifest_offer *o;

    if (u->component >= m->component_count) return MANIFEST_E_REFERENCE;
    server = &m->component[u->component];
    if (u->offer >= server->offers.count) return MANIFEST_E_REFERENCE;
    o = &m->offer[server->offers.first + u->offer];
    if (!scbor_str_is_equal(o->tname, u->tname) || !identities_agree(o->id, u->id))
        return MANIFEST_E_INTERFACE;
    return server->priority_low < c->priority_high ? MANIFEST_E_PRIORITY : MANIFEST_OK;
}

/* Do more uses name this offer than it admits sessions? */
static bool offer_is_crowded(const struct manifest *m, uint32_t component, uint32_t offer)
{
    uint32_t users = 0;

    for (uint32_t i = 0; i < m->use_count; i++) {
        if (m->use[i].component == component && m->use[i].offer == offer) users++;
    }
    return users > m->offer[m->component[component].offers.first + offer].max;
}

static enum manifest_error component_check(const struct manifest *m, uint32_t index, uint32_t *use)
{
    const struct manifest_component *c = &m->component[index];

    if (manifest_find(m, c->name) != index || component_has_duplicate(m, c) ||
        component_has_bit_twice(m, c))
        return MANIFEST_E_DUPLICATE;
    for (uint32_t i = 0; i < c->devices.count; i++) {
        if (manifest_has_device_twice(m, c->devices.first + i)) return MANIFEST_E_DUPLICATE;
    }
    for (uint32_t i = 0; i < c->uses.count; i++) {
        enum manifest_error e = use_check(m, c, &m->use[c->uses.first + i]);

        if (e != MANIFEST_OK) *use = c->uses.first + i;
        if (e != MANIFEST_OK) return e;
    }
    for (uint32_t i = 0; i < c->offers.count; i++) {
        if (offer_is_crowded(m, index, i)) return MANIFEST_E_SESSIONS;
    }
    return MANIFEST_OK;
}

/* Are all servers of the component's non-late uses in the `done` set? */
static bool component_is_free(const struct manifest *m, uint32_t index, uint64_t done)
{
    const struct manifest_component *c = &m->component[index];

    for (uint32_t i = 0; i < c->uses.count; i++) {
        const struct manifest_use *u = &m->use[c->uses.first + i];

        if (u->kind != MANIFEST_USE_LATE && (done >> u->component & 1) == 0) return false;
    }
    return true;
}

/* Removes components without open uses until none is left; what remains is on or behind a cycle. */
static enum manifest_error cycle_check(const struct manifest *m, uint32_t *component)
{
    uint64_t done = 0;
    bool moved = true;

    _Static_assert(MANIFEST_COMPONENTS <= 64, "one bit a component");
    while (moved) {
        moved = false;
        for (uint32_t i = 0; i < m->component_count; i++) {
            if ((done >> i & 1) == 0 && component_is_free(m, i, done)) {
                done |= 1ull << i;
                moved = true;
            }
        }
    }
    for (uint32_t i = 0; i < m->component_count; i++) {
        if ((done >> i & 1) == 0) {
            *component = i;
            return MANIFEST_E_CYCLE;
        }
    }
    return MANIFEST_OK;
}

enum manifest_error manifest_check(const struct manifest *m, struct manifest_fault *fault)
{
    fault->component = fault->use = MANIFEST_NOWHERE;
    for (uint32_t i = 0; i < m->component_count; i++) {
        enum manifest_error e = component_check(m, i, &fault->use);

        if (e != MANIFEST_OK) {
            fault->component = i;
            return e;
        }
    }
    return cycle_check(m, &fault->component);
}

const char *manifest_strerror(enum manifest_error error)
{
    static const char *const text[MANIFEST_E_COUNT] = {
        [MANIFEST_OK] = "manifest is valid",
        [MANIFEST_E_SIZE] = "manifest is empty or larger than 64 KiB",
        [MANIFEST_E_CBOR] = "manifest is not deterministic CBOR of the right shape",
        [MANIFEST_E_KEY] = "manifest has an unknown key or lacks one",
        [MANIFEST_E_FORMAT] = "manifest has an unknown format number",
        [MANIFEST_E_NAME] = "manifest has a malformed name",
        [MANIFEST_E_TNAME] = "manifest has a malformed interface name",
        [MANIFEST_E_PATH] = "manifest has a malformed path",
        [MANIFEST_E_VALUE] = "manifest has a number outside its range",
        [MANIFEST_E_TABLE] = "manifest has more entries than this system holds",
        [MANIFEST_E_DUPLICATE] = "manifest gives a name, register window, interrupt or bit twice",
        [MANIFEST_E_REFERENCE] = "manifest uses a component or offer that does not exist",
        [MANIFEST_E_INTERFACE] = "manifest uses an offer by another interface",
        [MANIFEST_E_PRIORITY] = "manifest gives a server a lower priority than its client",
        [MANIFEST_E_SESSIONS] = "manifest uses an offer more often than it admits",
        [MANIFEST_E_CYCLE] = "manifest has a cycle of uses",
    };

    if ((unsigned)error >= MANIFEST_E_COUNT || text[error] == NULL) return "unknown manifest error";
    return text[error];
}

/* --- text, without a C library --- */

struct text {
    char *at;
    size_t left; /* without the NUL */
};

static void text_put(struct text *t, const char *s, size_t n)
{
    for (size_t i = 0; i < n && t->left != 0; i++, t->left--)
        *t->at++ = s[i];
}

static void text_put_string(struct text *t, const char *s)
{
    size_t n = 0;

    while (s[n] != 0)
        n++;
    text_put(t, s, n);
}

static void text_put_number(struct text *t, uint32_t number)
{
    char digits[10];
    size_t n = sizeof digits;

    do {
        digits[--n] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    text_put(t, digits + n, sizeof digits - n);
}

size_t manifest_explain(const struct manifest *m, const struct manifest_fault *fault, char *out,
                        size_t cap)
{
    struct text t = {out, cap - 1};

    text_put_string(&t, manifest_strerror(fault->error));
    if (fault->offset != 0) {
        text_put_string(&t, ", at byte ");
        text_put_number(&t, fault->offset);
    } else if (fault->component < m->component_count) {
        const struct scbor_str name = m->component[fault->component].name;

        text_put_string(&t, ": component ");
        text_put(&t, name.s, name.len);
        if (fault->use < m->use_count) {
            text_put_string(&t, ", use ");
            text_put(&t, m->use[fault->use].name.s, m->use[fault->use].name.len);
        }
    }
    *t.at = 0;
    return (size_t)(t.at - out);
}
