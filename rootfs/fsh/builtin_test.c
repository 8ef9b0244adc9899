/* SPDX-License-Identifier: Apache-2.0 */
/* test and [: conditions on files, texts and numbers. */
#include "shell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct test {
    char **args;
    int at, count;
    unsigned depth;
    const char *error;
};

static bool test_or(struct test *test);

static bool test_fail(struct test *test, const char *error)
{
    if (test->error == NULL) test->error = error;
    return false;
}

static bool test_file(struct test *test, char op, const char *path)
{
    struct stat st;
    if (op == 'L' || op == 'h') return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
    if (op == 'r' || op == 'w' || op == 'x')
        return access(path, op == 'r' ? R_OK : op == 'w' ? W_OK : X_OK) == 0;
    if (op == 't') return isatty(atoi(path));
    if (stat(path, &st) != 0) return false;
    switch (op) {
    case 'e': return true;
    case 'f': return S_ISREG(st.st_mode);
    case 'd': return S_ISDIR(st.st_mode);
    case 's': return st.st_size > 0;
    case 'p': return S_ISFIFO(st.st_mode);
    case 'c': return S_ISCHR(st.st_mode);
    case 'b': return S_ISBLK(st.st_mode);
    default: return test_fail(test, "unknown operator");
    }
}

static long test_number(struct test *test, const char *text)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0) test_fail(test, "a number is expected");
    return value;
}

static bool test_numbers(struct test *test, const char *a, const char *op, const char *b)
{
    long x = test_number(test, a), y = test_number(test, b);
    if (strcmp(op, "-eq") == 0) return x == y;
    if (strcmp(op, "-ne") == 0) return x != y;
    if (strcmp(op, "-lt") == 0) return x < y;
    if (strcmp(op, "-le") == 0) return x <= y;
    return strcmp(op, "-gt") == 0 ? x > y : x >= y;
}

static bool op_known(const char *op)
{
    static const char *const names[] = {"=",   "==",  "!=",  "<",   ">",   "-eq", "-ne",
                                        "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(op, names[i]) == 0) return true;
    return false;
}

static bool test_files(const char *a, const char *op, const char *b)
{
    struct stat x, y;
    bool has_x = stat(a, &x) == 0, has_y = stat(b, &y) == 0;
    if (op[1] == 'e') return has_x && has_y && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    if (!has_x || !has_y) return op[1] == 'n' ? has_x && !has_y : has_y && !has_x;
    bool less = x.st_mtim.tv_sec != y.st_mtim.tv_sec ? x.st_mtim.tv_sec < y.st_mtim.tv_sec
                                                     : x.st_mtim.tv_nsec < y.st_mtim.tv_nsec;
    bool same = x.st_mtim.tv_sec == y.st_mtim.tv_sec && x.st_mtim.tv_nsec == y.st_mtim.tv_nsec;
    return op[1] == 'o' ? less : !less && !same;
}

static bool test_binary(struct test *test, const char *a, const char *op, const char *b)
{
    if (op[0] == '=') return strcmp(a, b) == 0;
    if (op[0] == '!') return strcmp(a, b) != 0;
    if (op[0] == '<') return strcmp(a, b) < 0;
    if (op[0] == '>') return strcmp(a, b) > 0;
    if (strcmp(op, "-nt") == 0 || strcmp(op, "-ot") == 0 || strcmp(op, "-ef") == 0)
        return test_files(a, op, b);
    return test_numbers(test, a, op, b);
}

static bool test_primary(struct test *test)
{
    int left = test->count - test->at;
    char **args = test->args + test->at;
    if (left <= 0) return test_fail(test, "an operand is missing");
    if (left >= 3 && op_known(args[1])) {
        test->at += 3;
        return test_binary(test, args[0], args[1], args[2]);
    }
    if (left >= 2 && strcmp(args[0], "!") == 0) {
        test->at++;
        if (++test->depth > 100) return test_fail(test, "nested too deeply");
        return !test_primary(test);
    }
    if (left >= 3 && strcmp(args[0], "(") == 0) {
        test->at++;
        if (++test->depth > 100) return test_fail(test, "nested too deeply");
        bool value = test_or(test);
        if (test->at >= test->count || strcmp(test->args[test->at++], ")") != 0)
            return test_fail(test, "a parenthesis is not closed");
        return value;
    }
    if (left >= 2 && args[0][0] == '-' && args[0][1] != '\0' && args[0][2] == '\0') {
        test->at += 2;
        if (args[0][1] == 'n' || args[0][1] == 'z')
            return (*args[1] == '\0') == (args[0][1] == 'z');
        return test_file(test, args[0][1], args[1]);
    }
    test->at++;
    return *args[0] != '\0';
}

static bool test_and(struct test *test)
{
    bool value = test_primary(test);
    while (test->at < test->count && strcmp(test->args[test->at], "-a") == 0) {
        test->at++;
        value &= test_primary(test);
    }
    return value;
}

static bool test_or(struct test *test)
{
    bool value = test_and(test);
    while (test->at < test->count && strcmp(test->args[test->at], "-o") == 0) {
        test->at++;
        value |= test_and(test);
    }
    return value;
}

int builtin_test(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)shell, (void)io;
    struct test test = {.args = argv + 1, .count = argc - 1};
    if (strcmp(argv[0], "[") == 0) {
        if (argc < 2 || strcmp(argv[argc - 1], "]") != 0) {
            shell_fail("[", "the closing ] is missing");
            return 2;
        }
        test.count--;
    }
    if (test.count == 0) return 1;
    bool value = test_or(&test);
    if (test.error == NULL && test.at < test.count) test.error = "unexpected operand";
    if (test.error != NULL) {
        shell_fail(argv[0], test.error);
        return 2;
    }
    return value ? 0 : 1;
}
