/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of the interface language and of the manifest language (same lexical rules; the manifest
 * adds strings and durations). */
#ifndef FIC_LEX_H
#define FIC_LEX_H
#include "arena.h"
#include "error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No text longer than this is read. */
#define FIC_MAX_TEXT (1u << 20)

#define FIC_MAX_DOC 65536

enum fic_token_kind {
    FIC_TK_END,
    FIC_TK_LOWER,   /* [a-z][a-z0-9_]*, keywords included */
    FIC_TK_CAPITAL, /* [A-Z][A-Za-z0-9_]*: Upper, UPPER or both */
    FIC_TK_NUMBER,
    FIC_TK_STRING, /* manifest only: text without quotes and escapes */
    FIC_TK_PUNCT   /* one character, or "->" or ".." */
};

enum fic_unit { FIC_UNIT_NONE, FIC_UNIT_SIZE, FIC_UNIT_MS, FIC_UNIT_S };

struct fic_token {
    enum fic_token_kind kind;
    const char *text; /* terminated; "" at the end */
    uint64_t value;   /* NUMBER: suffix KiB and MiB applied, durations in milliseconds */
    enum fic_unit unit;
    struct fic_pos pos;
    const char *doc; /* text of the doc comment before it (at most FIC_MAX_DOC bytes), or NULL */
};

struct fic_lexer {
    struct fic_arena *arena;
    const char *p, *end;
    struct fic_pos pos;
    bool manifest;
    struct fic_token tok; /* the current token */
    char *doc;            /* what tok.doc points to, with its length and room */
    size_t doc_len, doc_room;
    struct fic_error *e;
    bool failed; /* sticky: after it every token is END */
};

/* Starts on a text (borrowed until the arena dies) and reads the first token. `file` is borrowed.
 */
int fic_lex_start(struct fic_lexer *lx, struct fic_arena *a, const char *file, const char *text,
                  size_t len, bool manifest, struct fic_error *e);
/* Reads the next token: 0, or -1 and the error of fic_lex_start is set. */
int fic_lex_next(struct fic_lexer *lx);
/* Fails at the current token with what was expected; the first failure wins. Returns -1. */
int fic_lex_fail(struct fic_lexer *lx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool fic_lex_is(const struct fic_lexer *lx, const char *word); /* keyword or punctuation */
bool fic_lex_accept(struct fic_lexer *lx, const char *word);   /* taken if it is */
int fic_lex_expect(struct fic_lexer *lx, const char *word);

bool fic_is_keyword(const char *word);      /* of the interface language */
bool fic_is_lower(const char *s, size_t n); /* [a-z][a-z0-9_]* */
bool fic_is_upper(const char *s, size_t n); /* [A-Z][A-Za-z0-9]* */
bool fic_is_caps(const char *s, size_t n);  /* [A-Z][A-Z0-9_]* */

#endif
