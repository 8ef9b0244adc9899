/* SPDX-License-Identifier: Apache-2.0 */
/* What the parser makes of one interface file: names are not resolved yet. */
#ifndef FIC_AST_H
#define FIC_AST_H
#include "image.h"
#include "lex.h"

struct ast_num { /* a literal, or the name of a constant */
    uint64_t value;
    const char *name; /* NULL: literal */
    struct fic_pos pos;
};

struct ast_tname {
    const char *alias; /* NULL: this library */
    const char *name;
    struct fic_pos pos;
};

struct ast_type {
    enum fic_kind kind; /* FIC_NAMED: tname */
    struct ast_num num;
    struct ast_type *elem;
    struct ast_tname tname;
    struct fic_pos pos;
};

struct ast_field {
    const char *name; /* "" if reserved */
    uint8_t flags;
    struct ast_type type;
    struct fic_pos pos;
    const char *doc;
};

struct ast_fields {
    struct ast_field *v;
    size_t n;
};

struct ast_member { /* of enum, flags, union, errors */
    bool negative;
    uint64_t value;
    const char *name; /* NULL: reserved */
    struct ast_field field;
    struct fic_pos pos;
    const char *doc;
};

enum ast_item_kind {
    AST_COMPOSE,
    AST_METHOD,
    AST_ONEWAY,
    AST_EVENT,
    AST_RESERVED,
    AST_RING,
    AST_POOL
};

struct ast_item {
    enum ast_item_kind kind;
    uint64_t ordinal;
    const char *name;
    uint8_t flags;
    struct ast_fields args, results;
    struct ast_tname tname; /* compose, ring */
    struct ast_num num;     /* ring, pool */
    bool from_server;
    enum fic_access client, server;
    struct fic_pos pos;
    const char *doc;
};

enum ast_decl_kind { AST_CONST, AST_ENUM, AST_FLAGS, AST_STRUCT, AST_UNION, AST_INTERFACE };

struct ast_decl {
    enum ast_decl_kind kind;
    bool open;
    const char *name;
    uint64_t value; /* const */
    enum fic_kind base;
    struct ast_member *members; /* enum, flags, union; interface: errors */
    size_t nmembers;
    struct ast_fields fields;
    struct ast_item *items;
    size_t nitems;
    struct fic_pos pos;
    const char *doc;
};

struct ast_lib;

struct ast_import {
    const char *library;
    uint32_t major;
    const char *alias;
    struct fic_pos pos;
    struct ast_lib *lib; /* set by the loader */
};

struct ast_lib {
    const char *name;
    uint32_t major;
    struct ast_import *imports;
    size_t nimports;
    struct ast_decl *decls;
    size_t ndecls;
    struct fic_pos pos;
};

/* Parses a text; everything lives in the arena. 0, or -1 and *e. */
int fic_parse(struct fic_arena *a, const char *file, const char *text, size_t len,
              struct ast_lib **out, struct fic_error *e);

#endif
