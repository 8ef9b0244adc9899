/* SPDX-License-Identifier: Apache-2.0 */
/* Texts made to exhaust the compiler: the memory for a text is bounded by its length, and what
 * would multiply is refused where it is found. */
#include "fic_test.h"
#include "manifest.h"
#include <sys/resource.h>

#define MOST_KIB 65536 /* growth that a text of a few ten KiB may cause */

static long resident(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

static char *repeat(const char *head, const char *piece, size_t times, const char *tail)
{
    size_t n = strlen(piece);
    char *out = malloc(strlen(head) + times * n + strlen(tail) + 1), *p = out;

    p = stpcpy(p, head);
    for (size_t i = 0; i < times; i++)
        p = stpcpy(p, piece);
    strcpy(p, tail);
    return out;
}

/* Compiles; `expected` is what the refusal must say, NULL: the text is fine. Frees the text. */
static void compile_small(char *text, const char *expected)
{
    struct fic_compiled *c = NULL;
    struct fic_error e = {.expected = ""};
    long before = resident();
    int r = fic_compile("hostile.fi", text, strlen(text), NULL, &c, &e);

    ck_assert_int_lt(resident() - before, MOST_KIB);
    if (expected) {
        ck_assert_int_ne(r, 0);
        ck_assert_msg(strstr(e.expected, expected) != NULL, "expected %s", e.expected);
        ck_assert_str_eq(e.file, "hostile.fi");
    } else {
        ck_assert_int_eq(r, 0);
        fic_compiled_free(c);
    }
    free(text);
}

START_TEST(test_docs)
{
    compile_small(repeat("library t.a 1;\n", "///\n", 20000, "interface X { }\n"), NULL);
    compile_small(repeat("library t.a 1;\n", "///\n", 65536, "interface X { }\n"), NULL);
    compile_small(repeat("library t.a 1;\n", "///\n", 65538, "interface X { }\n"),
                  "a doc comment of at most 64 KiB");
    compile_small(repeat("library t.a 1;\n///", "x", 65537, "\ninterface X { }\n"),
                  "a doc comment of at most 64 KiB");
}
END_TEST

START_TEST(test_library_name)
{
    compile_small(repeat("library a", ".a", 15000, " 1; interface X { }"),
                  "a library name of at most 127");
    compile_small(repeat("library a", ".a", 64, " 1; interface X { }"),
                  "a library name of at most 127");
    compile_small(repeat("library a", ".a", 63, " 1; interface X { }"), NULL);
}
END_TEST

START_TEST(test_manifest_name)
{
    char *text = repeat(
        "system s 1;\nmemory reserve 2MiB;\ncomponent c { binary \"c\"; priority 1; memory 4KiB; "
        "threads 1; offers o: a",
        ".a", 15000, "/1.X; }\n");
    struct fic_system *s;
    struct fic_error e;
    long before = resident();

    ck_assert_int_ne(fic_system_parse("hostile.sys", text, strlen(text), NULL, &s, &e), 0);
    ck_assert_int_lt(resident() - before, MOST_KIB);
    ck_assert_ptr_nonnull(strstr(e.expected, "the full name of an interface"));
    free(text);
}
END_TEST

START_TEST(test_compose)
{
    static const char head[] =
        "library t.a 1; interface A { 16: a(); 17: b(); 18: c(); 19: d(); 20: e(); 21: f(); "
        "22: g(); 23: h(); 24: i(); 25: j(); 26: k(); 27: l(); } interface B {";

    compile_small(repeat(head, " compose A;", 50000, "}"), "each interface composed once");
    compile_small(repeat(head, " compose A;", 2, "}"), "each interface composed once");
    compile_small(repeat(head, " compose A;", 1, "}"), NULL);
    compile_small(repeat("library t.a 1; interface A {", " 16: reserved;", 40000, "}"),
                  "at most 1024 methods and events");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fic hostile");
    TCase *t = tcase_create("hostile");

    tcase_add_test(t, test_docs);
    tcase_add_test(t, test_library_name);
    tcase_add_test(t, test_manifest_name);
    tcase_add_test(t, test_compose);
    suite_add_tcase(s, t);
    return run_suite(s);
}
