/* SPDX-License-Identifier: Apache-2.0 */
/* The parser: recursive descent with one token of look-ahead. Depth is bounded by the nesting limit
 * of types. */
#include "ast.h"
#include <string.h>

static bool take_number(struct fic_lexer *lx, uint64_t *v, const char *what)
{
    if (lx->tok.kind != FIC_TK_NUMBER) return fic_lex_fail(lx, "%s", what), false;
    *v = lx->tok.value;
    return fic_lex_next(lx) == 0;
}

/* A number in min..max. */
static bool take_range(struct fic_lexer *lx, uint64_t min, uint64_t max, uint64_t *v,
                       const char *what)
{
    if (lx->tok.kind != FIC_TK_NUMBER || lx->tok.value < min || lx->tok.value > max)
        return fic_lex_fail(lx, "%s in %llu..%llu", what, (unsigned long long)min,
                            (unsigned long long)max),
               false;
    return take_number(lx, v, what);
}

enum name_class { LOWER, UPPER, CAPS, METHOD };

/* A method may be called `open`: no declaration can begin where its name stands. */
static const char *take_name(struct fic_lexer *lx, enum name_class c)
{
    static const char *const what[] = {"a name in lower case that is no keyword",
                                       "a name such as Attr", "a name such as MAX_SIZE",
                                       "a name in lower case that is no keyword"};
    const char *text = lx->tok.text;
    size_t n = strlen(text);
    bool ok = c == UPPER  ? lx->tok.kind == FIC_TK_CAPITAL && fic_is_upper(text, n)
              : c == CAPS ? lx->tok.kind == FIC_TK_CAPITAL && fic_is_caps(text, n)
                          : lx->tok.kind == FIC_TK_LOWER &&
                                (!fic_is_keyword(text) || (c == METHOD && !strcmp(text, "open")));

    if (!ok) return fic_lex_fail(lx, "%s", what[c]), "";
    if (n > FIC_MAX_NAME)
        return fic_lex_fail(lx, "a name of at most %d characters", FIC_MAX_NAME), "";
    fic_lex_next(lx);
    return text;
}

static const char *take_qname(struct fic_lexer *lx)
{
    struct fic_token first = lx->tok;
    char name[FIC_MAX_LIBRARY + 1];
    size_t n = 0;

    do {
        const char *part = take_name(lx, LOWER);
        size_t k = strlen(part);
        if (lx->failed) return "";
        if (n + (n > 0) + k > FIC_MAX_LIBRARY) {
            lx->tok = first;
            fic_lex_fail(lx, "a library name of at most %d characters", FIC_MAX_LIBRARY);
            return "";
        }
        if (n) name[n++] = '.';
        memcpy(name + n, part, k);
        n += k;
    } while (fic_lex_accept(lx, "."));
    return fic_arena_text(lx->arena, name, n);
}

static void parse_num(struct fic_lexer *lx, struct ast_num *n)
{
    n->pos = lx->tok.pos;
    if (lx->tok.kind == FIC_TK_CAPITAL)
        n->name = take_name(lx, CAPS);
    else
        take_number(lx, &n->value, "a number or a constant");
}

static void parse_tname(struct fic_lexer *lx, struct ast_tname *t)
{
    t->pos = lx->tok.pos;
    if (lx->tok.kind == FIC_TK_LOWER && !fic_is_keyword(lx->tok.text)) {
        struct fic_token first = lx->tok;
        t->alias = take_name(lx, LOWER);
        if (!lx->failed && !fic_lex_is(lx, ".")) {
            lx->tok = first;
            fic_lex_fail(lx, "a type");
            return;
        }
        fic_lex_expect(lx, ".");
    }
    t->name = take_name(lx, UPPER);
}

/* bool and the integers; FIC_NAMED if it is none. */
static enum fic_kind scalar_kind(const struct fic_token *t)
{
    static const char *const names[] = {"bool", "u8",  "u16", "u32", "u64",
                                        "i8",   "i16", "i32", "i64"};

    for (unsigned i = 0; t->kind == FIC_TK_LOWER && i < 9; i++)
        if (!strcmp(names[i], t->text)) return (enum fic_kind)i;
    return FIC_NAMED;
}

