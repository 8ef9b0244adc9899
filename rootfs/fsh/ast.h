/* SPDX-License-Identifier: Apache-2.0 */
/* From text to tree: what lexer and parser of the shell produce. */
#ifndef FSH_AST_H
#define FSH_AST_H

#include <stdbool.h>
#include <stddef.h>

/* Memory that is freed as a whole, with the tree that lives in it. */
struct arena {
    struct arena_chunk *chunks;
    size_t used, size; /* of the newest chunk */
};
void *arena_alloc(struct arena *arena, size_t size); /* zeroed, 16-byte aligned */
char *arena_text(struct arena *arena, const char *text, size_t length);
void arena_free(struct arena *arena);

enum token_type {
    T_END,
    T_NEWLINE,
    T_WORD,
    T_SEMI,
    T_AMP,
    T_AND,
    T_OR,
    T_PIPE,
    T_OPEN,
    T_CLOSE,
    T_LESS,
    T_GREAT,
    T_APPEND,
    T_DUP_IN,
    T_DUP_OUT,
    T_HEREDOC,
    T_UNFINISHED, /* quote or substitution without its end */
    T_DEEP,       /* substitutions nested too deeply */
};

struct token {
    enum token_type type;
    const char *begin, *end; /* text of the token; a word keeps its quotes */
    int fd;                  /* redirections: descriptor before the operator, -1 = none */
};

/* Token at `at`; blanks and comments before it are skipped. Never reads past the zero. */
struct token lex_token(const char *at);
/* End of the substitution, expansion or quoted part that begins at `at` (one of $ ` " ' \); null
 * if it does not end, or *deep set if it nests too deeply. */
const char *lex_skip(const char *at, bool *deep);

enum redirect_type { R_IN, R_OUT, R_APPEND, R_DUP };

struct redirect {
    struct redirect *next;
    enum redirect_type type;
    int fd;
    const char *word; /* raw */
};

enum node_type {
    N_SIMPLE,   /* words, redirects */
    N_PIPELINE, /* children; negated */
    N_ANDOR,    /* children, each joined to the one before by its `join` */
    N_LIST,     /* children in sequence; async ones marked */
    N_GROUP,    /* { body } */
    N_SUBSHELL, /* ( body ) */
    N_IF,       /* condition, body, otherwise */
    N_WHILE,    /* condition, body; negated = until */
    N_FOR,      /* words[0] = name, the rest the list; body; all = over "$@" */
};

struct node {
    enum node_type type;
    enum token_type join; /* T_AND or T_OR to the sibling before */
    bool negated, async, all;
    const char *begin, *end; /* source text */
    struct node *next;       /* sibling */
    struct node *children, *condition, *body, *otherwise;
    const char **words; /* raw */
    size_t word_count;
    struct redirect *redirects;
};

enum parse_status { PARSE_OK, PARSE_END, PARSE_INCOMPLETE, PARSE_ERROR };

struct parser {
    struct arena *arena;
    const char *at;
    struct token token;
    unsigned depth;
    bool failed;
    const char *message; /* of PARSE_ERROR and PARSE_INCOMPLETE */
};

void parser_begin(struct parser *parser, struct arena *arena, const char *text);
/* Parses the next complete command line (a list up to a newline). PARSE_INCOMPLETE: the text ended
 * inside a construct, more input may complete it. After an error the parser must not go on. */
enum parse_status parser_next(struct parser *parser, struct node **tree);

#endif
