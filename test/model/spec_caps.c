/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The specification of capability tables. Invariant 11: a copy has no right that its source lacks,
 * names no frame outside its source's range, has no bit outside its source's mask, and a badge once
 * set stays.
 */
#include "model.h"

static bool range_within(u64 part, u32 held)
{
    u64 first = part >> 32, count = part & 0xffffffff;

    return count != 0 && first >= held >> 16 && first + count <= (held >> 16) + (held & 0xffff);
}

/* May a copy of `from` have this badge? */
static bool badge_allowed(const struct spec_cap *from, u64 badge)
{
    if (from->type == FUT_TYPE_REGION) return range_within(badge, from->badge);
    if (from->type == FUT_TYPE_NOTIFY) return (badge & ~(u64)from->badge) == 0;
    return from->badge == 0 || from->badge == badge;
}

static struct spec_cap derived(const struct spec_cap *from, const struct step *p)
{
    struct spec_cap to = *from;
    u64 badge = p->x[3];

    to.rights = (u8)(from->rights & p->x[2]);
    if (badge != 0)
        to.badge = from->type == FUT_TYPE_REGION ? (u32)(badge >> 32 << 16 | (badge & 0xffff))
                                                 : (u32)badge;
    if (p->x[4] == FUT_TYPE_NOTIFY && from->type == FUT_TYPE_THREAD) {
        if ((from->rights & FUT_RIGHT_THREAD_BIND) == 0) spec_fail(FUT_S_RIGHT);
        if (badge == 0) spec_fail(FUT_S_ARG);
        to.type = FUT_TYPE_NOTIFY;
        to.rights = FUT_RIGHT_NOTIFY_SIGNAL & (u8)p->x[2];
    } else if (p->x[4] != 0 && p->x[4] != from->type) {
        spec_fail(FUT_S_TYPE);
    } else if (badge != 0 && !badge_allowed(from, badge)) {
        spec_fail(FUT_S_ARG);
    }
    return to;
}

static void set(struct spec *s, const struct step *p)
{
    const struct spec_cap *from = spec_held(s, p->x[1]);
    struct spec_cap *to, made;
    u32 d = spec_need(s, p->slot, FUT_TYPE_DOMAIN, FUT_RIGHT_DOMAIN_TABLE);

    if (from->type == FUT_TYPE_NONE) {
        spec_fail(FUT_S_EMPTY);
    } else {
        if (!spec_cap_lives(s, from)) spec_fail(FUT_S_DEAD);
        made = derived(from, p);
    }
    if (spec_held(s, p->slot)->type != FUT_TYPE_DOMAIN) return;
    if (s->d[d].state != DOMAIN_LIVE) spec_fail(FUT_S_STATE);
    if (p->x[0] == 0 || p->x[0] >> s->d[d].bits != 0) {
        spec_fail(FUT_S_ARG);
        return;
    }
    to = &s->cap[d][p->x[0]];
    if (p->x[0] / SLOTS_PER_PAGE >= domains[d].caps_pages)
        spec_fail(FUT_S_TABLE);
    else if (to->type != FUT_TYPE_NONE)
        spec_fail(FUT_S_BUSY);
    else if (!to->passed)
        spec_fail(FUT_S_QUIESCE);
    if (spec_errors != 0) return;
    *to = made;
    to->passed = 0;
}

static void clear(struct spec *s, const struct step *p)
{
    u32 d = spec_need(s, p->slot, FUT_TYPE_DOMAIN, FUT_RIGHT_DOMAIN_TABLE);

    if (spec_errors != 0) return;
    if (p->x[0] >> s->d[d].bits != 0)
        spec_fail(FUT_S_ARG);
    else if (s->cap[d][p->x[0]].type == FUT_TYPE_NONE)
        spec_fail(FUT_S_EMPTY);
    else
        s->cap[d][p->x[0]] = (struct spec_cap){0};
}

static void info(struct spec *s, const struct step *p)
{
    u32 d = spec_need(s, p->slot, FUT_TYPE_DOMAIN, FUT_RIGHT_DOMAIN_TABLE);
    const struct spec_cap *cap = &s->cap[d][p->x[0] & (TABLE_STRIDE - 1)];

    if (spec_errors != 0) return;
    if (p->x[0] >> s->d[d].bits != 0)
        spec_fail(FUT_S_ARG);
    else if (cap->type == FUT_TYPE_NONE)
        spec_fail(FUT_S_EMPTY);
    if (spec_errors != 0) return;
    s->reg[s->cur][0] =
        (u64)cap->life << 32 | (u64)cap->object << 8 | (u64)cap->type << 4 | cap->rights;
    s->reg[s->cur][1] = cap->type == FUT_TYPE_REGION
                            ? (u64)(cap->badge >> 16) << 32 | (cap->badge & 0xffff)
                            : cap->badge;
    s->reg[s->cur][2] = spec_cap_lives(s, cap);
}

bool spec_capabilities(struct spec *s, const struct step *p)
{
    switch (p->number) {
    case FUT_SYS_CAP_SET: set(s, p); return true;
    case FUT_SYS_CAP_CLEAR: clear(s, p); return true;
    case FUT_SYS_CAP_INFO: info(s, p); return true;
    default: return false;
    }
}
