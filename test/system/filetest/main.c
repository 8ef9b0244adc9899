/* SPDX-License-Identifier: Apache-2.0 */
/* What programs do with files, pipes and terminals; see README.md. Every case prints one line. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "capmgr.h"
#include "component.h"
#include "components.h"
#include "fs.h"
#include "futura/spawn.h"

#define READS 1000
#define PATIENCE_MS 10000

static void fail(const char *what)
{
    printf("FAILED: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void check(int ok, const char *what)
{
    if (!ok) fail(what);
}

/* IPC calls that the component `name` has made, out of /proc/tasks (pid ppid name state prio cpu_ns
 * calls ...); the last of that name. */
static unsigned long calls_of(const char *name)
{
    char line[512], found[64];
    unsigned long calls = 0, n;
    FILE *f = fopen("/proc/tasks", "r");

    check(f != NULL, "/proc/tasks");
    while (fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "%*s %*s %63s %*s %*s %*s %lu", found, &n) == 2 &&
            strcmp(found, name) == 0)
            calls = n;
    fclose(f);
    return calls;
}

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- without vfs ---- */

/* Every kind of use of an open file, READS times, between two looks at the count of vfs' calls. */
static void reads(void)
{
    char block[512];
    struct stat st;
    int in = open("/bin/fsh", O_RDONLY), out = open("/tmp.reads", O_RDWR | O_CREAT | O_TRUNC, 0600);
    unsigned long vfs, self;

    check(in >= 0 && out >= 0, "open");
    check(read(in, block, 1) == 1 && write(out, block, 1) == 1, "the first use");
    self = calls_of("files");
    vfs = calls_of("vfs");
    for (int i = 0; i < READS; i++) {
        check(pread(in, block, sizeof block, i * 100) == sizeof block, "read");
        check(pwrite(out, block, sizeof block, i % 50 * 512) == sizeof block, "write");
        check(fstat(out, &st) == 0 && ftruncate(out, st.st_size) == 0, "attributes");
    }
    vfs = calls_of("vfs") - vfs;
    self = calls_of("files") - self;
    close(in);
    close(out);
    unlink("/tmp.reads");
    printf("%d rounds: vfs %lu self %lu\n", READS, vfs, self);
}

/* Names come and go while the file is open; two appenders do not overwrite each other. */
static void names(void)
{
    char got[64];
    int a = open("/tmp.a", O_RDWR | O_CREAT | O_APPEND, 0600),
        b = open("/tmp.a", O_WRONLY | O_APPEND);
    int c = open("/tmp.a", O_RDONLY), d;

    check(a >= 0 && b >= 0 && c >= 0, "open");
    check(write(a, "one ", 4) == 4 && write(b, "two ", 4) == 4 && write(a, "three", 5) == 5,
          "append");
    check(pread(c, got, sizeof got, 0) == 13 && memcmp(got, "one two three", 13) == 0, "order");
    check(write(c, "x", 1) == -1 && errno == EBADF, "read-only");
    check(rename("/tmp.a", "/tmp.b") == 0 && unlink("/tmp.b") == 0, "rename, unlink");
    check(access("/tmp.b", F_OK) == -1 && errno == ENOENT, "gone by name");
    check(write(b, "!", 1) == 1 && pread(c, got, sizeof got, 13) == 1, "still open");
    d = dup(c);
    check(lseek(c, 4, SEEK_SET) == 4 && read(d, got, 3) == 3 && memcmp(got, "two", 3) == 0, "dup");
    check(lseek(c, 0, SEEK_CUR) == 7, "one offset");
    printf("names are right\n");
}

/* ---- frames ---- */

