/* SPDX-License-Identifier: Apache-2.0 */
/* Type tables (struct fipc_type) of what generated code leaves to the runtime's codec. */
#include "gen_c_impl.h"
#include <string.h>

/* "t_u32", "t_fs_attr", "t_vector_128_fs_dirent": one name a type. */
static struct gen_name table_name(const struct fic_image *im, const struct fic_type *t)
{
    static const char *const kinds[] = {"bool", "u8",  "u16", "u32", "u64",
                                        "i8",   "i16", "i32", "i64"};
    struct gen_name out = {""}, elem;
    const struct fic_typedef *d;

    if (t->kind <= FIC_I64) {
        snprintf(out.s, sizeof(out.s), "t_%s", kinds[t->kind]);
    } else if (gen_is_handle(t)) {
        snprintf(out.s, sizeof(out.s), t->kind == FIC_OBJ ? "t_obj" : "t_cap");
    } else if (t->kind == FIC_NAMED) {
        d = fic_named(im, t);
        out = gen_join("t", gen_type_name(d->tname).s);
    } else if (t->elem) {
        elem = table_name(im, t->elem);
        snprintf(out.s, sizeof(out.s), "t_%s_%u_", t->kind == FIC_ARRAY ? "array" : "vector",
                 (unsigned)t->count);
        strncat(out.s, elem.s + 2, sizeof(out.s) - strlen(out.s) - 1);
    } else {
        snprintf(out.s, sizeof(out.s), "t_%s_%u", t->kind == FIC_STRING ? "string" : "bytes",
                 (unsigned)t->count);
    }
    return out;
}

static const char *table_kind(const struct fic_image *im, const struct fic_type *t)
{
    const struct fic_typedef *d;

    switch (t->kind) {
    case FIC_BOOL: return "FIPC_BOOL";
    case FIC_STRING: return "FIPC_STRING";
    case FIC_BYTES: return "FIPC_BYTES";
    case FIC_VECTOR: return "FIPC_VECTOR";
    case FIC_ARRAY: return "FIPC_ARRAY";
    case FIC_OBJ: return "FIPC_OBJ";
    case FIC_CAP:
    case FIC_CAP_MEMORY:
    case FIC_CAP_NOTIFICATION: return "FIPC_CAP";
    case FIC_NAMED: break;
    default: return "FIPC_INT";
    }
    d = fic_named(im, t);
    switch (d->kind) {
    case FIC_STRUCT: return d->open ? "FIPC_OPEN_STRUCT" : "FIPC_STRUCT";
    case FIC_UNION: return d->open ? "FIPC_OPEN_UNION" : "FIPC_UNION";
    case FIC_ENUM: return d->open ? "FIPC_INT" : "FIPC_ENUM";
    default: return d->open ? "FIPC_INT" : "FIPC_FLAGS";
    }
}

/* Rows of a struct's or union's parts; returns their number. */
static unsigned parts_struct(struct gen *g, const struct fic_type *t, const char *table)
{
    const struct fic_typedef *d = fic_named(g->im, t);
    struct gen_name name = gen_type_name(d->tname);
    struct fic_struct_layout l;
    unsigned rows = 0;

    fic_layout_struct(g->im, d, &l);
    for (size_t i = 0; i < d->fields.n; i++)
        if (!(d->fields.v[i].flags & FIC_F_RESERVED)) (void)gen_table(g, &d->fields.v[i].type);
    fprintf(g->tables, "static const struct fipc_field f_%s[] = {\n", table);
    for (size_t i = 0; i < d->fields.n; i++) {
        const struct fic_field *f = &d->fields.v[i];
        bool optional = f->flags & FIC_F_OPTIONAL;
        if (f->flags & FIC_F_RESERVED) continue;
        fprintf(g->tables, "    {&%s, %u, offsetof(struct %s, %s), %u, ",
                table_name(g->im, &f->type).s, (unsigned)l.fields[i].offset, name.s,
                gen_member(f->name).s, (unsigned)l.fields[i].has);
        if (optional && !gen_is_handle(&f->type))
            fprintf(g->tables, "offsetof(struct %s, has_%s), ", name.s, f->name);
        else
            fputs("0, ", g->tables);
        fprintf(g->tables, "%s},\n", optional ? "FIPC_OPTIONAL" : "0");
        rows++;
    }
    fputs("};\n", g->tables);
    return rows;
}

static unsigned parts_union(struct gen *g, const struct fic_typedef *d, const char *table)
{
    unsigned rows = 0;

    for (size_t i = 0; i < d->nmembers; i++)
        if (d->members[i].name) (void)gen_table(g, &d->members[i].field.type);
    fprintf(g->tables, "static const struct fipc_member f_%s[] = {\n", table);
    for (size_t i = 0; i < d->nmembers; i++)
        if (d->members[i].name) {
            fprintf(g->tables, "    {%u, &%s},\n", (unsigned)d->members[i].value,
                    table_name(g->im, &d->members[i].field.type).s);
            rows++;
        }
    fputs("};\n", g->tables);
    return rows;
}

