/* SPDX-License-Identifier: Apache-2.0 */
/* The reference of an interface as Markdown: what the image says, and the docs beside it. */
#include "arena.h"
#include "cbor.h"
#include "print.h"
#include <inttypes.h>
#include <string.h>

struct doc {
    const char *path, *text;
    size_t npath, ntext;
};

struct docs {
    struct fic_arena *a;
    struct doc *v;
    size_t n;
};

static int read_docs(struct docs *d, const struct fic_image *im, const uint8_t *bytes, size_t len,
                     struct fic_error *e)
{
    struct fic_cbor_order order = {0, 0};
    struct fic_cbor c;
    const uint8_t *id;
    size_t n, pairs;

    if (!bytes) return 0;
    fic_cbor_start(&c, bytes, len);
    fic_cbor_take_map(&c, 2, 2);
    fic_cbor_take_uint(&c, 0, 0);
    id = fic_cbor_take_bytes(&c, 32, &n);
    fic_cbor_take_uint(&c, 1, 1);
    pairs = fic_cbor_take_map(&c, 1, len);
    if (!c.wrong && (n != 32 || memcmp(id, im->identity, 32)))
        return fic_fail(e, NULL, im->name, "docs of this very image");
    for (size_t i = 0; i < pairs && !c.wrong; i++) {
        struct doc *x = fic_arena_push(d->a, &d->v, &d->n, sizeof(*x));
        size_t at = c.at;
        x->path = fic_cbor_take_any_text(&c, 1024, &x->npath);
        fic_cbor_ascending(&c, &order, at);
        x->text = fic_cbor_take_any_text(&c, len, &x->ntext);
    }
    if (fic_cbor_end(&c)) return 0;
    return fic_fail(e, NULL, im->name, "%s at byte %zu of the docs", c.wrong, c.wrong_at);
}

/* Prints the doc of a path on one line (`inline_`) or as a paragraph; nothing if there is none. */
static void print_doc(const struct docs *d, bool one_line, FILE *out, const char *a,
                      const char *mark, const char *b)
{
    char path[512];

    snprintf(path, sizeof(path), "%s%s%s", a, mark, b);
    for (size_t i = 0; i < d->n; i++) {
        if (d->v[i].npath != strlen(path) || memcmp(d->v[i].path, path, d->v[i].npath)) continue;
        for (size_t k = 0; k < d->v[i].ntext; k++) {
            char ch = d->v[i].text[k];
            if (one_line && ch == '|') fputc('\\', out);
            fputc(one_line && ch == '\n' ? ' ' : ch, out);
        }
        if (!one_line) fputs("\n\n", out);
        return;
    }
}

static void print_table(const struct fic_image *im, const struct docs *d, const char *owner,
                        const char *mark, const struct fic_fields *f, FILE *out)
{
    static const char *const flags[] = {"", "optional", "view", "", "reserved"};

    if (f->n == 0) return;
    fputs("| # | name | type | | |\n|---|---|---|---|---|\n", out);
    for (size_t i = 0; i < f->n; i++) {
        fprintf(out, "| %zu | %s | `", i, f->v[i].name);
        fic_print_type(im, &f->v[i].type, out);
        fprintf(out, "` | %s | ", flags[f->v[i].flags]);
        print_doc(d, true, out, owner, mark, f->v[i].name);
        fputs(" |\n", out);
    }
    fputc('\n', out);
}

static void print_method(const struct fic_image *im, const struct docs *d,
                         const struct fic_method *m, FILE *out)
{
    if (!m->name) {
        fprintf(out, "### %u: reserved\n\n", m->ordinal);
        return;
    }
    fprintf(out, "### %u: %s\n\n`%s%s%s%s%s", m->ordinal, m->name, m->oneway ? "oneway " : "",
            m->flags & FIC_M_BLOCKING ? "blocking " : "",
            m->flags & FIC_M_IDEMPOTENT ? "idempotent " : "", m->flags & FIC_M_KEEP ? "keep " : "",
            m->name);
    fic_print_fields(im, &m->args, out);
    if (m->results.n) {
        fputs(" -> ", out);
        fic_print_fields(im, &m->results, out);
    }
    fputs("`\n\n", out);
    print_doc(d, false, out, m->name, "", "");
    if (m->args.n) fputs("Arguments\n\n", out);
    print_table(im, d, m->name, ".", &m->args, out);
    if (m->results.n) fputs("Results\n\n", out);
    print_table(im, d, m->name, "->", &m->results, out);
}

