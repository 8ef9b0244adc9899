/* SPDX-License-Identifier: Apache-2.0 */
/* aarch64: vector registers, and DIT. */
#include "suite.h"

#define FAULT_SLOT 3
#define REPORT 6
#define DIT (1ull << 24)

#define EACH                                                                                       \
    "\n\t.irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,"        \
    "28,29,30,31\n\t"

CHILD u64 vectors_differ(u64 seed, u64 step)
{
    u64 wrong = 0, word;

    __asm__ volatile(".arch_extension simd" EACH
                     "umov %1, v\\n\\().d[0]\n\teor %1, %1, %2\n\torr %0, %0, %1\n\t"
                     "umov %1, v\\n\\().d[1]\n\teor %1, %1, %2\n\torr %0, %0, %1\n\t"
                     "add %2, %2, %3\n\t.endr\n\tmrs %1, fpcr\n\torr %0, %0, %1\n\t"
                     ".arch_extension nosimd"
                     : "+r"(wrong), "=&r"(word), "+r"(seed)
                     : "r"(step));
    return wrong;
}

CHILD void vectors_fill(u64 seed)
{
    __asm__ volatile(".arch_extension simd" EACH
                     "dup v\\n\\().2d, %0\n\tadd %0, %0, #1\n\t.endr\n\t"
                     ".arch_extension nosimd"
                     : "+r"(seed));
}

/* Sets DIT (S3_3_C4_C2_5), which processors before ARMv8.4 do not have, and looks after a call. */
CHILD static void child_dit(u64 set)
{
    u64 w[5];

    w[1] = w[2] = w[3] = w[4] = 0;
    __asm__ volatile("msr s3_3_c4_c2_5, %0" : : "r"(set));
    fut_sys_yield();
    __asm__ volatile("mrs %0, s3_3_c4_c2_5" : "=r"(w[0]));
    fut_sys_call(REPORT, w);
    for (;;)
        fut_sys_yield();
}

static void no_ports(void)
{
    u64 range[5] = {0, 1, FUT_REGION_PORT, 0, 0}, read;

    check_begin("no I/O ports");
    EXPECT(fut_sys_io_port(SLOT_RAM, 0, 1, 0, &read), FUT_S_NOSYS);
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, 100, slot_new(), range), FUT_S_ARG);
    check_end();
}

void suite_processor_own(void)
{
    u32 record, ep = endpoint_new(&record), domain = domain_new(0, 0);
    struct fut_msg m;
    struct task t;

    no_ports();
    check_begin("DIT stays with its thread");
    give(domain, FAULT_SLOT, ep, FUT_RIGHT_ENDPOINT_CALL, 1);
    give(domain, REPORT, ep, FUT_RIGHT_ENDPOINT_CALL, 2);
    t = task_new(domain, child_dit, DIT, PRIORITY_SUITE + 1, 0);
    task_run(&t);
    EXPECT(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK);
    if (m.badge == 2) check_is(m.w[0], DIT, "DIT after a system call");
    if (m.badge == 1) check_is(m.w[0], FUT_FAULT_UNDEFINED, "a processor without it");
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    check_end();
}
