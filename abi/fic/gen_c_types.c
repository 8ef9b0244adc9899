/* SPDX-License-Identifier: Apache-2.0 */
/* Types in generated C: which C type stands for a type, how large it is there, and its definition.
 * Sizes assume 64-bit pointers, as on every machine that Futura runs on. */
#include "gen_c_impl.h"
#include <string.h>

enum gen_class gen_class(const struct fic_image *im, const struct fic_type *t)
{
    switch (t->kind) {
    case FIC_STRING: return GEN_STRING;
    case FIC_BYTES: return GEN_BYTES;
    case FIC_VECTOR: return GEN_VECTOR;
    case FIC_ARRAY: return GEN_ARRAY;
    case FIC_NAMED: {
        enum fic_typedef_kind k = fic_named(im, t)->kind;
        return k == FIC_ENUM || k == FIC_FLAGS ? GEN_SCALAR : GEN_STRUCT;
    }
    default: return GEN_SCALAR;
    }
}

bool gen_is_handle(const struct fic_type *t)
{
    return t->kind == FIC_CAP || t->kind == FIC_CAP_MEMORY || t->kind == FIC_CAP_NOTIFICATION ||
           t->kind == FIC_OBJ;
}

bool gen_plain(const struct fic_image *im, const struct fic_type *t)
{
    enum gen_class c = gen_class(im, t);
    const struct fic_typedef *d;

    if (c == GEN_SCALAR) return true;
    if (c == GEN_ARRAY) return gen_plain(im, t->elem);
    if (c != GEN_STRUCT) return false;
    d = fic_named(im, t);
    if (d->open) return false;
    for (size_t i = 0; i < d->fields.n; i++)
        if (d->fields.v[i].flags & FIC_F_OPTIONAL || !gen_plain(im, &d->fields.v[i].type))
            return false;
    for (size_t i = 0; d->kind == FIC_UNION && i < d->nmembers; i++)
        if (d->members[i].name && !gen_plain(im, &d->members[i].field.type)) return false;
    return true;
}

bool gen_scalar_union(const struct fic_image *im, const struct fic_type *t)
{
    const struct fic_typedef *d;

    if (gen_class(im, t) != GEN_STRUCT) return false;
    d = fic_named(im, t);
    if (d->kind != FIC_UNION || d->open) return false;
    for (size_t i = 0; i < d->nmembers; i++)
        if (d->members[i].name && gen_class(im, &d->members[i].field.type) != GEN_SCALAR)
            return false;
    return true;
}

/* A string, bytes or vector anywhere in it. */
static bool has_pointers(const struct fic_image *im, const struct fic_type *t)
{
    enum gen_class c = gen_class(im, t);
    const struct fic_typedef *d;

    if (c == GEN_STRING || c == GEN_BYTES || c == GEN_VECTOR) return true;
    if (c == GEN_ARRAY) return has_pointers(im, t->elem);
    if (c != GEN_STRUCT) return false;
    d = fic_named(im, t);
    for (size_t i = 0; i < d->fields.n; i++)
        if (!(d->fields.v[i].flags & FIC_F_RESERVED) && has_pointers(im, &d->fields.v[i].type))
            return true;
    for (size_t i = 0; d->kind == FIC_UNION && i < d->nmembers; i++)
        if (d->members[i].name && has_pointers(im, &d->members[i].field.type)) return true;
    return false;
}

bool gen_needs_arena(const struct fic_image *im, const struct fic_type *t)
{
    if (t->kind == FIC_STRING || t->kind == FIC_BYTES) return false;
    if (t->kind == FIC_VECTOR) return !gen_plain(im, t->elem);
    return has_pointers(im, t);
}

/* --- sizes in C --- */

struct c_layout {
    uint32_t size, align;
};

static struct c_layout c_layout(const struct fic_image *im, const struct fic_type *t);

static void c_append(struct c_layout *l, struct c_layout m)
{
    l->size = (l->size + m.align - 1) / m.align * m.align + m.size;
    if (m.align > l->align) l->align = m.align;
}

static struct c_layout c_struct(const struct fic_image *im, const struct fic_typedef *d, bool plain)
{
    struct c_layout l = {0, 1};

    for (size_t i = 0; i < d->fields.n; i++) {
        const struct fic_field *f = &d->fields.v[i];
        if (f->flags & FIC_F_RESERVED && !plain) continue;
        if (f->flags & FIC_F_OPTIONAL && !gen_is_handle(&f->type))
            c_append(&l, (struct c_layout){1, 1});
        c_append(&l, c_layout(im, &f->type));
    }
    return l;
}

static struct c_layout c_union(const struct fic_image *im, const struct fic_typedef *d)
{
    struct c_layout l = {4, 4}, u = {0, 1};

    for (size_t i = 0; i < d->nmembers; i++) {
        struct c_layout m;
        if (!d->members[i].name) continue;
        m = c_layout(im, &d->members[i].field.type);
        if (m.size > u.size) u.size = m.size;
        if (m.align > u.align) u.align = m.align;
    }
    u.size = (u.size + u.align - 1) / u.align * u.align;
    c_append(&l, u);
    return l;
}

