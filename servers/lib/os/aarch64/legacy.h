/* SPDX-License-Identifier: Apache-2.0 */
/* System calls that only some processors have numbers for: none here. */
#ifndef LEGACY_H
#define LEGACY_H

#include <errno.h>

static inline long os_legacy(long number, long a, long b, long c, long d, long e)
{
    (void)number, (void)a, (void)b, (void)c, (void)d, (void)e;
    return -ENOSYS;
}

#endif