static void parse_type(struct fic_lexer *lx, struct ast_type *t, unsigned depth);

static void parse_generic(struct fic_lexer *lx, struct ast_type *t, unsigned depth)
{
    fic_lex_next(lx);
    fic_lex_expect(lx, "<");
    if (t->kind == FIC_CAP && fic_lex_accept(lx, "memory")) {
        t->kind = FIC_CAP_MEMORY;
    } else if (t->kind == FIC_CAP && fic_lex_accept(lx, "notification")) {
        t->kind = FIC_CAP_NOTIFICATION;
    } else if (t->kind == FIC_CAP || t->kind == FIC_OBJ) {
        parse_tname(lx, &t->tname);
    } else if (t->kind == FIC_VECTOR || t->kind == FIC_ARRAY) {
        t->elem = fic_arena_alloc(lx->arena, sizeof(*t->elem));
        parse_type(lx, t->elem, depth + 1);
        fic_lex_expect(lx, ",");
        parse_num(lx, &t->num);
    } else {
        parse_num(lx, &t->num);
    }
    fic_lex_expect(lx, ">");
}

static void parse_type(struct fic_lexer *lx, struct ast_type *t, unsigned depth)
{
    static const struct {
        const char *word;
        enum fic_kind kind;
    } generic[] = {{"string", FIC_STRING}, {"bytes", FIC_BYTES}, {"vector", FIC_VECTOR},
                   {"array", FIC_ARRAY},   {"cap", FIC_CAP},     {"obj", FIC_OBJ}};

    if (lx->failed) return;
    t->pos = lx->tok.pos;
    t->kind = scalar_kind(&lx->tok);
    if (t->kind != FIC_NAMED) {
        fic_lex_next(lx);
        return;
    }
    for (size_t i = 0; i < sizeof(generic) / sizeof(generic[0]); i++)
        if (fic_lex_is(lx, generic[i].word)) {
            t->kind = generic[i].kind;
            if (depth >= FIC_MAX_NESTING && t->kind >= FIC_VECTOR && t->kind <= FIC_ARRAY) {
                fic_lex_fail(lx, "at most %d levels of nesting", FIC_MAX_NESTING);
                return;
            }
            parse_generic(lx, t, depth);
            return;
        }
    if (lx->tok.kind != FIC_TK_CAPITAL &&
        (lx->tok.kind != FIC_TK_LOWER || fic_is_keyword(lx->tok.text)))
        fic_lex_fail(lx, "a type");
    else
        parse_tname(lx, &t->tname);
}

static void parse_field(struct fic_lexer *lx, struct ast_field *f)
{
    f->doc = lx->tok.doc;
    f->pos = lx->tok.pos;
    f->name = "";
    if (fic_lex_accept(lx, "reserved")) {
        f->flags = FIC_F_RESERVED;
    } else {
        if (fic_lex_accept(lx, "optional"))
            f->flags = FIC_F_OPTIONAL;
        else if (fic_lex_accept(lx, "view"))
            f->flags = FIC_F_VIEW;
        f->pos = lx->tok.pos;
        f->name = take_name(lx, LOWER);
    }
    fic_lex_expect(lx, ":");
    parse_type(lx, &f->type, 0);
    if (!lx->failed && f->flags == FIC_F_VIEW && f->type.kind != FIC_BYTES) {
        fic_fail(lx->e, &f->type.pos, NULL, "bytes after view");
        lx->failed = true;
    }
}

static struct ast_field *push_field(struct fic_lexer *lx, struct ast_fields *f)
{
    if (f->n == FIC_MAX_FIELDS) {
        fic_lex_fail(lx, "at most %d fields", FIC_MAX_FIELDS);
        return NULL;
    }
    return fic_arena_push(lx->arena, &f->v, &f->n, sizeof(*f->v));
}

/* ( [ field { "," field } ] ) */
static void parse_params(struct fic_lexer *lx, struct ast_fields *out, bool empty)
{
    struct ast_field *f;

    fic_lex_expect(lx, "(");
    if (empty && fic_lex_accept(lx, ")")) return;
    do {
        f = push_field(lx, out);
        if (!f) return;
        parse_field(lx, f);
    } while (!lx->failed && fic_lex_accept(lx, ","));
    if (!lx->failed && !fic_lex_accept(lx, ")")) fic_lex_fail(lx, "',' or ')'");
}

