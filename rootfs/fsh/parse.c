/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recursive descent parser of the shell language:
 *   list     = andor { (";" | "&" | newline) andor }
 *   andor    = pipeline { ("&&" | "||") pipeline }
 *   pipeline = ["!"] command { "|" command }
 *   command  = simple | "{" list "}" | "(" list ")" | if | while | until | for, then redirections
 */
#include "ast.h"

#include <string.h>

#define PARSE_DEPTH 48

static struct node *parse_list(struct parser *parser, bool whole_line);

static void parser_step(struct parser *parser)
{
    parser->at = parser->token.end;
    parser->token = lex_token(parser->at);
}

void parser_begin(struct parser *parser, struct arena *arena, const char *text)
{
    *parser = (struct parser){.arena = arena, .at = text};
    parser->token = lex_token(text);
}

static void *parse_fail(struct parser *parser, const char *message)
{
    if (!parser->failed) {
        parser->failed = true;
        parser->message = message;
    }
    return NULL;
}

static const char *token_complaint(const struct token *token)
{
    switch (token->type) {
    case T_END: return "unexpected end";
    case T_UNFINISHED: return "a quote or substitution has no end";
    case T_DEEP: return "substitutions are nested too deeply";
    case T_NEWLINE: return "unexpected end of line";
    case T_HEREDOC: return "here-documents (<<) are not supported";
    case T_WORD: return "unexpected word";
    default: return "unexpected operator";
    }
}

static void *parse_unexpected(struct parser *parser)
{
    return parse_fail(parser, token_complaint(&parser->token));
}

static bool token_is(const struct token *token, const char *word)
{
    size_t length = strlen(word);
    return token->type == T_WORD && (size_t)(token->end - token->begin) == length &&
           memcmp(token->begin, word, length) == 0;
}

static bool token_is_any(const struct token *token, const char *const *words)
{
    for (; *words != NULL; words++)
        if (token_is(token, *words)) return true;
    return false;
}

/* Words that end a list inside a compound command. */
static bool token_ends_list(const struct token *token)
{
    static const char *const words[] = {"then", "elif", "else", "fi", "do", "done", "}", NULL};
    return token->type == T_END || token->type == T_CLOSE || token_is_any(token, words);
}

static struct node *node_new(struct parser *parser, enum node_type type)
{
    struct node *node = arena_alloc(parser->arena, sizeof *node);
    node->type = type;
    node->begin = parser->token.begin;
    return node;
}

static void node_finish(struct parser *parser, struct node *node) { node->end = parser->at; }

static void parse_word(struct parser *parser, struct node *node, size_t *room)
{
    if (node->word_count == *room) {
        *room = *room == 0 ? 8 : *room * 2;
        const char **words = arena_alloc(parser->arena, *room * sizeof *words);
        if (node->word_count > 0) memcpy(words, node->words, node->word_count * sizeof *words);
        node->words = words;
    }
    const struct token *token = &parser->token;
    node->words[node->word_count++] =
        arena_text(parser->arena, token->begin, (size_t)(token->end - token->begin));
    parser_step(parser);
}

static bool token_redirects(const struct token *token)
{
    return token->type >= T_LESS && token->type <= T_HEREDOC;
}

static bool parse_redirect(struct parser *parser, struct redirect ***tail)
{
    static const enum redirect_type types[] = {R_IN, R_OUT, R_APPEND, R_DUP, R_DUP};
    struct token operator= parser->token;
    if (operator.type == T_HEREDOC) return parse_unexpected(parser) != NULL;
    parser_step(parser);
    if (parser->token.type != T_WORD) return parse_unexpected(parser) != NULL;
    struct redirect *redirect = arena_alloc(parser->arena, sizeof *redirect);
    redirect->type = types[operator.type - T_LESS];
    bool input = operator.type == T_LESS || operator.type == T_DUP_IN;
    redirect->fd = operator.fd >= 0 ? operator.fd : input ? 0 : 1;
    if (redirect->fd > 2)
        return parse_fail(parser, "only descriptors 0, 1 and 2 can be redirected") != NULL;
    const struct token *token = &parser->token;
    redirect->word = arena_text(parser->arena, token->begin, (size_t)(token->end - token->begin));
    parser_step(parser);
    **tail = redirect;
    *tail = &redirect->next;
    return true;
}

