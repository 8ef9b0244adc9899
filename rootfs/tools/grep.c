/* SPDX-License-Identifier: Apache-2.0 */
/* grep: prints the lines that match a pattern. */
#include <dirent.h>
#include <futura/tool.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GREP_PATTERNS 32
#define GREP_DEPTH 64

struct grep {
    bool invert, number, count, names, quiet, files, recursive, fixed, ignore, whole;
    bool failed;
    size_t patterns;
    const char *texts[GREP_PATTERNS];
    bool plain[GREP_PATTERNS]; /* no regular expression, or one that is only text */
    regex_t regexes[GREP_PATTERNS];
};

static bool line_matches(const struct grep *grep, const char *line)
{
    regmatch_t match;
    for (size_t i = 0; i < grep->patterns; i++) {
        const char *text = grep->texts[i];
        if (grep->plain[i]) {
            if (grep->whole ? strcmp(line, text) == 0 : strstr(line, text) != NULL) return true;
        } else if (regexec(&grep->regexes[i], line, 1, &match, 0) == 0 &&
                   (!grep->whole || (match.rm_so == 0 && line[match.rm_eo] == '\0'))) {
            return true;
        }
    }
    return false;
}

/* A line as zero-terminated text; zero bytes inside become blanks. */
static void line_copy(char **copy, size_t *room, const char *line, size_t length)
{
    if (*room < length + 1) *copy = tool_resize(*copy, *room = length * 2 + 64);
    memcpy(*copy, line, length);
    for (size_t i = 0; i < length; i++)
        if ((*copy)[i] == '\0') (*copy)[i] = ' ';
    (*copy)[length] = '\0';
}

static void print_line(const struct grep *grep, const char *name, uint64_t number, const char *line)
{
    if (grep->names) out_fmt("%s:", name);
    if (grep->number) out_fmt("%lu:", (unsigned long)number);
    out_fmt("%s\n", line);
}

/* 0 found, 1 not. */
static int grep_lines(struct grep *grep, struct in *in, const char *name)
{
    char *line, *copy = NULL;
    size_t length, room = 0;
    uint64_t number = 0, found = 0;
    while ((line = in_line(in, &length)) != NULL) {
        number++;
        length -= line[length - 1] == '\n';
        line_copy(&copy, &room, line, length);
        if (line_matches(grep, copy) == grep->invert) continue;
        found++;
        if (grep->quiet || grep->files) break;
        if (!grep->count) print_line(grep, name, number, copy);
    }
    free(copy);
    if (grep->files && found > 0) out_fmt("%s\n", name);
    if (grep->count && !grep->quiet && !grep->files) {
        if (grep->names) out_fmt("%s:", name);
        out_fmt("%lu\n", (unsigned long)found);
    }
    grep->failed |= in->failed;
    if (in->failed) tool_error(name);
    return found > 0 ? 0 : 1;
}

static int grep_path(struct grep *grep, const char *path, unsigned depth)
{
    struct stat st;
    struct in in;
    bool folder = strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    if (!folder) {
        if (!in_open(&in, path)) {
            grep->failed = true;
            return 1;
        }
        int result = grep_lines(grep, &in, strcmp(path, "-") == 0 ? "(input)" : path);
        in_close(&in);
        return result;
    }
    DIR *dir = grep->recursive && depth < GREP_DEPTH ? opendir(path) : NULL;
    int result = 1;
    if (dir == NULL) {
        tool_fail(path, "is a folder");
        grep->failed = true;
        return 1;
    }
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char *inner = tool_join(path, entry->d_name);
        bool link = lstat(inner, &st) == 0 && S_ISLNK(st.st_mode);
        if (!link && grep_path(grep, inner, depth + 1) == 0) result = 0;
        free(inner);
    }
    closedir(dir);
    return result;
}

static bool pattern_add(struct grep *grep, const char *text)
{
    if (grep->patterns == GREP_PATTERNS) {
        tool_fail(text, "too many patterns");
        return false;
    }
    grep->texts[grep->patterns++] = text;
    return true;
}

/* Escapes for -F together with -i, which regcomp has to do. */
static char *pattern_escape(const char *text)
{
    char *escaped = tool_alloc(strlen(text) * 2 + 1), *at = escaped;
    for (; *text != '\0'; text++) {
        if (strchr("\\.[*^$", *text) != NULL) *at++ = '\\';
        *at++ = *text;
    }
    *at = '\0';
    return escaped;
}

/* Searching text is many times as fast as running an automaton over it. */
static bool is_plain(const struct grep *grep, const char *text)
{
    return !grep->ignore && (grep->fixed || strpbrk(text, "\\.[]*^$+?(){}|") == NULL);
}

static bool patterns_compile(struct grep *grep, int flags)
{
    if (!grep->whole) flags |= REG_NOSUB; /* where it matches costs more than whether */
    for (size_t i = 0; i < grep->patterns; i++) {
        grep->plain[i] = is_plain(grep, grep->texts[i]);
        if (grep->plain[i]) continue;
        char *escaped = grep->fixed ? pattern_escape(grep->texts[i]) : NULL, message[80];
        const char *text = escaped != NULL ? escaped : grep->texts[i];
        int error =
            regcomp(&grep->regexes[i], text, escaped != NULL ? flags & ~REG_EXTENDED : flags);
        free(escaped);
        if (error != 0) {
            regerror(error, &grep->regexes[i], message, sizeof message);
            tool_fail(grep->texts[i], message);
            return false;
        }
    }
    return true;
}

static bool grep_options(struct grep *grep, int argc, char **argv, int *flags)
{
    int option;
    while ((option = tool_option(argc, argv, "invEFclqrRxe:")) != -1) {
        switch (option) {
        case 'i':
            grep->ignore = true;
            *flags |= REG_ICASE;
            break;
        case 'n': grep->number = true; break;
        case 'v': grep->invert = true; break;
        case 'E': *flags |= REG_EXTENDED; break;
        case 'F': grep->fixed = true; break;
        case 'c': grep->count = true; break;
        case 'l': grep->files = true; break;
        case 'q': grep->quiet = true; break;
        case 'x': grep->whole = true; break;
        case 'r':
        case 'R': grep->recursive = true; break;
        case 'e':
            if (!pattern_add(grep, tool_value)) return false;
            break;
        default: return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    static struct grep grep;
    int flags = 0, status = 1;
    tool_begin(
        argc, argv,
        "grep [-invEFclqrx] [-e] PATTERN [FILE...]\nPrints the lines that match. -i: upper and "
        "lower case are alike; -n: number\nlines; -v: those that do not match; -E: extended "
        "pattern; -F: plain text;\n-c: only count; -l: only names of files; -q: only the "
        "status; -r: folders with\nall they contain; -x: whole lines. Status 0 = found, 1 = "
        "not, 2 = error.\n");
    if (!grep_options(&grep, argc, argv, &flags)) return tool_usage();
    if (grep.patterns == 0) {
        if (tool_index == argc) return tool_usage();
        pattern_add(&grep, argv[tool_index++]);
    }
    if (!patterns_compile(&grep, flags)) return 2;
    grep.names = argc - tool_index > 1 || grep.recursive;
    if (tool_index == argc) status = grep_path(&grep, grep.recursive ? "." : "-", 0);
    for (int i = tool_index; i < argc; i++)
        if (grep_path(&grep, argv[i], 0) == 0) status = 0;
    status = tool_end(status);
    return grep.failed ? 2 : status;
}
