/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers of the compiler's tests. */
#ifndef FIC_TEST_H
#define FIC_TEST_H
#include "compile.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file of the repository; the runner says where that is. */
static inline const char *repo_path(const char *file)
{
    static char path[1024];
    const char *root = getenv("FUTURA_SOURCE");

    snprintf(path, sizeof(path), "%s/%s", root ? root : ".", file);
    return path;
}

static inline const char *interfaces_dir(void)
{
    static char dir[1024];
    snprintf(dir, sizeof(dir), "%s", repo_path("abi/interfaces"));
    return dir;
}

/* Compiles a text that must be fine. */
static inline struct fic_compiled *compile_text(const char *text)
{
    struct fic_compiled *c = NULL;
    struct fic_error e;
    char message[1024] = "";

    if (fic_compile("text.fi", text, strlen(text), NULL, &c, &e))
        fic_error_format(&e, message, sizeof(message));
    ck_assert_msg(c != NULL, "%s", message);
    return c;
}

/* Compiles an interface file of the repository. */
static inline struct fic_compiled *compile_repo(const char *file)
{
    const char *dirs[] = {interfaces_dir()};
    struct fic_folders folders = {dirs, 1};
    struct fic_imports imports = {fic_folders_read, &folders};
    struct fic_compiled *c = NULL;
    struct fic_text t;
    struct fic_error e;
    char message[1024] = "";

    ck_assert_int_eq(fic_text_load(repo_path(file), &t, &e), 0);
    if (fic_compile(t.file, t.text, t.len, &imports, &c, &e))
        fic_error_format(&e, message, sizeof(message));
    ck_assert_msg(c != NULL, "%s", message);
    free(t.text);
    free(t.file);
    return c;
}

static inline void to_hex(const uint8_t *p, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++)
        snprintf(out + 2 * i, 3, "%02x", p[i]);
    out[2 * n] = '\0';
}

static inline int run_suite(Suite *s)
{
    SRunner *r = srunner_create(s);
    int failed;

    srunner_set_fork_status(r, CK_NOFORK);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}

#endif
