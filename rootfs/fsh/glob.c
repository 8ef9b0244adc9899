/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns: * ? [set] and backslash, against text and against the file system. */
#include "shell.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One character of UTF-8 is one character for ? and *. */
static const char *char_next(const char *at)
{
    at++;
    while (((unsigned char)*at & 0xc0) == 0x80)
        at++;
    return at;
}

/* Matches the set after '['; returns the pattern after ']', null if the set has no end. */
static const char *set_match(const char *at, unsigned char c, bool *matches)
{
    bool invert = *at == '!' || *at == '^', found = false;
    if (invert) at++;
    for (const char *first = at; *at != ']' || at == first;) {
        if (*at == '\\' && at[1] != '\0') at++;
        if (*at == '\0') return NULL;
        unsigned char low = (unsigned char)*at++, high = low;
        if (*at == '-' && at[1] != ']' && at[1] != '\0') {
            at++;
            if (*at == '\\' && at[1] != '\0') at++;
            high = (unsigned char)*at++;
        }
        found |= low <= c && c <= high;
    }
    *matches = found != invert;
    return at + 1;
}

/* Matches one character of the pattern; advances both, or returns false. */
static bool step_match(const char **pattern, const char **text)
{
    const char *at = *pattern;
    if (**text == '\0') return false;
    if (*at == '?') {
        *pattern = at + 1;
        *text = char_next(*text);
        return true;
    }
    if (*at == '[') {
        bool matches;
        const char *after = set_match(at + 1, (unsigned char)**text, &matches);
        if (after != NULL) {
            *pattern = after;
            (*text)++;
            return matches;
        }
    }
    if (*at == '\\' && at[1] != '\0') at++;
    if (*at != **text) return false;
    *pattern = at + 1;
    (*text)++;
    return true;
}

bool glob_match(const char *pattern, const char *text)
{
    const char *star = NULL, *retry = NULL; /* going back to the last star is enough */
    for (;;) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = text;
        } else if (*pattern == '\0' && *text == '\0') {
            return true;
        } else if (*pattern == '\0' || !step_match(&pattern, &text)) {
            if (star == NULL || *retry == '\0') return false;
            retry = char_next(retry);
            pattern = star;
            text = retry;
        }
    }
}

static bool part_special(const char *part, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (part[i] == '\\')
            i++;
        else if (strchr("*?[", part[i]) != NULL)
            return true;
    }
    return false;
}

static void buffer_cut(struct buffer *buffer, size_t length)
{
    buffer->length = length;
    buffer->text[length] = '\0';
}

static void glob_walk(const char *rest, struct buffer *path, struct strings *out);

static void glob_directory(const char *part, size_t length, struct buffer *path,
                           struct strings *out)
{
    DIR *dir = opendir(path->length > 0 ? path->text : ".");
    if (dir == NULL) return;
    char *pattern = text_copy(part, length);
    bool hidden = pattern[0] == '.' || (pattern[0] == '\\' && pattern[1] == '.');
    size_t before = path->length;
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if ((entry->d_name[0] == '.' && !hidden) || !glob_match(pattern, entry->d_name)) continue;
        buffer_str(path, entry->d_name);
        glob_walk(part + length, path, out);
        buffer_cut(path, before);
    }
    free(pattern);
    closedir(dir);
}

static void glob_walk(const char *rest, struct buffer *path, struct strings *out)
{
    size_t before = path->length;
    while (*rest == '/') {
        buffer_add(path, rest, 1);
        rest++;
    }
    size_t length = strcspn(rest, "/");
    struct stat st;
    if (path->length > PATH_MAX) return;
    if (length == 0) {
        if (path->length > 0 && lstat(path->text, &st) == 0) strings_add(out, path->text);
    } else if (part_special(rest, length)) {
        glob_directory(rest, length, path, out);
    } else {
        for (size_t i = 0; i < length; i++) {
            if (rest[i] == '\\' && i + 1 < length) i++;
            buffer_add(path, rest + i, 1);
        }
        glob_walk(rest + length, path, out);
    }
    buffer_cut(path, before);
}

size_t glob_paths(const char *pattern, struct strings *out)
{
    size_t before = out->count;
    struct buffer path = {0};
    buffer_str(&path, "");
    if (strlen(pattern) <= PATH_MAX) glob_walk(pattern, &path, out);
    free(path.text);
    strings_sort(out, before);
    return out->count - before;
}
