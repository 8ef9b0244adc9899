/* SPDX-License-Identifier: Apache-2.0 */
/* System calls that only some processors have numbers for: legacy.c. -ENOSYS: it is none of them.
 */
#ifndef LEGACY_H
#define LEGACY_H

long os_legacy(long number, long a, long b, long c, long d, long e);

#endif
