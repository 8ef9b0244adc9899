/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of the manifest language. */
#include "lex.h"
#include "manifest.h"
#include <string.h>

static const char *const keywords[] = {
    "always",   "args",    "backoff", "binary", "bit",      "compatible", "component",
    "critical", "device",  "dma",     "from",   "in",       "irq",        "late",
    "max",      "memory",  "never",   "offers", "optional", "priority",   "reg",
    "reserve",  "restart", "slots",   "system", "threads",  "uses"};

static bool is_keyword(const char *s)
{
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
        if (!strcmp(keywords[i], s)) return true;
    return false;
}

static const char *take_lower(struct fic_lexer *lx)
{
    const char *s = lx->tok.text;

    if (lx->tok.kind != FIC_TK_LOWER || is_keyword(s))
        return fic_lex_fail(lx, "a name in lower case that is no keyword"), "";
    if (strlen(s) > FIC_MAX_NAME)
        return fic_lex_fail(lx, "a name of at most %d characters", FIC_MAX_NAME), "";
    fic_lex_next(lx);
    return s;
}

static uint64_t take_uint(struct fic_lexer *lx, uint64_t min, uint64_t max, const char *what)
{
    uint64_t v = lx->tok.value;

    if (lx->tok.kind != FIC_TK_NUMBER || lx->tok.unit > FIC_UNIT_SIZE || v < min || v > max)
        return fic_lex_fail(lx, "%s in %llu..%llu", what, (unsigned long long)min,
                            (unsigned long long)max),
               min;
    fic_lex_next(lx);
    return v;
}

static uint32_t take_duration(struct fic_lexer *lx)
{
    uint64_t v = lx->tok.value;

    if (lx->tok.kind != FIC_TK_NUMBER || lx->tok.unit < FIC_UNIT_MS || v > UINT32_MAX)
        return fic_lex_fail(lx, "a duration such as 100ms or 10s"), 0;
    fic_lex_next(lx);
    return (uint32_t)v;
}

static uint64_t take_pages(struct fic_lexer *lx, const char *what)
{
    uint64_t v = lx->tok.value;

    if (lx->tok.kind != FIC_TK_NUMBER || lx->tok.unit > FIC_UNIT_SIZE)
        return fic_lex_fail(lx, "%s", what), 0;
    if (v == 0 || v % FIC_SYS_PAGE || v / FIC_SYS_PAGE > UINT32_MAX)
        return fic_lex_fail(lx, "a multiple of 4KiB"), 0;
    fic_lex_next(lx);
    return v / FIC_SYS_PAGE;
}

static const char *take_string(struct fic_lexer *lx, const char *what)
{
    const char *s = lx->tok.text;

    if (lx->tok.kind != FIC_TK_STRING) return fic_lex_fail(lx, "%s in quotes", what), "";
    if (strlen(s) > 255) return fic_lex_fail(lx, "%s of at most 255 characters", what), "";
    fic_lex_next(lx);
    return s;
}

static const char **take_strings(struct fic_lexer *lx, size_t *n, const char *what)
{
    const char **v = NULL;

    do {
        if (*n == FIC_SYS_LIST) {
            fic_lex_fail(lx, "at most %u strings", FIC_SYS_LIST);
            break;
        }
        *(const char **)fic_arena_push(lx->arena, &v, n, sizeof(*v)) = take_string(lx, what);
    } while (!lx->failed && fic_lex_accept(lx, ","));
    return v;
}

