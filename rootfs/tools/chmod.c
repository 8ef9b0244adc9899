/* SPDX-License-Identifier: Apache-2.0 */
/* chmod: changes permissions. */
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One change, as "u+x", on top of *mode; what follows it, or null if it is none. */
static const char *mode_change(const char *text, unsigned *mode)
{
    unsigned who = 0, bits = 0;
    for (; *text != '\0' && strchr("ugoa", *text) != NULL; text++)
        who |= *text == 'u' ? 0700 : *text == 'g' ? 0070 : *text == 'o' ? 0007 : 0777;
    who = who != 0 ? who : 0777;
    char op = *text;
    if (op == '\0' || strchr("+-=", op) == NULL) return NULL;
    for (text++; *text != '\0' && strchr("rwx", *text) != NULL; text++)
        bits |= *text == 'r' ? 0444 : *text == 'w' ? 0222 : 0111;
    if (op == '=') *mode &= ~who;
    *mode = op == '-' ? *mode & ~(bits & who) : *mode | (bits & who);
    return text;
}

/* "u+x,go-w" on top of `mode`; -1 if the text is neither that nor octal. */
static long mode_parse(const char *text, unsigned mode)
{
    char *end;
    unsigned long octal = strtoul(text, &end, 8);
    if (end != text && *end == '\0') return octal <= 07777 ? (long)octal : -1;
    while ((text = mode_change(text, &mode)) != NULL && *text == ',')
        text++;
    return text != NULL && *text == '\0' ? (long)mode : -1;
}

int main(int argc, char **argv)
{
    int status = 0;
    tool_begin(argc, argv,
               "chmod MODE FILE...\nSets permissions: octal, or [ugoa](+|-|=)[rwx] as in "
               "u+x,go-w.\n");
    if (argc < 3) return tool_usage();
    for (int i = 2; i < argc; i++) {
        struct stat st;
        long mode = stat(argv[i], &st) == 0 ? mode_parse(argv[1], st.st_mode & 07777) : 0;
        if (mode < 0) {
            tool_fail(argv[1], "not a mode");
            return 2;
        }
        if (chmod(argv[i], (mode_t)mode) != 0) {
            tool_error(argv[i]);
            status = 1;
        }
    }
    return tool_end(status);
}
