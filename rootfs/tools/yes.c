/* SPDX-License-Identifier: Apache-2.0 */
/* yes: prints a line for ever. */
#include <futura/tool.h>

int main(int argc, char **argv)
{
    tool_begin(argc, argv, "yes [TEXT...]\nPrints TEXT (y) until the output is closed.\n");
    for (bool open = true; open;) {
        /* One flush for many lines; it is what notices a closed output. */
        for (int lines = 0; lines < 64; lines++) {
            out_str(argc > 1 ? argv[1] : "y");
            for (int i = 2; i < argc; i++) {
                out_char(' ');
                out_str(argv[i]);
            }
            out_char('\n');
        }
        open = out_flush();
    }
    return tool_end(1);
}