static void parse_struct(struct fic_lexer *lx, struct ast_decl *d)
{
    fic_lex_expect(lx, "{");
    do {
        struct ast_field *f = push_field(lx, &d->fields);
        if (!f) return;
        parse_field(lx, f);
        fic_lex_expect(lx, ";");
    } while (!lx->failed && !fic_lex_is(lx, "}"));
    fic_lex_expect(lx, "}");
}

static struct ast_member *push_member(struct fic_lexer *lx, struct ast_decl *d)
{
    struct ast_member *m;

    if (d->nmembers == FIC_MAX_MEMBERS) {
        fic_lex_fail(lx, "at most %d members", FIC_MAX_MEMBERS);
        return NULL;
    }
    m = fic_arena_push(lx->arena, &d->members, &d->nmembers, sizeof(*m));
    m->doc = lx->tok.doc;
    m->pos = lx->tok.pos;
    return m;
}

static void parse_base(struct fic_lexer *lx, struct ast_decl *d)
{
    fic_lex_expect(lx, ":");
    d->base = scalar_kind(&lx->tok);
    if (d->base == FIC_BOOL || d->base > (d->kind == AST_FLAGS ? FIC_U64 : FIC_I64))
        fic_lex_fail(lx, d->kind == AST_FLAGS ? "u8, u16, u32 or u64" : "an integer type");
    else
        fic_lex_next(lx);
}

static bool value_fits(enum fic_kind base, bool negative, uint64_t v)
{
    static const uint8_t bits[] = {0, 8, 16, 32, 64, 7, 15, 31, 63};
    uint64_t limit = bits[base] == 64 ? UINT64_MAX : ((uint64_t)1 << bits[base]) - 1;

    if (negative) return base >= FIC_I8 && v <= limit + 1;
    return v <= limit;
}

static void parse_enum(struct fic_lexer *lx, struct ast_decl *d)
{
    parse_base(lx, d);
    fic_lex_expect(lx, "{");
    do {
        struct ast_member *m = push_member(lx, d);
        if (!m) return;
        if (!fic_lex_accept(lx, "reserved")) {
            m->name = take_name(lx, CAPS);
            fic_lex_expect(lx, "=");
        }
        m->pos = lx->tok.pos;
        if (d->kind == AST_ENUM && fic_lex_accept(lx, "-")) m->negative = true;
        if (lx->failed) return;
        if (d->kind == AST_FLAGS) {
            static const uint8_t bits[] = {0, 8, 16, 32, 64};
            take_range(lx, 0, bits[d->base] - 1u, &m->value, "a bit number");
        } else if (lx->tok.kind == FIC_TK_NUMBER &&
                   !value_fits(d->base, m->negative, lx->tok.value)) {
            fic_lex_fail(lx, "a value that the base holds");
        } else {
            take_number(lx, &m->value, "a number");
        }
        if (m->negative) m->value = -m->value;
        fic_lex_expect(lx, ";");
    } while (!lx->failed && !fic_lex_is(lx, "}"));
    fic_lex_expect(lx, "}");
}

static void parse_union(struct fic_lexer *lx, struct ast_decl *d)
{
    fic_lex_expect(lx, "{");
    do {
        struct ast_member *m = push_member(lx, d);
        if (!m || !take_range(lx, 1, 255, &m->value, "a tag")) return;
        fic_lex_expect(lx, ":");
        if (!fic_lex_accept(lx, "reserved")) {
            m->field.pos = lx->tok.pos;
            m->name = m->field.name = take_name(lx, LOWER);
            fic_lex_expect(lx, ":");
            parse_type(lx, &m->field.type, 0);
        }
        fic_lex_expect(lx, ";");
    } while (!lx->failed && !fic_lex_is(lx, "}"));
    fic_lex_expect(lx, "}");
}

