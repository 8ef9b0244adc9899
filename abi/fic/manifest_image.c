/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest as deterministic CBOR, both ways, and as canonical text. */
#include "arena.h"
#include "cbor.h"
#include "lex.h"
#include "manifest.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put_texts(struct fic_buf *b, const char **v, size_t n)
{
    fic_cbor_head(b, FIC_CB_ARRAY, n);
    for (size_t i = 0; i < n; i++)
        fic_cbor_text(b, v[i]);
}

static void put_binding(struct fic_buf *b, size_t n, const char *name, const char *tname,
                        const uint8_t *identity)
{
    fic_cbor_head(b, FIC_CB_MAP, n + (identity != NULL));
    fic_cbor_uint(b, 0);
    fic_cbor_text(b, name);
    fic_cbor_uint(b, 1);
    fic_cbor_text(b, tname);
    if (!identity) return;
    fic_cbor_uint(b, 2);
    fic_cbor_bytes(b, identity, 32);
}

static void put_device(struct fic_buf *b, const struct fic_sys_device *d)
{
    fic_cbor_head(b, FIC_CB_MAP, 2u + (d->nregs > 0) + (d->nirqs > 0) + (d->dma_pages > 0));
    fic_cbor_uint(b, 0);
    fic_cbor_text(b, d->path);
    fic_cbor_uint(b, 1);
    put_texts(b, d->compatible, d->ncompatible);
    if (d->nregs) {
        fic_cbor_uint(b, 2);
        fic_cbor_head(b, FIC_CB_ARRAY, d->nregs);
    }
    for (size_t i = 0; i < d->nregs; i++)
        fic_cbor_uint(b, d->regs[i].index);
    if (d->nirqs) {
        fic_cbor_uint(b, 3);
        fic_cbor_head(b, FIC_CB_ARRAY, d->nirqs);
    }
    for (size_t i = 0; i < d->nirqs; i++) {
        fic_cbor_head(b, FIC_CB_ARRAY, 2);
        fic_cbor_uint(b, d->irqs[i].index);
        fic_cbor_uint(b, d->irqs[i].bit);
    }
    if (!d->dma_pages) return;
    fic_cbor_uint(b, 4);
    fic_cbor_uint(b, d->dma_pages);
}

static void put_lists(struct fic_buf *b, const struct fic_sys_component *c)
{
    if (c->noffers) fic_cbor_uint(b, 6), fic_cbor_head(b, FIC_CB_ARRAY, c->noffers);
    for (size_t i = 0; i < c->noffers; i++) {
        put_binding(b, 3, c->offers[i].name, c->offers[i].tname, c->offers[i].identity);
        fic_cbor_uint(b, 3);
        fic_cbor_uint(b, c->offers[i].max);
    }
    if (c->nuses) fic_cbor_uint(b, 7), fic_cbor_head(b, FIC_CB_ARRAY, c->nuses);
    for (size_t i = 0; i < c->nuses; i++) {
        const struct fic_sys_use *u = &c->uses[i];
        put_binding(b, 4u + (u->mode != FIC_SYS_PLAIN), u->name, u->tname, u->identity);
        fic_cbor_uint(b, 3);
        fic_cbor_head(b, FIC_CB_ARRAY, 2);
        fic_cbor_uint(b, u->component);
        fic_cbor_uint(b, u->offer);
        fic_cbor_uint(b, 4);
        fic_cbor_uint(b, u->slots);
        if (u->mode != FIC_SYS_PLAIN) fic_cbor_uint(b, 5), fic_cbor_uint(b, u->mode);
    }
    if (c->ndevices) fic_cbor_uint(b, 8), fic_cbor_head(b, FIC_CB_ARRAY, c->ndevices);
    for (size_t i = 0; i < c->ndevices; i++)
        put_device(b, &c->devices[i]);
}

