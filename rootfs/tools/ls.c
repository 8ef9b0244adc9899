/* SPDX-License-Identifier: Apache-2.0 */
/* ls: lists folders. */
#include <dirent.h>
#include <errno.h>
#include <futura/tool.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define LS_DEPTH 128

struct ls {
    bool all, almost, details, single, recursive, human, classify, folders_as_files, inodes;
    bool by_time, by_size, reverse, titles, again;
    size_t columns; /* 0 = one entry a line */
};

struct entry {
    char *name;
    struct stat st;
    bool known;
};

struct entries {
    struct entry *items;
    size_t count, room;
};

static struct ls ls;

static void entries_add(struct entries *list, const char *name, const char *path)
{
    if (list->count == list->room)
        list->items =
            tool_resize(list->items, (list->room = list->room * 2 + 32) * sizeof *list->items);
    struct entry *entry = &list->items[list->count++];
    size_t length = strlen(name) + 1;
    entry->name = memcpy(tool_alloc(length), name, length);
    entry->known = lstat(path, &entry->st) == 0;
    if (!entry->known) memset(&entry->st, 0, sizeof entry->st);
}

static void entries_free(struct entries *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].name);
    free(list->items);
}

static int compare(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int result = 0;
    if (ls.by_time && a->st.st_mtim.tv_sec != b->st.st_mtim.tv_sec)
        result = a->st.st_mtim.tv_sec > b->st.st_mtim.tv_sec ? -1 : 1;
    else if (ls.by_time)
        result = a->st.st_mtim.tv_nsec > b->st.st_mtim.tv_nsec   ? -1
                 : a->st.st_mtim.tv_nsec < b->st.st_mtim.tv_nsec ? 1
                                                                 : 0;
    else if (ls.by_size && a->st.st_size != b->st.st_size)
        result = a->st.st_size > b->st.st_size ? -1 : 1;
    if (result == 0) result = strcmp(a->name, b->name);
    return ls.reverse ? -result : result;
}

static const char *mark(const struct entry *entry)
{
    mode_t mode = entry->st.st_mode;
    if (!ls.classify) return "";
    return S_ISDIR(mode)                         ? "/"
           : S_ISLNK(mode)                       ? "@"
           : S_ISFIFO(mode)                      ? "|"
           : S_ISREG(mode) && (mode & 0111) != 0 ? "*"
                                                 : "";
}

static size_t digits(uint64_t value)
{
    size_t n = 1;
    while (value >= 10) {
        value /= 10;
        n++;
    }
    return n;
}

static void print_target(const char *folder, const struct entry *entry)
{
    char target[PATH_MAX];
    char *path = folder != NULL ? tool_join(folder, entry->name) : entry->name;
    ssize_t length = readlink(path, target, sizeof target);
    if (length >= 0) {
        out_str(" -> ");
        out_mem(target, (size_t)length);
    }
    if (folder != NULL) free(path);
}

static void print_details(const struct entries *list, const char *folder)
{
    size_t links = 1, size = ls.human ? 4 : 1;
    for (size_t i = 0; i < list->count; i++) {
        size_t l = digits(list->items[i].st.st_nlink),
               s = digits((uint64_t)list->items[i].st.st_size);
        links = l > links ? l : links;
        size = s > size && !ls.human ? s : size;
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct entry *entry = &list->items[i];
        char mode[11], when[17], human[8];
        if (ls.inodes) out_fmt("%8lu ", (unsigned long)entry->st.st_ino);
        out_fmt("%s %*lu %4u %4u ", entry->known ? out_mode(entry->st.st_mode, mode) : "unknown   ",
                (int)links, (unsigned long)entry->st.st_nlink, entry->st.st_uid, entry->st.st_gid);
        if (ls.human)
            out_fmt("%*s", (int)size, out_human((uint64_t)entry->st.st_size, human));
        else
            out_fmt("%*lu", (int)size, (unsigned long)entry->st.st_size);
        out_fmt(" %s %s", out_time(entry->st.st_mtim.tv_sec, when), entry->name);
        if (S_ISLNK(entry->st.st_mode))
            print_target(folder, entry);
        else
            out_str(mark(entry));
        out_char('\n');
    }
}

static size_t entry_width(const struct entry *entry)
{
    size_t width = strlen(mark(entry));
    for (const char *c = entry->name; *c != '\0'; c++)
        width += ((unsigned char)*c & 0xc0) != 0x80;
    return width + (ls.inodes ? 9 : 0);
}

static void print_entry(const struct entry *entry, size_t pad)
{
    if (ls.inodes) out_fmt("%8lu ", (unsigned long)entry->st.st_ino);
    out_fmt("%s%s%*s", entry->name, mark(entry), (int)pad, "");
}

static void print_columns(const struct entries *list)
{
    size_t width = 1;
    for (size_t i = 0; i < list->count; i++) {
        size_t w = entry_width(&list->items[i]) + 2;
        width = w > width ? w : width;
    }
    size_t across = ls.columns / width > 0 ? ls.columns / width : 1;
    size_t down = (list->count + across - 1) / across;
    for (size_t row = 0; row < down; row++) {
        for (size_t i = row; i < list->count; i += down) {
            bool last = i + down >= list->count;
            print_entry(&list->items[i], last ? 0 : width - entry_width(&list->items[i]));
        }
        out_char('\n');
    }
}

