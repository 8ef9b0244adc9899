/* SPDX-License-Identifier: Apache-2.0 */
/* What a manifest must obey before anything starts from it. */
#include "layout.h"
#include "lex.h"
#include "manifest.h"
#include <stdlib.h>
#include <string.h>

/* Smallest needs that can be known without the binary, in pages. */
#define IMAGE_PAGES 4u
#define STACK_PAGES 2u
#define SESSIONS_A_PAGE 16u

static bool path_ok(const char *s)
{
    size_t n = strlen(s);

    if (n == 0 || n > 255 || s[0] == '/' || s[n - 1] == '/') return false;
    while (*s) {
        size_t k = strcspn(s, "/");
        if (k == 0 || (k == 1 && s[0] == '.') || (k == 2 && !memcmp(s, "..", 2))) return false;
        s += k + (s[k] == '/');
    }
    return true;
}

static int duplicate(struct fic_error *e, const struct fic_pos *pos, const char *name)
{
    fic_fail(e, pos, NULL, "a name that is not used yet");
    return fic_found(e, "'%s'", name);
}

static int check_names(const struct fic_system *s, struct fic_error *e)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct fic_sys_component *c = &s->components[i];
        for (size_t k = 0; k < i; k++)
            if (!strcmp(s->components[k].name, c->name)) return duplicate(e, &c->pos, c->name);
        for (size_t j = 0; j < c->noffers; j++)
            for (size_t k = 0; k < j; k++)
                if (!strcmp(c->offers[k].name, c->offers[j].name))
                    return duplicate(e, &c->offers[j].pos, c->offers[j].name);
        for (size_t j = 0; j < c->nuses; j++)
            for (size_t k = 0; k < j; k++)
                if (!strcmp(c->uses[k].name, c->uses[j].name))
                    return duplicate(e, &c->uses[j].pos, c->uses[j].name);
        if (!path_ok(c->binary))
            return fic_fail(e, &c->pos, c->name, "a relative path without '.' and '..' as binary");
    }
    return 0;
}

static int check_use(const struct fic_system *s, const struct fic_sys_component *c,
                     const struct fic_sys_use *u, struct fic_error *e)
{
    const struct fic_sys_component *server = &s->components[u->component];
    const struct fic_sys_offer *o = &server->offers[u->offer];

    if (strcmp(u->tname, o->tname) || !u->identity != !o->identity ||
        (u->identity && memcmp(u->identity, o->identity, 32))) {
        fic_fail(e, &u->pos, c->name, "%s, which %s.%s offers", o->tname, server->name, o->name);
        return fic_found(e, "%s", u->tname);
    }
    if (server->low < c->high) {
        fic_fail(e, &u->from, c->name, "a server whose low priority is at least %u", c->high);
        return fic_found(e, "%s with %u", server->name, server->low);
    }
    return 0;
}

/* A cycle of uses that are not late, by depth-first search from `at`. */
static int find_cycle(const struct fic_system *s, size_t at, uint8_t *state, struct fic_error *e)
{
    const struct fic_sys_component *c = &s->components[at];

    state[at] = 1;
    for (size_t i = 0; i < c->nuses; i++) {
        const struct fic_sys_use *u = &c->uses[i];
        if (u->mode == FIC_SYS_LATE || state[u->component] == 2) continue;
        if (state[u->component] == 1) {
            fic_fail(e, &u->pos, c->name, "no cycle of uses (or a late use)");
            return fic_found(e, "a way back to %s", s->components[u->component].name);
        }
        if (find_cycle(s, u->component, state, e)) return -1;
    }
    state[at] = 2;
    return 0;
}

static int check_sessions(const struct fic_system *s, struct fic_error *e)
{
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->components[i].noffers; j++) {
            const struct fic_sys_offer *o = &s->components[i].offers[j];
            uint32_t uses = 0;
            for (size_t k = 0; k < s->n; k++)
                for (size_t l = 0; l < s->components[k].nuses; l++)
                    if (s->components[k].uses[l].component == i &&
                        s->components[k].uses[l].offer == j)
                        uses++;
            if (uses > o->max) {
                fic_fail(e, &o->pos, s->components[i].name, "a max of at least %u sessions", uses);
                return fic_found(e, "%u", o->max);
            }
        }
    return 0;
}

/* Has this register window or interrupt been given before (component, device, entry)? */
static bool given_before(const struct fic_system *s, size_t ci, size_t di, size_t ei, bool irq)
{
    const struct fic_sys_device *d = &s->components[ci].devices[di];
    uint32_t index = irq ? d->irqs[ei].index : d->regs[ei].index;

    for (size_t i = 0; i <= ci; i++)
        for (size_t j = 0; j < s->components[i].ndevices; j++) {
            const struct fic_sys_device *x = &s->components[i].devices[j];
            size_t n = irq ? x->nirqs : x->nregs;
            if (i == ci && j > di) break;
            if (strcmp(x->path, d->path)) continue;
            for (size_t k = 0; k < n; k++) {
                if (i == ci && j == di && k == ei) return false;
                if ((irq ? x->irqs[k].index : x->regs[k].index) == index) return true;
            }
        }
    return false;
}

static int check_device(const struct fic_system *s, size_t ci, size_t di, uint64_t *bits,
                        struct fic_error *e)
{
    const struct fic_sys_component *c = &s->components[ci];
    const struct fic_sys_device *d = &c->devices[di];

