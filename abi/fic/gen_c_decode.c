/* SPDX-License-Identifier: Apache-2.0 */
/* Parameter lists in generated C, the reading side: locals, decoding with every check, handing on.
 * A client's results are stored only when all of them are good. */
#include "gen_c_impl.h"
#include <string.h>

#define P(...) fprintf(g->out, __VA_ARGS__)
#define LOCAL_MAX 1024u /* larger results are decoded in place */

static bool is_optional(const struct fic_field *f)
{
    return f->flags & FIC_F_OPTIONAL && !gen_is_handle(&f->type);
}
static bool is_reserved(const struct fic_field *f) { return f->flags & FIC_F_RESERVED; }
static bool is_view(const struct fic_field *f) { return f->flags & FIC_F_VIEW; }

static bool in_place(const struct gen *g, const struct fic_field *f)
{
    return gen_c_size(g->im, &f->type) > LOCAL_MAX;
}

/* Locals of a client's decoder have a prefix, those of a dispatcher bear the parameter's name. */
static struct gen_name local_name(struct gen_name name, enum gen_style style)
{
    return style == GEN_OUT ? gen_join("_v", name.s) : name;
}

static void declare_local(struct gen *g, const struct fic_type *t, const char *stars,
                          const char *name, const char *init)
{
    char declarator[sizeof(struct gen_name) + 8];

    snprintf(declarator, sizeof(declarator), "%s%s", stars, name);
    P("    ");
    gen_declare(g->out, g->im, t, stars[0] != 0, declarator);
    P("%s;\n", init);
}

static void local_out(struct gen *g, const struct fic_field *f, const char *n)
{
    enum gen_class c = gen_class(g->im, &f->type);

    if (c == GEN_STRING || c == GEN_BYTES)
        P("    size_t %s_len = 0;\n", n);
    else if (c == GEN_VECTOR && !gen_needs_arena(g->im, &f->type))
        P("    size_t %s_n = 0;\n", n);
    else if (c == GEN_VECTOR)
        P("    struct fipc_vector %s = {NULL, 0};\n", n);
    else if (!in_place(g, f) || c == GEN_SCALAR)
        declare_local(g, &f->type, "", n, c == GEN_SCALAR ? " = 0" : "");
}

static void local_handler(struct gen *g, const struct fic_field *f, const char *n,
                          enum gen_style style)
{
    enum gen_class c = gen_class(g->im, &f->type);
    bool out = style == GEN_HANDLER_OUT;

    if (c == GEN_STRING || c == GEN_BYTES) {
        if (out)
            P("    struct fipc_out %s;\n", n);
        else if (is_view(f))
            P("    struct fipc_view %s = {NULL, 0};\n", n);
        else
            P("    const %s *%s = NULL;\n    size_t %s_len = 0;\n",
              c == GEN_STRING ? "char" : "uint8_t", n, n);
    } else if (c == GEN_VECTOR) {
        declare_local(g, f->type.elem, "*", n, " = NULL");
        P("    size_t %s_n = 0;\n", n);
        if (!out) P("    struct fipc_vector _v_%s = {NULL, 0};\n", n);
    } else {
        declare_local(g, &f->type, "", n, c == GEN_SCALAR ? " = 0" : "");
    }
}

void gen_locals(struct gen *g, const struct fic_method *m, const struct fic_fields *list,
                enum gen_style style)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct fic_field *f = &list->v[i];
        struct gen_name n = local_name(gen_param(m, list, f), style);
        enum gen_class c = gen_class(g->im, &f->type);
        if (is_reserved(f)) continue;
        if (is_optional(f)) {
            /* Arguments that are pointers to handlers show absence by NULL. */
            bool by_pointer = (c == GEN_STRING || c == GEN_BYTES || c == GEN_VECTOR) && !is_view(f);
            if (style != GEN_HANDLER_IN || !by_pointer)
                P("    bool %shas_%s = false;\n", style == GEN_OUT ? "_v_" : "",
                  gen_param(m, list, f).s);
        }
        if (style == GEN_OUT)
            local_out(g, f, n.s);
        else
            local_handler(g, f, n.s, style);
    }
}

