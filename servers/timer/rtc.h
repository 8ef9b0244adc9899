/* SPDX-License-Identifier: Apache-2.0 */
/* The clock device that the manifest grants, whichever kind it is. Nothing blocks. */
#ifndef RTC_H
#define RTC_H

#include <stdbool.h>
#include <stdint.h>

/* Finds the device and reads it: seconds since 1970, plausible or not. False, and a line in the log
 * says why: no device is granted, or it does not say. */
bool rtc_start(int64_t *sec);

/* Sets the device, so that the next start knows; what it cannot hold it is not told. */
void rtc_set(int64_t sec);

#endif
