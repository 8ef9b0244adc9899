/* SPDX-License-Identifier: Apache-2.0 */
/* hostname: prints or sets the name of the machine. */
#include <futura/tool.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    tool_begin(argc, argv, "hostname [NAME]\nPrints or sets the name of the machine.\n");
    if (!tool_plain(&argc, &argv) || argc > 2) return tool_usage();
    if (argc == 2) return tool_end(proc_write("hostname", argv[1]));
    char *path = proc_path("hostname");
    struct in in;
    size_t length;
    if (!in_open(&in, path)) return 1;
    const char *line = in_line(&in, &length);
    if (line != NULL) out_mem(line, length);
    if (line != NULL && line[length - 1] != '\n') out_char('\n');
    free(path);
    return tool_end(line != NULL ? 0 : 1);
}