static void put_component(struct fic_buf *b, const struct fic_sys_component *c)
{
    const struct fic_sys_restart *r = &c->restart;

    fic_cbor_head(b, FIC_CB_MAP,
                  6u + (c->nargs > 0) + (c->noffers > 0) + (c->nuses > 0) + (c->ndevices > 0) +
                      c->critical);
    fic_cbor_uint(b, 0);
    fic_cbor_text(b, c->name);
    fic_cbor_uint(b, 1);
    fic_cbor_text(b, c->binary);
    if (c->nargs) {
        fic_cbor_uint(b, 2);
        put_texts(b, c->args, c->nargs);
    }
    fic_cbor_uint(b, 3);
    fic_cbor_head(b, FIC_CB_ARRAY, 2);
    fic_cbor_uint(b, c->low);
    fic_cbor_uint(b, c->high);
    fic_cbor_uint(b, 4);
    fic_cbor_uint(b, c->pages);
    fic_cbor_uint(b, 5);
    fic_cbor_uint(b, c->threads);
    put_lists(b, c);
    fic_cbor_uint(b, 9);
    fic_cbor_head(b, FIC_CB_MAP, r->always ? 4 : 1);
    fic_cbor_uint(b, 0);
    fic_cbor_uint(b, r->always);
    if (r->always) {
        const uint32_t v[] = {r->max, r->window_ms, r->backoff_ms};
        for (unsigned i = 0; i < 3; i++) {
            fic_cbor_uint(b, i + 1);
            fic_cbor_uint(b, v[i]);
        }
    }
    if (c->critical) fic_cbor_uint(b, 10), fic_cbor_bool(b, true);
}

int fic_system_encode(const struct fic_system *s, uint8_t **out, size_t *len, struct fic_error *e)
{
    struct fic_buf b = {0};

    fic_cbor_head(&b, FIC_CB_MAP, 5);
    fic_cbor_uint(&b, 0);
    fic_cbor_uint(&b, 1);
    fic_cbor_uint(&b, 1);
    fic_cbor_text(&b, s->name);
    fic_cbor_uint(&b, 2);
    fic_cbor_uint(&b, s->version);
    fic_cbor_uint(&b, 3);
    fic_cbor_uint(&b, s->reserve_pages);
    fic_cbor_uint(&b, 4);
    fic_cbor_head(&b, FIC_CB_ARRAY, s->n);
    for (size_t i = 0; i < s->n; i++)
        put_component(&b, &s->components[i]);
    if (b.len > FIC_MAX_IMAGE) {
        fic_buf_free(&b);
        return fic_fail(e, &s->pos, NULL, "a manifest of at most %d bytes", FIC_MAX_IMAGE);
    }
    *out = b.data;
    *len = b.len;
    return 0;
}

struct decoder {
    struct fic_cbor c;
    struct fic_arena *a;
};

static void get_key(struct decoder *d, uint64_t key) { fic_cbor_take_uint(&d->c, key, key); }

static const char *get_text(struct decoder *d)
{
    size_t n;
    const char *s = fic_cbor_take_text(&d->c, 255, &n);
    return fic_arena_text(d->a, s, n);
}

static const char *get_name(struct decoder *d)
{
    const char *s = get_text(d);
    size_t n = strlen(s);

    if (n > FIC_MAX_NAME || !fic_is_lower(s, n)) fic_cbor_fail(&d->c, "a name in lower case");
    return s;
}

static const char **get_texts(struct decoder *d, size_t *n)
{
    const char **v;

    *n = fic_cbor_take_array(&d->c, 1, FIC_SYS_LIST);
    v = fic_arena_alloc(d->a, *n * sizeof(*v));
    for (size_t i = 0; i < *n; i++)
        v[i] = get_text(d);
    return v;
}

/* The next key if it is this one and pairs are left. */
static bool maybe_key(struct decoder *d, size_t *left, uint8_t key)
{
    if (d->c.wrong || *left == 0 || d->c.at >= d->c.len || d->c.p[d->c.at] != key) return false;
    d->c.at++;
    --*left;
    return true;
}

static void must_key(struct decoder *d, size_t *left, uint8_t key)
{
    if (!maybe_key(d, left, key)) fic_cbor_fail(&d->c, "another key");
}

