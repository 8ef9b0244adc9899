/* SPDX-License-Identifier: Apache-2.0 */
/* Lexer: words keep their quotes, so that expansion later knows what was quoted. */
#include "ast.h"

#include <string.h>

#define LEX_DEPTH 32

static const char *skip_nested(const char *at, unsigned depth, bool *deep);

static const char *skip_single(const char *at)
{
    const char *end = strchr(at + 1, '\'');
    return end != NULL ? end + 1 : NULL;
}

static const char *skip_until(const char *at, char close, unsigned depth, bool *deep)
{
    bool in_double = close == '"';
    unsigned parens = 0;
    while (*at != '\0') {
        if (*at == close && parens == 0) return at + 1;
        if (close == ')' && *at == '(')
            parens++;
        else if (close == ')' && *at == ')')
            parens--;
        bool opens = *at == '\\' || *at == '`' || *at == '$' || *at == '"' || *at == '\'';
        if (!opens || (in_double && *at == '\'') || (close == '`' && *at != '\\')) {
            at++;
            continue;
        }
        at = skip_nested(at, depth + 1, deep);
        if (at == NULL) return NULL;
    }
    return NULL;
}

static const char *skip_nested(const char *at, unsigned depth, bool *deep)
{
    if (depth > LEX_DEPTH) {
        *deep = true;
        return NULL;
    }
    switch (*at) {
    case '\\': return at[1] != '\0' ? at + 2 : NULL;
    case '\'': return skip_single(at);
    case '"': return skip_until(at + 1, '"', depth, deep);
    case '`': return skip_until(at + 1, '`', depth, deep);
    case '$':
        if (at[1] == '(') return skip_until(at + 2, ')', depth, deep);
        if (at[1] == '{') return skip_until(at + 2, '}', depth, deep);
        return at + 1;
    default: return at + 1;
    }
}

const char *lex_skip(const char *at, bool *deep) { return skip_nested(at, 0, deep); }

static struct token lex_word(const char *at)
{
    struct token token = {.type = T_WORD, .begin = at, .end = at, .fd = -1};
    bool deep = false;
    while (*at != '\0' && strchr(" \t\n;&|()<>", *at) == NULL) {
        if (strchr("\\'\"`$", *at) == NULL) {
            at++;
            continue;
        }
        at = lex_skip(at, &deep);
        if (at == NULL) {
            token.type = deep ? T_DEEP : T_UNFINISHED;
            return token;
        }
    }
    token.end = at;
    return token;
}

static struct token lex_operator(const char *at, int fd)
{
    static const struct {
        char text[3];
        enum token_type type;
    } operators[] = {
        {"&&", T_AND},     {"||", T_OR},  {">>", T_APPEND}, {"<<", T_HEREDOC}, {"<&", T_DUP_IN},
        {">&", T_DUP_OUT}, {";", T_SEMI}, {"&", T_AMP},     {"|", T_PIPE},     {"(", T_OPEN},
        {")", T_CLOSE},    {"<", T_LESS}, {">", T_GREAT},   {"\n", T_NEWLINE},
    };
    struct token token = {.type = T_END, .begin = at, .end = at, .fd = fd};
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        size_t length = strlen(operators[i].text);
        if (strncmp(at, operators[i].text, length) == 0) {
            token.type = operators[i].type;
            token.end = at + length;
            break;
        }
    }
    return token;
}

struct token lex_token(const char *at)
{
    for (;; at++) {
        if (at[0] == '\\' && at[1] == '\n')
            at++;
        else if (*at == '#')
            at += strcspn(at, "\n") - 1;
        else if (*at != ' ' && *at != '\t')
            break;
    }
    if (*at == '\0' || strchr("\n;&|()<>", *at) != NULL) return lex_operator(at, -1);
    if (*at >= '0' && *at <= '9' && (at[1] == '<' || at[1] == '>')) {
        struct token token = lex_operator(at + 1, *at - '0');
        token.begin = at;
        return token;
    }
    return lex_word(at);
}