static struct node *parse_simple(struct parser *parser)
{
    struct node *node = node_new(parser, N_SIMPLE);
    struct redirect **tail = &node->redirects;
    size_t room = 0;
    for (;;) {
        if (parser->token.type == T_WORD)
            parse_word(parser, node, &room);
        else if (!token_redirects(&parser->token))
            break;
        else if (!parse_redirect(parser, &tail))
            return NULL;
    }
    if (node->word_count == 0 && node->redirects == NULL) return parse_unexpected(parser);
    if (node->word_count == 1 && parser->token.type == T_OPEN)
        return parse_fail(parser, "functions are not supported");
    node_finish(parser, node);
    return node;
}

static bool parse_expect(struct parser *parser, const char *word)
{
    if (!token_is(&parser->token, word)) {
        parse_unexpected(parser);
        return false;
    }
    parser_step(parser);
    return true;
}

static struct node *parse_body(struct parser *parser)
{
    struct node *list = parse_list(parser, false);
    if (list != NULL && list->children == NULL) return parse_unexpected(parser);
    return list;
}

/* After `if` or `elif`; eats the final fi. */
static struct node *parse_if(struct parser *parser, struct node *node)
{
    parser_step(parser);
    node->condition = parse_body(parser);
    if (node->condition == NULL || !parse_expect(parser, "then")) return NULL;
    node->body = parse_body(parser);
    if (node->body == NULL) return NULL;
    if (token_is(&parser->token, "elif")) {
        if (++parser->depth > PARSE_DEPTH)
            return parse_fail(parser, "commands are nested too deeply");
        node->otherwise = parse_if(parser, node_new(parser, N_IF));
        parser->depth--;
        if (node->otherwise != NULL) node_finish(parser, node->otherwise);
        return node->otherwise != NULL ? node : NULL;
    }
    if (token_is(&parser->token, "else")) {
        parser_step(parser);
        node->otherwise = parse_body(parser);
        if (node->otherwise == NULL) return NULL;
    }
    return parse_expect(parser, "fi") ? node : NULL;
}

static struct node *parse_do(struct parser *parser, struct node *node)
{
    if (!parse_expect(parser, "do")) return NULL;
    node->body = parse_body(parser);
    return node->body != NULL && parse_expect(parser, "done") ? node : NULL;
}

static struct node *parse_while(struct parser *parser, struct node *node)
{
    parser_step(parser);
    node->condition = parse_body(parser);
    return node->condition != NULL ? parse_do(parser, node) : NULL;
}

static bool name_valid(const char *name)
{
    if (*name >= '0' && *name <= '9') return false;
    size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    return length > 0 && name[length] == '\0';
}

static void parse_newlines(struct parser *parser)
{
    while (parser->token.type == T_NEWLINE)
        parser_step(parser);
}

static struct node *parse_for(struct parser *parser, struct node *node)
{
    size_t room = 0;
    parser_step(parser);
    if (parser->token.type != T_WORD) return parse_unexpected(parser);
    parse_word(parser, node, &room);
    if (!name_valid(node->words[0]))
        return parse_fail(parser, "the name after `for` is not a variable's");
    node->all = true;
    if (token_is(&parser->token, "in")) {
        node->all = false;
        parser_step(parser);
        while (parser->token.type == T_WORD)
            parse_word(parser, node, &room);
        if (parser->token.type != T_SEMI && parser->token.type != T_NEWLINE)
            return parse_unexpected(parser);
    }
    if (parser->token.type == T_SEMI) parser_step(parser);
    parse_newlines(parser);
    return parse_do(parser, node);
}

static struct node *parse_bracketed(struct parser *parser, struct node *node)
{
    parser_step(parser);
    node->body = parse_body(parser);
    if (node->body == NULL) return NULL;
    if (node->type == N_GROUP) return parse_expect(parser, "}") ? node : NULL;
    if (parser->token.type != T_CLOSE) return parse_unexpected(parser);
    parser_step(parser);
    return node;
}

