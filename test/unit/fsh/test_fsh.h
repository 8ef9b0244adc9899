/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the shell's unit tests. */
#ifndef TEST_FSH_H
#define TEST_FSH_H

#include <check.h>

TCase *parse_case(void);
TCase *expand_case(void);
TCase *glob_case(void);
TCase *edit_case(void);

#endif
