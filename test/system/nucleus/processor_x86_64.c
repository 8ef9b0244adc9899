/* SPDX-License-Identifier: Apache-2.0 */
/* x86-64: vector registers; what a thread may set by itself and nobody else sees; return addresses
 * that sysret must not take. */
#include "boot/fdt.h"
#include "suite.h"

#define FAULT_SLOT 3
#define REPORT 6
#define MXCSR_INITIAL 0x1f80u
#define FLAG_AC (1ull << 18)
#define FLAG_DF (1ull << 10)
#define VA 0x7fffffffe000ull

#define EACH "\n\t.irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"

CHILD u64 vectors_differ(u64 seed, u64 step)
{
    u64 wrong = 0, word, pair[2] __attribute__((aligned(16)));
    u32 mxcsr;

    __asm__ volatile(EACH
                     "movups %%xmm\\n, (%[at])\n\t"
                     "mov (%[at]), %[word]\n\txor %[seed], %[word]\n\tor %[word], %[wrong]\n\t"
                     "mov 8(%[at]), %[word]\n\txor %[seed], %[word]\n\tor %[word], %[wrong]\n\t"
                     "add %[step], %[seed]\n\t.endr"
                     : [wrong] "+r"(wrong), [word] "=&r"(word), [seed] "+r"(seed)
                     : [step] "r"(step), [at] "r"(pair)
                     : "memory");
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    return wrong | (mxcsr ^ MXCSR_INITIAL);
}

CHILD void vectors_fill(u64 seed)
{
    __asm__ volatile(EACH "movq %0, %%xmm\\n\n\tpunpcklqdq %%xmm\\n, %%xmm\\n\n\tinc %0\n\t.endr"
                     : "+r"(seed));
}

/* --- the device of threads.c: the HPET, or a microvm's UART --- */

#define HPET_IRQ 20
#define UART_IRQ 4
#define UART_INTERRUPTS 1 /* port: which interrupts are on */
#define UART_EMPTY 2      /* of them: there is room to send */

u32 device_irq(void) { return command_has("-microvm") ? UART_IRQ : HPET_IRQ; }

static void uart_interrupts(u64 on)
{
    u64 read;

    EXPECT(fut_sys_io_port(uart_ports, UART_INTERRUPTS, 1 | FUT_IO_PORT_WRITE, on, &read),
           FUT_S_OK);
}

/* Timer 0, routed, level, of a counter of 100 MHz. Words: 4 configuration, 8 status, 60 counter, 64
 * timer. */
void device_start(volatile u32 *reg)
{
    if (command_has("-microvm")) {
        uart_interrupts(UART_EMPTY);
        return;
    }
    reg[4] = 0;
    reg[8] = 1;
    reg[64] = HPET_IRQ << 9 | 2 | 4;
    reg[66] = reg[60] + 100000000u;
    reg[67] = reg[61];
    reg[4] = 1;
}

void device_clear(volatile u32 *reg)
{
    if (command_has("-microvm"))
        uart_interrupts(0);
    else
        reg[8] = 1;
}

/* Sets AC and DF, and reports the flags after a yield; both are its own affair. */
CHILD static void child_flags(u64 set)
{
    u64 w[5], flags;

    w[1] = w[2] = w[3] = w[4] = 0;
    __asm__ volatile("pushfq\n\torq %0, (%%rsp)\n\tpopfq" : : "r"(set) : "cc", "memory");
    __asm__ volatile("int3");
    __asm__ volatile("pushfq\n\tpopq %0\n\tcld" : "=r"(flags));
    w[0] = flags & set;
    fut_sys_call(REPORT, w);
    for (;;)
        fut_sys_yield();
}

static void flags(void)
{
    u32 record, ep = endpoint_new(&record), domain = domain_new(0, 0);
    u64 w[5] = {FUT_FAULT_RESUME};
    struct fut_msg m;
    struct task t;

    check_begin("flags stay with their thread");
    give(domain, FAULT_SLOT, ep, FUT_RIGHT_ENDPOINT_CALL, 1);
    give(domain, REPORT, ep, FUT_RIGHT_ENDPOINT_CALL, 2);
    t = task_new(domain, child_flags, FLAG_AC | FLAG_DF, PRIORITY_SUITE + 1, 0);
    task_run(&t);
    EXPECT(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK);
    check_is(m.badge, 1, "a breakpoint");
    check_is(m.w[0], FUT_FAULT_DEBUG, "kind");
    EXPECT(fut_sys_reply(m.token, w), FUT_S_OK);
    EXPECT(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK);
    check_is(m.badge, 2, "the report");
    check_is(m.w[0], FLAG_AC | FLAG_DF, "the flags");
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    check_end();
}