/* A function that knows the members of a strict enum. */
static struct gen_name enum_test(struct gen *g, const struct fic_typedef *d)
{
    struct gen_name name = gen_join("known", gen_type_name(d->tname).s);
    unsigned bits = 8 * fic_int_size(d->base);
    uint64_t mask = bits == 64 ? ~0ull : (1ull << bits) - 1;

    if (!gen_once(g, name.s)) return name;
    fprintf(g->tables, "static inline bool %s(uint%u_t raw)\n{\n    switch (raw) {\n", name.s,
            bits);
    for (size_t i = 0; i < d->nmembers; i++)
        if (d->members[i].name)
            fprintf(g->tables, "    case 0x%llxu:\n",
                    (unsigned long long)(d->members[i].value & mask));
    fputs("        return true;\n    default: return false;\n    }\n}\n", g->tables);
    return name;
}

/* Prints the condition under which a scalar is malformed; false: it never is. */
static bool scalar_bad(struct gen *g, const struct fic_field *f, const char *n, char *buf,
                       size_t size)
{
    const struct fic_type *t = &f->type;
    const struct fic_typedef *d;

    if (gen_is_handle(t)) {
        snprintf(buf, size, "%s == 0", n);
        return !(f->flags & FIC_F_OPTIONAL);
    }
    if (t->kind != FIC_NAMED || fic_named(g->im, t)->open) return false;
    d = fic_named(g->im, t);
    if (d->kind == FIC_FLAGS)
        snprintf(buf, size, "%s & ~(%s)0x%llxu", n, gen_scalar_type(g->im, t).s,
                 (unsigned long long)gen_flags_mask(d));
    else
        snprintf(buf, size, "!%s((uint%u_t)%s)", enum_test(g, d).s, gen_bits(g->im, t), n);
    return true;
}

static void decode_scalar(struct gen *g, const struct fic_field *f, const char *n, const char *has,
                          const struct fic_field_layout *l, const char *bad)
{
    struct gen_name type = gen_scalar_type(g->im, &f->type);
    char test[3 * sizeof(struct gen_name)];
    bool optional = is_optional(f);
    unsigned at = (unsigned)l->offset, bits = gen_bits(g->im, &f->type);

    if (optional) {
        P("    if (%s8(_root, %u) > 1) %s;\n", g->get, (unsigned)l->has, bad);
        P("    %s = %s8(_root, %u) != 0;\n", has, g->get, (unsigned)l->has);
    }
    if (f->type.kind == FIC_BOOL) {
        P("    if (%s8(_root, %u) > 1) %s;\n", g->get, at, bad);
        P("    %s = %s8(_root, %u) != 0;\n", n, g->get, at);
    } else {
        P("    %s = (%s)%s%u(_root, %u);\n", n, type.s, g->get, bits, at);
    }
    if (optional) P("    if (!%s && %s != 0) %s;\n", has, n, bad);
    if (scalar_bad(g, f, n, test, sizeof(test))) {
        if (optional)
            P("    if (%s && (%s)) %s;\n", has, test, bad);
        else
            P("    if (%s) %s;\n", test, bad);
    }
}

static void decode_text(struct gen *g, const struct fic_field *f, const char *n, const char *user,
                        const char *has, unsigned at, enum gen_style style)
{
    bool text = f->type.kind == FIC_STRING, optional = is_optional(f);
    unsigned bound = (unsigned)f->type.count;
    const char *indent = optional ? "        " : "    ";

    if (optional && (style == GEN_OUT || is_view(f)))
        P("    %s = !fipc_absent(_root + %u);\n", has, at);
    if (optional) P("    if (!fipc_absent(_root + %u)) {\n", at);
    if (style == GEN_OUT)
        P("%s_e = fipc_in_%s(_in, _root + %u, %u, %s, %s_cap, &%s_len);\n", indent,
          text ? "string" : "bytes", at, bound, user, user, n);
    else if (is_view(f))
        P("%s_e = fipc_in_view(_in, _root + %u, %u, &%s);\n", indent, at, bound, n);
    else
        P("%s_e = fipc_req_%s(_r, _root + %u, %u, &%s, &%s_len);\n", indent,
          text ? "string" : "bytes", at, bound, n, n);
    P("%sif (_e != FUT_OK) return _e;\n", indent);
    if (optional) P("    }\n");
}

