/* SPDX-License-Identifier: Apache-2.0 */
/* What may be the name of a file: any bytes but NUL and '/', and not the two names every directory
 * has anyway. Every core checks, since names reach it from other components. */
#include "fscore.h"

#include <string.h>

int fsc_name_check(const char *name, size_t len)
{
    if (len == 0)
        return FSC_ENOENT;
    if (len > FSC_NAME_MAX)
        return FSC_ENAMETOOLONG;
    if (memchr(name, 0, len) || memchr(name, '/', len))
        return FSC_EINVAL;
    if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
        return FSC_EINVAL;
    return FSC_OK;
}
