/* SPDX-License-Identifier: Apache-2.0 */
/* The loader's pure parts: what a program's end is in wait(2)'s encoding, its name, and paths. No
 * allocation. */
#ifndef LOADER_CORE_H
#define LOADER_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOADER_NAME_MAX 63u

/* Why a program ended; numbered as futura.capmgr/1.Cause. */
enum loader_cause { LOADER_EXIT = 1, LOADER_KILLED = 2, LOADER_FAULT = 3, LOADER_BUDGET = 4 };

/* Status for wait(2): exit code << 8, or the signal that Linux would have raised. `kind`:
 * FUT_FAULT_*, of faults. `signal`: what Process.kill was given, 0 where nobody called it: then who
 * killed it may have said so by `code`. Unknown causes are SIGKILL. */
uint32_t loader_status(uint32_t cause, int32_t code, uint32_t kind, uint32_t signal);

/* Is it an absolute path without NUL? */
bool loader_path_is_good(const void *path, size_t len);

/* The component's name: what follows the last '/', cut to fit, '?' for everything that is no
 * printable ASCII. NUL-terminated; returns the length, at least 1. */
size_t loader_name(const void *path, size_t len, char name[LOADER_NAME_MAX + 1]);

#endif
