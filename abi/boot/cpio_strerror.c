/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the cpio reader, apart from it so that a build without strings can drop them. */
#include "boot/cpio.h"

const char *cpio_strerror(enum cpio_error error)
{
    static const char *const text[CPIO_E_COUNT] = {
        [CPIO_OK] = "boot archive is valid",
        [CPIO_END] = "end of the boot archive",
        [CPIO_E_TRUNCATED] = "boot archive is truncated",
        [CPIO_E_MAGIC] = "boot archive entry is not in the newc format",
        [CPIO_E_HEX] = "boot archive header has a malformed number",
        [CPIO_E_NAME] = "boot archive entry has a malformed name",
        [CPIO_E_PATH] = "boot archive entry has an absolute path or a '.' or '..' component",
        [CPIO_E_TYPE] = "boot archive entry has an unknown type, or data where none may be",
        [CPIO_E_MISSING] = "boot archive lacks the file",
    };

    if ((unsigned)error >= CPIO_E_COUNT || text[error] == NULL) return "unknown boot archive error";
    return text[error];
}
