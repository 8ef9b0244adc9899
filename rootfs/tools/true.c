/* SPDX-License-Identifier: Apache-2.0 */
/* true: succeeds. */
#include <futura/tool.h>

int main(int argc, char **argv)
{
    tool_begin(argc, argv, "true\nDoes nothing, successfully.\n");
    return 0;
}
