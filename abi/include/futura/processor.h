/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What user space must know of the processor that it runs on, beside its system calls: each header
 * behind this one defines
 *
 *   FUT_PROCESSOR_NAME        what uname and /proc call it
 *   FUT_PROCESSOR_ELF         its number in the head of an ELF file
 *   FUT_PROCESSOR_STOP(n)     ends the thread with a fault; n, 1 to 63, can be read in the code
 *   fut_fault_is_absent(s)    does the syndrome of a fault say that nothing was mapped there?
 *   fut_fault_is_denied(s)    that the mapping did not allow it?
 *   fut_counter()             the counter that `clock` gives, read without a call, for measurements
 */
#ifndef FUTURA_PROCESSOR_H
#define FUTURA_PROCESSOR_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__aarch64__)
#include "futura/processor_aarch64.h"
#elif defined(__x86_64__)
#include "futura/processor_x86_64.h"
#else
#error "futura/processor.h: there are aarch64 and x86-64"
#endif

#endif
