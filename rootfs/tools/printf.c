/* SPDX-License-Identifier: Apache-2.0 */
/* printf: prints by a format. */
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>

struct format {
    char **args;
    int left;
    bool failed, used, stop;
};

static const char *arg_next(struct format *format)
{
    if (format->left == 0) return NULL;
    format->left--;
    format->used = true;
    return *format->args++;
}

static long arg_number(struct format *format)
{
    const char *text = arg_next(format);
    char *end;
    if (text == NULL || *text == '\0') return 0;
    if (*text == '\'' || *text == '"') return (unsigned char)text[1];
    long value = strtol(text, &end, 0);
    if (*end != '\0') {
        tool_fail(text, "not a number");
        format->failed = true;
    }
    return value;
}

/* One sequence after a backslash; returns what follows. */
static const char *print_escape(struct format *format, const char *at)
{
    static const char names[] = "abefnrtv\\\"", codes[] = "\a\b\033\f\n\r\t\v\\\"";
    const char *known = *at != '\0' ? strchr(names, *at) : NULL;
    if (known != NULL) {
        out_char(codes[known - names]);
        return at + 1;
    }
    if (*at >= '0' && *at <= '7') {
        unsigned value = 0;
        for (int i = 0; i < 3 && *at >= '0' && *at <= '7'; i++)
            value = value * 8 + (unsigned)(*at++ - '0');
        out_char((char)value);
        return at;
    }
    if (*at == 'c') {
        format->stop = true;
        return at + 1;
    }
    out_char('\\');
    return at;
}

static void print_padded(const char *text, size_t length, long width, bool left, bool zero)
{
    size_t pad = width > 0 && (size_t)width > length ? (size_t)width - length : 0;
    if (!left && zero && length > 0 && *text == '-') {
        out_char(*text++);
        length--;
    }
    for (size_t i = 0; !left && i < pad; i++)
        out_char(zero ? '0' : ' ');
    out_mem(text, length);
    for (size_t i = 0; left && i < pad; i++)
        out_char(' ');
}

static void print_number(struct format *format, char kind, long width, bool left, bool zero,
                         bool plus)
{
    char digits[72];
    size_t at = sizeof digits;
    long value = arg_number(format);
    bool negative = value < 0 && (kind == 'd' || kind == 'i');
    unsigned long rest = negative ? 0 - (unsigned long)value : (unsigned long)value;
    unsigned base = kind == 'o' ? 8 : kind == 'x' || kind == 'X' ? 16 : 10;
    do {
        digits[--at] = (kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef")[rest % base];
        rest /= base;
    } while (rest != 0);
    if (negative || plus) digits[--at] = negative ? '-' : '+';
    print_padded(digits + at, sizeof digits - at, width, left, zero && !left);
}

static void print_text(struct format *format, char kind, long width, long precision, bool left)
{
    const char *text = arg_next(format);
    text = text != NULL ? text : "";
    size_t length = strlen(text);
    if (kind == 'c')
        length = length > 0 ? 1 : 0;
    else if (precision >= 0 && (size_t)precision < length)
        length = (size_t)precision;
    if (kind != 'b') {
        print_padded(text, length, width, left, false);
        return;
    }
    while (*text != '\0' && !format->stop) {
        if (*text == '\\')
            text = print_escape(format, text + 1);
        else
            out_char(*text++);
    }
}

static long spec_number(struct format *format, const char **at)
{
    long value = 0;
    if (**at == '*') {
        (*at)++;
        return arg_number(format);
    }
    for (; **at >= '0' && **at <= '9' && value < 100000; (*at)++)
        value = value * 10 + (**at - '0');
    return value;
}

/* One conversion after the per cent sign; returns what follows. */
static const char *print_spec(struct format *format, const char *at)
{
    bool left = false, zero = false, plus = false;
    long precision = -1;
    for (; *at != '\0' && strchr("-0+ #", *at) != NULL; at++) {
        left |= *at == '-';
        zero |= *at == '0';
        plus |= *at == '+';
    }
    long width = spec_number(format, &at);
    if (width < 0) {
        left = true;
        width = -width;
    }
    if (*at == '.') {
        at++;
        precision = spec_number(format, &at);
    }
    if (*at == '%') {
        out_char('%');
    } else if (*at != '\0' && strchr("diouxX", *at) != NULL) {
        print_number(format, *at, width, left, zero, plus && *at == 'd');
    } else if (*at != '\0' && strchr("sbc", *at) != NULL) {
        print_text(format, *at, width, precision, left);
    } else {
        tool_fail("format", "unknown conversion; there are d i o u x X s b c and %");
        format->failed = format->stop = true;
        return at + strlen(at);
    }
    return at + 1;
}

int main(int argc, char **argv)
{
    struct format format = {.args = argv + 2, .left = argc - 2};
    tool_begin(argc, argv,
               "printf FORMAT [ARGUMENT...]\nPrints by a format, again while arguments are "
               "left: %d %u %x %o %s %b %c %%,\nwith width and precision.\n");
    if (argc < 2) return tool_usage();
    do {
        format.used = false;
        for (const char *at = argv[1]; *at != '\0' && !format.stop;) {
            if (*at == '%')
                at = print_spec(&format, at + 1);
            else if (*at == '\\')
                at = print_escape(&format, at + 1);
            else
                out_char(*at++);
        }
    } while (format.left > 0 && format.used && !format.stop);
    return tool_end(format.failed ? 1 : 0);
}
