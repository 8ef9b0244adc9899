/* SPDX-License-Identifier: Apache-2.0 */
/* From an image back to text: compile(decompile(image)) == image. */
#include "print.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct lib_list {
    struct fic_library_name *v;
    size_t n;
};

/* A mention of a name: its library is added to the list, and passed on to `seen`. */
typedef void mention_fn(void *ctx, const char *tname, bool interface);

static void walk_type(const struct fic_type *t, mention_fn *f, void *ctx)
{
    while (t->elem)
        t = t->elem;
    if (t->tname) f(ctx, t->tname, true);
}

static void walk_fields(const struct fic_fields *x, mention_fn *f, void *ctx)
{
    for (size_t i = 0; i < x->n; i++)
        walk_type(&x->v[i].type, f, ctx);
}

static void walk_image(const struct fic_image *im, mention_fn *f, void *ctx)
{
    for (size_t i = 0; i < im->ntypes; i++) {
        const struct fic_typedef *d = &im->types[i];
        f(ctx, d->tname, false);
        walk_fields(&d->fields, f, ctx);
        for (size_t k = 0; d->kind == FIC_UNION && k < d->nmembers; k++)
            if (d->members[k].name) walk_type(&d->members[k].field.type, f, ctx);
    }
    for (size_t i = 0; i < im->nmethods; i++) {
        walk_fields(&im->methods[i].args, f, ctx);
        walk_fields(&im->methods[i].results, f, ctx);
    }
    for (size_t i = 0; i < im->nevents; i++)
        walk_fields(&im->events[i].args, f, ctx);
}

static void *grow(void *p, size_t n, size_t size)
{
    if (n & (n - 1)) return p;
    p = realloc(p, (n ? 2 * n : 1) * size);
    if (!p) abort();
    return p;
}

static void add_library(void *ctx, const char *tname, bool interface)
{
    struct lib_list *l = ctx;
    struct fic_library_name x;
    const char *name;

    (void)interface;
    if (fic_tname_split(tname, x.name, &x.major, &name)) return;
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].major == x.major && !strcmp(l->v[i].name, x.name)) return;
    l->v = grow(l->v, l->n, sizeof(*l->v));
    l->v[l->n++] = x;
}

struct fic_library_name *fic_image_libraries(const struct fic_image *im, size_t *n)
{
    struct lib_list l = {NULL, 0};

    add_library(&l, im->tname, true);
    walk_image(im, add_library, &l);
    *n = l.n;
    return l.v;
}

struct printer {
    const struct fic_image *im;
    const struct fic_library_name *libs;
    size_t n, which;
    FILE *out;
    const char **stubs;
    size_t nstubs;
};

static const char *last_part(const char *library)
{
    const char *dot = strrchr(library, '.');
    return dot ? dot + 1 : library;
}

static void print_alias(const struct printer *p, size_t lib)
{
    bool unique = true;

    for (size_t i = 0; i < p->n; i++)
        if (i != lib && !strcmp(last_part(p->libs[i].name), last_part(p->libs[lib].name)))
            unique = false;
    if (unique)
        fputs(last_part(p->libs[lib].name), p->out);
    else
        fprintf(p->out, "l%zu", lib);
}

/* A name, with its alias if it is another library's. p->libs NULL: the full name then. */
static void print_tname(const struct printer *p, const char *tname)
{
    char lib[FIC_MAX_LIBRARY + 1];
    const char *name = tname;
    uint32_t major = 0;
    size_t i = 0;

    fic_tname_split(tname, lib, &major, &name);
    if (!p->libs) {
        bool own = major == p->im->major && !strcmp(lib, p->im->library);
        fputs(own ? name : tname, p->out);
        return;
    }
    while (i < p->n && (p->libs[i].major != major || strcmp(p->libs[i].name, lib)))
        i++;
    if (i != p->which) {
        print_alias(p, i);
        fputc('.', p->out);
    }
    fputs(name, p->out);
}

