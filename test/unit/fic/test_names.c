/* SPDX-License-Identifier: Apache-2.0 */
/* Two things of an interface that would have one name in C are refused, by both their names. */
#include "fic_test.h"
#include "gen_c.h"
#include <unistd.h>

/* The imports of the last test: two libraries that end alike. */
static int read_import(void *ctx, const char *library, unsigned major, unsigned attempt,
                       struct fic_text *out)
{
    (void)ctx, (void)major;
    if (attempt) return 0;
    out->text = strdup(library[0] == 'x' ? "library x.fs 1; struct T { a: u8; }"
                                         : "library y.fs 1; struct T { a: u64; }");
    out->len = strlen(out->text);
    out->file = strdup("fs.fi");
    return 1;
}

/* Generates into a folder of its own: 0, or -1 and *e. header: receives a.h, if not NULL. */
static int generate(const char *text, struct fic_error *e, char *header, size_t size)
{
    struct fic_imports imports = {read_import, NULL};
    struct fic_compiled *c = NULL;
    const struct fic_image *images[8];
    char dir[] = "/tmp/fic-names-XXXXXX", command[64];
    int r;

    ck_assert_int_eq(fic_compile("t.fi", text, strlen(text), &imports, &c, e), 0);
    ck_assert_uint_le(c->n, 8);
    for (size_t i = 0; i < c->n; i++)
        images[i] = c->images[i];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    r = fic_gen_c(images, c->n, NULL, dir, e);
    if (header) {
        FILE *f;
        snprintf(command, sizeof(command), "%s/a.h", dir);
        f = fopen(command, "r");
        ck_assert_ptr_nonnull(f);
        header[fread(header, 1, size - 1, f)] = 0;
        fclose(f);
    }
    snprintf(command, sizeof(command), "rm -r %s", dir);
    ck_assert_int_eq(system(command), 0);
    fic_compiled_free(c);
    return r;
}

static const struct {
    const char *text, *name, *first, *second;
} clashes[] = {
    {"library t.a 1; struct Ab { a: u8; } struct AB { a: u8; }"
     "interface X { 16: m(a: Ab, b: AB); }",
     "a_ab", "t.a/1.AB", "t.a/1.Ab"},
    {"library t.a 1; interface Ab { 16: m(); } interface AB { 16: m(); }", "a_ab", "t.a/1.AB",
     "t.a/1.Ab"},
    {"library t.a 1; interface X { 16: m(x: string<4>, x_len: u32); }", "x_len", "t.a/1.X.m.x",
     "t.a/1.X.m.x_len"},
    {"library t.a 1; interface X { 16: m(x: vector<u32, 4>, x_n: u32); }", "x_n", "t.a/1.X.m.x",
     "t.a/1.X.m.x_n"},
    {"library t.a 1; interface X { 16: m(x: u8, out_x: u8) -> (x: u8); }", "out_x", "t.a/1.X.m->x",
     "t.a/1.X.m.out_x"},
    {"library t.a 1; interface X { 16: read(); 17: read_begin(); }", "a_x_read_begin",
     "t.a/1.X.read", "t.a/1.X.read_begin"},
    {"library t.a 1; interface X { 16: serve(); }", "a_x_serve", "t.a/1.X", "t.a/1.X.serve"},
    {"library t.a 1; interface X { errors { 256: TAG; } }", "A_X_TAG", "t.a/1.X", "t.a/1.X.TAG"},
    {"library t.a 1; enum XOrd: u8 { M = 1; } interface X { 16: m(a: XOrd); }", "A_X_ORD_M",
     "t.a/1.X.m", "t.a/1.XOrd.M"},
    {"library t.a 1; struct S { optional a: u8; has_a: u8; } interface X { 16: m(a: S); }", "has_a",
     "t.a/1.S.a", "t.a/1.S.has_a"},
    {"library t.a 1; interface X { 16: m(int: u8, int_: u8); }", "int_", "t.a/1.X.m.int",
     "t.a/1.X.m.int_"},
    {"library t.a 1; interface X { 16: m(a_x: u8); }", "a_x", "t.a/1.X", "t.a/1.X.m.a_x"},
    {"library t.a 1; import x.fs 1 as one; import y.fs 1 as two;"
     "interface X { 16: m(a: one.T, b: two.T); }",
     "fs_t", "x.fs/1.T", "y.fs/1.T"},
};

START_TEST(test_clash)
{
    struct fic_error e = {.expected = ""};
    char message[1024];

    ck_assert_msg(generate(clashes[_i].text, &e, NULL, 0) != 0, "%s is taken", clashes[_i].text);
    fic_error_format(&e, message, sizeof(message));
    ck_assert_msg(strstr(message, clashes[_i].name) != NULL, "%s", message);
    ck_assert_msg(strstr(message, clashes[_i].first) != NULL, "%s", message);
    ck_assert_msg(strstr(message, clashes[_i].second) != NULL, "%s", message);
    ck_assert_msg(strstr(message, "t.a") != NULL, "%s", message);
}
END_TEST

/* Alike, and yet no clash. */
static const char *const fine[] = {
    "library t.a 1; interface X { 16: m(x: u32, x_len: u32) -> (x: u32); }",
    "library t.a 1; struct X { a: u8; } interface X2 { 16: m(a: X) -> (b: X); }",
    "library t.a 1; interface X { 16: uint8_t(uint8_t: u8, memcpy: string<4>); }",
    "library t.a 1; interface X { 16: m(a: u8); 17: n(a: u8); } interface Y { 16: m(a: u8); }",
};

START_TEST(test_fine)
{
    struct fic_error e = {.expected = ""};
    char message[1024] = "";

    if (generate(fine[_i], &e, NULL, 0)) fic_error_format(&e, message, sizeof(message));
    ck_assert_str_eq(message, "");
}
END_TEST

/* An asynchronous call must know later which tickets it sent. */
START_TEST(test_asynchronous)
{
    static const struct {
        const char *args;
        bool form;
    } rows[] = {
        {"n: u32", true},
        {"a: cap<memory>, b: cap<memory>, c: cap<memory>, optional d: cap<memory>", true},
        {"a: cap<memory>, b: cap<memory>, c: cap<memory>, d: cap<memory>, e: cap<memory>", false},
        {"a: vector<cap<memory>, 2>", false},
        {"a: array<cap<memory>, 2>", false}};
    struct fic_error e = {.expected = ""};
    static char header[65536];
    char text[256];

    snprintf(text, sizeof(text), "library t.a 1; interface X { 16: m(%s); }", rows[_i].args);
    ck_assert_int_eq(generate(text, &e, header, sizeof(header)), 0);
    ck_assert_ptr_nonnull(strstr(header, "a_x_m("));
    ck_assert_int_eq(strstr(header, "a_x_m_begin(") != NULL, rows[_i].form);
    ck_assert_int_eq(strstr(header, "a_x_m_end(") != NULL, rows[_i].form);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fic names");
    TCase *t = tcase_create("names");

    tcase_add_loop_test(t, test_clash, 0, sizeof(clashes) / sizeof(clashes[0]));
    tcase_add_loop_test(t, test_asynchronous, 0, 5);
    tcase_add_loop_test(t, test_fine, 0, sizeof(fine) / sizeof(fine[0]));
    suite_add_tcase(s, t);
    return run_suite(s);
}