#define ROUNDS_KEPT 2000

/* Fills what a narrow call, a fault, a breakpoint and the end of a time slice must keep, and counts
 * what comes back changed: rbx, rbp, r12 to r15 across calls; besides them rax, rcx, rdx, rsi, rdi
 * and r8 to r11 across exceptions. */
CHILD static void child_canaries(u64 seed)
{
    u64 w[5], wrong = 0, start, i;

    w[1] = w[2] = w[3] = w[4] = 0;
    for (i = 0; i < ROUNDS_KEPT; i++) {
        start = seed;
        __asm__ volatile("push %%rbp\n\tpush %[wrong]\n\tmov %[seed], %%rbx\n\t"
                         "lea 1(%%rbx), %%rbp\n\tlea 2(%%rbx), %%r12\n\tlea 3(%%rbx), %%r13\n\t"
                         "lea 4(%%rbx), %%r14\n\tlea 5(%%rbx), %%r15\n\t"
                         "mov %[yield], %%eax\n\tsyscall\n\t"
                         "lea 6(%%rbx), %%rax\n\tlea 7(%%rbx), %%rcx\n\tlea 8(%%rbx), %%rdx\n\t"
                         "lea 9(%%rbx), %%rsi\n\tlea 10(%%rbx), %%rdi\n\tlea 11(%%rbx), %%r8\n\t"
                         "lea 12(%%rbx), %%r9\n\tlea 13(%%rbx), %%r10\n\tlea 14(%%rbx), %%r11\n\t"
                         "int3\n\t"
                         ".irp r,rbp,r12,r13,r14,r15,rax,rcx,rdx,rsi,rdi,r8,r9,r10,r11\n\t"
                         "sub %%rbx, %%\\r\n\t.endr\n\t"
                         ".irp r,r12,r13,r14,r15,rax,rcx,rdx,rsi,rdi,r8,r9,r10,r11\n\t"
                         "add %%\\r, %%rbp\n\t.endr\n\t"
                         "sub $105, %%rbp\n\tmov %%rbp, %%rax\n\tpop %[wrong]\n\tpop %%rbp\n\t"
                         "or %%rax, %[wrong]\n\t"
                         : [wrong] "+&S"(wrong), [seed] "+D"(start)
                         : [yield] "i"(FUT_SYS_YIELD)
                         : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13",
                           "r14", "r15", "cc", "memory");
    }
    w[0] = wrong;
    fut_sys_call(REPORT, w);
    for (;;)
        fut_sys_yield();
}

/* Two of them in turn, their breakpoints answered. */
static void canaries(void)
{
    u32 record, ep = endpoint_new(&record), i, reports = 0;
    u64 w[5] = {FUT_FAULT_RESUME};
    struct task t[2];
    struct fut_msg m;

    check_begin("registers stay with their thread");
    for (i = 0; i < 2; i++) {
        u32 domain = domain_new(0, 0);

        give(domain, FAULT_SLOT, ep, FUT_RIGHT_ENDPOINT_CALL, 1);
        give(domain, REPORT, ep, FUT_RIGHT_ENDPOINT_CALL, 2);
        t[i] =
            task_new(domain, child_canaries, (i + 1) * 0x0101010101010101, PRIORITY_SUITE - 1, 0);
        task_run(&t[i]);
    }
    for (m.token = 0; reports < 2; reports += m.badge == 2) {
        check_is(fut_sys_reply_recv(ep, m.token, w, &m), FUT_S_OK, "reply_recv");
        if (m.badge == 1) check_is(m.w[0], FUT_FAULT_DEBUG, "kind");
        if (m.badge == 2) check_is(m.w[0], 0, "changed registers");
    }
    for (i = 0; i < 2; i++)
        EXPECT(fut_sys_obj_kill(t[i].thread), FUT_S_OK);
    check_end();
}

#define SPINS 20000000

/* Every register but rcx and rsp, through the interrupts that come in a long while: the bits that
 * changed. */