static void print_typedef(const struct fic_image *im, const struct docs *d,
                          const struct fic_typedef *t, FILE *out)
{
    static const char *const words[] = {"enum", "flags", "struct", "union"};

    fprintf(out, "### %s%s %s\n\n", t->open ? "open " : "", words[t->kind], t->name);
    print_doc(d, false, out, t->tname, "", "");
    print_table(im, d, t->tname, ".", &t->fields, out);
    if (t->kind == FIC_STRUCT) return;
    fputs("| number | name | |\n|---|---|---|\n", out);
    for (size_t i = 0; i < t->nmembers; i++) {
        const struct fic_member *m = &t->members[i];
        if (t->kind == FIC_ENUM && t->base >= FIC_I8)
            fprintf(out, "| %" PRId64, (int64_t)m->value);
        else
            fprintf(out, "| %" PRIu64, m->value);
        fprintf(out, " | %s", m->name ? m->name : "reserved");
        if (m->name && t->kind == FIC_UNION) {
            fputs(": `", out);
            fic_print_type(im, &m->field.type, out);
            fputc('`', out);
        }
        fputs(" | ", out);
        if (m->name) print_doc(d, true, out, t->tname, ".", m->name);
        fputs(" |\n", out);
    }
    fputc('\n', out);
}

static void print_shared(const struct fic_image *im, const struct docs *d, FILE *out)
{
    static const char *const access[] = {"none", "ro", "rw"};

    if (im->nrings || im->pool.present) fputs("## Rings and pool\n\n", out);
    for (size_t i = 0; i < im->nrings; i++) {
        fprintf(out, "- ring `%s`: %" PRIu32 " entries of `%s`, from the %s. ", im->rings[i].name,
                im->rings[i].depth, im->types[im->rings[i].ref].name,
                im->rings[i].from_server ? "server" : "client");
        print_doc(d, true, out, im->rings[i].name, "", "");
        fputc('\n', out);
    }
    if (im->pool.present)
        fprintf(out, "- pool `%s`: %" PRIu32 " bytes; client %s, server %s.\n", im->pool.name,
                im->pool.size, access[im->pool.client], access[im->pool.server]);
    if (im->nrings || im->pool.present) fputc('\n', out);
}

static void print_errors(const struct fic_image *im, const struct docs *d, FILE *out)
{
    if (im->nerrors) fputs("## Errors\n\n| number | name | |\n|---|---|---|\n", out);
    for (size_t i = 0; i < im->nerrors; i++) {
        const struct fic_errno *x = &im->errors[i];
        fprintf(out, "| %u | %s | ", x->code, x->name ? x->name : "reserved");
        if (x->name) print_doc(d, true, out, x->name, "", "");
        fputs(" |\n", out);
    }
    if (im->nerrors) fputc('\n', out);
}

static void print_identity(const struct fic_image *im, FILE *out)
{
    fprintf(out, "Library `%s`, major version %" PRIu32 ", tag 0x%02x, identity `", im->library,
            im->major, im->tag);
    for (size_t i = 0; i < sizeof(im->identity); i++)
        fprintf(out, "%02x", im->identity[i]);
    fputs("`.\n\n", out);
}

int fic_gen_markdown(const struct fic_image *im, const uint8_t *bytes, size_t len, FILE *out,
                     struct fic_error *e)
{
    struct docs d = {.a = fic_arena_new()};
    int r = read_docs(&d, im, bytes, len, e);

    if (r == 0) {
        fprintf(out, "# %s\n\n", im->tname);
        print_identity(im, out);
        print_doc(&d, false, out, "", "", "");
        if (im->nmethods) fputs("## Methods\n\n", out);
        for (size_t i = 0; i < im->nmethods; i++)
            print_method(im, &d, &im->methods[i], out);
        if (im->nevents) fputs("## Events\n\n", out);
        for (size_t i = 0; i < im->nevents; i++) {
            fprintf(out, "### %u: %s\n\n", im->events[i].ordinal, im->events[i].name);
            print_doc(&d, false, out, im->events[i].name, "", "");
            print_table(im, &d, im->events[i].name, ".", &im->events[i].args, out);
        }
        print_errors(im, &d, out);
        print_shared(im, &d, out);
        if (im->ntypes) fputs("## Types\n\n", out);
        for (size_t i = 0; i < im->ntypes; i++)
            print_typedef(im, &d, &im->types[i], out);
    }
    fic_arena_free(d.a);
    return r;
}
