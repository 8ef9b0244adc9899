/* SPDX-License-Identifier: Apache-2.0 */
/* Parameter lists in generated C: declarations, encoding to a root and decoding from one. Scalars,
 * strings and bytes of a root are handled inline; everything nested goes through a type table.
 *
 *   style            scalar      optional scalar       string                         vector
 *   GEN_IN           T x         const T *x (or NULL)  const char *x, size_t x_len    const T *x,
 * size_t x_n GEN_OUT          T *x        bool *has_x, T *x     char *x, x_cap, size_t *x_len
 * plain: T *x, x_cap, *x_n GEN_HANDLER_OUT  T *x        bool *has_x, T *x     struct fipc_out *x
 * const T **x, size_t *x_n
 */
#include "gen_c_impl.h"
#include <string.h>

#define P(...) fprintf(g->out, __VA_ARGS__)

static bool is_optional(const struct fic_field *f)
{
    return f->flags & FIC_F_OPTIONAL && !gen_is_handle(&f->type);
}
static bool is_reserved(const struct fic_field *f) { return f->flags & FIC_F_RESERVED; }
static bool is_view(const struct fic_field *f) { return f->flags & FIC_F_VIEW; }

struct gen_name gen_param(const struct fic_method *m, const struct fic_fields *list,
                          const struct fic_field *f)
{
    struct gen_name name = gen_member(f->name);

    if (m && list == &m->results)
        for (size_t i = 0; i < m->args.n; i++)
            if (!strcmp(m->args.v[i].name, f->name)) return gen_join("out", f->name);
    return name;
}

static void declare_pointer(struct gen *g, const struct fic_type *t, bool constant,
                            const char *stars, const char *name)
{
    char declarator[sizeof(struct gen_name) + 8];

    snprintf(declarator, sizeof(declarator), "%s%s", stars, name);
    gen_declare(g->out, g->im, t, constant, declarator);
}

static void param_in(struct gen *g, const struct fic_field *f, const char *name, bool handler)
{
    const struct fic_type *t = &f->type;

    switch (gen_class(g->im, t)) {
    case GEN_SCALAR:
        if (is_optional(f))
            declare_pointer(g, t, true, "*", name);
        else
            gen_declare(g->out, g->im, t, false, name);
        return;
    case GEN_STRING: P("const char *%s, size_t %s_len", name, name); return;
    case GEN_BYTES:
        if (handler && is_view(f))
            P("const struct fipc_view *%s", name);
        else
            P("const %s *%s, size_t %s_len", handler ? "uint8_t" : "void", name, name);
        return;
    case GEN_VECTOR:
        declare_pointer(g, t->elem, true, "*", name);
        P(", size_t %s_n", name);
        return;
    case GEN_ARRAY: gen_declare(g->out, g->im, t, true, name); return;
    case GEN_STRUCT: declare_pointer(g, t, true, "*", name); return;
    }
}

static void param_out(struct gen *g, const struct fic_field *f, const char *name, bool handler)
{
    const struct fic_type *t = &f->type;

    if (is_optional(f)) P("bool *has_%s, ", name);
    switch (gen_class(g->im, t)) {
    case GEN_SCALAR:
    case GEN_STRUCT: declare_pointer(g, t, false, "*", name); return;
    case GEN_STRING:
    case GEN_BYTES:
        if (handler)
            P("struct fipc_out *%s", name);
        else
            P("%s *%s, size_t %s_cap, size_t *%s_len", t->kind == FIC_STRING ? "char" : "void",
              name, name, name);
        return;
    case GEN_VECTOR:
        if (!handler && !gen_needs_arena(g->im, t)) {
            declare_pointer(g, t->elem, false, "*", name);
            P(", size_t %s_cap, size_t *%s_n", name, name);
        } else {
            declare_pointer(g, t->elem, true, "**", name);
            P(", size_t *%s_n", name);
        }
        return;
    case GEN_ARRAY: gen_declare(g->out, g->im, t, false, name); return;
    }
}

bool gen_list_needs_arena(const struct fic_image *im, const struct fic_fields *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (!is_reserved(&list->v[i]) && gen_needs_arena(im, &list->v[i].type)) return true;
    return false;
}