CHILD static void child_interrupted(u64 seed)
{
    u64 w[5], wrong = 0;

    w[1] = w[2] = w[3] = w[4] = 0;
    __asm__ volatile("push %%rbp\n\tmov %[seed], %%rbx\n\tlea 1(%%rbx), %%rbp\n\t"
                     "lea 2(%%rbx), %%r12\n\tlea 3(%%rbx), %%r13\n\tlea 4(%%rbx), %%r14\n\t"
                     "lea 5(%%rbx), %%r15\n\tlea 6(%%rbx), %%rax\n\tlea 7(%%rbx), %%rdx\n\t"
                     "lea 8(%%rbx), %%rsi\n\tlea 9(%%rbx), %%rdi\n\tlea 10(%%rbx), %%r8\n\t"
                     "lea 11(%%rbx), %%r9\n\tlea 12(%%rbx), %%r10\n\tlea 13(%%rbx), %%r11\n\t"
                     "mov %[spins], %%ecx\n\t1: dec %%rcx\n\tjnz 1b\n\t"
                     ".set number, 1\n\t"
                     ".irp r,rbp,r12,r13,r14,r15,rax,rdx,rsi,rdi,r8,r9,r10,r11\n\t"
                     "sub %%rbx, %%\\r\n\txor $number, %%\\r\n\tor %%\\r, %%rcx\n\t"
                     ".set number, number + 1\n\t.endr\n\t"
                     "mov %%rcx, %%rax\n\tpop %%rbp"
                     : "=a"(wrong), [seed] "+D"(seed)
                     : [spins] "i"(SPINS)
                     : "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                       "r15", "cc", "memory");
    w[0] = wrong;
    fut_sys_call(REPORT, w);
    for (;;)
        fut_sys_yield();
}

/* Every number of a system call on a slot that is empty: the bits that stand in any register
 * afterwards. None of them was there before, but for the low ones. */
CHILD static void child_looks(u64 slot)
{
    u64 w[5], all = 0, number;

    w[1] = w[2] = w[3] = w[4] = 0;
    for (number = 0; number < 256; number++) {
        u64 call = number | slot << FUT_SYSCALL_SLOT_SHIFT;

        __asm__ volatile("push %%rbp\n\txor %%ebx, %%ebx\n\txor %%ebp, %%ebp\n\t"
                         "xor %%edi, %%edi\n\tmov $1, %%esi\n\txor %%edx, %%edx\n\t"
                         "xor %%r8d, %%r8d\n\txor %%r9d, %%r9d\n\txor %%r10d, %%r10d\n\t"
                         "xor %%r12d, %%r12d\n\txor %%r13d, %%r13d\n\txor %%r14d, %%r14d\n\t"
                         "xor %%r15d, %%r15d\n\tsyscall\n\t"
                         ".irp r,rbx,rcx,rdx,rsi,rdi,rbp,r8,r9,r10,r11,r12,r13,r14,r15\n\t"
                         "or %%\\r, %%rax\n\t.endr\n\tpop %%rbp"
                         : "+a"(call)
                         :
                         : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
                           "r13", "r14", "r15", "cc", "memory");
        if (number != FUT_SYS_CLOCK) all |= call;
    }
    w[0] = all;
    fut_sys_call(REPORT, w);
    for (;;)
        fut_sys_yield();
}

/* Two of them at once, so that interrupts switch between them; and one that looks. */
static void leaks(void)
{
    u32 record, ep = endpoint_new(&record), i;
    struct task t[3];
    struct fut_msg m;

    check_begin("registers through interrupts, and none of the nucleus'");
    for (i = 0; i < 3; i++) {
        u32 domain = domain_new(0, 0);

        give(domain, REPORT, ep, FUT_RIGHT_ENDPOINT_CALL, 1 + (i == 2));
        t[i] = task_new(domain, i == 2 ? child_looks : child_interrupted,
                        i == 2 ? REPORT + 1 : (i + 1) * 0x0101010101010101, PRIORITY_SUITE - 1, 0);
        task_run(&t[i]);
    }
    for (i = 0; i < 3; i++) {
        EXPECT(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK);
        check_is(m.badge == 1 ? m.w[0] : m.w[0] >> 47, 0,
                 m.badge == 1 ? "changed registers" : "a register with a high address");
    }
    for (i = 0; i < 3; i++)
        EXPECT(fut_sys_obj_kill(t[i].thread), FUT_S_OK);
    check_end();
}

/* A system call whose next instruction would be in the page that is never mapped, one that is
 * set to go on at an address that is not canonical, and one at the nucleus'. */
static void returning(void)
{
    static const u64 bad[] = {0x800000000000ull, 0x8000000000000000ull, 0xffffffff80000000ull,
                              MACHINE_USER_TOP};
    u32 record, ep = endpoint_new(&record), domain = domain_new(0, 0), i;
    u64 none[5] = {0}, w[5] = {FUT_FAULT_RESUME}, words[FUT_REG_WORDS],
        code = frame_new(FUT_FRAME_USER, 0);
    volatile u32 *text = window_of(code);
    u32 thread = object_new(FUT_TYPE_THREAD, none);
    struct fut_msg m;

    check_begin("no return to an address that is no user's");
    give(domain, FAULT_SLOT, ep, FUT_RIGHT_ENDPOINT_CALL, 1);
    text[1023] = 0x050f9090; /* two nops, and a system call at the very end */
    space_map(domain, VA, code, FUT_MAP_EXEC);
    for (i = 0; i < FUT_REG_WORDS; i++)
        words[i] = 0;
    words[FUT_REG_PC] = VA + 4094;
    words[FUT_REG_RAX] = FUT_SYS_YIELD;
    regs_set(thread, words);
    EXPECT(fut_sys_thread_bind(thread, domain, sc_new(boot->counter_hz, FUT_SC_ROUND_ROBIN),
                               PRIORITY_SUITE + 1, FAULT_SLOT, 0),
           FUT_S_OK);
    EXPECT(fut_sys_thread_run(thread), FUT_S_OK);
    EXPECT(fut_sys_recv(ep, 0, FUT_RECV_POLL, &m), FUT_S_OK);
    check_is(m.w[0], FUT_FAULT_EXEC, "kind");
    check_is(m.w[2], MACHINE_USER_TOP, "pc behind the call");
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        words[FUT_REG_PC] = bad[i];
        words[FUT_REG_GS_BASE] = bad[i];
        words[FUT_REG_TLS] = bad[i];
        words[FUT_REG_SP] = bad[i];
        words[FUT_REG_PSTATE] = ~0ull & ~0x100ull;
        regs_set(thread, words);
        EXPECT(fut_sys_reply(m.token, w), FUT_S_OK);
        EXPECT(fut_sys_recv(ep, 0, FUT_RECV_POLL, &m), FUT_S_OK);
        check_is(m.w[0], FUT_FAULT_EXEC, "kind after thread_regs");
    }
    EXPECT(fut_sys_obj_kill(thread), FUT_S_OK);
    check_end();
}

