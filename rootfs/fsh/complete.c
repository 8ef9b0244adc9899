/* SPDX-License-Identifier: Apache-2.0 */
/* What a half-typed word may become: commands in command position, paths elsewhere. */
#include "shell.h"

#include <dirent.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Start of the raw word that ends at `at`; *command if a command is expected there. */
static size_t word_start(const char *line, size_t at, bool *command)
{
    size_t start = 0;
    bool expects = true;
    *command = true;
    for (size_t i = 0; i < at;) {
        if (line[i] == '\\' && i + 1 < at) {
            i += 2;
        } else if (line[i] == '\'' || line[i] == '"') {
            char quote = line[i++];
            while (i < at && line[i] != quote)
                i++;
            i += i < at;
        } else if (strchr(" \t;&|()<>", line[i]) != NULL) {
            bool blank = line[i] == ' ' || line[i] == '\t';
            if (!blank)
                expects = line[i] != '<' && line[i] != '>';
            else if (i > start)
                expects = false;
            start = ++i;
            *command = expects;
        } else {
            i++;
        }
    }
    return start;
}

static void complete_add(struct strings *out, const char *text)
{
    for (size_t i = 0; i < out->count; i++)
        if (strcmp(out->items[i], text) == 0) return;
    strings_add(out, text);
}

static void complete_commands(struct shell *shell, const char *word, struct strings *out)
{
    size_t length = strlen(word);
    for (size_t i = 0; builtin_at(i) != NULL; i++)
        if (strncmp(builtin_at(i)->name, word, length) == 0) strings_add(out, builtin_at(i)->name);
    const char *path = vars_get(&shell->variables, "PATH");
    for (path = path != NULL ? path : "/bin"; *path != '\0';) {
        size_t part = strcspn(path, ":");
        char *folder = text_copy(path, part);
        DIR *dir = opendir(folder);
        struct dirent *entry;
        while (dir != NULL && (entry = readdir(dir)) != NULL)
            if (entry->d_name[0] != '.' && strncmp(entry->d_name, word, length) == 0)
                complete_add(out, entry->d_name);
        if (dir != NULL) closedir(dir);
        free(folder);
        path += part + (path[part] == ':');
    }
}

/* The name that follows the last `$` or `${`, which *start then is the start of. False: the word
 * ends in no variable's name. */
static bool complete_variables(struct shell *shell, const char *raw, size_t *start,
                               struct strings *out)
{
    const char *dollar = strrchr(raw, '$');
    if (dollar == NULL) return false;
    const char *name = dollar + 1 + (dollar[1] == '{');
    size_t length = strlen(name);
    if (length > 0 && vars_name_length(name) != length) return false;
    for (size_t i = 0; i < shell->variables.count; i++) {
        const char *known = shell->variables.items[i].name;
        if (strncmp(known, name, length) != 0) continue;
        struct buffer word = {0};
        buffer_str(&word, known);
        if (name[-1] == '{') buffer_str(&word, "}");
        strings_take(out, word.text);
    }
    *start += (size_t)(name - raw);
    return true;
}

static void complete_paths(const char *word, struct strings *out)
{
    const char *slash = strrchr(word, '/'), *name = slash != NULL ? slash + 1 : word;
    char *folder = text_copy(word, (size_t)(name - word));
    DIR *dir = opendir(*folder != '\0' ? folder : ".");
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (strncmp(entry->d_name, name, strlen(name)) != 0 ||
            (entry->d_name[0] == '.' && name[0] != '.') || strcmp(entry->d_name, ".") == 0 ||
            strcmp(entry->d_name, "..") == 0)
            continue;
        struct buffer path = {0};
        struct stat st;
        buffer_str(&path, folder);
        buffer_str(&path, entry->d_name);
        if (stat(path.text, &st) == 0 && S_ISDIR(st.st_mode)) buffer_str(&path, "/");
        strings_take(out, path.text);
    }
    if (dir != NULL) closedir(dir);
    free(folder);
}

void complete_line(struct shell *shell, const char *line, size_t at, size_t *start,
                   struct strings *out)
{
    bool command;
    *start = word_start(line, at, &command);
    char *raw = text_copy(line + *start, at - *start);
    if (complete_variables(shell, raw, start, out)) {
        strings_sort(out, 0);
        free(raw);
        return;
    }
    struct buffer word = {0};
    buffer_str(&word, "");
    const char *home = vars_get(&shell->variables, "HOME");
    const char *c = raw;
    if (raw[0] == '~' && raw[1] == '/' && home != NULL) {
        buffer_str(&word, home);
        c++;
    }
    for (; *c != '\0'; c++) {
        if (*c == '\\' && c[1] != '\0')
            c++;
        else if (*c == '\'' || *c == '"')
            continue;
        buffer_add(&word, c, 1);
    }
    if (command && strchr(word.text, '/') == NULL)
        complete_commands(shell, word.text, out);
    else
        complete_paths(word.text, out);
    strings_sort(out, 0);
    free(word.text);
    free(raw);
}