static void get_binding(struct decoder *d, size_t *left, const char **name, const char **tname,
                        const uint8_t **identity)
{
    char lib[FIC_MAX_LIBRARY + 1];
    const char *last;
    uint32_t major;
    size_t n;

    must_key(d, left, 0);
    *name = get_name(d);
    must_key(d, left, 1);
    *tname = get_text(d);
    if (fic_tname_split(*tname, lib, &major, &last))
        fic_cbor_fail(&d->c, "the full name of an interface");
    *identity = NULL;
    if (!maybe_key(d, left, 2)) return;
    *identity = fic_cbor_take_bytes(&d->c, 32, &n);
    if (n != 32) fic_cbor_fail(&d->c, "32 bytes");
    if (!d->c.wrong) *identity = (const uint8_t *)fic_arena_text(d->a, (const char *)*identity, 32);
}

static void get_offers(struct decoder *d, struct fic_sys_component *c)
{
    size_t n = fic_cbor_take_array(&d->c, 1, FIC_SYS_LIST);

    c->offers = fic_arena_alloc(d->a, n * sizeof(*c->offers));
    for (size_t i = 0; i < n && !d->c.wrong; i++) {
        struct fic_sys_offer *o = &c->offers[c->noffers++];
        size_t left = fic_cbor_take_map(&d->c, 3, 4);
        get_binding(d, &left, &o->name, &o->tname, &o->identity);
        must_key(d, &left, 3);
        o->max = (uint32_t)fic_cbor_take_uint(&d->c, 1, 65535);
        if (left) fic_cbor_fail(&d->c, "no more keys");
    }
}

static void get_uses(struct decoder *d, struct fic_sys_component *c)
{
    size_t n = fic_cbor_take_array(&d->c, 1, FIC_SYS_LIST);

    c->uses = fic_arena_alloc(d->a, n * sizeof(*c->uses));
    for (size_t i = 0; i < n && !d->c.wrong; i++) {
        struct fic_sys_use *u = &c->uses[c->nuses++];
        size_t left = fic_cbor_take_map(&d->c, 4, 6);
        get_binding(d, &left, &u->name, &u->tname, &u->identity);
        must_key(d, &left, 3);
        fic_cbor_take_array(&d->c, 2, 2);
        u->component = (uint32_t)fic_cbor_take_uint(&d->c, 0, FIC_SYS_COMPONENTS - 1);
        u->offer = (uint32_t)fic_cbor_take_uint(&d->c, 0, FIC_SYS_LIST - 1);
        must_key(d, &left, 4);
        u->slots = (uint32_t)fic_cbor_take_uint(&d->c, 1, 64);
        if (maybe_key(d, &left, 5)) u->mode = (enum fic_sys_mode)fic_cbor_take_uint(&d->c, 1, 2);
        if (left) fic_cbor_fail(&d->c, "no more keys");
    }
}

static void get_device(struct decoder *d, struct fic_sys_device *v)
{
    size_t left = fic_cbor_take_map(&d->c, 2, 5);

    must_key(d, &left, 0);
    v->path = get_text(d);
    must_key(d, &left, 1);
    v->compatible = get_texts(d, &v->ncompatible);
    if (maybe_key(d, &left, 2)) {
        v->nregs = fic_cbor_take_array(&d->c, 1, FIC_SYS_LIST);
        v->regs = fic_arena_alloc(d->a, v->nregs * sizeof(*v->regs));
        for (size_t i = 0; i < v->nregs; i++)
            v->regs[i].index = (uint32_t)fic_cbor_take_uint(&d->c, 0, UINT32_MAX);
    }
    if (maybe_key(d, &left, 3)) {
        v->nirqs = fic_cbor_take_array(&d->c, 1, FIC_SYS_LIST);
        v->irqs = fic_arena_alloc(d->a, v->nirqs * sizeof(*v->irqs));
        for (size_t i = 0; i < v->nirqs; i++) {
            fic_cbor_take_array(&d->c, 2, 2);
            v->irqs[i].index = (uint32_t)fic_cbor_take_uint(&d->c, 0, UINT32_MAX);
            v->irqs[i].bit = (uint32_t)fic_cbor_take_uint(&d->c, 0, 62);
        }
    }
    if (maybe_key(d, &left, 4)) v->dma_pages = fic_cbor_take_uint(&d->c, 1, UINT32_MAX);
    if (left) fic_cbor_fail(&d->c, "no more keys");
}