static void parse_errors(struct fic_lexer *lx, struct ast_decl *d)
{
    fic_lex_next(lx);
    fic_lex_expect(lx, "{");
    do {
        struct ast_member *m;
        if (d->nmembers > FIC_ERROR_LAST) {
            fic_lex_fail(lx, "'}'");
            return;
        }
        m = fic_arena_push(lx->arena, &d->members, &d->nmembers, sizeof(*m));
        m->doc = lx->tok.doc;
        m->pos = lx->tok.pos;
        if (!take_range(lx, FIC_ERROR_FIRST, FIC_ERROR_LAST, &m->value, "an error number")) return;
        fic_lex_expect(lx, ":");
        if (!fic_lex_accept(lx, "reserved")) m->name = take_name(lx, CAPS);
        fic_lex_expect(lx, ";");
    } while (!lx->failed && !fic_lex_is(lx, "}"));
    fic_lex_expect(lx, "}");
}

static void parse_method(struct fic_lexer *lx, struct ast_item *it)
{
    static const char *const words[] = {"blocking", "idempotent", "keep"};
    bool more = true;

    while (more && !lx->failed) {
        more = false;
        for (unsigned i = 0; i < 3; i++)
            if (fic_lex_is(lx, words[i])) {
                if (it->flags & 1u << i) {
                    fic_lex_fail(lx, "each of blocking, idempotent and keep at most once");
                    return;
                }
                it->flags |= (uint8_t)(1u << i);
                fic_lex_next(lx);
                more = true;
            }
    }
    it->pos = lx->tok.pos;
    it->name = take_name(lx, METHOD);
    parse_params(lx, &it->args, true);
    if (!lx->failed && fic_lex_accept(lx, "->")) parse_params(lx, &it->results, false);
}

static void parse_ordinal_item(struct fic_lexer *lx, struct ast_item *it)
{
    if (!take_range(lx, FIC_ORDINAL_FIRST, FIC_ORDINAL_LAST, &it->ordinal, "an ordinal")) return;
    fic_lex_expect(lx, ":");
    it->kind = AST_METHOD;
    if (fic_lex_accept(lx, "reserved")) {
        it->kind = AST_RESERVED;
    } else if (fic_lex_is(lx, "oneway") || fic_lex_is(lx, "event")) {
        it->kind = fic_lex_is(lx, "oneway") ? AST_ONEWAY : AST_EVENT;
        fic_lex_next(lx);
        it->pos = lx->tok.pos;
        it->name = take_name(lx, METHOD);
        parse_params(lx, &it->args, true);
    } else {
        parse_method(lx, it);
    }
}

static void parse_ring(struct fic_lexer *lx, struct ast_item *it)
{
    it->kind = AST_RING;
    it->pos = lx->tok.pos;
    it->name = take_name(lx, LOWER);
    fic_lex_expect(lx, ":");
    parse_tname(lx, &it->tname);
    fic_lex_expect(lx, "[");
    parse_num(lx, &it->num);
    fic_lex_expect(lx, "]");
    fic_lex_expect(lx, "from");
    if (fic_lex_accept(lx, "server"))
        it->from_server = true;
    else if (!lx->failed && !fic_lex_accept(lx, "client"))
        fic_lex_fail(lx, "'client' or 'server'");
}

static enum fic_access take_access(struct fic_lexer *lx)
{
    if (fic_lex_accept(lx, "rw")) return FIC_ACCESS_RW;
    if (fic_lex_accept(lx, "ro")) return FIC_ACCESS_RO;
    if (!fic_lex_accept(lx, "none")) fic_lex_fail(lx, "'rw', 'ro' or 'none'");
    return FIC_ACCESS_NONE;
}

static void parse_pool(struct fic_lexer *lx, struct ast_item *it)
{
    it->kind = AST_POOL;
    it->pos = lx->tok.pos;
    it->name = take_name(lx, LOWER);
    fic_lex_expect(lx, ":");
    parse_num(lx, &it->num);
    fic_lex_expect(lx, "client");
    it->client = take_access(lx);
    fic_lex_expect(lx, "server");
    it->server = take_access(lx);
}

