/* SPDX-License-Identifier: Apache-2.0 */
/* Lexer and parser. */
#include "ast.h"
#include "test_fsh.h"

#include <stdlib.h>
#include <string.h>

START_TEST(tokens)
{
    static const struct {
        const char *text;
        enum token_type type;
        size_t length;
        int fd;
    } cases[] = {
        {"word rest", T_WORD, 4, -1},
        {"'a b'c d", T_WORD, 6, -1},
        {"\"a\\\" b\" c", T_WORD, 7, -1},
        {"a$(b; c)d e", T_WORD, 9, -1},
        {"${x:-a b} c", T_WORD, 9, -1},
        {"&& b", T_AND, 2, -1},
        {"|| b", T_OR, 2, -1},
        {"2>&1", T_DUP_OUT, 3, 2},
        {"2>x", T_GREAT, 2, 2},
        {"22>x", T_WORD, 2, -1},
        {">>x", T_APPEND, 2, -1},
        {"<<x", T_HEREDOC, 2, -1},
        {"  # c\nx", T_NEWLINE, 1, -1},
        {"\\\n;", T_SEMI, 1, -1},
        {"", T_END, 0, -1},
        {"$((1+(2)))x y", T_WORD, 11, -1},
        {"'a", T_UNFINISHED, 0, -1},
        {"a$(b", T_UNFINISHED, 0, -1},
        {"\\", T_UNFINISHED, 0, -1},
        {"`a b` c", T_WORD, 5, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct token token = lex_token(cases[i].text);
        ck_assert_msg(token.type == cases[i].type, "%s: type %d", cases[i].text, token.type);
        if (token.type != T_UNFINISHED)
            ck_assert_msg((size_t)(token.end - token.begin) == cases[i].length, "%s",
                          cases[i].text);
        ck_assert_int_eq(token.fd, cases[i].fd);
    }
}
END_TEST

static const struct {
    const char *text;
    enum parse_status status;
} texts[] = {
    {"", PARSE_END},
    {"\n # c\n", PARSE_END},
    {"a", PARSE_OK},
    {"a;", PARSE_OK},
    {"a &", PARSE_OK},
    {"a |", PARSE_INCOMPLETE},
    {"a &&", PARSE_INCOMPLETE},
    {"'a", PARSE_INCOMPLETE},
    {"if a", PARSE_INCOMPLETE},
    {"if a; then b", PARSE_INCOMPLETE},
    {"{ a;", PARSE_INCOMPLETE},
    {"(a", PARSE_INCOMPLETE},
    {"while a; do b\n", PARSE_INCOMPLETE},
    {"for i in a", PARSE_INCOMPLETE},
    {"a;;b", PARSE_ERROR},
    {"fi", PARSE_ERROR},
    {"if; then a; fi", PARSE_ERROR},
    {"(a))", PARSE_ERROR},
    {"a > ;", PARSE_ERROR},
    {"3>a", PARSE_ERROR},
    {"for 1 in a; do b; done", PARSE_ERROR},
    {"a() { b; }", PARSE_ERROR},
    {"& a", PARSE_ERROR},
    {"{ a; } b", PARSE_ERROR},
    {"case x in y) z;; esac", PARSE_ERROR},
    {"a << b", PARSE_ERROR},
};

START_TEST(statuses)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct arena arena = {0};
        struct parser parser;
        struct node *tree = NULL;
        parser_begin(&parser, &arena, texts[i].text);
        enum parse_status status = parser_next(&parser, &tree);
        ck_assert_msg(status == texts[i].status, "%s: %d", texts[i].text, status);
        if (status == PARSE_ERROR || status == PARSE_INCOMPLETE)
            ck_assert_ptr_nonnull(parser.message);
        arena_free(&arena);
    }
}
END_TEST

START_TEST(shape)
{
    struct arena arena = {0};
    struct parser parser;
    struct node *tree = NULL;
    parser_begin(&parser, &arena, "! a x | b && c >f 2>&1 & d\ne");
    ck_assert_int_eq(parser_next(&parser, &tree), PARSE_OK);
    const struct node *first = tree->children, *pipeline = first->children;
    ck_assert(first->async && !first->next->async);
    ck_assert(pipeline->negated);
    ck_assert_uint_eq(pipeline->children->word_count, 2);
    ck_assert_str_eq(pipeline->children->next->words[0], "b");
    ck_assert_int_eq(pipeline->next->join, T_AND);
    const struct redirect *redirect = pipeline->next->children->redirects;
    ck_assert_int_eq(redirect->type, R_OUT);
    ck_assert_int_eq(redirect->next->type, R_DUP);
    ck_assert_int_eq(redirect->next->fd, 2);
    ck_assert_int_eq(strncmp(pipeline->begin, "! a x | b", 9), 0);
    ck_assert_int_eq(pipeline->end - pipeline->begin, 9);
    ck_assert_int_eq(parser_next(&parser, &tree), PARSE_OK);
    ck_assert_int_eq(parser_next(&parser, &tree), PARSE_END);
    arena_free(&arena);
}
END_TEST

/* Hostile nesting must be refused, not overflow the stack. */
START_TEST(depth)
{
    static const char *const openers[] = {"(", "{ ", "if ", "$(", "\"$(", "${x:-"};
    for (size_t i = 0; i < sizeof openers / sizeof openers[0]; i++) {
        size_t length = strlen(openers[i]);
        char *text = calloc(100000, length + 1);
        for (size_t n = 0; n < 100000; n++)
            memcpy(text + n * length, openers[i], length);
        struct arena arena = {0};
        struct parser parser;
        struct node *tree = NULL;
        parser_begin(&parser, &arena, text);
        ck_assert_int_eq(parser_next(&parser, &tree), PARSE_ERROR);
        arena_free(&arena);
        free(text);
    }
}
END_TEST

TCase *parse_case(void)
{
    TCase *tcase = tcase_create("parse");
    tcase_add_test(tcase, tokens);
    tcase_add_test(tcase, statuses);
    tcase_add_test(tcase, shape);
    tcase_add_test(tcase, depth);
    return tcase;
}