static void print_type(const struct printer *p, const struct fic_type *t)
{
    static const char *const words[] = {[FIC_BOOL] = "bool",
                                        [FIC_U8] = "u8",
                                        [FIC_U16] = "u16",
                                        [FIC_U32] = "u32",
                                        [FIC_U64] = "u64",
                                        [FIC_I8] = "i8",
                                        [FIC_I16] = "i16",
                                        [FIC_I32] = "i32",
                                        [FIC_I64] = "i64",
                                        [FIC_STRING] = "string",
                                        [FIC_BYTES] = "bytes",
                                        [FIC_VECTOR] = "vector",
                                        [FIC_ARRAY] = "array",
                                        [FIC_CAP] = "cap",
                                        [FIC_CAP_MEMORY] = "cap<memory>",
                                        [FIC_CAP_NOTIFICATION] = "cap<notification>",
                                        [FIC_OBJ] = "obj"};

    if (t->kind == FIC_NAMED) {
        print_tname(p, fic_named(p->im, t)->tname);
        return;
    }
    fputs(words[t->kind], p->out);
    if (t->kind == FIC_STRING || t->kind == FIC_BYTES) {
        fprintf(p->out, "<%" PRIu32 ">", t->count);
    } else if (t->elem) {
        fputc('<', p->out);
        print_type(p, t->elem);
        fprintf(p->out, ", %" PRIu32 ">", t->count);
    } else if (t->tname) {
        fputc('<', p->out);
        print_tname(p, t->tname);
        fputc('>', p->out);
    }
}

static void print_field(const struct printer *p, const struct fic_field *f)
{
    fprintf(p->out, "%s%s: ",
            f->flags == FIC_F_OPTIONAL ? "optional "
            : f->flags == FIC_F_VIEW   ? "view "
            : f->flags                 ? "reserved"
                                       : "",
            f->name);
    print_type(p, &f->type);
}

static void print_fields(const struct printer *p, const struct fic_fields *f)
{
    fputc('(', p->out);
    for (size_t i = 0; i < f->n; i++) {
        if (i) fputs(", ", p->out);
        print_field(p, &f->v[i]);
    }
    fputc(')', p->out);
}

static void print_value(const struct printer *p, const struct fic_typedef *d, uint64_t v)
{
    if (d->kind == FIC_ENUM && d->base >= FIC_I8 && (int64_t)v < 0)
        fprintf(p->out, "-%" PRIu64, -v);
    else
        fprintf(p->out, "%" PRIu64, v);
}

static void print_member(const struct printer *p, const struct fic_typedef *d,
                         const struct fic_member *m)
{
    fputs("    ", p->out);
    if (d->kind == FIC_UNION) {
        fprintf(p->out, "%" PRIu64 ": %s", m->value, m->name ? m->name : "reserved");
        if (m->name) {
            fputs(": ", p->out);
            print_type(p, &m->field.type);
        }
    } else {
        fprintf(p->out, "%s%s ", m->name ? m->name : "reserved", m->name ? " =" : "");
        print_value(p, d, m->value);
    }
    fputs(";\n", p->out);
}