static void get_restart(struct decoder *d, struct fic_sys_restart *r)
{
    size_t left = fic_cbor_take_map(&d->c, 1, 4);

    must_key(d, &left, 0);
    r->always = fic_cbor_take_uint(&d->c, 0, 1) == 1;
    if (d->c.wrong || (!r->always && left == 0)) return;
    if (!r->always || left != 3) {
        fic_cbor_fail(&d->c, "a restart policy");
        return;
    }
    must_key(d, &left, 1);
    r->max = (uint32_t)fic_cbor_take_uint(&d->c, 0, UINT32_MAX);
    must_key(d, &left, 2);
    r->window_ms = (uint32_t)fic_cbor_take_uint(&d->c, 0, UINT32_MAX);
    must_key(d, &left, 3);
    r->backoff_ms = (uint32_t)fic_cbor_take_uint(&d->c, 0, UINT32_MAX);
}

static void get_component(struct decoder *d, struct fic_sys_component *c)
{
    size_t left = fic_cbor_take_map(&d->c, 6, 11);

    must_key(d, &left, 0);
    c->name = get_name(d);
    must_key(d, &left, 1);
    c->binary = get_text(d);
    if (maybe_key(d, &left, 2)) c->args = get_texts(d, &c->nargs);
    must_key(d, &left, 3);
    fic_cbor_take_array(&d->c, 2, 2);
    c->low = (uint32_t)fic_cbor_take_uint(&d->c, 0, 63);
    c->high = (uint32_t)fic_cbor_take_uint(&d->c, c->low, 63);
    must_key(d, &left, 4);
    c->pages = fic_cbor_take_uint(&d->c, 1, UINT32_MAX);
    must_key(d, &left, 5);
    c->threads = (uint32_t)fic_cbor_take_uint(&d->c, 1, 64);
    if (maybe_key(d, &left, 6)) get_offers(d, c);
    if (maybe_key(d, &left, 7)) get_uses(d, c);
    if (maybe_key(d, &left, 8)) {
        c->ndevices = fic_cbor_take_array(&d->c, 1, FIC_SYS_LIST);
        c->devices = fic_arena_alloc(d->a, c->ndevices * sizeof(*c->devices));
        for (size_t i = 0; i < c->ndevices && !d->c.wrong; i++)
            get_device(d, &c->devices[i]);
    }
    must_key(d, &left, 9);
    get_restart(d, &c->restart);
    if (maybe_key(d, &left, 10)) c->critical = fic_cbor_take_true(&d->c);
    if (left) fic_cbor_fail(&d->c, "no more keys");
}

static int name_servers(struct fic_system *s, struct fic_error *e)
{
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->components[i].nuses; k++) {
            struct fic_sys_use *u = &s->components[i].uses[k];
            if (u->component >= s->n || u->offer >= s->components[u->component].noffers)
                return fic_fail(e, NULL, s->components[i].name, "an offer that exists");
            u->server = s->components[u->component].name;
            u->offer_name = s->components[u->component].offers[u->offer].name;
        }
    return 0;
}

int fic_system_decode(const uint8_t *bytes, size_t len, struct fic_system **out,
                      struct fic_error *e)
{
    struct fic_arena *a = fic_arena_new();
    struct fic_system *s = fic_arena_alloc(a, sizeof(*s));
    struct fic_system_options o = {NULL, UINT64_MAX};
    struct decoder d = {.a = a};
    int r = -1;