static void print_entries(struct entries *list, const char *folder)
{
    if (list->count > 1) qsort(list->items, list->count, sizeof *list->items, compare);
    if (ls.details) {
        print_details(list, folder);
    } else if (ls.columns > 0 && list->count > 0) {
        print_columns(list);
    } else {
        for (size_t i = 0; i < list->count; i++) {
            print_entry(&list->items[i], 0);
            out_char('\n');
        }
    }
}

static bool dots(const char *name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

static int list_folder(const char *path, unsigned depth);

static int list_inner(const struct entries *list, const char *path, unsigned depth)
{
    int status = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (!S_ISDIR(list->items[i].st.st_mode) || dots(list->items[i].name)) continue;
        char *inner = tool_join(path, list->items[i].name);
        status |= list_folder(inner, depth + 1);
        free(inner);
    }
    return status;
}

static int list_folder(const char *path, unsigned depth)
{
    DIR *dir = depth < LS_DEPTH ? opendir(path) : NULL;
    struct entries list = {0};
    struct dirent *entry;
    if (dir == NULL) {
        tool_error(path);
        return 1;
    }
    if (ls.titles) out_fmt("%s%s:\n", ls.again ? "\n" : "", path);
    ls.again = true;
    errno = 0;
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.' && !ls.all && !(ls.almost && !dots(entry->d_name))) continue;
        char *inner = tool_join(path, entry->d_name);
        entries_add(&list, entry->d_name, inner);
        free(inner);
        errno = 0;
    }
    int status = errno != 0 ? 1 : 0;
    if (status != 0) tool_error(path);
    closedir(dir);
    print_entries(&list, path);
    if (ls.recursive) status |= list_inner(&list, path, depth);
    entries_free(&list);
    return status;
}

static bool ls_options(int argc, char **argv)
{
    int option;
    while ((option = tool_option(argc, argv, "aAl1RhFdtSriC")) != -1) {
        switch (option) {
        case 'a': ls.all = true; break;
        case 'A': ls.almost = true; break;
        case 'l': ls.details = true; break;
        case '1': ls.columns = 0; break;
        case 'C': ls.columns = ls.columns > 0 ? ls.columns : 80; break;
        case 'R': ls.recursive = true; break;
        case 'h': ls.human = true; break;
        case 'F': ls.classify = true; break;
        case 'd': ls.folders_as_files = true; break;
        case 't': ls.by_time = true; break;
        case 'S': ls.by_size = true; break;
        case 'r': ls.reverse = true; break;
        case 'i': ls.inodes = true; break;
        default: return false;
        }
    }
    return true;
}

static int list_operands(int argc, char **argv)
{
    struct entries files = {0};
    struct stat st;
    int status = 0, folders = 0;
    for (int i = tool_index; i < argc; i++) {
        bool known = (ls.details ? lstat(argv[i], &st) : stat(argv[i], &st)) == 0 ||
                     lstat(argv[i], &st) == 0;
        if (!known) {
            tool_error(argv[i]);
            status = 2;
        } else if (S_ISDIR(st.st_mode) && !ls.folders_as_files) {
            folders++;
        } else {
            entries_add(&files, argv[i], argv[i]);
        }
    }
    ls.titles = ls.recursive || argc - tool_index > 1;
    print_entries(&files, NULL);
    ls.again = files.count > 0;
    entries_free(&files);
    for (int i = tool_index; i < argc && folders > 0; i++)
        if ((ls.details ? lstat(argv[i], &st) : stat(argv[i], &st)) == 0 && S_ISDIR(st.st_mode) &&
            !ls.folders_as_files)
            status |= list_folder(argv[i], 0);
    return status;
}

/* Width in characters: COLUMNS, or what the terminal says. */
static size_t terminal_columns(void)
{
    const char *text = getenv("COLUMNS");
    long columns = text != NULL ? strtol(text, NULL, 10) : 0;
    struct winsize size = {0};
    if (columns > 0) return (size_t)columns;
    return ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

int main(int argc, char **argv)
{
    static char *here[] = {"ls", ".", NULL};
    tool_begin(argc, argv,
               "ls [-aAl1CRhFdtSri] [FILE...]\nLists folders. -a: hidden entries too; -l: "
               "details; -1: one a line; -R: folders\ninside too; -h: sizes as 1.5K; -F: "
               "mark kinds; -d: folders themselves; -t: newest\nfirst; -S: largest first; "
               "-r: backwards; -i: inode numbers.\n");
    if (isatty(1)) ls.columns = terminal_columns();
    if (!ls_options(argc, argv)) return tool_usage();
    if (tool_index < argc) return tool_end(list_operands(argc, argv));
    tool_index = 1;
    if (ls.folders_as_files) return tool_end(list_operands(2, here));
    ls.titles = ls.recursive;
    return tool_end(list_folder(".", 0));
}