void gen_params(struct gen *g, const struct fic_method *m, const struct fic_fields *list,
                enum gen_style style)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct fic_field *f = &list->v[i];
        struct gen_name name = gen_param(m, list, f);
        if (is_reserved(f)) continue;
        P(", ");
        if (style == GEN_IN || style == GEN_HANDLER_IN)
            param_in(g, f, name.s, style == GEN_HANDLER_IN);
        else
            param_out(g, f, name.s, style == GEN_HANDLER_OUT);
    }
    if (style == GEN_OUT && gen_list_needs_arena(g->im, list)) P(", struct fipc_arena *_arena");
}

/* How a handler's argument or a client's variable is handed on. HANDLER_IN and HANDLER_OUT: locals
 * of a dispatcher, called as gen_locals declares them. */
static void pass_one(struct gen *g, const struct fic_field *f, const char *n, enum gen_style style)
{
    enum gen_class c = gen_class(g->im, &f->type);
    const char *amp = style == GEN_HANDLER_OUT && c != GEN_ARRAY ? "&" : "";

    if (style == GEN_OUT || style == GEN_HANDLER_OUT) {
        if (is_optional(f)) P("%shas_%s, ", style == GEN_HANDLER_OUT ? "&" : "", n);
        P("%s%s", amp, n);
        if (style == GEN_HANDLER_OUT && c == GEN_VECTOR) P(", &%s_n", n);
        if (style == GEN_HANDLER_OUT) return;
        if (c == GEN_STRING || c == GEN_BYTES) P(", %s_cap, %s_len", n, n);
        if (c == GEN_VECTOR && !gen_needs_arena(g->im, &f->type)) P(", %s_cap", n);
        if (c == GEN_VECTOR) P(", %s_n", n);
        return;
    }
    if (style == GEN_HANDLER_IN) {
        bool address = c == GEN_STRUCT || (c == GEN_SCALAR && is_optional(f)) ||
                       (c == GEN_BYTES && is_view(f));
        if (is_optional(f) && (address || c == GEN_ARRAY))
            P("has_%s ? %s%s : NULL", n, address ? "&" : "", n);
        else
            P("%s%s", address ? "&" : "", n);
        if (c == GEN_BYTES && is_view(f)) return;
    } else {
        P("%s", n);
    }
    if (c == GEN_STRING || c == GEN_BYTES) P(", %s_len", n);
    if (c == GEN_VECTOR) P(", %s_n", n);
}

void gen_pass(struct gen *g, const struct fic_method *m, const struct fic_fields *list,
              enum gen_style style)
{
    for (size_t i = 0; i < list->n; i++) {
        if (is_reserved(&list->v[i])) continue;
        P(", ");
        pass_one(g, &list->v[i], gen_param(m, list, &list->v[i]).s, style);
    }
    if (style == GEN_OUT && gen_list_needs_arena(g->im, list)) P(", _arena");
}

bool gen_list_has_data(const struct fic_message_layout *l) { return l->lane_max > 0; }

bool gen_uses_put(const struct fic_image *im, const struct fic_fields *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct fic_field *f = &list->v[i];
        bool inline_union = !is_optional(f) && gen_scalar_union(im, &f->type);
        if (!is_reserved(f) && gen_class(im, &f->type) != GEN_SCALAR && !inline_union) return true;
    }
    return false;
}

bool gen_uses_in(const struct fic_image *im, const struct fic_fields *list)
{
    return gen_uses_put(im, list);
}

bool gen_direct(const struct fic_image *im, const struct fic_fields *list, size_t i)
{
    enum gen_class c = gen_class(im, &list->v[i].type);

    if (c != GEN_STRING && c != GEN_BYTES) return false;
    for (size_t k = 0; k < i; k++)
        if (!is_reserved(&list->v[k]) && fic_type_has_slices(im, &list->v[k].type)) return false;
    return true;
}

/* --- encoding --- */

static void encode_scalar(struct gen *g, const struct fic_field *f, const char *n,
                          const struct fic_field_layout *l)
{
    unsigned bits = gen_bits(g->im, &f->type);
    bool signed_or_bool = gen_scalar_type(g->im, &f->type).s[0] != 'u';
    char cast[24] = "";

    if (signed_or_bool) snprintf(cast, sizeof(cast), "(uint%u_t)", bits);
    if (is_optional(f)) {
        P("    if (%s) {\n        %s%u(_root, %u, %s*%s);\n", n, g->put, bits, (unsigned)l->offset,
          cast, n);
        P("        %s8(_root, %u, 1);\n    }\n", g->put, (unsigned)l->has);
        return;
    }
    if (gen_is_handle(&f->type) && !(f->flags & FIC_F_OPTIONAL))
        P("    if (%s == 0) %s;\n", n, g->invalid);
    P("    %s%u(_root, %u, %s%s);\n", g->put, bits, (unsigned)l->offset, cast, n);
}

