/* SPDX-License-Identifier: Apache-2.0 */
/* find: walks trees and prints what matches. */
#include <dirent.h>
#include <fnmatch.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FIND_DEPTH 128

struct find {
    const char *name;
    char type;
    uint64_t max, min;
};

static bool find_matches(const struct find *find, const char *path, const struct stat *st)
{
    char type = S_ISDIR(st->st_mode)   ? 'd'
                : S_ISLNK(st->st_mode) ? 'l'
                : S_ISREG(st->st_mode) ? 'f'
                                       : 'o';
    if (find->type != '\0' && find->type != type) return false;
    return find->name == NULL || fnmatch(find->name, tool_base(path), 0) == 0;
}

static int find_walk(const struct find *find, const char *path, uint64_t depth)
{
    struct stat st;
    int status = 0;
    if (lstat(path, &st) != 0) {
        tool_error(path);
        return 1;
    }
    if (depth >= find->min && find_matches(find, path, &st)) out_fmt("%s\n", path);
    if (!S_ISDIR(st.st_mode) || depth >= find->max) return 0;
    DIR *dir = depth < FIND_DEPTH ? opendir(path) : NULL;
    if (dir == NULL) {
        tool_error(path);
        return 1;
    }
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char *inner = tool_join(path, entry->d_name);
        status |= find_walk(find, inner, depth + 1);
        free(inner);
    }
    closedir(dir);
    return status;
}

static bool find_conditions(struct find *find, int argc, char **argv, int i)
{
    for (; i < argc; i += 2) {
        if (strcmp(argv[i], "-print") == 0) {
            i--;
        } else if (i + 1 == argc) {
            return false;
        } else if (strcmp(argv[i], "-name") == 0) {
            find->name = argv[i + 1];
        } else if (strcmp(argv[i], "-type") == 0 && strlen(argv[i + 1]) == 1 &&
                   strchr("fdl", argv[i + 1][0]) != NULL) {
            find->type = argv[i + 1][0];
        } else if (strcmp(argv[i], "-maxdepth") == 0 || strcmp(argv[i], "-mindepth") == 0) {
            if (!tool_number(argv[i + 1], "not a depth",
                             argv[i][2] == 'a' ? &find->max : &find->min))
                return false;
        } else {
            tool_fail(argv[i], "unknown condition");
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct find find = {.max = UINT64_MAX};
    int first = 1, status = 0;
    tool_begin(argc, argv,
               "find [PATH...] [-name PATTERN] [-type f|d|l] [-maxdepth N] [-mindepth N]\n"
               "Prints the paths of all files that fulfil every condition.\n");
    while (first < argc && argv[first][0] != '-')
        first++;
    if (!find_conditions(&find, argc, argv, first)) return tool_usage();
    if (first == 1) status = find_walk(&find, ".", 0);
    for (int i = 1; i < first; i++)
        status |= find_walk(&find, argv[i], 0);
    return tool_end(status);
}