/* Values as they lie in memory, without the sign's extension. */
static unsigned parts_enum(struct gen *g, const struct fic_typedef *d, const char *table)
{
    unsigned rows = 0, bits = 8 * fic_int_size(d->base);
    uint64_t mask = bits == 64 ? ~0ull : (1ull << bits) - 1;

    fprintf(g->tables, "static const uint64_t f_%s[] = {", table);
    for (size_t i = 0; i < d->nmembers; i++)
        if (d->members[i].name) {
            fprintf(g->tables, "%s0x%llxu", rows ? ", " : "",
                    (unsigned long long)(d->members[i].value & mask));
            rows++;
        }
    fputs("};\n", g->tables);
    return rows;
}

static unsigned table_parts(struct gen *g, const struct fic_type *t, const char *table)
{
    const struct fic_typedef *d = fic_named(g->im, t);

    if (d->kind == FIC_STRUCT) return parts_struct(g, t, table);
    if (d->kind == FIC_UNION) return parts_union(g, d, table);
    return d->kind == FIC_ENUM && !d->open ? parts_enum(g, d, table) : 0;
}

/* Any bytes are a value: nothing is checked, present or absent, or out of line. */
static bool any_bytes(const struct fic_image *im, const struct fic_type *t)
{
    const struct fic_typedef *d;

    if (t->kind >= FIC_U8 && t->kind <= FIC_I64) return true;
    if (t->kind == FIC_ARRAY) return any_bytes(im, t->elem);
    if (t->kind != FIC_NAMED) return false;
    d = fic_named(im, t);
    if (d->kind == FIC_ENUM || d->kind == FIC_FLAGS) return d->open;
    if (d->kind != FIC_STRUCT || d->open) return false;
    for (size_t i = 0; i < d->fields.n; i++)
        if (d->fields.v[i].flags || !any_bytes(im, &d->fields.v[i].type)) return false;
    return true;
}

/* An open struct whose block can be copied to C as it is. */
static bool is_flat(const struct fic_image *im, const struct fic_type *t, uint32_t block)
{
    const struct fic_typedef *d = fic_named(im, t);

    for (size_t i = 0; i < d->fields.n; i++)
        if (d->fields.v[i].flags || !any_bytes(im, &d->fields.v[i].type)) return false;
    return gen_c_size(im, t) == block;
}

static void table_named(struct gen *g, const struct fic_type *t, const char *table, unsigned parts)
{
    const struct fic_typedef *d = fic_named(g->im, t);
    struct fic_union_layout u;
    struct fic_struct_layout s;

    if (d->kind == FIC_STRUCT && d->open) {
        fic_layout_struct(g->im, d, &s);
        fprintf(g->tables, ", .stride = %u, .required = %u", (unsigned)s.size,
                (unsigned)s.required);
        if (is_flat(g->im, t, s.size)) fputs(", .flat = 1", g->tables);
    } else if (d->kind == FIC_UNION) {
        fic_layout_union(g->im, d, &u);
        fprintf(g->tables, ", .payload = %u, .c_payload = offsetof(struct %s, u)",
                (unsigned)u.payload, gen_type_name(d->tname).s);
    } else if (d->kind == FIC_FLAGS) {
        fprintf(g->tables, ", .mask = 0x%llxu", (unsigned long long)gen_flags_mask(d));
    }
    if (parts) fprintf(g->tables, ", .count = %u, .parts = f_%s", parts, table);
}

struct gen_name gen_table(struct gen *g, const struct fic_type *t)
{
    struct gen_name table = table_name(g->im, t);
    struct fic_value_layout v;
    unsigned parts = 0;

    if (!gen_once(g, table.s)) return table;
    if (t->elem) (void)gen_table(g, t->elem);
    if (t->kind == FIC_NAMED) parts = table_parts(g, t, table.s + 2);
    fic_layout_value(g->im, t, &v);
    fprintf(g->tables,
            "static const struct fipc_type %s = {.kind = %s, .plain = %d, .wire = %u, .size = %u",
            table.s, table_kind(g->im, t), gen_plain(g->im, t), (unsigned)v.size,
            (unsigned)gen_c_size(g->im, t));
    if (t->count) fprintf(g->tables, ", .count = %u", (unsigned)t->count);
    if (t->elem)
        fprintf(g->tables, ", .stride = %u, .elem = &%s", (unsigned)fic_stride(g->im, t),
                table_name(g->im, t->elem).s);
    if (t->kind == FIC_NAMED) table_named(g, t, table.s + 2, parts);
    fputs("};\n", g->tables);
    if (gen_class(g->im, t) == GEN_STRUCT)
        fprintf(g->tables, "_Static_assert(sizeof(struct %s) == %u, \"size in C\");\n",
                gen_type_name(fic_named(g->im, t)->tname).s, (unsigned)gen_c_size(g->im, t));
    return table;
}