void gen_scalar_check(struct gen *g, const struct fic_field *f, const char *n, const char *bad)
{
    char test[3 * sizeof(struct gen_name)];

    if (f->type.kind == FIC_BOOL)
        P("        if (%s > 1) %s;\n", n, bad);
    else if (scalar_bad(g, f, n, test, sizeof(test)))
        P("        if (%s) %s;\n", test, bad);
}

/* n: the union itself. A bool is looked at as a byte before it is one. */
static void decode_scalar_union(struct gen *g, const struct fic_field *f, const char *n,
                                unsigned at, const char *bad)
{
    const struct fic_typedef *d = fic_named(g->im, &f->type);
    struct fic_union_layout l;

    fic_layout_union(g->im, d, &l);
    P("    memset(&%s, 0, sizeof(%s));\n    %s.tag = %s32(_root, %u);\n"
      "    switch (%s.tag) {\n",
      n, n, n, g->get, at, n);
    for (size_t i = 0; i < d->nmembers; i++) {
        const struct fic_field *member = &d->members[i].field;
        unsigned bits = gen_bits(g->im, &member->type);
        if (!d->members[i].name) continue;
        P("    case %u: {\n        uint%u_t _raw = %s%u(_root, %u);\n",
          (unsigned)d->members[i].value, bits, g->get, bits, at + (unsigned)l.payload);
        gen_scalar_check(g, member, "_raw", bad);
        P("        %s.u.%s = (%s)_raw;\n        break;\n    }\n", n,
          gen_member(d->members[i].name).s, gen_scalar_type(g->im, &member->type).s);
    }
    P("    default: %s;\n    }\n", bad);
}

void gen_decode_simple(struct gen *g, const struct fic_field *f, const char *n,
                       const struct fic_field_layout *l, const char *bad)
{
    if (gen_class(g->im, &f->type) == GEN_SCALAR)
        decode_scalar(g, f, n, "", l, bad);
    else
        decode_scalar_union(g, f, n, (unsigned)l->offset, bad);
}

/* Everything that a table describes. */
static void decode_table(struct gen *g, const struct fic_field *f, const char *n, const char *user,
                         const char *has, const struct fic_field_layout *l, enum gen_style style)
{
    enum gen_class c = gen_class(g->im, &f->type);
    struct gen_name t = gen_table(g, &f->type);
    unsigned at = (unsigned)l->offset;
    char target[sizeof(struct gen_name) + 8], flag[sizeof(struct gen_name) + 32];

    if (style == GEN_OUT && c == GEN_VECTOR && !gen_needs_arena(g->im, &f->type)) {
        if (is_optional(f))
            P("    %s = !fipc_absent(_root + %u);\n    if (%s)\n    ", has, at, has);
        P("    _e = fipc_in_plain(_in, &%s, _root + %u, %s, %s_cap, &%s_n);\n", t.s, at, user, user,
          n);
        P("    if (_e != FUT_OK) return _e;\n");
        return;
    }
    if (c == GEN_VECTOR && style != GEN_OUT)
        snprintf(target, sizeof(target), "&_v_%s", n);
    else if (style == GEN_OUT && in_place(g, f) && c != GEN_VECTOR)
        snprintf(target, sizeof(target), "%s", user);
    else
        snprintf(target, sizeof(target), "%s%s", c == GEN_ARRAY ? "" : "&", n);
    snprintf(flag, sizeof(flag), "&%s", has);
    if (is_optional(f) && c == GEN_VECTOR && style != GEN_OUT)
        P("    if (!fipc_absent(_root + %u))\n        _e = fipc_in_value(_in, &%s, _root + %u, "
          "%s);\n",
          at, t.s, at, target);
    else if (is_optional(f))
        P("    _e = fipc_in_optional(_in, &%s, _root + %u, %u, %s, %s);\n", t.s, at,
          l->has ? (unsigned)(l->has - l->offset) : 0, flag, target);
    else
        P("    _e = fipc_in_value(_in, &%s, _root + %u, %s);\n", t.s, at, target);
    P("    if (_e != FUT_OK) return _e;\n");
    if (c == GEN_VECTOR && style != GEN_OUT)
        P("    %s = _v_%s.v;\n    %s_n = _v_%s.n;\n", n, n, n, n);
}