/* qname "/" uint "." Upper */
static const char *take_iface(struct fic_lexer *lx)
{
    struct fic_token first = lx->tok;
    const char *lib = take_lower(lx);
    uint64_t major;
    char copy[FIC_MAX_LIBRARY + 1];
    const char *name = lx->tok.text, *tname;
    uint32_t number;

    /* One part too many is enough to refuse it below. */
    while (!lx->failed && strlen(lib) <= FIC_MAX_LIBRARY && fic_lex_accept(lx, "."))
        lib = fic_arena_format(lx->arena, "%s.%s", lib, take_lower(lx));
    if (!lx->failed && strlen(lib) > FIC_MAX_LIBRARY) {
        lx->tok = first;
        fic_lex_fail(lx, "the full name of an interface, such as futura.fs/1.File");
    }
    fic_lex_expect(lx, "/");
    major = take_uint(lx, 1, 65535, "a major version");
    fic_lex_expect(lx, ".");
    name = lx->tok.text;
    if (lx->tok.kind != FIC_TK_CAPITAL)
        fic_lex_fail(lx, "the name of an interface");
    else
        fic_lex_next(lx);
    tname = fic_arena_format(lx->arena, "%s/%llu.%s", lib, (unsigned long long)major, name);
    if (!lx->failed && fic_tname_split(tname, copy, &number, &name)) {
        lx->tok = first;
        fic_lex_fail(lx, "the full name of an interface, such as futura.fs/1.File");
    }
    return tname;
}

static void *push(struct fic_lexer *lx, void *v, size_t *n, size_t size, const char *what)
{
    if (*n == FIC_SYS_LIST) {
        fic_lex_fail(lx, "at most %u %s", FIC_SYS_LIST, what);
        return NULL;
    }
    return fic_arena_push(lx->arena, v, n, size);
}

static void parse_offer(struct fic_lexer *lx, struct fic_sys_component *c)
{
    struct fic_sys_offer *o = push(lx, &c->offers, &c->noffers, sizeof(*o), "offers");

    if (!o) return;
    o->pos = lx->tok.pos;
    o->name = take_lower(lx);
    fic_lex_expect(lx, ":");
    o->tname = take_iface(lx);
    o->max = 8;
    if (!lx->failed && fic_lex_accept(lx, "max"))
        o->max = (uint32_t)take_uint(lx, 1, 65535, "a number of sessions");
}

static void parse_use(struct fic_lexer *lx, struct fic_sys_component *c, enum fic_sys_mode mode)
{
    struct fic_sys_use *u = push(lx, &c->uses, &c->nuses, sizeof(*u), "uses");

    if (!u) return;
    u->mode = mode;
    u->pos = lx->tok.pos;
    u->name = take_lower(lx);
    fic_lex_expect(lx, ":");
    u->tname = take_iface(lx);
    fic_lex_expect(lx, "from");
    u->from = lx->tok.pos;
    u->server = take_lower(lx);
    fic_lex_expect(lx, ".");
    u->offer_name = take_lower(lx);
    u->slots = 1;
    if (!lx->failed && fic_lex_accept(lx, "slots"))
        u->slots = (uint32_t)take_uint(lx, 1, 64, "a number of slots");
}

static void parse_grant(struct fic_lexer *lx, struct fic_sys_device *d)
{
    struct fic_pos pos = lx->tok.pos;

    if (fic_lex_accept(lx, "reg")) {
        struct fic_sys_reg *r = push(lx, &d->regs, &d->nregs, sizeof(*r), "register windows");
        if (!r) return;
        r->pos = lx->tok.pos;
        r->index = (uint32_t)take_uint(lx, 0, UINT32_MAX, "the index of a register window");
    } else if (fic_lex_accept(lx, "irq")) {
        struct fic_sys_irq *q = push(lx, &d->irqs, &d->nirqs, sizeof(*q), "interrupts");
        if (!q) return;
        q->pos = lx->tok.pos;
        q->index = (uint32_t)take_uint(lx, 0, UINT32_MAX, "the index of an interrupt");
        fic_lex_expect(lx, "bit");
        q->bit = (uint32_t)take_uint(lx, 0, 62, "a notification bit (63 is taken)");
    } else if (fic_lex_accept(lx, "dma")) {
        if (d->dma_pages) {
            fic_fail(lx->e, &pos, NULL, "at most one dma grant of a device");
            lx->failed = true;
            return;
        }
        d->dma_pages = take_pages(lx, "a size");
    } else {
        fic_lex_fail(lx, "'reg', 'irq', 'dma' or '}'");
    }
    fic_lex_expect(lx, ";");
}

