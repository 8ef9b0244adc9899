/* SPDX-License-Identifier: Apache-2.0 */
/* false: fails. */
#include <futura/tool.h>

int main(int argc, char **argv)
{
    tool_begin(argc, argv, "false\nDoes nothing, unsuccessfully.\n");
    return 1;
}