void gen_encode_union(struct gen *g, const struct fic_field *f, const char *n, unsigned at)
{
    const struct fic_typedef *d = fic_named(g->im, &f->type);
    struct fic_union_layout l;

    fic_layout_union(g->im, d, &l);
    P("    switch (%s->tag) {\n", n);
    for (size_t i = 0; i < d->nmembers; i++) {
        const struct fic_field *member = &d->members[i].field;
        struct gen_name name;
        if (!d->members[i].name) continue;
        name = gen_member(d->members[i].name);
        P("    case %u:\n", (unsigned)d->members[i].value);
        if (gen_is_handle(&member->type))
            P("        if (%s->u.%s == 0) %s;\n", n, name.s, g->invalid);
        P("        %s%u(_root, %u, (uint%u_t)%s->u.%s);\n        break;\n", g->put,
          gen_bits(g->im, &member->type), at + (unsigned)l.payload, gen_bits(g->im, &member->type),
          n, name.s);
    }
    P("    default: %s;\n    }\n    %s32(_root, %u, %s->tag);\n", g->invalid, g->put, at, n);
}

static void encode_one(struct gen *g, const struct fic_field *f, const char *n,
                       const struct fic_field_layout *l, const char *put)
{
    enum gen_class c = gen_class(g->im, &f->type);
    unsigned at = (unsigned)l->offset;

    if (c == GEN_SCALAR) {
        encode_scalar(g, f, n, l);
        return;
    }
    if (c == GEN_STRING || c == GEN_BYTES) {
        if (is_optional(f)) P("    if (%s)\n    ", n);
        P("    _e = fipc_put_bytes(%s, _root + %u, %u, %s, %s_len);\n", put, at,
          (unsigned)f->type.count, n, n);
        P("    if (_e != FUT_OK) return _e;\n");
        return;
    }
    if (!is_optional(f) && gen_scalar_union(g->im, &f->type)) {
        gen_encode_union(g, f, n, at);
        return;
    }
    if (c == GEN_VECTOR) {
        struct gen_name t = gen_table(g, &f->type);
        if (is_optional(f)) P("    if (%s)\n    ", n);
        P("    _e = fipc_put_value(%s, &%s, _root + %u, &(struct fipc_vector){%s, %s_n});\n", put,
          t.s, at, n, n);
    } else if (is_optional(f)) {
        struct gen_name t = gen_table(g, &f->type);
        P("    _e = fipc_put_optional(%s, &%s, _root + %u, %u, %s);\n", put, t.s, at,
          l->has ? (unsigned)(l->has - l->offset) : 0, n);
    } else {
        struct gen_name t = gen_table(g, &f->type);
        P("    _e = fipc_put_value(%s, &%s, _root + %u, %s);\n", put, t.s, at, n);
    }
    P("    if (_e != FUT_OK) return _e;\n");
}

void gen_encode(struct gen *g, const struct fic_method *m, const struct fic_fields *list,
                const char *put)
{
    struct fic_message_layout l;

    fic_layout_message(g->im, list, &l);
    for (size_t i = 0; i < list->n; i++)
        if (!is_reserved(&list->v[i]))
            encode_one(g, &list->v[i], gen_param(m, list, &list->v[i]).s, &l.root.fields[i], put);
}

void gen_encode_simple(struct gen *g, const struct fic_method *m, const struct fic_fields *list,
                       const char *address)
{
    struct fic_message_layout l;

    fic_layout_message(g->im, list, &l);
    for (size_t i = 0; i < list->n; i++) {
        const struct fic_field *f = &list->v[i];
        struct gen_name n = gen_param(m, list, f);
        char pointer[sizeof(n) + 4];
        snprintf(pointer, sizeof(pointer), *address ? "(%s%s)" : "%s%s", address, n.s);
        if (f->flags & FIC_F_RESERVED) continue;
        if (gen_class(g->im, &f->type) == GEN_SCALAR)
            encode_scalar(g, f, n.s, &l.root.fields[i]);
        else if (gen_scalar_union(g->im, &f->type))
            gen_encode_union(g, f, pointer, (unsigned)l.root.fields[i].offset);
    }
}