static void parse_interface(struct fic_lexer *lx, struct ast_decl *d)
{
    fic_lex_expect(lx, "{");
    while (!lx->failed && !fic_lex_is(lx, "}")) {
        struct ast_item *it;
        if (fic_lex_is(lx, "errors")) {
            parse_errors(lx, d);
            continue;
        }
        it = fic_arena_push(lx->arena, &d->items, &d->nitems, sizeof(*it));
        it->pos = lx->tok.pos;
        it->doc = lx->tok.doc;
        if (fic_lex_accept(lx, "compose"))
            parse_tname(lx, &it->tname);
        else if (fic_lex_accept(lx, "ring"))
            parse_ring(lx, it);
        else if (fic_lex_accept(lx, "pool"))
            parse_pool(lx, it);
        else if (lx->tok.kind == FIC_TK_NUMBER)
            parse_ordinal_item(lx, it);
        else
            fic_lex_fail(lx, "an ordinal, 'compose', 'errors', 'ring', 'pool' or '}'");
        fic_lex_expect(lx, ";");
    }
    fic_lex_expect(lx, "}");
}

static void parse_decl(struct fic_lexer *lx, struct ast_lib *lib)
{
    static const char *const words[] = {"const", "enum", "flags", "struct", "union", "interface"};
    struct ast_decl *d = fic_arena_push(lx->arena, &lib->decls, &lib->ndecls, sizeof(*d));
    unsigned k = 0;

    d->doc = lx->tok.doc;
    d->open = fic_lex_accept(lx, "open");
    while (k < 6 && !fic_lex_is(lx, words[k]))
        k++;
    if (k == 6 || (d->open && (k == AST_CONST || k == AST_INTERFACE))) {
        fic_lex_fail(lx, d->open ? "'enum', 'flags', 'struct' or 'union'"
                                 : "'const', 'enum', 'flags', 'struct', 'union' or 'interface'");
        return;
    }
    d->kind = (enum ast_decl_kind)k;
    fic_lex_next(lx);
    d->pos = lx->tok.pos;
    d->name = take_name(lx, k == AST_CONST ? CAPS : UPPER);
    switch (d->kind) {
    case AST_CONST:
        fic_lex_expect(lx, "=");
        take_number(lx, &d->value, "a number");
        fic_lex_expect(lx, ";");
        break;
    case AST_ENUM:
    case AST_FLAGS: parse_enum(lx, d); break;
    case AST_STRUCT: parse_struct(lx, d); break;
    case AST_UNION: parse_union(lx, d); break;
    case AST_INTERFACE: parse_interface(lx, d); break;
    }
}

static void parse_import(struct fic_lexer *lx, struct ast_lib *lib)
{
    struct ast_import *im = fic_arena_push(lx->arena, &lib->imports, &lib->nimports, sizeof(*im));
    const char *dot;
    uint64_t major = 0;

    im->pos = lx->tok.pos;
    im->library = take_qname(lx);
    take_range(lx, 1, 65535, &major, "a major version");
    im->major = (uint32_t)major;
    dot = strrchr(im->library, '.');
    im->alias = dot ? dot + 1 : im->library;
    if (!lx->failed && fic_lex_accept(lx, "as")) im->alias = take_name(lx, LOWER);
    fic_lex_expect(lx, ";");
}

int fic_parse(struct fic_arena *a, const char *file, const char *text, size_t len,
              struct ast_lib **out, struct fic_error *e)
{
    struct ast_lib *lib = fic_arena_alloc(a, sizeof(*lib));
    struct fic_lexer lx;
    uint64_t major = 0;

    if (fic_lex_start(&lx, a, fic_arena_format(a, "%s", file), text, len, false, e)) return -1;
    fic_lex_expect(&lx, "library");
    lib->pos = lx.tok.pos;
    lib->name = take_qname(&lx);
    take_range(&lx, 1, 65535, &major, "a major version");
    lib->major = (uint32_t)major;
    fic_lex_expect(&lx, ";");
    while (!lx.failed && fic_lex_accept(&lx, "import"))
        parse_import(&lx, lib);
    while (!lx.failed && lx.tok.kind != FIC_TK_END)
        parse_decl(&lx, lib);
    *out = lib;
    return lx.failed ? -1 : 0;
}