static void map(void)
{
    int fd = open("/tmp.map", O_RDWR | O_CREAT | O_TRUNC, 0600), i;
    unsigned long self, sum = 0;
    const volatile unsigned char *p;
    unsigned char page[4096];

    for (i = 0; i < 5; i++) {
        memset(page, 'a' + i, sizeof page);
        check(write(fd, page, i < 4 ? sizeof page : 100) > 0, "write");
    }
    p = mmap(NULL, 4 * 4096 + 100, PROT_READ, MAP_SHARED, fd, 0);
    check(p != MAP_FAILED, "mmap");
    self = calls_of("files");
    for (int round = 0; round < 100; round++)
        for (i = 0; i < 4 * 4096 + 100; i++)
            sum += p[i];
    self = calls_of("files") - self;
    for (i = 0; i < 5; i++)
        check(p[i * 4096] == 'a' + i, "content");
    check(p[4 * 4096 + 100] == 0, "zeros behind the end");
    check(pwrite(fd, "Z", 1, 4096) == 1 && p[4096] == 'Z', "a write shows");
    check(close(fd) == 0 && unlink("/tmp.map") == 0 && p[0] == 'a', "held while mapped");
    check(munmap((void *)p, 5 * 4096) == 0, "munmap");
    fd = open("/etc/motd", O_RDONLY);
    p = mmap(NULL, 7, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    check(p != MAP_FAILED && memcmp((const void *)p, "Welcome", 7) == 0, "a private copy");
    check(mmap(NULL, 7, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED && errno == ENODEV,
          "shared and writable");
    printf("mapped: sum %lu self %lu\n", sum, self);
}

/* The file is cut under the mapping: the frames are gone, and whoever looks dies of it. */
static void cut(void)
{
    int fd = open("/tmp.cut", O_RDWR | O_CREAT | O_TRUNC, 0600);
    const volatile char *p;

    check(ftruncate(fd, 8192) == 0, "grow");
    p = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
    check(p != MAP_FAILED && p[5000] == 0, "mmap");
    check(ftruncate(fd, 0) == 0 && unlink("/tmp.cut") == 0, "cut");
    printf("looking\n");
    fflush(stdout);
    printf("FAILED: it is still there: %d\n", p[5000]);
}

/* ---- waiting ---- */

static pid_t start(const char *what, int in, int out)
{
    char *const argv[] = {"files", (char *)what, NULL}, *const none[] = {NULL};
    const int fds[3] = {in, out, 2};
    pid_t pid;

    check(fut_spawn(&pid, "/test/files", argv, none, fds, NULL) == 0, "spawn");
    return pid;
}

static void late_writer(void)
{
    usleep(300000);
    check(write(1, "x", 1) == 1, "write");
    usleep(300000);
}

static void late_reader(void)
{
    char c[4096];

    usleep(300000);
    check(read(0, c, sizeof c) > 0, "read");
    usleep(300000);
}

/* A reader waits for data, then for the hang-up; what it calls meanwhile is counted. */
static void poll_reader(void)
{
    int ends[2], status;
    struct pollfd p = {.events = POLLIN};
    unsigned long self;
    uint64_t t;
    pid_t pid;
    char c;

    check(pipe(ends) == 0, "pipe");
    p.fd = ends[0];
    check(poll(&p, 1, 0) == 0, "nothing yet");
    pid = start("late-writer", 0, ends[1]);
    close(ends[1]);
    t = now_ms();
    self = calls_of("files");
    check(poll(&p, 1, PATIENCE_MS) == 1 && p.revents == POLLIN, "readable");
    check(read(ends[0], &c, 1) == 1 && c == 'x', "read");
    check(poll(&p, 1, -1) == 1 && (p.revents & POLLHUP) != 0, "hang-up");
    self = calls_of("files") - self;
    t = now_ms() - t;
    check(fut_wait(pid, &status) == 0 && status == 0, "child");
    printf("reader: %s self %lu\n", t >= 500 && t < PATIENCE_MS ? "waited" : "did not wait", self);
}

static void poll_writer(void)
{
    int ends[2], status;
    struct pollfd p = {.events = POLLOUT};
    static char full[16384];
    unsigned long self;
    uint64_t t;
    pid_t pid;

    check(pipe(ends) == 0, "pipe");
    p.fd = ends[1];
    check(poll(&p, 1, 0) == 1 && p.revents == POLLOUT, "room at first");
    check(write(ends[1], full, sizeof full) == sizeof full, "fill");
    check(poll(&p, 1, 0) == 0, "full");
    pid = start("late-reader", ends[0], 1);
    close(ends[0]);
    t = now_ms();
    self = calls_of("files");
    check(poll(&p, 1, PATIENCE_MS) == 1 && (p.revents & POLLOUT) != 0, "room again");
    self = calls_of("files") - self;
    t = now_ms() - t;
    check(fut_wait(pid, &status) == 0 && status == 0, "child");
    check(poll(&p, 1, PATIENCE_MS) == 1 && (p.revents & POLLHUP) != 0, "hang-up");
    printf("writer: %s self %lu\n", t >= 250 && t < PATIENCE_MS ? "waited" : "did not wait", self);
}

/* Time-outs of poll and select are alarms, not rounds of looking. */
static void poll_timeout(void)
{
    int ends[2];
    struct pollfd p = {.events = POLLIN};
    struct timeval quarter = {0, 250000};
    unsigned long self = calls_of("files");
    uint64_t t = now_ms();
    fd_set in;

    check(pipe(ends) == 0, "pipe");
    p.fd = ends[0];
    check(poll(&p, 1, 250) == 0, "poll");
    FD_ZERO(&in);
    FD_SET(ends[0], &in);
    check(select(ends[0] + 1, &in, NULL, NULL, &quarter) == 0, "select");
    t = now_ms() - t;
    self = calls_of("files") - self;
    check(write(ends[1], "x", 1) == 1, "write");
    FD_SET(ends[0], &in);
    check(select(ends[0] + 1, &in, NULL, NULL, NULL) == 1 && FD_ISSET(ends[0], &in), "readable");
    p.fd = 60;
    check(poll(&p, 1, 0) == 1 && p.revents == POLLNVAL, "no such descriptor");
    printf("timeout: %s self %lu\n", t >= 500 && t < PATIENCE_MS ? "waited" : "did not wait", self);
}

/* ---- terminals ---- */

static void poll_terminal(void)
{
    struct pollfd p = {.fd = 0, .events = POLLIN};
    unsigned long self;
    char line[80];
    uint64_t t = now_ms();

    printf("type\n");
    fflush(stdout);
    self = calls_of("files");
    check(poll(&p, 1, -1) == 1 && p.revents == POLLIN, "poll");
    self = calls_of("files") - self;
    check(fgets(line, sizeof line, stdin) != NULL, "line");
    line[strcspn(line, "\n")] = 0;
    printf("terminal: %s %s self %lu\n", line, now_ms() - t >= 300 ? "waited" : "did not wait",
           self);
}

static void console(void)
{
    char line[80];
    int fd = open("/dev/console", O_RDWR), n;

    check(fd >= 0 && isatty(fd) == 1, "a terminal");
    check(write(fd, "written to the console, type\n", 29) == 29, "write");
    n = (int)read(fd, line, sizeof line);
    check(n > 0, "read");
    printf("console read %.*s", n, line);
}

/* ---- death ---- */

static void kill_component(const char *name)
{
    uint32_t kind, info;

    check(component_facility("kill", &kind, &info) == FUT_OK, "no facility to kill with");
    check(capmgr_info_kill((capmgr_info){&component_capmgr, info}, components_find(info, name)) ==
              FUT_OK,
          "kill");
}

/* What was open is gone, what is opened then is there; what was written is lost with a ramfs. */
static void stale(void)
{
    char got[8];
    int fd = open("/etc/motd", O_RDONLY), unused = open("/etc/passwd", O_RDONLY), pipes[2];

    check(fd >= 0 && unused >= 0 && read(fd, got, 7) == 7, "before");
    check(close(open("/tmp.lost", O_WRONLY | O_CREAT, 0600)) == 0, "create");
    check(pipe(pipes) == 0, "pipe");
    kill_component("ramfs");
    check(read(fd, got, 7) == -1 && errno == ESTALE, "a file that was in use");
    check(read(unused, got, 7) == -1 && errno == ESTALE, "a file that was not yet used");
    check(close(fd) == 0 && close(unused) == 0, "close");
    fd = open("/etc/motd", O_RDONLY);
    check(fd >= 0 && read(fd, got, 7) == 7 && memcmp(got, "Welcome", 7) == 0, "opened again");
    check(access("/tmp.lost", F_OK) == -1 && errno == ENOENT, "what was written is lost");
    check(access("/dev/null", W_OK) == 0 && access("/proc/tasks", R_OK) == 0, "mounts");
    kill_component("vfs");
    check(read(fd, got, 7) == 7, "a file without vfs");
    check(write(pipes[1], "x", 1) == -1 && errno == EPIPE, "a pipe without vfs");
    check(access("/etc/motd", R_OK) == 0, "names again");
    check(pread(fd, got, 7, 0) == 7 && memcmp(got, "Welcome", 7) == 0, "the file outlives vfs");
    printf("stale files say so\n");
}

/* ---- vfs itself ---- */

static struct fipc_conn vfs;
static const fs_directory root = {&vfs, 0};

static void vfs_connect(void)
{
    check(component_connect("fs", &fs_directory_iface, &fs_directory_lane, 1, 0, &vfs) == FUT_OK,
          "a session with vfs");
}

static fut_err read_ended(struct fipc_call *call)
{
    uint64_t end = now_ms() + PATIENCE_MS;
    uint8_t data[16];
    size_t n;
    fut_err e;

    while ((e = fs_pipe_read_end(call, data, sizeof data, &n)) == FUT_EAGAIN && now_ms() < end)
        fut_sys_yield();
    return e;
}

/* Reads that are given up leave nothing behind: more than vfs could keep, and no data is lost. */
static void cancel(void)
{
    uint32_t reader, writer, count;
    struct fipc_call call;
    uint8_t data[16];
    fs_pipe in, out;
    size_t n = 0;

    vfs_connect();
    check(fs_directory_pipe(root, &reader, &writer) == FUT_OK, "a pipe");
    in = (fs_pipe){&vfs, reader}, out = (fs_pipe){&vfs, writer};
    for (int i = 0; i < 200; i++) {
        check(fs_pipe_read_begin(in, 1, &call) == FUT_OK, "a read begins");
        if (i % 2 != 0) {
            fipc_abandon(&call);
            continue;
        }
        check(fs_pipe_read_end(&call, data, sizeof data, &n) == FUT_EAGAIN, "it waits");
        check(fipc_cancel(&call) == FUT_OK && read_ended(&call) == FUT_ECANCELED, "it is ended");
    }
    check(fs_pipe_write(out, "ab", 2, &count) == FUT_OK && count == 2, "a write");
    check(fs_pipe_read(in, 2, data, sizeof data, &n) == FUT_OK && n == 2 && data[0] == 'a',
          "a read after all");
    printf("reads can be cancelled\n");
}

/* Takes of everything at vfs until it is refused, and says what refused it; keeps it. */
static void greedy(void)
{
    static const uint8_t console[] = "/dev/console", dir[] = "/";
    uint32_t pipes = 0, objects = 0, tickets = 0, object, other;
    uint64_t volume, session, terminal;
    struct fs_opened file, node;
    fut_err e;

    vfs_connect();
    check(fs_directory_open(root, console, sizeof console - 1, FS_OPEN_FLAGS_READ, 0, &file) == 0,
          "the console");
    while ((e = fs_directory_pipe(root, &object, &other)) == FUT_OK)
        pipes++;
    printf("pipes %u: error %u limit %u\n", pipes, e, vfs.detail);
    while ((e = fs_directory_open(root, dir, 1, FS_OPEN_FLAGS_READ, 0, &node)) == FUT_OK)
        objects++;
    printf("objects %u: error %u limit %u\n", 2 * pipes + 1 + objects, e, vfs.detail);
    while ((e = fs_file_direct((fs_file){&vfs, file.u.file}, &volume, &object, &session,
                               &terminal)) == FUT_OK)
        tickets++;
    printf("tickets %u: error %u limit %u\ngreedy has all\n", tickets, e, vfs.detail);
    fflush(stdout);
    sleep(600);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {{"reads", reads},
                 {"names", names},
                 {"map", map},
                 {"cut", cut},
                 {"late-writer", late_writer},
                 {"late-reader", late_reader},
                 {"poll-reader", poll_reader},
                 {"poll-writer", poll_writer},
                 {"poll-timeout", poll_timeout},
                 {"poll-terminal", poll_terminal},
                 {"console", console},
                 {"stale", stale},
                 {"cancel", cancel},
                 {"greedy", greedy}};

    for (size_t i = 0; argc == 2 && i < sizeof cases / sizeof cases[0]; i++) {
        if (strcmp(argv[1], cases[i].name) != 0) continue;
        cases[i].run();
        return 0;
    }
    return 2;
}