/* The seed is that of the boot information, and there is one exactly where the processor has any;
 * the processor is told of. `-plain` says that it has none. */
static void board_processor(const struct fdt *tree, const struct fdt_chosen *chosen)
{
    const char *text = fdt_prop_string(tree, fdt_find_path(tree, "/chosen"), "futura,processor");
    u32 i, size = command_has("-plain") ? 0 : FUT_BOOT_ENTROPY, same = 0;

    check_is(boot->entropy_size, size, "bytes of seed");
    check_is(chosen->rng_seed_len, size, "bytes of seed in the tree");
    for (i = 0; i < chosen->rng_seed_len && i < FUT_BOOT_ENTROPY; i++)
        same += chosen->rng_seed[i] == boot->entropy[i];
    check_is(same, size, "equal bytes of seed");
    for (i = 0, same = 0; i + 8 < size; i += 8)
        same += *(const u64 *)&boot->entropy[i] == *(const u64 *)&boot->entropy[i + 8];
    check_is(same, 0, "equal words of seed");
    check_is(text != NULL, 1, "the processor's text");
    for (i = 0; text != NULL && i < 10; i++)
        check_is((u8)text[i], (u8) "x86-64: nx"[i], "how it begins");
}

/* `-iommu`: the board has one, and nobody gets its registers. */
static void board_remapper(const struct fdt *tree)
{
    u32 node = fdt_find_compatible(tree, FDT_NONE, "intel,vt-d");
    u64 argument[5] = {0, 1, FUT_REGION_MMIO, 0, 0};
    struct fdt_range range;

    check_is(node != FDT_NONE, command_has("-iommu"), "remapping unit");
    if (node == FDT_NONE) return;
    check_is(fdt_reg(tree, node, 0, &range), FDT_OK, "its registers");
    argument[0] = range.base >> 12;
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, 120, slot_new(), argument),
           FUT_S_FRAME);
}

