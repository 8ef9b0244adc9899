/* SPDX-License-Identifier: Apache-2.0 */
/* Expansion, arithmetic, patterns, variables. */
#include "shell.h"
#include "test_fsh.h"

#include <stdlib.h>
#include <string.h>

static char *echo_substitute(struct shell *shell, const char *text, size_t length)
{
    (void)shell;
    struct buffer out = {0};
    buffer_str(&out, "<");
    buffer_add(&out, text, length);
    buffer_str(&out, ">\n\n");
    return out.text;
}

static struct shell make_shell(void)
{
    struct shell shell = {.substitute = echo_substitute, .status = 3};
    vars_set(&shell.variables, "x", "a b");
    vars_set(&shell.variables, "n", "5");
    vars_set(&shell.variables, "e", "");
    vars_set(&shell.variables, "HOME", "/home");
    strings_add(&shell.arguments, "fsh");
    strings_add(&shell.arguments, "one");
    strings_add(&shell.arguments, "two words");
    return shell;
}

static void drop_shell(struct shell *shell)
{
    vars_free(&shell->variables);
    strings_free(&shell->arguments);
}

/* Fields joined with | ; null = expansion failed. */
static char *fields(struct shell *shell, const char *raw)
{
    struct strings out = {0};
    struct buffer text = {0};
    buffer_str(&text, "");
    bool good = expand_word(shell, raw, &out);
    for (size_t i = 0; i < out.count; i++) {
        buffer_str(&text, i > 0 ? "|" : "");
        buffer_str(&text, out.items[i]);
    }
    strings_free(&out);
    if (good) return text.text;
    free(text.text);
    return NULL;
}

static const char *const expansions[][2] = {
    {"plain", "plain"},
    {"'a b'", "a b"},
    {"\"a\\\"\\n\"", "a\"\\n"},
    {"a\\ b", "a b"},
    {"$x", "a|b"},
    {"\"$x\"", "a b"},
    {"[$x]", "[a|b]"},
    {"$none", ""},
    {"\"$none\"", ""},
    {"''", ""},
    {"$?", "3"},
    {"$#", "2"},
    {"$1$2", "onetwo|words"},
    {"\"$@\"", "one|two words"},
    {"\"$*\"", "one two words"},
    {"a\"$@\"b", "aone|two wordsb"},
    {"${x}y", "a|by"},
    {"${#x}", "3"},
    {"${e:-d}", "d"},
    {"${e-d}", ""},
    {"${none:-$x}", "a|b"},
    {"${x:+s}", "s"},
    {"${x%b}z", "a|z"},
    {"\"${x#a }\"", "b"},
    {"$((n*2))", "10"},
    {"$(cmd a)", "<cmd|a>"},
    {"\"$(cmd a)\"", "<cmd a>"},
    {"`c \\`d\\``", "<c|`d`>"},
    {"~", "/home"},
    {"~/x", "/home/x"},
    {"'~'", "~"},
    {"$", "$"},
    {"a$", "a$"},
    {"$.", "$."},
    {"\"$\"", "$"},
    {"${10}", ""},
};

START_TEST(words)
{
    struct shell shell = make_shell();
    for (size_t i = 0; i < sizeof expansions / sizeof expansions[0]; i++) {
        char *text = fields(&shell, expansions[i][0]);
        ck_assert_msg(text != NULL && strcmp(text, expansions[i][1]) == 0, "%s: %s",
                      expansions[i][0], text);
        free(text);
    }
    drop_shell(&shell);
}
END_TEST

START_TEST(failures)
{
    static const char *const cases[] = {"${}",     "${x!}",    "${none:?}",       "$((1/0))",
                                        "$((1+))", "$((n 2))", "${1:=v}x${9:=v}", "${x:}"};
    struct shell shell = make_shell();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = fields(&shell, cases[i]);
        ck_assert_msg(text == NULL, "%s: %s", cases[i], text);
    }
    drop_shell(&shell);
}
END_TEST