static void print_typedef(const struct printer *p, const struct fic_typedef *d)
{
    static const char *const words[] = {"enum", "flags", "struct", "union"};
    static const char *const ints[] = {"", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"};

    fprintf(p->out, "\n%s%s %s", d->open ? "open " : "", words[d->kind], d->name);
    if (d->kind == FIC_ENUM || d->kind == FIC_FLAGS) fprintf(p->out, ": %s", ints[d->base]);
    fputs(" {\n", p->out);
    for (size_t i = 0; i < d->fields.n; i++) {
        fputs("    ", p->out);
        print_field(p, &d->fields.v[i]);
        fputs(";\n", p->out);
    }
    for (size_t i = 0; d->kind != FIC_STRUCT && i < d->nmembers; i++)
        print_member(p, d, &d->members[i]);
    fputs("}\n", p->out);
}

static void print_method(const struct printer *p, const struct fic_method *m)
{
    fprintf(p->out, "    %u: ", m->ordinal);
    if (!m->name) {
        fputs("reserved;\n", p->out);
        return;
    }
    fprintf(p->out, "%s%s%s%s%s", m->oneway ? "oneway " : "",
            m->flags & FIC_M_BLOCKING ? "blocking " : "",
            m->flags & FIC_M_IDEMPOTENT ? "idempotent " : "", m->flags & FIC_M_KEEP ? "keep " : "",
            m->name);
    print_fields(p, &m->args);
    if (m->results.n) {
        fputs(" -> ", p->out);
        print_fields(p, &m->results);
    }
    fputs(";\n", p->out);
}

static void print_shared(const struct printer *p)
{
    static const char *const access[] = {"none", "ro", "rw"};
    const struct fic_image *im = p->im;

    for (size_t i = 0; i < im->nrings; i++) {
        fprintf(p->out, "    ring %s: ", im->rings[i].name);
        print_tname(p, im->types[im->rings[i].ref].tname);
        fprintf(p->out, "[%" PRIu32 "] from %s;\n", im->rings[i].depth,
                im->rings[i].from_server ? "server" : "client");
    }
    if (im->pool.present)
        fprintf(p->out, "    pool %s: %" PRIu32 " client %s server %s;\n", im->pool.name,
                im->pool.size, access[im->pool.client], access[im->pool.server]);
}

static void print_interface(const struct printer *p)
{
    const struct fic_image *im = p->im;
    size_t m = 0, v = 0;

    fprintf(p->out, "\ninterface %s {\n", im->name);
    if (im->nerrors) fputs("    errors {\n", p->out);
    for (size_t i = 0; i < im->nerrors; i++)
        fprintf(p->out, "        %u: %s;\n", im->errors[i].code,
                im->errors[i].name ? im->errors[i].name : "reserved");
    if (im->nerrors) fputs("    }\n", p->out);
    while (m < im->nmethods || v < im->nevents) {
        if (v == im->nevents ||
            (m < im->nmethods && im->methods[m].ordinal < im->events[v].ordinal)) {
            print_method(p, &im->methods[m++]);
        } else {
            fprintf(p->out, "    %u: event %s", im->events[v].ordinal, im->events[v].name);
            print_fields(p, &im->events[v++].args);
            fputs(";\n", p->out);
        }
    }
    print_shared(p);
    fputs("}\n", p->out);
}

/* Interfaces of this library that are known by name only are declared empty. */
static void add_stub(void *ctx, const char *tname, bool interface)
{
    struct printer *p = ctx;
    char lib[FIC_MAX_LIBRARY + 1];
    const char *name;
    uint32_t major;

    if (!interface || !strcmp(tname, p->im->tname)) return;
    if (fic_tname_split(tname, lib, &major, &name)) return;
    if (major != p->libs[p->which].major || strcmp(lib, p->libs[p->which].name)) return;
    for (size_t i = 0; i < p->nstubs; i++)
        if (!strcmp(p->stubs[i], name)) return;
    p->stubs = grow(p->stubs, p->nstubs, sizeof(*p->stubs));
    p->stubs[p->nstubs++] = name;
}

void fic_decompile(const struct fic_image *im, const struct fic_library_name *libs, size_t n,
                   size_t which, FILE *out)
{
    struct printer p = {im, libs, n, which, out, NULL, 0};

    fprintf(out, "library %s %" PRIu32 ";\n", libs[which].name, libs[which].major);
    for (size_t i = 0; i < n; i++) {
        if (i == which) continue;
        fprintf(out, "import %s %" PRIu32 " as ", libs[i].name, libs[i].major);
        print_alias(&p, i);
        fputs(";\n", out);
    }
    for (size_t i = 0; i < im->ntypes; i++) {
        char lib[FIC_MAX_LIBRARY + 1];
        const char *name;
        uint32_t major;
        if (fic_tname_split(im->types[i].tname, lib, &major, &name) == 0 &&
            major == libs[which].major && !strcmp(lib, libs[which].name))
            print_typedef(&p, &im->types[i]);
    }
    walk_image(im, add_stub, &p);
    for (size_t i = 0; i < p.nstubs; i++)
        fprintf(out, "\ninterface %s {\n}\n", p.stubs[i]);
    free(p.stubs);
    if (which == 0) print_interface(&p);
}

void fic_print_type(const struct fic_image *im, const struct fic_type *t, FILE *out)
{
    struct printer p = {im, NULL, 0, 0, out, NULL, 0};
    print_type(&p, t);
}

void fic_print_fields(const struct fic_image *im, const struct fic_fields *f, FILE *out)
{
    struct printer p = {im, NULL, 0, 0, out, NULL, 0};
    print_fields(&p, f);
}

void fic_describe(const struct fic_image *im, FILE *out)
{
    struct printer p = {im, NULL, 0, 0, out, NULL, 0};

    fprintf(out, "%s\nidentity ", im->tname);
    for (size_t i = 0; i < sizeof(im->identity); i++)
        fprintf(out, "%02x", im->identity[i]);
    fprintf(out, "\ntag 0x%02x, image %zu bytes\n", im->tag, im->size);
    for (size_t i = 0; i < im->ntypes; i++)
        print_typedef(&p, &im->types[i]);
    print_interface(&p);
}
