/* SPDX-License-Identifier: Apache-2.0 */
/* stat: prints what a file system knows about files. */
#include <futura/tool.h>
#include <limits.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *kind(mode_t mode)
{
    if (S_ISDIR(mode)) return "folder";
    if (S_ISLNK(mode)) return "symbolic link";
    if (S_ISCHR(mode) || S_ISBLK(mode)) return "device";
    return S_ISFIFO(mode) ? "pipe" : S_ISREG(mode) ? "file" : "other";
}

static void time_print(const char *what, const struct timespec *t)
{
    char text[17];
    struct tm tm = {0};
    const char *minutes = out_time(t->tv_sec, text);
    (void)localtime_r(&t->tv_sec, &tm);
    out_fmt("%s: %s:%02d.%09ld\n", what, minutes, tm.tm_sec, (long)t->tv_nsec);
}

static void stat_print(const char *path, const struct stat *st)
{
    char mode[11], target[PATH_MAX];
    ssize_t length = S_ISLNK(st->st_mode) ? readlink(path, target, sizeof target) : -1;
    out_fmt("  Name: %s", path);
    if (length >= 0) {
        out_str(" -> ");
        out_mem(target, (size_t)length);
    }
    out_fmt("\n  Type: %s\n  Size: %lu bytes in %lu blocks of 512\n", kind(st->st_mode),
            (unsigned long)st->st_size, (unsigned long)st->st_blocks);
    out_fmt("Device: %lu  Inode: %lu  Links: %lu\n", (unsigned long)st->st_dev,
            (unsigned long)st->st_ino, (unsigned long)st->st_nlink);
    out_fmt("  Mode: %04o %s  User: %u  Group: %u\n", st->st_mode & 07777,
            out_mode(st->st_mode, mode), st->st_uid, st->st_gid);
    time_print("  Read", &st->st_atim);
    time_print(" Write", &st->st_mtim);
    time_print("Change", &st->st_ctim);
}

int main(int argc, char **argv)
{
    bool follow = false;
    int option, status = 0;
    tool_begin(argc, argv,
               "stat [-L] FILE...\nPrints size, type, permissions and times. -L: of what "
               "a link leads to.\n");
    while ((option = tool_option(argc, argv, "L")) != -1) {
        if (option == '?') return tool_usage();
        follow = true;
    }
    if (tool_index == argc) return tool_usage();
    for (int i = tool_index; i < argc; i++) {
        struct stat st;
        if ((follow ? stat(argv[i], &st) : lstat(argv[i], &st)) == 0) {
            stat_print(argv[i], &st);
        } else {
            tool_error(argv[i]);
            status = 1;
        }
    }
    return tool_end(status);
}