/* The compound command at the current token; *is false if it is a simple one. */
static struct node *parse_compound(struct parser *parser, bool *is)
{
    const struct token *token = &parser->token;
    static const char *const reserved[] = {"then", "elif", "else", "fi",   "do",
                                           "done", "}",    "case", "esac", NULL};
    *is = true;
    if (token->type == T_OPEN) return parse_bracketed(parser, node_new(parser, N_SUBSHELL));
    if (token_is(token, "{")) return parse_bracketed(parser, node_new(parser, N_GROUP));
    if (token_is(token, "if")) return parse_if(parser, node_new(parser, N_IF));
    if (token_is(token, "for")) return parse_for(parser, node_new(parser, N_FOR));
    if (token_is(token, "while") || token_is(token, "until")) {
        struct node *node = node_new(parser, N_WHILE);
        node->negated = token_is(token, "until");
        return parse_while(parser, node);
    }
    if (token_is(token, "case")) return parse_fail(parser, "`case` is not supported");
    if (token_is_any(token, reserved)) return parse_unexpected(parser);
    *is = false;
    return NULL;
}

static struct node *parse_command(struct parser *parser)
{
    if (++parser->depth > PARSE_DEPTH) return parse_fail(parser, "commands are nested too deeply");
    bool compound;
    struct node *node = parse_compound(parser, &compound);
    if (!compound) node = parse_simple(parser);
    parser->depth--;
    if (node == NULL || !compound) return node;
    struct redirect **tail = &node->redirects;
    while (token_redirects(&parser->token))
        if (!parse_redirect(parser, &tail)) return NULL;
    if (parser->token.type == T_WORD && !token_ends_list(&parser->token))
        return parse_unexpected(parser);
    node_finish(parser, node);
    return node;
}

static struct node *parse_pipeline(struct parser *parser)
{
    struct node *pipeline = node_new(parser, N_PIPELINE), **tail = &pipeline->children;
    while (token_is(&parser->token, "!")) {
        pipeline->negated = !pipeline->negated;
        parser_step(parser);
    }
    for (;;) {
        struct node *command = parse_command(parser);
        if (command == NULL) return NULL;
        *tail = command;
        tail = &command->next;
        if (parser->token.type != T_PIPE) break;
        parser_step(parser);
        parse_newlines(parser);
    }
    node_finish(parser, pipeline);
    return pipeline;
}

static struct node *parse_andor(struct parser *parser)
{
    struct node *andor = node_new(parser, N_ANDOR), **tail = &andor->children;
    enum token_type join = T_END;
    for (;;) {
        struct node *pipeline = parse_pipeline(parser);
        if (pipeline == NULL) return NULL;
        pipeline->join = join;
        *tail = pipeline;
        tail = &pipeline->next;
        join = parser->token.type;
        if (join != T_AND && join != T_OR) break;
        parser_step(parser);
        parse_newlines(parser);
    }
    node_finish(parser, andor);
    return andor;
}

/* whole_line: stops at a newline, which the caller has to see. */
static struct node *parse_list(struct parser *parser, bool whole_line)
{
    struct node *list = node_new(parser, N_LIST), **tail = &list->children;
    for (;;) {
        if (!whole_line) parse_newlines(parser);
        if (token_ends_list(&parser->token) || parser->token.type == T_NEWLINE) break;
        struct node *andor = parse_andor(parser);
        if (andor == NULL) return NULL;
        *tail = andor;
        tail = &andor->next;
        enum token_type type = parser->token.type;
        andor->async = type == T_AMP;
        if (type == T_SEMI || type == T_AMP)
            parser_step(parser);
        else if (type != T_NEWLINE || whole_line)
            break;
    }
    node_finish(parser, list);
    return list;
}

enum parse_status parser_next(struct parser *parser, struct node **tree)
{
    parse_newlines(parser);
    if (parser->token.type == T_END) return PARSE_END;
    *tree = parse_list(parser, true);
    enum token_type type = parser->token.type;
    if (*tree != NULL && type != T_NEWLINE && type != T_END) *tree = parse_unexpected(parser);
    if (*tree != NULL) return PARSE_OK;
    return type == T_END || type == T_UNFINISHED ? PARSE_INCOMPLETE : PARSE_ERROR;
}