static void parse_device(struct fic_lexer *lx, struct fic_sys_component *c)
{
    struct fic_sys_device *d = push(lx, &c->devices, &c->ndevices, sizeof(*d), "devices");

    if (!d) return;
    d->pos = lx->tok.pos;
    d->path = take_string(lx, "a device");
    fic_lex_expect(lx, "compatible");
    d->compatible = take_strings(lx, &d->ncompatible, "a compatible name");
    fic_lex_expect(lx, "{");
    while (!lx->failed && !fic_lex_is(lx, "}"))
        parse_grant(lx, d);
    fic_lex_expect(lx, "}");
}

static void parse_restart(struct fic_lexer *lx, struct fic_sys_restart *r)
{
    if (fic_lex_accept(lx, "never")) {
        *r = (struct fic_sys_restart){false, 0, 0, 0};
        return;
    }
    if (!fic_lex_is(lx, "always")) {
        fic_lex_fail(lx, "'never' or 'always'");
        return;
    }
    fic_lex_next(lx);
    *r = (struct fic_sys_restart){true, 5, 10000, 100};
    if (lx->failed || !fic_lex_accept(lx, "max")) return;
    r->max = (uint32_t)take_uint(lx, 0, UINT32_MAX, "a number of restarts");
    fic_lex_expect(lx, "in");
    r->window_ms = take_duration(lx);
    fic_lex_expect(lx, "backoff");
    r->backoff_ms = take_duration(lx);
}

enum {
    ONCE_BINARY = 1,
    ONCE_ARGS = 2,
    ONCE_PRIORITY = 4,
    ONCE_MEMORY = 8,
    ONCE_THREADS = 16,
    ONCE_CRITICAL = 32,
    ONCE_RESTART = 64
};

static void parse_simple(struct fic_lexer *lx, struct fic_sys_component *c, unsigned which)
{
    switch (which) {
    case ONCE_BINARY: c->binary = take_string(lx, "a path"); break;
    case ONCE_ARGS: c->args = take_strings(lx, &c->nargs, "an argument"); break;
    case ONCE_PRIORITY:
        c->low = c->high = (uint32_t)take_uint(lx, 0, 63, "a priority");
        if (!lx->failed && fic_lex_accept(lx, ".."))
            c->high = (uint32_t)take_uint(lx, c->low, 63, "a priority");
        break;
    case ONCE_MEMORY: c->pages = take_pages(lx, "a size"); break;
    case ONCE_THREADS: c->threads = (uint32_t)take_uint(lx, 1, 64, "a number of threads"); break;
    case ONCE_CRITICAL: c->critical = true; break;
    case ONCE_RESTART: parse_restart(lx, &c->restart); break;
    }
}

static void parse_item(struct fic_lexer *lx, struct fic_sys_component *c, unsigned *seen)
{
    static const char *const words[] = {"binary",  "args",     "priority", "memory",
                                        "threads", "critical", "restart"};
    struct fic_token first = lx->tok;

    for (unsigned i = 0; i < 7; i++) {
        if (!fic_lex_accept(lx, words[i])) continue;
        if (*seen & 1u << i) {
            lx->tok = first;
            fic_lex_fail(lx, "'%s' only once", words[i]);
            return;
        }
        *seen |= 1u << i;
        parse_simple(lx, c, 1u << i);
        fic_lex_expect(lx, ";");
        return;
    }
    if (fic_lex_accept(lx, "device")) {
        parse_device(lx, c);
        return;
    }
    if (fic_lex_accept(lx, "offers")) {
        parse_offer(lx, c);
    } else if (fic_lex_is(lx, "uses") || fic_lex_is(lx, "optional") || fic_lex_is(lx, "late")) {
        enum fic_sys_mode mode = fic_lex_accept(lx, "optional") ? FIC_SYS_OPTIONAL
                                 : fic_lex_accept(lx, "late")   ? FIC_SYS_LATE
                                                                : FIC_SYS_PLAIN;
        fic_lex_expect(lx, "uses");
        parse_use(lx, c, mode);
    } else {
        fic_lex_fail(lx, "an item of a component, or '}'");
    }
    fic_lex_expect(lx, ";");
}

