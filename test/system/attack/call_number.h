/* SPDX-License-Identifier: Apache-2.0 */
/* A system call of any number, also of one that there is not. */
#ifndef TEST_CALL_NUMBER_H
#define TEST_CALL_NUMBER_H

#include "futura/syscall.h"

/* One with the words x0 to x4, x8 and x9 of the table of the ABI; w[0] is then the first word of
 * the answer. */
fut_status call_number(unsigned number, uint64_t w[10]);

#endif
