/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Crash reports: what is said in the log when a component dies by a fault, or is killed.
 * Formatting only; no allocation.
 */
#ifndef CRASH_H
#define CRASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRASH_REGISTERS 31u
#define CRASH_KILLED UINT32_MAX  /* kind: killed on request */
#define CRASH_EXITED 0xfffffffeu /* kind: ended by itself; `address` is its exit status */
/* Room for the longest report. */
#define CRASH_TEXT_MAX 2048u

struct crash {
    const char *component; /* NUL-terminated */
    uint32_t kind;         /* FUT_FAULT_*, CRASH_KILLED or CRASH_EXITED */
    uint32_t thread;
    uint64_t address; /* what was accessed */
    uint64_t pc, sp;
    uint64_t syndrome; /* of the processor */
    bool has_registers;
    uint32_t machine;            /* whose registers they are: a number of ELF files */
    uint64_t x[CRASH_REGISTERS]; /* the first saved registers, as the nucleus ABI numbers them */
};

/* What a fault kind means, in English; never NULL. */
const char *crash_cause(uint32_t kind);

/* One summary line, then the registers that the machine has in them, four a line; each line ends
 * with a newline. Returns the length without the NUL, cut to fit `cap`. */
size_t crash_format(const struct crash *c, char *out, size_t cap);

#endif
