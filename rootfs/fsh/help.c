/* SPDX-License-Identifier: Apache-2.0 */
/* help: what the shell knows, which programs there are, and how one of them is used. */
#include "shell.h"

#include <dirent.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Words of the language, which are no commands. */
static const struct {
    const char *name, *usage;
} words[] = {
    {"!", "! PIPELINE\nSucceeds if PIPELINE fails.\n"},
    {"(", "( COMMANDS )\nRuns COMMANDS in a shell of their own, which changes nothing here.\n"},
    {"for", "for NAME [in WORD...]; do COMMANDS; done\nRuns COMMANDS for each WORD, or for each "
            "argument of the script.\n"},
    {"if",
     "if COMMANDS; then COMMANDS; [elif COMMANDS; then COMMANDS;]... [else COMMANDS;] fi\nRuns "
     "what follows the first condition that succeeds.\n"},
    {"until", "until COMMANDS; do COMMANDS; done\nRuns the second as long as the first fail.\n"},
    {"while", "while COMMANDS; do COMMANDS; done\nRuns the second as long as the first succeed.\n"},
    {"{", "{ COMMANDS; }\nRuns COMMANDS in this shell, as one.\n"},
};

static const char *word_usage(const char *name)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].name, name) == 0) return words[i].usage;
    return NULL;
}

static void print_columns(const struct strings *list)
{
    size_t width = 1;
    for (size_t i = 0; i < list->count; i++)
        width = strlen(list->items[i]) + 2 > width ? strlen(list->items[i]) + 2 : width;
    size_t columns = width < 76 ? 76 / width : 1;
    for (size_t i = 0; i < list->count; i++) {
        bool last = i + 1 == list->count || (i + 1) % columns == 0;
        out_fmt("%s%-*s%s", i % columns == 0 ? "  " : "", last ? 0 : (int)width, list->items[i],
                last ? "\n" : "");
    }
}

static void help_programs(struct shell *shell)
{
    struct strings names = {0};
    const char *path = vars_get(&shell->variables, "PATH");
    path = path != NULL ? path : "/bin";
    size_t length = strcspn(path, ":");
    char *folder = text_copy(path, length);
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.') strings_add(&names, entry->d_name);
    if (dir != NULL) closedir(dir);
    strings_sort(&names, 0);
    out_fmt("Programs in %s:\n", folder);
    print_columns(&names);
    strings_free(&names);
    free(folder);
}

static void help_all(struct shell *shell)
{
    struct strings names = {0};
    for (size_t i = 0; builtin_at(i) != NULL; i++)
        strings_add(&names, builtin_at(i)->name);
    out_str("Built into the shell:\n");
    print_columns(&names);
    strings_free(&names);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        strings_add(&names, words[i].name);
    out_str("Words of its language:\n");
    print_columns(&names);
    strings_free(&names);
    help_programs(shell);
    out_str("`help COMMAND` or `COMMAND --help` says how a command is used.\n");
}

int builtin_help(struct shell *shell, int argc, char **argv, const struct io *io)
{
    if (argc < 2) {
        help_all(shell);
        return 0;
    }
    const struct builtin *builtin = builtin_find(argv[1]);
    const char *usage = builtin != NULL ? builtin->usage : word_usage(argv[1]);
    if (usage != NULL) {
        out_fmt("usage: %s", usage);
        return 0;
    }
    char *path = command_find(shell, argv[1]);
    bool known = path != NULL && access(path, X_OK) == 0;
    free(path);
    if (!known) {
        shell_fail(argv[1], "there is no such command; `help` lists them");
        return 1;
    }
    struct command command = {.io = *io, .opened = {-1, -1, -1}};
    strings_add(&command.words, argv[1]);
    strings_add(&command.words, "--help");
    out_flush();
    int status = command_run(shell, &command);
    command_release(&command);
    return status;
}
