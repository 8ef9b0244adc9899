/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the device tree reader, apart from it so that a build without strings can drop them.
 */
#include "boot/fdt.h"

const char *fdt_strerror(enum fdt_error error)
{
    static const char *const text[FDT_E_COUNT] = {
        [FDT_OK] = "device tree is valid",
        [FDT_E_ALIGN] = "device tree is not 8-byte aligned",
        [FDT_E_SHORT] = "device tree is shorter than its header says",
        [FDT_E_MAGIC] = "device tree magic is missing",
        [FDT_E_SIZE] = "device tree is larger than 2 MiB",
        [FDT_E_VERSION] = "device tree version is not 17",
        [FDT_E_STRUCT_AREA] = "device tree structure block lies outside the blob",
        [FDT_E_STRING_AREA] = "device tree strings block lies outside the blob or lacks its NUL",
        [FDT_E_RESERVE] = "device tree memory reservation list is malformed",
        [FDT_E_TOKEN] = "device tree structure holds an unknown token",
        [FDT_E_TRUNCATED] = "device tree structure ends inside a token",
        [FDT_E_NODE_NAME] = "device tree node has a malformed name",
        [FDT_E_PROP_NAME] = "device tree property name lies outside the strings block",
        [FDT_E_PROP_PLACE] = "device tree property stands outside a node or after a child node",
        [FDT_E_DEPTH] = "device tree nodes are nested too deeply",
        [FDT_E_BALANCE] = "device tree nodes are not balanced",
        [FDT_E_MISSING] = "device tree lacks the node or property",
        [FDT_E_CELLS] = "device tree has cell counts that are not supported",
        [FDT_E_LENGTH] = "device tree property has a wrong length",
        [FDT_E_RANGE] = "device tree address range wraps around",
        [FDT_E_TRANSLATE] = "device tree bus does not map the address",
        [FDT_E_VALUE] = "device tree property has a value that is not understood",
    };

    if ((unsigned)error >= FDT_E_COUNT || text[error] == NULL) return "unknown device tree error";
    return text[error];
}
