/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_COMPONENTS_H
#define TEST_COMPONENTS_H

#include <stdint.h>

/* The number of the component of that name that runs now; 0: there is none, or `info`, an object of
 * capmgr's, does not say. */
uint32_t components_find(uint32_t info, const char *name);

#endif