/* What the nucleus' boot made of ACPI's tables. */
static void board(void)
{
    struct fdt tree;
    struct fdt_chosen chosen;
    struct fdt_range range;
    struct fdt_irq irq;
    u32 node;

    check_begin("the device tree of a PC");
    check_is(fdt_init(&tree, (const void *)boot->dtb_address, boot->dtb_size), FDT_OK, "fdt_init");
    check_is(fdt_chosen_read(&tree, &chosen), FDT_OK, "chosen");
    check_is(chosen.initrd_end - chosen.initrd_start, boot->cpio_size, "initrd");
    check_is(fdt_memory(&tree, 0, &range), FDT_OK, "memory");
    node = fdt_find_path(&tree, chosen.stdout_path);
    check_is(fdt_ports(&tree, node, 0, &range), FDT_OK, "the console's ports");
    check_is(range.base, 0x3f8, "the console's first port");
    check_is(fdt_interrupt(&tree, node, 0, &irq), FDT_OK, "the console's interrupt");
    check_is(irq.intid, boot->uart_irq, "its number");
    check_is(fdt_find_compatible(&tree, FDT_NONE, "intel,ioapic") != FDT_NONE, 1, "interrupts");
    node = fdt_find_compatible(&tree, FDT_NONE, "pci-host-ecam-generic");
    check_is(node == FDT_NONE, command_has("-microvm"), "PCI");
    if (node != FDT_NONE) {
        check_is(fdt_reg(&tree, node, 0, &range), FDT_OK, "PCI's registers");
        check_is(range.size, 256ull << 20, "configuration space");
    }
    check_is(fdt_find_path(&tree, "/cpus/cpu@0") != FDT_NONE, 1, "a processor");
    board_processor(&tree, &chosen);
    board_remapper(&tree);
    check_end();
}

/* `-msi`: an HPET that can write its interrupts. The second one comes before the first was
 * acknowledged. */
static void messages(void)
{
    volatile u32 *reg = (volatile u32 *)0x58000000; /* as threads.c has mapped it */
    u64 none[5] = {0}, message[4];
    u32 irq = slot_new(), i;
    struct fdt_prop p = {0};
    struct fut_msg m;
    struct fdt tree;

    check_begin("interrupts that are messages");
    check_is(fdt_init(&tree, (const void *)boot->dtb_address, boot->dtb_size), FDT_OK, "fdt_init");
    check_is(fdt_prop_get(&tree, fdt_find_compatible(&tree, FDT_NONE, "intel,apic-msi"),
                          "futura,messages", &p) &&
                 p.len == 16,
             1, "what the tree says of them");
    for (i = 0; i < 4 && p.len == 16; i++)
        message[i] = __builtin_bswap32(((const u32 *)p.data)[i]);
    if (p.len != 16) message[2] = message[3] = 0;
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_IRQ, message[2] - 1, irq, none), FUT_S_ARG);
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_IRQ, message[2] + message[3], irq, none),
           FUT_S_ARG);
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_IRQ, message[2] + 1, irq, none), FUT_S_OK);
    EXPECT(fut_sys_irq_bind(irq, SLOT_ME, 16, FUT_IRQ_EDGE), FUT_S_OK);
    for (i = 0; i < 2 && command_has("-msi"); i++) {
        reg[4] = 0;
        reg[64] = 1u << 14 | 4;
        reg[68] = (u32)message[1] + 1;
        reg[69] = (u32)message[0];
        reg[66] = reg[60] + 1000000u;
        reg[67] = reg[61];
        reg[4] = 1;
        EXPECT(fut_sys_recv(0, 16, 0, &m), FUT_S_OK);
        check_is(m.pending, 16, "the message's bit");
    }
    EXPECT(fut_sys_irq_ack(irq), command_has("-msi") ? FUT_S_OK : FUT_S_STATE);
    EXPECT(fut_sys_irq_ack(irq), FUT_S_STATE);
    EXPECT(fut_sys_obj_kill(irq), FUT_S_OK);
    check_end();
}

void suite_processor_own(void)
{
    messages();
    board();
    flags();
    canaries();
    leaks();
    returning();
    suite_ports();
}

void suite_bench(void) { out_text("suite: no measurements on this processor\n"); }