void gen_decode(struct gen *g, const struct fic_method *m, const struct fic_fields *list,
                enum gen_style style, const char *bad)
{
    struct fic_message_layout l;

    fic_layout_message(g->im, list, &l);
    for (size_t i = 0; i < list->n; i++) {
        const struct fic_field *f = &list->v[i];
        struct gen_name user = gen_param(m, list, f), n = local_name(user, style);
        enum gen_class c = gen_class(g->im, &f->type);
        char has[sizeof(struct gen_name) + 16];
        if (is_reserved(f)) continue;
        snprintf(has, sizeof(has), "%shas_%s", style == GEN_OUT ? "_v_" : "", user.s);
        if (c == GEN_SCALAR)
            decode_scalar(g, f, n.s, has, &l.root.fields[i], bad);
        else if (c == GEN_STRING || c == GEN_BYTES)
            decode_text(g, f, n.s, user.s, has, (unsigned)l.root.fields[i].offset, style);
        else if (!is_optional(f) && gen_scalar_union(g->im, &f->type))
            decode_scalar_union(g, f, n.s, (unsigned)l.root.fields[i].offset, bad);
        else
            decode_table(g, f, n.s, user.s, has, &l.root.fields[i], style);
    }
}

void gen_store(struct gen *g, const struct fic_method *m, const struct fic_fields *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct fic_field *f = &list->v[i];
        struct gen_name n = gen_param(m, list, f);
        enum gen_class c = gen_class(g->im, &f->type);
        if (is_reserved(f)) continue;
        if (is_optional(f)) P("    *has_%s = _v_has_%s;\n", n.s, n.s);
        if (c == GEN_STRING || c == GEN_BYTES)
            P("    *%s_len = _v_%s_len;\n", n.s, n.s);
        else if (c == GEN_VECTOR && gen_needs_arena(g->im, &f->type))
            P("    *%s = _v_%s.v;\n    *%s_n = _v_%s.n;\n", n.s, n.s, n.s, n.s);
        else if (c == GEN_VECTOR)
            P("    *%s_n = _v_%s_n;\n", n.s, n.s);
        else if (c == GEN_SCALAR || (c == GEN_STRUCT && !in_place(g, f)))
            P("    *%s = _v_%s;\n", n.s, n.s);
        else if (!in_place(g, f))
            P("    memcpy(%s, _v_%s, sizeof(_v_%s));\n", n.s, n.s, n.s);
    }
}

void gen_pass_results(struct gen *g, const struct fic_method *m, const struct fic_fields *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct fic_field *f = &list->v[i];
        struct gen_name n = gen_param(m, list, f);
        enum gen_class c = gen_class(g->im, &f->type);
        char has[sizeof(n) + 16] = "";
        const char *otherwise = is_optional(f) ? " : NULL" : "";
        if (is_reserved(f)) continue;
        if (is_optional(f)) snprintf(has, sizeof(has), "has_%s ? ", n.s);
        if (c == GEN_STRING)
            P(", %s(const char *)%s.data%s, %s.len", has, n.s, otherwise, n.s);
        else if (c == GEN_BYTES)
            P(", %s%s.data%s, %s.len", has, n.s, otherwise, n.s);
        else if (c == GEN_VECTOR)
            P(", %s%s%s, %s_n", has, n.s, otherwise, n.s);
        else if (c == GEN_STRUCT || (c == GEN_SCALAR && is_optional(f)))
            P(", %s&%s%s", has, n.s, otherwise);
        else
            P(", %s%s%s", has, n.s, otherwise);
    }
}
