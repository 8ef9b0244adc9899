/* SPDX-License-Identifier: Apache-2.0 */
/* Decompiler and generators, over every interface of the repository. */
#include "fic_test.h"
#include "print.h"
#include <dirent.h>

/* Texts that decompilation made, served as imports. */
struct shelf {
    char *text[16];
    size_t len[16], n;
};

static int read_shelf(void *ctx, const char *library, unsigned major, unsigned attempt,
                      struct fic_text *out)
{
    struct shelf *s = ctx;

    (void)library, (void)major;
    if (attempt >= s->n) return 0;
    out->len = s->len[attempt];
    out->text = malloc(out->len + 1);
    memcpy(out->text, s->text[attempt], out->len + 1);
    out->file = strdup("shelf.fi");
    return 1;
}

static void round_trip(const struct fic_image *im)
{
    struct shelf s = {.n = 0};
    struct fic_imports imports = {read_shelf, &s};
    struct fic_compiled *c = NULL;
    const struct fic_image *again;
    struct fic_error e;
    char message[1024] = "";
    size_t n;
    struct fic_library_name *libs = fic_image_libraries(im, &n);

    ck_assert_uint_le(n, 16);
    for (; s.n < n; s.n++) {
        FILE *f = open_memstream(&s.text[s.n], &s.len[s.n]);
        fic_decompile(im, libs, n, s.n, f);
        fclose(f);
    }
    free(libs);
    if (fic_compile("again.fi", s.text[0], s.len[0], &imports, &c, &e))
        fic_error_format(&e, message, sizeof(message));
    ck_assert_msg(c != NULL, "%s: %s\n%s", im->tname, message, s.text[0]);
    again = fic_compiled_find(c, im->name);
    ck_assert_ptr_nonnull(again);
    ck_assert_mem_eq(again->identity, im->identity, 32);
    fic_compiled_free(c);
    for (size_t i = 0; i < s.n; i++)
        free(s.text[i]);
}

/* Calls f with every image of the repository; there must be many. */
static void each_image(void (*f)(const struct fic_image *, const struct fic_doc_file *))
{
    DIR *d = opendir(interfaces_dir());
    struct dirent *x;
    size_t seen = 0;

    ck_assert_ptr_nonnull(d);
    while ((x = readdir(d))) {
        struct fic_compiled *c;
        char path[512];
        size_t n = strlen(x->d_name);
        if (n < 4 || strcmp(x->d_name + n - 3, ".fi")) continue;
        snprintf(path, sizeof(path), "abi/interfaces/%s", x->d_name);
        c = compile_repo(path);
        for (size_t i = 0; i < c->n; i++, seen++)
            f(c->images[i], &c->docs[i]);
        fic_compiled_free(c);
    }
    closedir(d);
    ck_assert_uint_ge(seen, 5);
}

static void decompile_one(const struct fic_image *im, const struct fic_doc_file *docs)
{
    (void)docs;
    round_trip(im);
}

START_TEST(test_decompile) { each_image(decompile_one); }
END_TEST

/* Types and interfaces of other libraries, two of which end alike. */
START_TEST(test_decompile_imports)
{
    static char a[] = "library x.fs 1; import y.fs 2 as other; struct S { t: other.T; }"
                      "interface I { }",
                b[] = "library y.fs 2; struct T { a: u8; } interface J { }";
    struct shelf s = {{a, b}, {sizeof(a) - 1, sizeof(b) - 1}, 2};
    struct fic_imports imports = {read_shelf, &s};
    static const char text[] =
        "library t.a 1; import x.fs 1 as one; import y.fs 2 as two;"
        "interface X { 16: m(a: one.S, b: two.T, c: cap<one.I>) -> (d: obj<two.J>, e: obj<Y>); }"
        "interface Y { }";
    struct fic_compiled *c;
    struct fic_error e;

    ck_assert_int_eq(fic_compile("t.fi", text, strlen(text), &imports, &c, &e), 0);
    ck_assert_uint_eq(c->images[0]->ntypes, 2);
    ck_assert_str_eq(c->images[0]->types[0].tname, "x.fs/1.S");
    round_trip(c->images[0]);
    fic_compiled_free(c);
}
END_TEST

