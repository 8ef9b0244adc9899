/* SPDX-License-Identifier: Apache-2.0 */
/* What may be the name of a file: any bytes but NUL and '/', and not the two names every directory
 * has anyway. Every core checks, since names reach it from other components. */
#include "fscore.h"

#include <futura/errors.h>
#include <string.h>

/* One number space: a core's answer is what goes over the wire. */
#define SAME(name) _Static_assert((int)FSC_##name == (int)FUT_##name, "errors.h differs: " #name)
SAME(EPERM);
SAME(ENOENT);
SAME(EIO);
SAME(ENXIO);
SAME(EBADF);
SAME(EAGAIN);
SAME(ENOMEM);
SAME(EACCES);
SAME(EBUSY);
SAME(EEXIST);
SAME(EXDEV);
SAME(ENODEV);
SAME(ENOTDIR);
SAME(EISDIR);
SAME(EINVAL);
SAME(EMFILE);
SAME(ENOTTY);
SAME(EFBIG);
SAME(ENOSPC);
SAME(ESPIPE);
SAME(EROFS);
SAME(EMLINK);
SAME(EPIPE);
SAME(ENAMETOOLONG);
SAME(ENOSYS);
SAME(ENOTEMPTY);
SAME(ELOOP);
SAME(EBADMSG);
SAME(EOVERFLOW);
SAME(EOPNOTSUPP);
SAME(ESTALE);
#undef SAME

int fsc_name_check(const char *name, size_t len)
{
    if (len == 0) return FSC_ENOENT;
    if (len > FSC_NAME_MAX) return FSC_ENAMETOOLONG;
    if (memchr(name, 0, len) || memchr(name, '/', len)) return FSC_EINVAL;
    if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'))) return FSC_EINVAL;
    return FSC_OK;
}