    if (!*d->path) return fic_fail(e, &d->pos, c->name, "the name of a device");
    for (size_t i = 0; i < d->nregs; i++)
        if (given_before(s, ci, di, i, false))
            return fic_fail(e, &d->regs[i].pos, c->name, "a register window that is not given yet");
    for (size_t i = 0; i < d->nirqs; i++) {
        if (given_before(s, ci, di, i, true))
            return fic_fail(e, &d->irqs[i].pos, c->name, "an interrupt that is not given yet");
        if (*bits & (uint64_t)1 << d->irqs[i].bit)
            return fic_fail(e, &d->irqs[i].pos, c->name,
                            "a notification bit that is not given yet");
        *bits |= (uint64_t)1 << d->irqs[i].bit;
    }
    if (d->dma_pages && !c->critical)
        return fic_fail(e, &d->pos, c->name, "'critical' for a dma grant without an IOMMU");
    return 0;
}

/* Compiles the library of an interface and finds it. *c is to be freed. */
int fic_system_find(const struct fic_imports *im, const char *tname, const struct fic_pos *pos,
                    struct fic_compiled **c, const struct fic_image **out, struct fic_error *e)
{
    char lib[FIC_MAX_LIBRARY + 1];
    const char *name;
    uint32_t major;
    struct fic_text t;

    fic_tname_split(tname, lib, &major, &name);
    for (unsigned k = 0; im->read(im->ctx, lib, major, k, &t); k++) {
        int r = fic_compile(t.file, t.text, t.len, im, c, e);
        free(t.text);
        free(t.file);
        if (r) return -1;
        if ((*c)->major == major && !strcmp((*c)->library, lib)) {
            *out = fic_compiled_find(*c, name);
            if (*out) return 0;
        }
        fic_compiled_free(*c);
    }
    fic_fail(e, pos, NULL, "an interface that can be found (see -I)");
    return fic_found(e, "'%s'", tname);
}

/* Pages of a use's lane; 0 and fine if interfaces are not looked up. */
static int lane_pages(const struct fic_system_options *o, const struct fic_sys_use *u,
                      uint64_t *pages, struct fic_error *e)
{
    const struct fic_image *im;
    struct fic_compiled *c;
    struct fic_lane lane;

    *pages = 0;
    if (!o || !o->imports) return 0;
    if (fic_system_find(o->imports, u->tname, &u->pos, &c, &im, e)) return -1;
    /* The whole library stands for the closure: never less than it. */
    fic_layout_lane(im, (const struct fic_image *const *)c->images, c->n, &lane);
    *pages = fic_lane_pages_c(im, &lane, u->slots) + fic_lane_pages_s(im, &lane, u->slots) +
             (im->pool.size + FIC_SYS_PAGE - 1) / FIC_SYS_PAGE;
    fic_compiled_free(c);
    return 0;
}

static int check_memory(const struct fic_system *s, const struct fic_system_options *o,
                        struct fic_error *e)
{
    uint64_t total = s->reserve_pages;
    uint64_t board = (o && o->memory ? o->memory : FIC_SYS_MEMORY) / FIC_SYS_PAGE;

    for (size_t i = 0; i < s->n; i++) {
        const struct fic_sys_component *c = &s->components[i];
        uint64_t need = IMAGE_PAGES + (uint64_t)STACK_PAGES * c->threads, pages;
        for (size_t k = 0; k < c->noffers; k++)
            need += (c->offers[k].max + SESSIONS_A_PAGE - 1) / SESSIONS_A_PAGE;
        for (size_t k = 0; k < c->nuses; k++) {
            if (!strcmp(s->components[c->uses[k].component].name, "capmgr")) continue;
            if (lane_pages(o, &c->uses[k], &pages, e)) return -1;
            need += pages;
        }
        if (c->pages < need) {
            fic_fail(e, &c->pos, c->name, "memory of at least %lluKiB for image, stacks and lanes",
                     (unsigned long long)need * 4);
            return fic_found(e, "%lluKiB", (unsigned long long)c->pages * 4);
        }
        total += c->pages;
    }
    if (total <= board) return 0;
    fic_fail(e, &s->pos, NULL, "budgets and reserve of at most %lluKiB",
             (unsigned long long)board * 4);
    return fic_found(e, "%lluKiB", (unsigned long long)total * 4);
}

static int check_interfaces(const struct fic_system *s, const struct fic_system_options *o,
                            struct fic_error *e)
{
    for (size_t i = 0; o && o->imports && i < s->n; i++)
        for (size_t k = 0; k < s->components[i].noffers; k++) {
            const struct fic_image *im;
            struct fic_compiled *c;
            if (fic_system_find(o->imports, s->components[i].offers[k].tname,
                                &s->components[i].offers[k].pos, &c, &im, e))
                return -1;
            fic_compiled_free(c);
        }
    return 0;
}

int fic_system_check(const struct fic_system *s, const struct fic_system_options *o,
                     struct fic_error *e)
{
    uint8_t state[FIC_SYS_COMPONENTS] = {0};

    if (check_names(s, e)) return -1;
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->components[i].nuses; k++)
            if (check_use(s, &s->components[i], &s->components[i].uses[k], e)) return -1;
    if (check_sessions(s, e)) return -1;
    for (size_t i = 0; i < s->n; i++)
        if (state[i] == 0 && find_cycle(s, i, state, e)) return -1;
    for (size_t i = 0; i < s->n; i++) {
        uint64_t bits = 0;
        for (size_t k = 0; k < s->components[i].ndevices; k++)
            if (check_device(s, i, k, &bits, e)) return -1;
    }
    return check_interfaces(s, o, e) || check_memory(s, o, e) ? -1 : 0;
}