static struct c_layout c_layout(const struct fic_image *im, const struct fic_type *t)
{
    struct c_layout l;
    struct fic_value_layout v;
    const struct fic_typedef *d;

    switch (gen_class(im, t)) {
    case GEN_SCALAR: fic_layout_value(im, t, &v); return (struct c_layout){v.size, v.size};
    case GEN_ARRAY:
        l = c_layout(im, t->elem);
        l.size *= t->count;
        return l;
    case GEN_STRUCT:
        d = fic_named(im, t);
        l = d->kind == FIC_UNION ? c_union(im, d) : c_struct(im, d, gen_plain(im, t));
        l.size = (l.size + l.align - 1) / l.align * l.align;
        return l;
    default: return (struct c_layout){16, 8};
    }
}

uint32_t gen_c_size(const struct fic_image *im, const struct fic_type *t)
{
    return c_layout(im, t).size;
}

static uint64_t round16(uint64_t n) { return (n + 15) / 16 * 16; }

uint64_t gen_arena(const struct fic_image *im, const struct fic_type *t)
{
    const struct fic_typedef *d;
    uint64_t sum = 0, one;

    switch (gen_class(im, t)) {
    case GEN_SCALAR: return 0;
    case GEN_STRING:
    case GEN_BYTES: return round16((uint64_t)t->count + 1);
    case GEN_VECTOR:
        return round16((uint64_t)t->count * gen_c_size(im, t->elem)) +
               t->count * gen_arena(im, t->elem);
    case GEN_ARRAY: return t->count * gen_arena(im, t->elem);
    case GEN_STRUCT: break;
    }
    d = fic_named(im, t);
    for (size_t i = 0; i < d->fields.n; i++)
        if (!(d->fields.v[i].flags & FIC_F_RESERVED)) sum += gen_arena(im, &d->fields.v[i].type);
    for (size_t i = 0; d->kind == FIC_UNION && i < d->nmembers; i++)
        if (d->members[i].name) {
            one = gen_arena(im, &d->members[i].field.type);
            if (one > sum) sum = one;
        }
    return sum;
}

/* --- declarations --- */

static enum fic_kind scalar_kind(const struct fic_image *im, const struct fic_type *t)
{
    if (t->kind == FIC_NAMED) return fic_named(im, t)->base;
    if (t->kind == FIC_OBJ) return FIC_U32;
    return gen_is_handle(t) ? FIC_U64 : t->kind;
}

unsigned gen_bits(const struct fic_image *im, const struct fic_type *t)
{
    return 8 * fic_int_size(scalar_kind(im, t));
}

struct gen_name gen_scalar_type(const struct fic_image *im, const struct fic_type *t)
{
    enum fic_kind k = scalar_kind(im, t);
    struct gen_name out = {"bool"};

    if (k != FIC_BOOL)
        snprintf(out.s, sizeof(out.s), "%sint%u_t", fic_int_signed(k) ? "" : "u",
                 8 * fic_int_size(k));
    return out;
}

void gen_declare(FILE *out, const struct fic_image *im, const struct fic_type *t, bool constant,
                 const char *declarator)
{
    const char *qualifier = constant ? "const " : "";
    char longer[sizeof(struct gen_name) + 32];
    const struct fic_typedef *d;

    switch (gen_class(im, t)) {
    case GEN_SCALAR:
        fprintf(out, "%s%s %s", qualifier, gen_scalar_type(im, t).s, declarator);
        return;
    case GEN_STRING: fprintf(out, "%sstruct fipc_string %s", qualifier, declarator); return;
    case GEN_BYTES: fprintf(out, "%sstruct fipc_bytes %s", qualifier, declarator); return;
    case GEN_VECTOR: fprintf(out, "%sstruct fipc_vector %s", qualifier, declarator); return;
    case GEN_STRUCT:
        d = fic_named(im, t);
        fprintf(out, "%sstruct %s %s", qualifier, gen_type_name(d->tname).s, declarator);
        return;
    case GEN_ARRAY: break;
    }
    snprintf(longer, sizeof(longer), declarator[0] == '*' ? "(%s)[%u]" : "%s[%u]", declarator,
             (unsigned)t->count);
    gen_declare(out, im, t->elem, constant, longer);
}

uint64_t gen_flags_mask(const struct fic_typedef *d)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < d->nmembers; i++)
        if (d->members[i].name) mask |= 1ull << d->members[i].value;
    return mask;
}

/* --- definitions --- */

static void define_enum(struct gen *g, const struct fic_typedef *d, struct gen_name name)
{
    bool is_signed = fic_int_signed(d->base);
    const char *cast = is_signed ? "int" : "uint";

    fprintf(g->out, "/* %s %s: values are held in %s%u_t. */\n",
            d->kind == FIC_ENUM ? "enum" : "flags", d->tname, cast, 8 * fic_int_size(d->base));
    for (size_t i = 0; i < d->nmembers; i++) {
        const struct fic_member *m = &d->members[i];
        if (!m->name) continue;
        fprintf(g->out, "#define %s_%s ", gen_upper(name.s).s, m->name);
        if (d->kind == FIC_FLAGS)
            fprintf(g->out, "((uint%u_t)1 << %u)\n", 8 * fic_int_size(d->base), (unsigned)m->value);
        else if (!is_signed)
            fprintf(g->out, "((uint%u_t)%lluu)\n", 8 * fic_int_size(d->base),
                    (unsigned long long)m->value);
        else if (m->value == 1ull << 63)
            fprintf(g->out, "INT64_MIN\n");
        else
            fprintf(g->out, "((int%u_t)%lld)\n", 8 * fic_int_size(d->base), (long long)m->value);
    }
}