static void generate_one(const struct fic_image *im, const struct fic_doc_file *docs)
{
    struct fic_error e;
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    ck_assert_int_eq(fic_gen_markdown(im, docs->bytes, docs->len, f, &e), 0);
    fic_gen_cddl(im, f);
    fic_gen_wireshark(&im, 1, f);
    fic_gen_fuzz(im, f);
    fic_describe(im, f);
    fic_print_layout(im, f);
    fclose(f);
    ck_assert_ptr_nonnull(strstr(text, im->tname));
    for (size_t i = 0; i < im->nmethods; i++)
        if (im->methods[i].name) ck_assert_ptr_nonnull(strstr(text, im->methods[i].name));
    free(text);
}

START_TEST(test_generators) { each_image(generate_one); }
END_TEST

START_TEST(test_markdown_docs)
{
    static const char text[] = "library t.a 1;\n/// What X is.\ninterface X {\n"
                               "  /// What m does\n  /// in two lines.\n"
                               "  16: m(\n /// What a is.\n a: u8) -> (\n/// Answer.\nb: E);\n"
                               "  errors {\n /// When it fails.\n 256: FAILED; } }\n"
                               "/// What E is.\nenum E: u8 {\n /// The one.\n ONE = 1; }\n";
    struct fic_compiled *c = compile_text(text);
    struct fic_error e;
    char *out;
    size_t len;
    FILE *f = open_memstream(&out, &len);

    ck_assert_int_eq(fic_gen_markdown(c->images[0], c->docs[0].bytes, c->docs[0].len, f, &e), 0);
    fclose(f);
    ck_assert_ptr_nonnull(strstr(out, "What X is."));
    ck_assert_ptr_nonnull(strstr(out, "What m does\nin two lines."));
    ck_assert_ptr_nonnull(strstr(out, "What a is."));
    ck_assert_ptr_nonnull(strstr(out, "Answer."));
    ck_assert_ptr_nonnull(strstr(out, "When it fails."));
    ck_assert_ptr_nonnull(strstr(out, "What E is."));
    ck_assert_ptr_nonnull(strstr(out, "The one."));
    free(out);
    /* Docs of another image are refused. */
    c->docs[0].bytes[5] ^= 1;
    f = open_memstream(&out, &len);
    ck_assert_int_ne(fic_gen_markdown(c->images[0], c->docs[0].bytes, c->docs[0].len, f, &e), 0);
    fclose(f);
    free(out);
    fic_compiled_free(c);
}
END_TEST

/* Strict flags are their bits, open ones the whole range. */
START_TEST(test_cddl_flags)
{
    struct fic_compiled *c = compile_text(
        "library t.a 1; flags F: u16 { A = 0; B = 3; reserved 4; C = 15; } open flags G: u16 { A = "
        "0; } interface X { 16: m(f: F, g: G); }");
    char *out;
    size_t len;
    FILE *f = open_memstream(&out, &len);

    fic_gen_cddl(c->images[0], f);
    fclose(f);
    ck_assert_msg(strstr(out, "t-a-1-F = uint .bits (0 / 3 / 15)\n") != NULL, "%s", out);
    ck_assert_msg(strstr(out, "t-a-1-G = 0..65535\n") != NULL, "%s", out);
    free(out);
    fic_compiled_free(c);
}
END_TEST

/* Docs, comments, constants and the order of declarations do not change an identity. */
START_TEST(test_identity)
{
    struct fic_compiled *a = compile_text(
        "library t.a 1; const N = 4; struct S { a: u8; } interface X { 16: m(a: string<N>, s: S); "
        "17: n(); }");
    struct fic_compiled *b = compile_text("library t.a 1;\n/// A doc.\ninterface X { 17: n(); // "
                                          "comment\n 16: m(a: string<0x4>, s: S); }"
                                          "struct S { a: u8; }");

    ck_assert_mem_eq(a->images[0]->identity, b->images[0]->identity, 32);
    fic_compiled_free(a);
    fic_compiled_free(b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fic tools");
    TCase *t = tcase_create("tools");

    tcase_add_test(t, test_decompile);
    tcase_add_test(t, test_decompile_imports);
    tcase_add_test(t, test_generators);
    tcase_add_test(t, test_markdown_docs);
    tcase_add_test(t, test_cddl_flags);
    tcase_add_test(t, test_identity);
    suite_add_tcase(s, t);
    return run_suite(s);
}
