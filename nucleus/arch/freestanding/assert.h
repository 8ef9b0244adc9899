/* SPDX-License-Identifier: Apache-2.0 */
/* The one thing of <assert.h> that a freestanding compiler does not bring. */
#ifndef FREESTANDING_ASSERT_H
#define FREESTANDING_ASSERT_H

#define static_assert _Static_assert

#endif
