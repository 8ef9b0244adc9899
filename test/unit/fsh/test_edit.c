/* SPDX-License-Identifier: Apache-2.0 */
/* The line editor: keys in, line and cursor out. */
#include "edit.h"
#include "test_fsh.h"

#include <stdlib.h>
#include <string.h>

#define CTRL(c) ((c)&0x1f)

static struct shell shell;
static struct edit edit;

static void begin(void)
{
    shell = (struct shell){0};
    strings_add(&shell.history, "first one");
    strings_add(&shell.history, "second");
    edit = (struct edit){0};
    edit_begin(&edit, &shell);
}

START_TEST(history_joins_lines)
{
    static const struct {
        const char *typed, *kept;
    } cases[] = {{"one\n", "one"},
                 {"for i in 1 2\ndo echo n\ndone\n", "for i in 1 2; do echo n; done"},
                 {"if true; then\necho a &&\necho b\nelse\n\necho undo\necho c\nfi\n",
                  "if true; then echo a && echo b; else  echo undo; echo c; fi"},
                 {"echo 'a\nb'\n", NULL},
                 {" hidden\n", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct shell own = {0};
        history_add(&own, cases[i].typed);
        ck_assert_uint_eq(own.history.count, cases[i].kept != NULL);
        if (cases[i].kept != NULL) ck_assert_str_eq(own.history.items[0], cases[i].kept);
        strings_free(&own.history);
    }
}
END_TEST

START_TEST(variables_complete)
{
    struct shell own = {0};
    struct strings found = {0};
    size_t start = 0;
    vars_set(&own.variables, "NAME", "x");
    vars_set(&own.variables, "NEXT", "y");
    vars_set(&own.variables, "OTHER", "z");
    complete_line(&own, "echo a/$N", 9, &start, &found);
    ck_assert_uint_eq(start, 8);
    ck_assert_uint_eq(found.count, 2);
    ck_assert_str_eq(found.items[0], "NAME");
    ck_assert_str_eq(found.items[1], "NEXT");
    strings_free(&found);
    complete_line(&own, "${O", 3, &start, &found);
    ck_assert_uint_eq(found.count, 1);
    ck_assert_str_eq(found.items[0], "OTHER}");
    strings_free(&found);
    vars_free(&own.variables);
}
END_TEST

static void end(void)
{
    edit_end(&edit);
    free(edit.killed);
    edit.killed = NULL;
    strings_free(&shell.history);
    vars_free(&shell.variables);
}

/* Types bytes as a terminal sends them; result of the last key. */
static enum edit_result type(const char *text)
{
    struct keys keys = {0};
    enum edit_result result = EDIT_MORE;
    for (; *text != '\0'; text++) {
        int key = keys_byte(&keys, (unsigned char)*text);
        if (key >= 0) result = edit_key(&edit, key);
    }
    return result;
}

/* What is seen of the line in ten columns. */
static const char *seen(void)
{
    static char text[64];
    size_t end = edit_window(&edit, 10);
    ck_assert_uint_le(edit.window, edit.at);
    ck_assert_uint_le(text_columns(edit.line.text + edit.window, edit.at - edit.window), 10);
    memcpy(text, edit.line.text + edit.window, end - edit.window);
    text[end - edit.window] = '\0';
    return text;
}

START_TEST(window_moves_only_with_the_cursor)
{
    begin();
    type("0123456789");
    ck_assert_str_eq(seen(), "0123456789");
    type("abcdefghij");
    ck_assert_str_eq(seen(), "abcdefghij");
    type("\033[D\033[D\033[D"); /* left: the text stands still */
    ck_assert_str_eq(seen(), "abcdefghij");
    type("X");
    ck_assert_str_eq(seen(), "abcdefgXhi");
    type("\177\033[D\033[D\033[D\033[D\033[D\033[D\033[D");
    ck_assert_str_eq(seen(), "abcdefghij");
    type("\033[D"); /* out of view: half the columns come in */
    ck_assert_str_eq(seen(), "456789abcd");
    type("\001");
    ck_assert_str_eq(seen(), "0123456789");
    type("\005\303\244\303\244");
    ck_assert_str_eq(seen(), "cdefghij\303\244\303\244");
    type("\025short");
    ck_assert_str_eq(seen(), "short");
    end();
}
END_TEST

START_TEST(editing)
{
    static const char *const cases[][2] = {
        {"abc", "abc"},
        {"ac\033[Db", "abc"},
        {"bc\001a", "abc"},
        {"bc\033[Ha\033[Fd", "abcd"},
        {"abx\177c", "abc"},
        {"abc\033[D\033[D\033[3~", "ac"},
        {"one two\027x", "one x"},
        {"one two\025x", "x"},
        {"one two\033[1;5D\013x", "one x"},
        {"one\025two \031", "two one"},
        {"a\xc3\xa9\177"
         "b",
         "ab"},
        {"a\xc3\xa9\033[D!", "a!\xc3\xa9"},
        {"x\033[99~y", "xy"},
        {"\033[A", "second"},
        {"\033[A\033[A\033[A", "first one"},
        {"new\033[A\033[B", "new"},
        {"\022irs", "first one"},
        {"\022e\022", "first one"},
        {"\022zz\007k", "k"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin();
        type(cases[i][0]);
        ck_assert_msg(strcmp(edit.line.text, cases[i][1]) == 0, "case %zu: %s", i, edit.line.text);
        ck_assert_uint_eq(strlen(edit.line.text), edit.line.length);
        ck_assert(edit.at <= edit.line.length);
        end();
    }
}
END_TEST

START_TEST(results)
{
    begin();
    ck_assert_int_eq(type("\004"), EDIT_END);
    ck_assert_int_eq(type("a\001\004"), EDIT_MORE);
    ck_assert_uint_eq(edit.line.length, 0);
    ck_assert_int_eq(type("a\r"), EDIT_DONE);
    ck_assert_int_eq(type("\003"), EDIT_CANCEL);
    ck_assert_int_eq(type("\014"), EDIT_CLEAR);
    end();
}
END_TEST

START_TEST(completion)
{
    begin();
    vars_set(&shell.variables, "PATH", "/nonexistent");
    type("expo\t");
    ck_assert_str_eq(edit.line.text, "export ");
    type("/et\t");
    ck_assert_str_eq(edit.line.text, "export /etc/");
    type("passw\t");
    ck_assert_int_eq(strncmp(edit.line.text, "export /etc/passwd", 18), 0);
    type("\025e");
    ck_assert_int_eq(type("\t"), EDIT_LIST); /* echo, exit, export */
    ck_assert_uint_eq(edit.candidates.count, 3);
    type("\025a | ec\t");
    ck_assert_str_eq(edit.line.text, "a | echo ");
    type("\025qqq\t");
    ck_assert_str_eq(edit.line.text, "qqq");
    end();
}
END_TEST

/* Any bytes whatever leave a consistent line. */
START_TEST(noise)
{
    unsigned state = 12345;
    begin();
    vars_set(&shell.variables, "PATH", "/nonexistent");
    struct keys keys = {0};
    for (int i = 0; i < 200000; i++) {
        state = state * 1664525 + 1013904223;
        unsigned char byte = (unsigned char)(state >> 24);
        if (byte == '\t' || byte == 0) continue;
        int key = keys_byte(&keys, byte);
        if (key >= 0) edit_key(&edit, key);
        ck_assert(edit.at <= edit.line.length && edit.line.text[edit.line.length] == '\0');
    }
    end();
}
END_TEST

TCase *edit_case(void)
{
    TCase *tcase = tcase_create("edit");
    tcase_add_test(tcase, editing);
    tcase_add_test(tcase, results);
    tcase_add_test(tcase, completion);
    tcase_add_test(tcase, variables_complete);
    tcase_add_test(tcase, history_joins_lines);
    tcase_add_test(tcase, window_moves_only_with_the_cursor);
    tcase_add_test(tcase, noise);
    tcase_set_timeout(tcase, 60);
    return tcase;
}
