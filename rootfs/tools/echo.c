/* SPDX-License-Identifier: Apache-2.0 */
/* echo: prints its arguments. */
#include <futura/tool.h>
#include <string.h>

/* Prints with backslash sequences; false at \c, which ends all output. */
static bool echo_escaped(const char *text)
{
    static const char names[] = "abefnrtv\\", codes[] = "\a\b\033\f\n\r\t\v\\";
    for (; *text != '\0'; text++) {
        const char *known = *text == '\\' && text[1] != '\0' ? strchr(names, text[1]) : NULL;
        if (known != NULL) {
            out_char(codes[known - names]);
            text++;
        } else if (text[0] == '\\' && text[1] == 'c') {
            return false;
        } else if (text[0] == '\\' && text[1] == '0') {
            unsigned value = 0;
            for (int i = 0; i < 3 && text[2] >= '0' && text[2] <= '7'; i++, text++)
                value = value * 8 + (unsigned)(text[2] - '0');
            out_char((char)value);
            text++;
        } else {
            out_char(*text);
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    bool newline = true, escapes = false;
    int i = 1;
    tool_begin(argc, argv,
               "echo [-n] [-e] [TEXT...]\nPrints its arguments. -n: no newline; "
               "-e: \\n \\t \\\\ \\0NNN mean characters.\n");
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        if (argv[i][1 + strspn(argv[i] + 1, "neE")] != '\0') break;
        newline = newline && strchr(argv[i], 'n') == NULL;
        escapes = escapes || strchr(argv[i], 'e') != NULL;
    }
    for (int first = i; i < argc; i++) {
        if (i > first) out_char(' ');
        if (!escapes)
            out_str(argv[i]);
        else if (!echo_escaped(argv[i]))
            return tool_end(0);
    }
    if (newline) out_char('\n');
    return tool_end(0);
}