    s->arena = a;
    fic_cbor_start(&d.c, bytes, len);
    if (len > FIC_MAX_IMAGE) fic_cbor_fail(&d.c, "a manifest of at most 65536 bytes");
    fic_cbor_take_map(&d.c, 5, 5);
    get_key(&d, 0);
    fic_cbor_take_uint(&d.c, 1, 1);
    get_key(&d, 1);
    s->name = get_name(&d);
    get_key(&d, 2);
    s->version = fic_cbor_take_uint(&d.c, 0, UINT32_MAX);
    get_key(&d, 3);
    s->reserve_pages = fic_cbor_take_uint(&d.c, 1, UINT32_MAX);
    get_key(&d, 4);
    s->n = fic_cbor_take_array(&d.c, 1, FIC_SYS_COMPONENTS);
    s->components = fic_arena_alloc(a, s->n * sizeof(*s->components));
    for (size_t i = 0; i < s->n && !d.c.wrong; i++)
        get_component(&d, &s->components[i]);
    if (!fic_cbor_end(&d.c))
        fic_fail(e, NULL, NULL, "%s at byte %zu of the manifest", d.c.wrong, d.c.wrong_at);
    else
        r = name_servers(s, e) || fic_system_check(s, &o, e) ? -1 : 0;
    if (r)
        fic_arena_free(a);
    else
        *out = s;
    return r;
}

static void print_string(const char *s, FILE *out)
{
    fputc('"', out);
    for (; *s; s++)
        fprintf(out, "%s%c", *s == '"' || *s == '\\' ? "\\" : "", *s);
    fputc('"', out);
}

static void print_strings(const char *word, const char **v, size_t n, FILE *out)
{
    for (size_t i = 0; i < n; i++) {
        fputs(i ? ", " : word, out);
        print_string(v[i], out);
    }
}

static void print_device(const struct fic_sys_device *d, FILE *out)
{
    fputs("    device ", out);
    print_string(d->path, out);
    print_strings(" compatible ", d->compatible, d->ncompatible, out);
    fputs(" {", out);
    for (size_t i = 0; i < d->nregs; i++)
        fprintf(out, " reg %" PRIu32 ";", d->regs[i].index);
    for (size_t i = 0; i < d->nirqs; i++)
        fprintf(out, " irq %" PRIu32 " bit %" PRIu32 ";", d->irqs[i].index, d->irqs[i].bit);
    if (d->dma_pages) fprintf(out, " dma %" PRIu64 "KiB;", d->dma_pages * 4);
    fputs(" }\n", out);
}

static void print_component(const struct fic_sys_component *c, FILE *out)
{
    static const char *const modes[] = {"", "optional ", "late "};

    fprintf(out, "\ncomponent %s {\n    binary ", c->name);
    print_string(c->binary, out);
    fputs(";\n", out);
    print_strings("    args ", c->args, c->nargs, out);
    if (c->nargs) fputs(";\n", out);
    fprintf(out, "    priority %" PRIu32, c->low);
    if (c->high != c->low) fprintf(out, "..%" PRIu32, c->high);
    fprintf(out, ";\n    memory %" PRIu64 "KiB;\n    threads %" PRIu32 ";\n", c->pages * 4,
            c->threads);
    if (c->critical) fputs("    critical;\n", out);
    for (size_t i = 0; i < c->noffers; i++)
        fprintf(out, "    offers %s: %s max %" PRIu32 ";\n", c->offers[i].name, c->offers[i].tname,
                c->offers[i].max);
    for (size_t i = 0; i < c->nuses; i++)
        fprintf(out, "    %suses %s: %s from %s.%s slots %" PRIu32 ";\n", modes[c->uses[i].mode],
                c->uses[i].name, c->uses[i].tname, c->uses[i].server, c->uses[i].offer_name,
                c->uses[i].slots);
    for (size_t i = 0; i < c->ndevices; i++)
        print_device(&c->devices[i], out);
    if (!c->restart.always)
        fputs("    restart never;\n", out);
    else
        fprintf(out, "    restart always max %" PRIu32 " in %" PRIu32 "ms backoff %" PRIu32 "ms;\n",
                c->restart.max, c->restart.window_ms, c->restart.backoff_ms);
    fputs("}\n", out);
}

void fic_system_print(const struct fic_system *s, FILE *out)
{
    fprintf(out, "system %s %" PRIu64 ";\nmemory reserve %" PRIu64 "KiB;\n", s->name, s->version,
            s->reserve_pages * 4);
    for (size_t i = 0; i < s->n; i++)
        print_component(&s->components[i], out);
}
