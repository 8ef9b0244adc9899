/* SPDX-License-Identifier: Apache-2.0 */
/* Measures files of ramfs through the C library, in ticks of the counter: `bench NAME MIN MEDIAN
 * MAX N 1` lines, as the nucleus suite prints them. One tick is one instruction under `-icount
 * shift=4`. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "futura/processor.h"

#define ROUNDS 1000
#define BYTES 4096
#define FILE_NAME "/bench.file"

enum { WHOLE, OPEN, READ, CLOSE, WRITE, PARTS };
static const char *const names[PARTS] = {"vfs.open_read_close", "vfs.open", "vfs.read_4k",
                                         "vfs.close", "vfs.write_4k"};
static uint64_t sample[PARTS][ROUNDS], reading;

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static int fail(const char *what)
{
    perror(what);
    return 1;
}

static int file_make(const char *data)
{
    int fd = open(FILE_NAME, O_CREAT | O_WRONLY | O_TRUNC, 0600);

    if (fd < 0 || write(fd, data, BYTES) != BYTES || close(fd) != 0) return fail(FILE_NAME);
    return 0;
}

static int round_run(int round, char *data)
{
    uint64_t t[4];
    ssize_t n;
    int fd;

    t[0] = fut_counter();
    fd = open(FILE_NAME, O_RDONLY);
    t[1] = fut_counter();
    if (fd < 0) return fail("open");
    n = read(fd, data, BYTES);
    t[2] = fut_counter();
    if (n != BYTES) return fail("read");
    if (close(fd) != 0) return fail("close");
    t[3] = fut_counter();
    sample[OPEN][round] = t[1] - t[0] - reading;
    sample[READ][round] = t[2] - t[1] - reading;
    sample[CLOSE][round] = t[3] - t[2] - reading;
    sample[WHOLE][round] = t[3] - t[0] - 3 * reading;
    return 0;
}

static int write_run(int fd, int round, const char *data)
{
    uint64_t t = fut_counter(), end;
    ssize_t n = pwrite(fd, data, BYTES, 0);

    end = fut_counter();
    if (n != BYTES) return fail("write");
    sample[WRITE][round] = end - t - reading;
    return 0;
}

int main(void)
{
    static char data[BYTES], back[BYTES];
    uint64_t start = fut_counter();
    int fd;

    reading = fut_counter() - start;
    memset(data, 'f', sizeof(data));
    if (file_make(data) != 0) return 1;
    for (int i = -10; i < ROUNDS; i++) /* these warm up */
        if (round_run(i < 0 ? 0 : i, back) != 0) return 1;
    fd = open(FILE_NAME, O_WRONLY);
    for (int i = -10; i < ROUNDS; i++)
        if (write_run(fd, i < 0 ? 0 : i, data) != 0) return 1;
    close(fd);
    unlink(FILE_NAME);
    if (memcmp(data, back, BYTES) != 0) return fail("the bytes differ");
    for (int part = 0; part < PARTS; part++) {
        qsort(sample[part], ROUNDS, sizeof(sample[part][0]), compare);
        printf("bench %s %llu %llu %llu %d 1\n", names[part], (unsigned long long)sample[part][0],
               (unsigned long long)sample[part][ROUNDS / 2],
               (unsigned long long)sample[part][ROUNDS - 1], ROUNDS);
    }
    return 0;
}
