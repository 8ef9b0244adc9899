/* SPDX-License-Identifier: Apache-2.0 */
/* Order of the suite. The command line word `bench` runs the measurements instead. */
#include "suite.h"

void suite_main(const struct fut_bootinfo *info);

static void suite_run(u64 unused)
{
    (void)unused;
    out_text("suite: start\n");
    if (command_has("bench")) {
        suite_bench();
    } else {
        suite_objects();
        suite_memory();
        suite_threads();
        suite_ipc();
        suite_faults();
        suite_processor();
        suite_lives();
        suite_outcomes();
        suite_hostile();
        outcomes_end();
    }
    suite_end();
}

/* The root thread has the best priority there is; the suite runs on a thread of its own in the
 * middle. */
void suite_main(const struct fut_bootinfo *info)
{
    struct fut_msg m;
    struct task t;

    boot = info;
    out_start();
    check_begin("start");
    t = task_new(SLOT_SELF, suite_run, 0, PRIORITY_SUITE, 0);
    suite_me = t.thread;
    task_run(&t);
    for (;;)
        fut_sys_recv(0, 1, 0, &m);
}

/* The compiler may call these, also in what children run: by words where there are eight bytes, as
 * a C library does. The empty statements keep the compiler from taking the loops for calls of
 * these. */
CHILD void *memset(void *to, int c, size_t n);
CHILD void *memcpy(void *to, const void *from, size_t n);

typedef u64 __attribute__((aligned(1), may_alias)) word;

void *memset(void *to, int c, size_t n)
{
    u8 *p = to;

    for (; n >= 8; n -= 8, p += 8) {
        *(word *)p = (u8)c * 0x0101010101010101ull;
        __asm__ volatile("");
    }
    for (; n > 0; n--) {
        *p++ = (u8)c;
        __asm__ volatile("");
    }
    return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
    u8 *p = to;
    const u8 *q = from;

    for (; n >= 8; n -= 8, p += 8, q += 8) {
        *(word *)p = *(const word *)q;
        __asm__ volatile("");
    }
    for (; n > 0; n--) {
        *p++ = *q++;
        __asm__ volatile("");
    }
    return to;
}
