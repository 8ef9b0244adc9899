/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all parts of the capability manager's core share: error numbers, "none", the bound of a
 * step.
 *
 * The core knows no nucleus, no FIPC and no allocator. Its tables are given to it at start; every
 * operation is O(1) or stops after CM_STEPS steps and goes on at the next call.
 */
#ifndef CAPMGR_BASE_H
#define CAPMGR_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CM_NONE UINT32_MAX
#define CM_STEPS 64u

/* Numbers of FIPC's common error space, so that a result can be answered as it is. */
enum cm_err {
    CM_OK = 0,
    CM_EPERM = 1,
    CM_ENOENT = 2,
    CM_EAGAIN = 11,
    CM_ENOMEM = 12,
    CM_EBUSY = 16,
    CM_EEXIST = 17,
    CM_ENODEV = 19,
    CM_EINVAL = 22,
    CM_ENOSPC = 28,
    CM_ELOOP = 40,
    CM_EMSGSIZE = 90,
};

/* What a CM_EPERM found missing: numbers of futura.capmgr's Missing. */
enum cm_missing {
    CM_MISSING_NOTHING = 0,
    CM_MISSING_USE = 1,
    CM_MISSING_INTERFACE = 2,
    CM_MISSING_TICKET = 3,
    CM_MISSING_LABEL = 4,
    CM_MISSING_RIGHTS = 5,
    CM_MISSING_OWNER = 6,
    CM_MISSING_WRITE = 7,
    CM_MISSING_EXEC = 8,
    CM_MISSING_PRIORITY = 9,
    CM_MISSING_CHILD = 10,
    CM_MISSING_MANIFEST = 11,
    CM_MISSING_THREADS = 12,
    CM_MISSING_SLOTS = 13,
    CM_MISSING_RESTART = 14,
};

#endif