START_TEST(arithmetic)
{
    static const struct {
        const char *text;
        long value;
    } cases[] = {
        {"1+2*3", 7},  {"(1+2)*3", 9},
        {"10-2-3", 5}, {"1<<4|1", 17},
        {"!0", 1},     {"-n", -5},
        {"7%3", 1},    {"1==1&&2>1", 1},
        {"0||0", 0},   {"~0", -1},
        {"0x10", 16},  {"5&6^1", 5},
        {"", 0},       {"none+1", 1},
        {"1<2==1", 1}, {"(-9223372036854775807-1)/-1", (-9223372036854775807 - 1)},
    };
    struct shell shell = make_shell();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        long value = 99;
        ck_assert_msg(arith_evaluate(&shell, cases[i].text, &value), "%s", cases[i].text);
        ck_assert_msg(value == cases[i].value, "%s: %ld", cases[i].text, value);
    }
    drop_shell(&shell);
}
END_TEST

START_TEST(variables)
{
    struct variables vars = {0};
    struct strings extra = {0}, out = {0};
    char *environ[] = {"A=1", "B=2=3", "bad", "1x=2", NULL};
    vars_import(&vars, environ);
    ck_assert_str_eq(vars_get(&vars, "B"), "2=3");
    vars_set(&vars, "C", "local");
    vars_set(&vars, "A", vars_get(&vars, "A"));
    strings_add(&extra, "B=new");
    vars_environ(&vars, &extra, &out);
    strings_sort(&out, 0);
    ck_assert_uint_eq(out.count, 2);
    ck_assert_str_eq(out.items[0], "A=1");
    ck_assert_str_eq(out.items[1], "B=new");
    ck_assert_ptr_null(out.items[2]);
    vars_unset(&vars, "A");
    ck_assert_ptr_null(vars_get(&vars, "A"));
    vars_free(&vars);
    strings_free(&extra);
    strings_free(&out);
}
END_TEST

START_TEST(quoting)
{
    struct buffer text = {0};
    buffer_quoted(&text, "it's $x");
    ck_assert_str_eq(text.text, "'it'\\''s $x'");
    struct shell shell = make_shell();
    char *back = fields(&shell, text.text);
    ck_assert_str_eq(back, "it's $x");
    free(back);
    free(text.text);
    drop_shell(&shell);
}
END_TEST

START_TEST(patterns)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"a*c", "abc", true},
        {"a*c", "abcd", false},
        {"*", "", true},
        {"?", "", false},
        {"?", "\xc3\xa9", true},
        {"[a-c]", "b", true},
        {"[!a-c]", "b", false},
        {"[^a]", "b", true},
        {"[]]", "]", true},
        {"[a-]", "-", true},
        {"[", "[", true},
        {"[a", "[a", true},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"*.c", "a.b.c", true},
        {"a**b", "ab", true},
        {"*a*b*c*", "xaxbxcx", true},
        {"[\\]]", "]", true},
        {"a\\", "a\\", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(glob_match(cases[i].pattern, cases[i].text) == cases[i].matches, "%s %s",
                      cases[i].pattern, cases[i].text);
}
END_TEST

/* Stars must not cost exponential time. */
START_TEST(pattern_time)
{
    char text[2001], pattern[201];
    memset(text, 'a', 2000);
    text[2000] = '\0';
    for (size_t i = 0; i < 200; i += 2)
        memcpy(pattern + i, "*a", 2);
    pattern[199] = 'b';
    pattern[200] = '\0';
    ck_assert(!glob_match(pattern, text));
}
END_TEST

TCase *expand_case(void)
{
    TCase *tcase = tcase_create("expand");
    tcase_add_test(tcase, words);
    tcase_add_test(tcase, failures);
    tcase_add_test(tcase, arithmetic);
    tcase_add_test(tcase, variables);
    tcase_add_test(tcase, quoting);
    return tcase;
}

TCase *glob_case(void)
{
    TCase *tcase = tcase_create("glob");
    tcase_add_test(tcase, patterns);
    tcase_add_test(tcase, pattern_time);
    return tcase;
}
