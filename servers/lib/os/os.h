/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system glue beneath the C library: every system call of musl arrives in __os_syscall() and
 * becomes calls to vfs, console, timer, loader and capmgr. Results are Linux's: a value, or -errno.
 * What the system does not have is -ENOSYS.
 *
 *      syscall.c   dispatch by number          fd.c       descriptors and what they name
 *      path.c      absolute paths, cwd         memory.c   mmap, brk
 *      poll.c      poll and select
 *      port_*.c    the generated stubs, one file a server, behind the small tables below
 */
#ifndef OS_H
#define OS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define OS_FDS 64
#define OS_PATH 4096

enum os_kind { OS_FREE, OS_FILE, OS_DIRECTORY, OS_TERMINAL, OS_PIPE_READ, OS_PIPE_WRITE };

/* What descriptors name; dup shares it. */
struct fsclient_volume;
struct os_open {
    uint8_t kind;    /* enum os_kind */
    uint8_t settled; /* a file: the way to its filesystem was looked for */
    uint16_t refs;
    uint32_t flags;  /* O_APPEND, O_NONBLOCK, access mode */
    uint32_t object; /* of the connection */
    uint32_t port;   /* which connection: 0 that to vfs (of a terminal: to the console
                        of the use "tty"), else one of its own, see port_file.c */
    uint32_t life;   /* of vfs, when it was opened */
    struct fsclient_volume *volume; /* not NULL: the session with its filesystem */
    uint64_t offset;                /* file position, directory cookie */
    char *path; /* absolute, of a directory: *at calls start here; NULL otherwise */
};

struct os_fd {
    struct os_open *open;
    uint8_t cloexec;
};

extern struct os_fd os_fds[OS_FDS];

/* fd.c */
struct os_open *os_get(long fd); /* NULL: EBADF */
long os_install(struct os_open *open, long least, int cloexec);
struct os_open *os_open_new(enum os_kind kind, uint32_t flags);
void os_open_drop(struct os_open *open);
long os_close(long fd);
long os_read(struct os_open *o, void *to, size_t n, int64_t at); /* at < 0: the file position */
long os_write(struct os_open *o, const void *from, size_t n, int64_t at);
long os_dup(long fd, long least, int cloexec);
long os_dup_to(long from, long to, int cloexec);

/* The permissions that new files and folders do not get. A program has it from $UMASK (octal), 022
 * without; umask(2) changes it for itself. */
extern uint32_t os_umask;

/* path.c: the absolute path of `path` relative to dirfd; -errno. */
long os_path(long dirfd, const char *path, char out[OS_PATH]);
long os_chdir(const char *path);
long os_getcwd(char *to, size_t n);
const char *os_cwd(void);
void os_cwd_set(const char *path); /* at start; ignored unless absolute */

/* memory.c */
long os_mmap(long address, long length, long protection, long flags, long fd, long offset);
long os_munmap(long address, long length);
long os_mprotect(long address, long length, long protection);

/* port_start.c: the start page, connections by name of use. */
void os_start(void);

/* poll.c; timeout NULL: without end */
struct pollfd;
struct timespec;
long os_poll(struct pollfd *fds, unsigned long n, const struct timespec *timeout);
long os_select(long n, void *in, void *out, void *except, const struct timespec *timeout);

/* port_file.c: before the first use of a file: finds out whether it can be had without vfs, and
 * whether it is a terminal (then its kind changes). -errno. */
long file_settle(struct os_open *o);

/* port_fs.c, port_file.c */
long fs_open(const char *path, uint32_t how, uint32_t mode, struct os_open *o);
long fs_read(struct os_open *o, void *to, size_t n, uint64_t at);
long fs_write(struct os_open *o, const void *from, size_t n, uint64_t at);
long fs_release(struct os_open *o);
long fs_stat(struct os_open *o, struct stat *st);
long fs_stat_path(const char *path, int follow, struct stat *st);
long fs_readdir(struct os_open *o, void *to, size_t n); /* fills linux_dirent64 records */
long fs_truncate(struct os_open *o, uint64_t size);
long fs_sync(struct os_open *o, int data_only);
long fs_mkdir(const char *path, uint32_t mode);
long fs_unlink(const char *path, int directory);
long fs_rename(const char *from, const char *to, int replace);
long fs_link(const char *from, const char *to);
long fs_symlink(const char *target, const char *path);
long fs_readlink(const char *path, char *to, size_t n);
long fs_set_mode(const char *path, uint32_t mode);
long fs_set_owner(const char *path, uint32_t uid, uint32_t gid);
long fs_set_times(const char *path, struct os_open *o,
                  const struct timespec times[2]); /* NULL: now */
long fs_statfs(const char *path, void *out);
long fs_make_pipe(struct os_open *reading, struct os_open *writing);
/* What is ready of POLLIN, POLLOUT; `wait`: if nothing is, OS_BIT_READY is raised when it changes.
 */
long fs_poll(struct os_open *o, int events, int wait);
/* Maps the file's own frames, read-only, and holds the file for as long; -ENOSYS: they cannot be
 * had so. fs_unmapped: they are not mapped any more. */
long fs_map(struct os_open *o, uint64_t offset, size_t pages, uint64_t *at);
void fs_unmapped(uint64_t at, size_t pages);

/* port_console.c */
long tty_read(struct os_open *o, void *to, size_t n, int nonblock);
long tty_write(struct os_open *o, const void *from, size_t n);
long tty_ioctl(struct os_open *o, unsigned long request, void *argument);
long tty_poll(struct os_open *o, int events, int wait); /* as fs_poll */
long tty_redeem(uint64_t ticket, struct os_open *o);    /* the open file becomes that terminal */
void tty_release(struct os_open *o);

/* port_timer.c */
long time_now(long clock, struct timespec *out);
long time_sleep(long clock, int absolute, const struct timespec *until);
long time_set(const struct timespec *to);
long time_alarm(uint64_t ns); /* OS_BIT_ALARM at that monotonic time; 0: not any more */

/* port_capmgr.c */
long cm_alloc(uint64_t near, size_t pages, unsigned map, uint64_t *at);
long cm_free(uint64_t at, size_t pages);
long cm_protect(uint64_t at, size_t pages, unsigned map);
long cm_random(void *to, size_t n);
long cm_number(void); /* the component's own number: the process id */
long cm_parent(void); /* its parent's; 0: the system's */
void cm_exit(int code) __attribute__((noreturn));

#endif
