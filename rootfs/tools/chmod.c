/* SPDX-License-Identifier: Apache-2.0 */
/* chmod: changes permissions. */
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* "u+x", "go-w", "a=r" on top of `mode`; -1 if the text is neither that nor octal. */
static long mode_parse(const char *text, unsigned mode)
{
    char *end;
    unsigned long octal = strtoul(text, &end, 8);
    if (end != text && *end == '\0') return octal <= 07777 ? (long)octal : -1;
    unsigned who = 0;
    for (; *text != '\0' && strchr("ugoa", *text) != NULL; text++)
        who |= *text == 'u' ? 0700 : *text == 'g' ? 0070 : *text == 'o' ? 0007 : 0777;
    who = who != 0 ? who : 0777;
    char op = *text;
    unsigned bits = 0;
    if (op == '\0' || strchr("+-=", op) == NULL) return -1;
    for (text++; *text != '\0' && strchr("rwx", *text) != NULL; text++)
        bits |= *text == 'r' ? 0444 : *text == 'w' ? 0222 : 0111;
    if (*text != '\0') return -1;
    if (op == '=') return (long)((mode & ~who) | (bits & who));
    return (long)(op == '+' ? mode | (bits & who) : mode & ~(bits & who));
}

int main(int argc, char **argv)
{
    int status = 0;
    tool_begin(argc, argv, "chmod MODE FILE...\nSets permissions: octal, or [ugoa](+|-|=)[rwx].\n");
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