static void parse_component(struct fic_lexer *lx, struct fic_system *s)
{
    struct fic_sys_component *c;
    unsigned seen = 0;

    if (s->n == FIC_SYS_COMPONENTS) {
        fic_lex_fail(lx, "at most %u components", FIC_SYS_COMPONENTS);
        return;
    }
    c = fic_arena_push(lx->arena, &s->components, &s->n, sizeof(*c));
    fic_lex_expect(lx, "component");
    c->restart = (struct fic_sys_restart){true, 5, 10000, 100};
    c->pos = lx->tok.pos;
    c->name = take_lower(lx);
    fic_lex_expect(lx, "{");
    while (!lx->failed && !fic_lex_is(lx, "}"))
        parse_item(lx, c, &seen);
    if (!lx->failed && (seen & (ONCE_BINARY | ONCE_PRIORITY | ONCE_MEMORY | ONCE_THREADS)) !=
                           (ONCE_BINARY | ONCE_PRIORITY | ONCE_MEMORY | ONCE_THREADS))
        fic_lex_fail(lx, "'%s'",
                     !(seen & ONCE_BINARY)     ? "binary"
                     : !(seen & ONCE_PRIORITY) ? "priority"
                     : !(seen & ONCE_MEMORY)   ? "memory"
                                               : "threads");
    fic_lex_expect(lx, "}");
}

/* Names of servers and offers to indices. */
static int resolve_uses(struct fic_system *s, struct fic_error *e)
{
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->components[i].nuses; k++) {
            struct fic_sys_use *u = &s->components[i].uses[k];
            const struct fic_sys_component *c;
            for (u->component = 0; u->component < s->n; u->component++)
                if (!strcmp(s->components[u->component].name, u->server)) break;
            if (u->component == s->n)
                return fic_fail(e, &u->from, NULL, "a component that is declared"),
                       fic_found(e, "'%s'", u->server);
            c = &s->components[u->component];
            for (u->offer = 0; u->offer < c->noffers; u->offer++)
                if (!strcmp(c->offers[u->offer].name, u->offer_name)) break;
            if (u->offer == c->noffers)
                return fic_fail(e, &u->from, NULL, "an offer of %s", u->server),
                       fic_found(e, "'%s'", u->offer_name);
        }
    return 0;
}

int fic_system_parse(const char *file, const char *text, size_t len,
                     const struct fic_system_options *o, struct fic_system **out,
                     struct fic_error *e)
{
    struct fic_arena *a = fic_arena_new();
    struct fic_system *s = fic_arena_alloc(a, sizeof(*s));
    struct fic_lexer lx;
    int r;

    s->arena = a;
    r = fic_lex_start(&lx, a, fic_arena_format(a, "%s", file), fic_arena_text(a, text, len), len,
                      true, e);
    if (r == 0) {
        fic_lex_expect(&lx, "system");
        s->pos = lx.tok.pos;
        s->name = take_lower(&lx);
        s->version = take_uint(&lx, 0, UINT32_MAX, "a version");
        fic_lex_expect(&lx, ";");
        fic_lex_expect(&lx, "memory");
        fic_lex_expect(&lx, "reserve");
        s->reserve_pages = take_pages(&lx, "a size");
        fic_lex_expect(&lx, ";");
        do
            parse_component(&lx, s);
        while (!lx.failed && lx.tok.kind != FIC_TK_END);
        r = lx.failed ? -1 : 0;
    }
    if (r == 0) r = resolve_uses(s, e);
    if (r == 0) r = fic_system_check(s, o, e);
    if (r)
        fic_arena_free(a);
    else
        *out = s;
    return r;
}

void fic_system_free(struct fic_system *s)
{
    if (s) fic_arena_free(s->arena);
}
