/* SPDX-License-Identifier: Apache-2.0 */
/* du: says how much space trees take. */
#include <dirent.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DU_DEPTH 128

struct du {
    bool summary, human, all, failed;
};

static void du_print(const struct du *du, uint64_t bytes, const char *path)
{
    char human[8];
    if (du->human)
        out_fmt("%s\t%s\n", out_human(bytes, human), path);
    else
        out_fmt("%lu\t%s\n", (unsigned long)((bytes + 1023) / 1024), path);
}

static uint64_t du_walk(struct du *du, const char *path, unsigned depth)
{
    struct stat st;
    if (lstat(path, &st) != 0) {
        tool_error(path);
        du->failed = true;
        return 0;
    }
    uint64_t bytes = (uint64_t)st.st_blocks * 512;
    if (S_ISDIR(st.st_mode)) {
        DIR *dir = depth < DU_DEPTH ? opendir(path) : NULL;
        struct dirent *entry;
        if (dir == NULL) {
            tool_error(path);
            du->failed = true;
        }
        while (dir != NULL && (entry = readdir(dir)) != NULL) {
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
            char *inner = tool_join(path, entry->d_name);
            bytes += du_walk(du, inner, depth + 1);
            free(inner);
        }
        if (dir != NULL) closedir(dir);
    }
    if (depth == 0 || (!du->summary && (S_ISDIR(st.st_mode) || du->all))) du_print(du, bytes, path);
    return bytes;
}

int main(int argc, char **argv)
{
    struct du du = {0};
    int option;
    tool_begin(argc, argv,
               "du [-sha] [FILE...]\nPrints the space that folders take, in KiB. -s: only "
               "operands; -h: as 1.5M;\n-a: files too.\n");
    while ((option = tool_option(argc, argv, "shak")) != -1) {
        if (option == '?') return tool_usage();
        du.summary |= option == 's';
        du.human |= option == 'h';
        du.all |= option == 'a';
    }
    if (tool_index == argc) du_walk(&du, ".", 0);
    for (int i = tool_index; i < argc; i++)
        du_walk(&du, argv[i], 0);
    return tool_end(du.failed ? 1 : 0);
}
