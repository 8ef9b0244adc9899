/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nucleus suite: a root program that takes capmgr's place in a boot archive of its own and
 * drives every system call on the real kernel. Each check prints `ok NAME` or `not ok NAME: ...` on
 * the board's UART, which it maps itself so that release builds can be tested too; the last line is
 * `suite: N ok, M failed`.
 */
#ifndef SUITE_H
#define SUITE_H

#include <stddef.h>
#include <stdint.h>

#include "futura/abi.h"
#include "futura/bootinfo.h"
/* A child runs only what stands in its own section: the wrappers must not become functions. */
#define inline inline __attribute__((always_inline))
#include "futura/syscall.h"
#undef inline

typedef uint64_t u64;
typedef uint32_t u32;
typedef uint8_t u8;

#ifdef __x86_64__
#include "machine_x86_64.h"
#else
#include "machine_aarch64.h"
#endif

extern const struct fut_bootinfo *boot;

/* Slots below this are the suite's fixed ones. */
#define SLOT_SELF FUT_BOOT_SLOT_DOMAIN
#define SLOT_ME suite_me /* the suite's own thread, below the root thread's priority */
extern u32 suite_me;
#define SLOT_MY_SC FUT_BOOT_SLOT_SC
#define SLOT_CONTROL FUT_BOOT_SLOT_CONTROL
#define SLOT_RAM FUT_BOOT_SLOT_RAM

int command_has(const char *word); /* the command line */

/* --- output --- */
extern u32 uart_ports; /* the slot of the console's ports; 0: it has none */
void out_start(void);
void out_char(char c);
void out_text(const char *text);
void out_number(u64 value);
void out_value(const char *name, u64 value); /* `value NAME NUMBER` */

/* --- results --- */
void check_begin(const char *name); /* of the checks that follow */
void check_end(void);               /* prints ok or not ok */
void check_is(u64 got, u64 wanted, const char *what);
void outcome_is(u32 number, u64 got, u64 wanted); /* the status of a system call, by its number */
void outcome_of(const char *call, u64 got, u64 wanted); /* by its text, `fut_sys_NAME(...)` */
void outcome_listed(u32 number, u64 got);               /* whatever it is: the table must know it */
void outcomes_end(void);                                /* every pair of the table has been seen */
#define EXPECT(call, wanted) outcome_of(#call, (call), (wanted))
void suite_end(void);

/* --- resources: they are never given back by the suite but through the calls under test --- */
u32 slot_new(void);
u64 frame_new(u32 type, u32 level);                            /* frame offset in SLOT_RAM, typed */
u64 frame_free(void);                                          /* of type FREE */
void space_map(u32 domain, u64 address, u64 frame, u32 flags); /* links tables as needed */
u32 object_new(u32 type, u64 argument[5]);                     /* in the next record of its type */
u32 endpoint_new(u32 *record);
u32 sc_new(u64 budget, u32 kind);
u32 domain_new(u32 flags, u32 death_notify); /* slot of a new domain with an 8-bit table */
u32 last_record(void);                       /* record index of the object made last */

/* A thread in `domain` that starts at `entry(argument)` with a stack of one page in its own space.
 */
struct task {
    u32 thread, thread_record, sc, domain;
    u64 stack_frame;
};
struct task task_new(u32 domain, void (*entry)(u64), u64 argument, u32 priority, u32 flags);
void task_run(const struct task *t);
void give(u32 domain, u32 slot, u32 source, u32 rights, u64 badge);
void regs_get(u32 thread, u64 words[FUT_REG_WORDS]);
void regs_set(u32 thread, const u64 words[FUT_REG_WORDS]);
void *window_of(u64 frame); /* maps a USER frame read-write in the suite's own space */
void quiesce(void);

#define PRIORITY_SUITE 32
#define STACK_VA 0x60000000
#define CHILD __attribute__((section(".child"), noinline, used))

/* --- the parts --- */
void suite_ipc(void);
void suite_objects(void);
void suite_memory(void);
void suite_threads(void);
void suite_faults(void);
void suite_processor(void);
void suite_lives(void);
void suite_outcomes(void);
void suite_hostile(void);
void suite_bench(void);

/* --- processor_<processor>.c, in children --- */
void vectors_fill(u64 seed);            /* number the vector registers from it */
u64 vectors_differ(u64 seed, u64 step); /* bits in which they differ from that */
void suite_processor_own(void);         /* what only this processor has */
void suite_ports(void);                 /* of that: I/O ports */

#endif
