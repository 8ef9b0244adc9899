/* SPDX-License-Identifier: Apache-2.0 */
/* Buffered output and formatting without stdio. */
#include <errno.h>
#include <futura/tool.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char out_buffer[4096];
static size_t out_used;
static int out_fd = 1, out_errno;

bool fd_write(int fd, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        ssize_t n = write(fd, at, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            if (n == 0) errno = EIO;
            return false;
        }
        at += n;
        size -= (size_t)n;
    }
    return true;
}

bool out_flush(void)
{
    int saved = errno;
    if (out_used > 0 && out_errno == 0 && !fd_write(out_fd, out_buffer, out_used))
        out_errno = errno;
    out_used = 0;
    errno = out_errno != 0 ? out_errno : saved;
    return out_errno == 0;
}

void out_to(int fd)
{
    out_flush();
    out_fd = fd;
    out_errno = 0;
}

void out_mem(const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        if (out_used == sizeof out_buffer) out_flush();
        size_t part = sizeof out_buffer - out_used;
        part = part < size ? part : size;
        memcpy(out_buffer + out_used, at, part);
        out_used += part;
        at += part;
        size -= part;
    }
}

void out_str(const char *text) { out_mem(text, strlen(text)); }

void out_char(char c) { out_mem(&c, 1); }

struct spec {
    bool left, zero, negative;
    size_t width;
};

static void out_padded(const struct spec *spec, const char *text, size_t length)
{
    size_t total = length + spec->negative;
    size_t pad = spec->width > total ? spec->width - total : 0;
    if (spec->negative && spec->zero) out_char('-');
    for (size_t i = 0; !spec->left && i < pad; i++)
        out_char(spec->zero ? '0' : ' ');
    if (spec->negative && !spec->zero) out_char('-');
    out_mem(text, length);
    for (size_t i = 0; spec->left && i < pad; i++)
        out_char(' ');
}

static void out_digits(const struct spec *spec, uint64_t value, unsigned base)
{
    char digits[24];
    size_t at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    out_padded(spec, digits + at, sizeof digits - at);
}

static uint64_t arg_unsigned(va_list *args, int longs)
{
    return longs == 0 ? va_arg(*args, unsigned) : va_arg(*args, unsigned long);
}

static int64_t arg_signed(va_list *args, int longs)
{
    return longs == 0 ? va_arg(*args, int) : va_arg(*args, long);
}

_Static_assert(sizeof(long) == 8 && sizeof(size_t) == 8, "l, ll and z are all 64 bits");

static const char *spec_read(const char *at, struct spec *spec, int *longs, va_list *args)
{
    for (;; at++) {
        if (*at == '-')
            spec->left = true;
        else if (*at == '0')
            spec->zero = true;
        else
            break;
    }
    if (*at == '*') {
        int width = va_arg(*args, int);
        spec->width = width > 0 ? (size_t)width : 0;
        at++;
    }
    for (; *at >= '0' && *at <= '9'; at++)
        spec->width = spec->width * 10 + (size_t)(*at - '0');
    for (; *at == 'l' || *at == 'z'; at++)
        (*longs)++;
    return at;
}

void out_fmt(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    for (const char *at = format; *at != '\0'; at++) {
        if (*at != '%') {
            out_char(*at);
            continue;
        }
        struct spec spec = {0};
        int longs = 0;
        at = spec_read(at + 1, &spec, &longs, &args);
        if (*at == 's') {
            const char *text = va_arg(args, const char *);
            out_padded(&spec, text, strlen(text));
        } else if (*at == 'c') {
            char c = (char)va_arg(args, int);
            out_padded(&spec, &c, 1);
        } else if (*at == 'd') {
            int64_t value = arg_signed(&args, longs);
            spec.negative = value < 0;
            out_digits(&spec, value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
        } else if (*at == 'u' || *at == 'x' || *at == 'o') {
            out_digits(&spec, arg_unsigned(&args, longs), *at == 'u' ? 10 : *at == 'x' ? 16 : 8);
        } else if (*at == '%') {
            out_char('%');
        } else {
            break;
        }
    }
    va_end(args);
}

static char *digits_to(char *at, uint64_t value)
{
    char digits[24];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (n > 0)
        *at++ = digits[--n];
    return at;
}

const char *out_human(uint64_t value, char buffer[8])
{
    unsigned unit = 0;
    uint64_t tenths = 0;
    while (value >= 1024 && unit < 6) {
        tenths = value % 1024 * 10 / 1024;
        value /= 1024;
        unit++;
    }
    char *at = digits_to(buffer, value);
    if (unit > 0 && value < 10) {
        *at++ = '.';
        *at++ = (char)('0' + tenths);
    }
    if (unit > 0) *at++ = "BKMGTPE"[unit];
    *at = '\0';
    return buffer;
}

const char *out_mode(unsigned mode, char buffer[11])
{
    static const char letters[] = "rwxrwxrwx";
    buffer[0] = S_ISDIR(mode)    ? 'd'
                : S_ISLNK(mode)  ? 'l'
                : S_ISCHR(mode)  ? 'c'
                : S_ISBLK(mode)  ? 'b'
                : S_ISFIFO(mode) ? 'p'
                : S_ISSOCK(mode) ? 's'
                                 : '-';
    for (unsigned i = 0; i < 9; i++)
        buffer[i + 1] = mode & (0400u >> i) ? letters[i] : '-';
    if (mode & S_ISUID) buffer[3] = mode & 0100 ? 's' : 'S';
    if (mode & S_ISGID) buffer[6] = mode & 0010 ? 's' : 'S';
    if (mode & S_ISVTX) buffer[9] = mode & 0001 ? 't' : 'T';
    buffer[10] = '\0';
    return buffer;
}

static void two_digits(char *at, int value)
{
    at[0] = (char)('0' + value / 10 % 10);
    at[1] = (char)('0' + value % 10);
}

const char *out_time(time_t when, char buffer[17])
{
    struct tm tm = {0};
    memcpy(buffer, "0000-00-00 00:00", 17);
    if (localtime_r(&when, &tm) == NULL) return buffer;
    int year = tm.tm_year + 1900;
    two_digits(buffer, year / 100);
    two_digits(buffer + 2, year);
    two_digits(buffer + 5, tm.tm_mon + 1);
    two_digits(buffer + 8, tm.tm_mday);
    two_digits(buffer + 11, tm.tm_hour);
    two_digits(buffer + 14, tm.tm_min);
    return buffer;
}