static void define_field(struct gen *g, const struct fic_field *f, struct gen_name name)
{
    const struct fic_type *t = &f->type;
    char star[sizeof(name) + 4];

    if (f->flags & FIC_F_OPTIONAL && !gen_is_handle(t))
        fprintf(g->out, "    bool has_%s;\n", f->name);
    fputs("    ", g->out);
    if (t->kind == FIC_VECTOR) {
        snprintf(star, sizeof(star), "*v");
        fputs("struct {\n        ", g->out);
        gen_declare(g->out, g->im, t->elem, true, star);
        fprintf(g->out, ";\n        size_t n;\n    } %s;\n", name.s);
        return;
    }
    gen_declare(g->out, g->im, t, false, name.s);
    fputs(";\n", g->out);
}

static void define_struct(struct gen *g, const struct fic_typedef *d, struct gen_name name,
                          bool plain)
{
    struct fic_struct_layout l;

    fprintf(g->out, "struct %s { /* %s */\n", name.s, d->tname);
    for (size_t i = 0; i < d->fields.n; i++) {
        const struct fic_field *f = &d->fields.v[i];
        struct gen_name field = gen_member(f->name);
        if (f->flags & FIC_F_RESERVED) {
            if (!plain) continue;
            snprintf(field.s, sizeof(field.s), "reserved_%u", (unsigned)i);
        }
        define_field(g, f, field);
    }
    fputs("};\n", g->out);
    if (!plain) return;
    fic_layout_struct(g->im, d, &l);
    fprintf(g->out, "_Static_assert(sizeof(struct %s) == %u, \"C and wire layout are one\");\n",
            name.s, (unsigned)l.size);
}

static void define_union(struct gen *g, const struct fic_typedef *d, struct gen_name name)
{
    struct gen_name upper = gen_upper(name.s);

    for (size_t i = 0; i < d->nmembers; i++)
        if (d->members[i].name)
            fprintf(g->out, "#define %s_%s %uu\n", upper.s, gen_upper(d->members[i].name).s,
                    (unsigned)d->members[i].value);
    fprintf(g->out, "struct %s { /* %s */\n    uint32_t tag;\n    union {\n", name.s, d->tname);
    for (size_t i = 0; i < d->nmembers; i++) {
        if (!d->members[i].name) continue;
        fputs("    ", g->out);
        define_field(g, &d->members[i].field, gen_member(d->members[i].name));
    }
    fputs("    } u;\n};\n", g->out);
}

static void define_type(struct gen *g, const struct fic_type *t);

static void define_needed(struct gen *g, const struct fic_typedef *d)
{
    for (size_t i = 0; i < d->fields.n; i++)
        define_type(g, &d->fields.v[i].type);
    for (size_t i = 0; d->kind == FIC_UNION && i < d->nmembers; i++)
        if (d->members[i].name) define_type(g, &d->members[i].field.type);
}

/* A macro that says which of the types of one name in C it was that a header defined. */
static struct gen_name type_origin(const char *tname)
{
    struct gen_name out = gen_join("FIPC_IS", tname);

    for (char *p = out.s; *p; p++)
        if (*p == '.' || *p == '/') *p = '_';
    return out;
}

/* Types of other libraries are defined here too, guarded, so that headers never need each other. */
static void define_type(struct gen *g, const struct fic_type *t)
{
    const struct fic_typedef *d;
    struct gen_name name, guard, origin;

    if (t->elem) define_type(g, t->elem);
    if (t->kind != FIC_NAMED) return;
    d = fic_named(g->im, t);
    name = gen_type_name(d->tname);
    if (!gen_once(g, d->tname)) return;
    define_needed(g, d);
    guard = gen_upper(name.s);
    origin = type_origin(d->tname);
    fprintf(g->out, "\n#ifndef FIPC_DEFINED_%s\n#define FIPC_DEFINED_%s\n#define %s\n", guard.s,
            guard.s, origin.s);
    if (d->kind == FIC_STRUCT)
        define_struct(g, d, name, gen_plain(g->im, t));
    else if (d->kind == FIC_UNION)
        define_union(g, d, name);
    else
        define_enum(g, d, name);
    fprintf(g->out,
            "#elif !defined(%s)\n#error \"%s and a type of another library have one name in C\"\n"
            "#endif\n",
            origin.s, d->tname);
}

void gen_types(struct gen *g)
{
    for (size_t i = 0; i < g->im->ntypes; i++) {
        struct fic_type t = {.kind = FIC_NAMED, .ref = (uint32_t)i};
        define_type(g, &t);
    }
}
