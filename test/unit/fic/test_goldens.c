/* SPDX-License-Identifier: Apache-2.0 */
/* The golden vectors of compiler, evolution and manifests. */
#include "compat.h"
#include "fic_test.h"
#include "manifest.h"
#include <cjson/cJSON.h>

static cJSON *load(const char *file, int least)
{
    FILE *f = fopen(repo_path(file), "rb");
    char *text;
    long n;
    cJSON *j;

    ck_assert_msg(f != NULL, "%s is missing", file);
    fseek(f, 0, SEEK_END);
    n = ftell(f);
    rewind(f);
    text = malloc((size_t)n + 1);
    ck_assert_uint_eq(fread(text, 1, (size_t)n, f), (size_t)n);
    text[n] = '\0';
    fclose(f);
    j = cJSON_Parse(text);
    free(text);
    ck_assert_msg(cJSON_IsArray(j) && cJSON_GetArraySize(j) >= least, "%s: too few vectors", file);
    return j;
}

static const char *text_of(const cJSON *v, const char *key)
{
    const cJSON *x = cJSON_GetObjectItemCaseSensitive(v, key);
    return cJSON_IsString(x) ? x->valuestring : NULL;
}

static void expect_error(const cJSON *v, const struct fic_error *e)
{
    const char *id = text_of(v, "id");

    ck_assert_msg((int)e->line == cJSON_GetObjectItem(v, "line")->valueint &&
                      (int)e->column == cJSON_GetObjectItem(v, "column")->valueint,
                  "%s: %u:%u", id, e->line, e->column);
    ck_assert_msg(!strcmp(e->expected, text_of(v, "expected")), "%s: expected %s", id, e->expected);
}

static void expect_hex(const char *id, const char *hex, const uint8_t *bytes, size_t len)
{
    char *is = malloc(2 * len + 1);

    to_hex(bytes, len, is);
    ck_assert_msg(!strcmp(is, hex), "%s: is %s", id, is);
    free(is);
}

static void compiler_vector(const cJSON *v)
{
    const char *id = text_of(v, "id"), *text = text_of(v, "text"), *image = text_of(v, "image");
    struct fic_compiled *c;
    const struct fic_image *im;
    struct fic_error e = {.line = 0};
    int r = fic_compile("v.fi", text, strlen(text), NULL, &c, &e);

    ck_assert_msg((r == 0) == (image != NULL), "%s: %u:%u: %s", id, e.line, e.column, e.expected);
    if (r) {
        expect_error(v, &e);
        return;
    }
    im = fic_compiled_find(c, text_of(v, "interface"));
    ck_assert_ptr_nonnull(im);
    expect_hex(id, image, im->bytes, im->size);
    expect_hex(id, text_of(v, "sha256"), im->identity, 32);
    fic_compiled_free(c);
}

static void compat_vector(const cJSON *v)
{
    const char *id = text_of(v, "id"), *rule = text_of(v, "rule");
    struct fic_compiled *a = compile_text(text_of(v, "old")), *b = compile_text(text_of(v, "new"));
    struct fic_compat report;
    bool ok = fic_compat(fic_compiled_find(a, "X"), fic_compiled_find(b, "X"), &report);
    bool found = !*rule && report.n == 0;

    ck_assert_msg(ok == cJSON_IsTrue(cJSON_GetObjectItem(v, "accept")), "%s: accepted %d", id, ok);
    for (size_t i = 0; i < report.n; i++)
        if (!strcmp(report.v[i].rule, rule) && report.v[i].rejected == !ok) found = true;
    ck_assert_msg(found, "%s: rule %s not reported (%zu findings)", id, rule, report.n);
    fic_compat_free(&report);
    fic_compiled_free(a);
    fic_compiled_free(b);
}

static void manifest_vector(const cJSON *v)
{
    const char *id = text_of(v, "id"), *text = text_of(v, "text"), *image = text_of(v, "image");
    struct fic_system *s, *back;
    struct fic_error e = {.line = 0};
    uint8_t *bytes;
    char *printed;
    size_t len, n;
    FILE *f;
    int r = fic_system_parse("v.sys", text, strlen(text), NULL, &s, &e);

    ck_assert_msg((r == 0) == (image != NULL), "%s: %u:%u: %s", id, e.line, e.column, e.expected);
    if (r) {
        expect_error(v, &e);
        return;
    }
    ck_assert_int_eq(fic_system_encode(s, &bytes, &len, &e), 0);
    expect_hex(id, image, bytes, len);
    fic_system_free(s);
    /* bytes -> model -> text -> model -> the same bytes */
    ck_assert_msg(fic_system_decode(bytes, len, &back, &e) == 0, "%s: %s", id, e.expected);
    f = open_memstream(&printed, &n);
    fic_system_print(back, f);
    fclose(f);
    fic_system_free(back);
    free(bytes);
    ck_assert_msg(fic_system_parse("p.sys", printed, n, NULL, &s, &e) == 0, "%s: %u:%u: %s", id,
                  e.line, e.column, e.expected);
    ck_assert_int_eq(fic_system_encode(s, &bytes, &len, &e), 0);
    expect_hex(id, image, bytes, len);
    fic_system_free(s);
    free(bytes);
    free(printed);
}

static void run_vectors(const char *file, int least, void (*f)(const cJSON *))
{
    cJSON *all = load(file, least);
    const cJSON *v;

    cJSON_ArrayForEach(v, all) f(v);
    cJSON_Delete(all);
}

START_TEST(test_compiler) { run_vectors("abi/fic/goldens/compiler.json", 160, compiler_vector); }
END_TEST

START_TEST(test_compat) { run_vectors("abi/fic/goldens/compat.json", 100, compat_vector); }
END_TEST

START_TEST(test_manifest) { run_vectors("abi/fic/goldens/manifest.json", 55, manifest_vector); }
END_TEST

int main(void)
{
    Suite *s = suite_create("fic goldens");
    TCase *t = tcase_create("goldens");

    tcase_set_timeout(t, 120);
    tcase_add_test(t, test_compiler);
    tcase_add_test(t, test_compat);
    tcase_add_test(t, test_manifest);
    suite_add_tcase(s, t);
    return run_suite(s);
}
