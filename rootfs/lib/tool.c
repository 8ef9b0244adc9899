/* SPDX-License-Identifier: Apache-2.0 */
/* Usage, errors, options and memory of small commands. */
#include <errno.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *tool_value;
int tool_index = 1;
static const char *tool_name = "tool", *tool_text = "";
static size_t tool_cursor;

const char *tool_base(const char *path)
{
    const char *base = path;
    for (const char *c = path; *c != '\0'; c++)
        if (*c == '/' && c[1] != '\0' && c[1] != '/') base = c + 1;
    return base;
}

void tool_begin(int argc, char **argv, const char *usage)
{
    if (argc > 0) tool_name = tool_base(argv[0]);
    tool_text = usage;
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        out_str("usage: ");
        out_str(usage);
        exit(tool_end(0));
    }
}

static void error_put(const char *text) { (void)fd_write(2, text, strlen(text)); }

int tool_usage(void)
{
    out_flush();
    error_put("usage: ");
    error_put(tool_text);
    return 2;
}

void tool_fail(const char *subject, const char *reason)
{
    out_flush();
    error_put(tool_name);
    error_put(": ");
    if (subject != NULL) {
        error_put(subject);
        error_put(": ");
    }
    error_put(reason);
    error_put("\n");
}

void tool_error(const char *subject) { tool_fail(subject, strerror(errno)); }

int tool_end(int status)
{
    if (out_flush()) return status;
    if (errno == EPIPE) /* the reader has enough; not worth a message */
        return 1;
    error_put(tool_name);
    error_put(": output: ");
    error_put(strerror(errno));
    error_put("\n");
    return 1;
}

void (*tool_no_memory)(void);

void *tool_resize(void *old, size_t size)
{
    void *data = realloc(old, size != 0 ? size : 1);
    if (data == NULL) {
        if (tool_no_memory != NULL) tool_no_memory();
        tool_fail(NULL, "out of memory");
        _exit(1);
    }
    return data;
}

void *tool_alloc(size_t size) { return tool_resize(NULL, size); }

char *tool_join(const char *dir, const char *name)
{
    size_t length = strlen(dir), rest = strlen(name);
    char *path = tool_alloc(length + rest + 2);
    memcpy(path, dir, length);
    if (length > 0 && dir[length - 1] != '/') path[length++] = '/';
    memcpy(path + length, name, rest + 1);
    return path;
}

static int option_bad(char letter, const char *reason)
{
    char subject[] = {'-', letter, '\0'};
    tool_fail(subject, reason);
    return '?';
}

int tool_option(int argc, char **argv, const char *letters)
{
    if (tool_index >= argc) return -1;
    char *arg = argv[tool_index];
    if (tool_cursor == 0) {
        if (arg[0] != '-' || arg[1] == '\0') return -1;
        if (arg[1] == '-' && arg[2] == '\0') {
            tool_index++;
            return -1;
        }
        if (arg[1] == '-') { /* there are no long options but --help, alone */
            tool_fail(arg, "unknown option");
            return '?';
        }
        tool_cursor = 1;
    }
    char letter = arg[tool_cursor++];
    bool last = arg[tool_cursor] == '\0';
    const char *known = letter == ':' ? NULL : strchr(letters, letter);
    if (known == NULL) return option_bad(letter, "unknown option");
    if (known[1] == ':') {
        tool_value = last ? argv[++tool_index] : arg + tool_cursor;
        if (tool_value == NULL) return option_bad(letter, "a value is missing");
        last = true;
    }
    if (last) {
        tool_index++;
        tool_cursor = 0;
    }
    return letter;
}

bool tool_plain(int *argc, char ***argv)
{
    if (tool_option(*argc, *argv, "") != -1) return false;
    *argc -= tool_index - 1;
    *argv += tool_index - 1;
    return true;
}

bool tool_number(const char *text, const char *what, uint64_t *value)
{
    uint64_t n = 0;
    const char *c = text;
    for (; *c >= '0' && *c <= '9'; c++) {
        unsigned digit = (unsigned)(*c - '0');
        if (n > (UINT64_MAX - digit) / 10) break;
        n = n * 10 + digit;
    }
    if (c == text || *c != '\0') {
        tool_fail(text, what);
        return false;
    }
    *value = n;
    return true;
}
