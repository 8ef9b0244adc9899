/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of the processor belongs to one thread: general registers in its record, vector state, fs
 * and gs.
 *
 * Vector registers hold the state of nuc.cpu[].vector_owner, which is saved and cleared before
 * anybody else runs: a processor that speculates past CR0.TS finds zeros. A thread without vector
 * state runs with TS set. Keeps invariant 22.
 */
#include "board.h"
#include "cpu.h"

#define FCW_INITIAL 0x37fu
#define MXCSR_INITIAL 0x1f80u
#define MXCSR_WORD 3u /* the low half of it */
#define XSAVE_PRESENT_WORD 64u
#define XSAVE_HEADER_END 72u
#define FLAGS_UNSAFE 0x23000u /* IOPL, VM */
#define ADDRESS_MASK (((u64)1 << 47) - 1)

/* Which thread's fs and gs the processor has. */
static u32 bases_owner;

static struct vector_state vector_initial = {{FCW_INITIAL, 0, 0, MXCSR_INITIAL}};

void regs_fold(u64 *reg)
{
    if (reg[REG_KIND] == KIND_FULL) return;
    if (reg[REG_KIND] == KIND_FOREIGN) {
        reg[REG_RAX] = reg[0];
        reg[REG_KIND] = KIND_FULL;
        return;
    }
    reg[REG_RDI] = reg[0];
    reg[REG_RSI] = reg[1];
    reg[REG_RDX] = reg[2];
    reg[REG_R8 + 2] = reg[3];
    reg[REG_R8] = reg[4];
    reg[REG_R8 + 1] = reg[REG_X9];
    reg[REG_RAX] = reg[REG_X11];
    reg[REG_RCX] = reg[REG_PC];
    reg[REG_R8 + 3] = reg[REG_PSTATE];
    if (reg[REG_KIND] == KIND_NARROW) return;
    reg[REG_RBX] = reg[REG_X8];
    reg[REG_R8 + 4] = reg[REG_X10];
    reg[REG_R8 + 5] = reg[5];
    reg[REG_R8 + 6] = reg[6];
    reg[REG_R8 + 7] = reg[7];
}

/* --- vector state --- */

static void vector_access(bool on)
{
    if (on)
        __asm__ volatile("clts");
    else
        CONTROL_WRITE(cr0, CONTROL_READ(cr0) | CR0_TS);
    nuc.cpu[THIS_CORE].vectors_open = on;
}

static void vector_save(struct vector_state *state)
{
    u64 mask = board.vector_mask;

    if (board_has(FEATURE_XSAVE))
        __asm__ volatile("xsave64 %0" : "+m"(*state) : "a"((u32)mask), "d"((u32)(mask >> 32)));
    else
        __asm__ volatile("fxsave64 %0" : "=m"(*state));
}

static void vector_load(const struct vector_state *state)
{
    u64 mask = board.vector_mask;

    if (board_has(FEATURE_XSAVE))
        __asm__ volatile("xrstor64 %0" : : "m"(*state), "a"((u32)mask), "d"((u32)(mask >> 32)));
    else
        __asm__ volatile("fxrstor64 %0" : : "m"(*state));
}

/* Its state leaves the processor for its record. */
static void vector_flush(void)
{
    u32 owner = nuc.cpu[THIS_CORE].vector_owner;

    if (owner == NIL) return;
    vector_access(true);
    vector_save(&vectors[owner]);
    nuc.cpu[THIS_CORE].vector_owner = NIL;
}

void vector_clear(void)
{
    vector_access(true);
    vector_load(&vector_initial);
    nuc.cpu[THIS_CORE].vector_owner = NIL;
}

void vector_switch(u32 thread)
{
    u32 owner = nuc.cpu[THIS_CORE].vector_owner;
    bool wants = (threads[thread].flags & FUT_BIND_VECTORS) != 0;

    if (owner != thread) {
        vector_flush();
        if (wants) {
            vector_access(true);
            vector_load(&vectors[thread]);
            nuc.cpu[THIS_CORE].vector_owner = thread;
        } else if (owner != NIL) {
            vector_clear();
        }
    }
    if (wants != (nuc.cpu[THIS_CORE].vectors_open != 0)) vector_access(wants);
}

void arch_vectors_drop(u32 thread)
{
    if (nuc.cpu[THIS_CORE].vector_owner == thread) vector_clear();
}

/* Nothing that fxrstor or xrstor refuses. */
static void vector_settle(struct vector_state *state)
{
    u32 i;

    state->word[MXCSR_WORD] &= board.mxcsr_mask | ~(u64)0xffffffffu;
    state->word[XSAVE_PRESENT_WORD] &= board.vector_mask;
    for (i = XSAVE_PRESENT_WORD + 1; i < XSAVE_HEADER_END; i++)
        state->word[i] = 0;
}

static bool vector_backed(u32 thread)
{
    return thread / (FUT_PAGE_SIZE / sizeof(struct vector_state)) < nuc.vector_pages;
}

/* --- fs and gs --- */

static u64 fs_read(void)
{
    u64 value;

    __asm__ volatile("rdfsbase %0" : "=r"(value));
    return value;
}

static u64 user_gs_read(void)
{
    u64 value;

    __asm__ volatile("swapgs\n\trdgsbase %0\n\tswapgs" : "=r"(value));
    return value;
}

void bases_switch(u32 thread)
{
    if (bases_owner == thread) return;
    if (board_has(FEATURE_FSGSBASE) && bases_owner != NIL) {
        threads[bases_owner].reg[REG_TLS] = fs_read();
        threads[bases_owner].reg[REG_GS_BASE] = user_gs_read();
    }
    bases_owner = thread;
    __asm__ volatile("mov %0, %%ds\n\tmov %0, %%es\n\tmov %0, %%fs\n\t"
                     "swapgs\n\tmov %0, %%gs\n\tswapgs"
                     :
                     : "r"(0));
    if (board_has(FEATURE_FSGSBASE)) {
        __asm__ volatile("wrfsbase %0" : : "r"(threads[thread].reg[REG_TLS]));
        __asm__ volatile("swapgs\n\twrgsbase %0\n\tswapgs"
                         :
                         : "r"(threads[thread].reg[REG_GS_BASE]));
    } else {
        msr_write(MSR_FS_BASE, threads[thread].reg[REG_TLS]);
        msr_write(MSR_USER_GS_BASE, threads[thread].reg[REG_GS_BASE]);
    }
}

/* --- registers as a holder of the thread sees them --- */

void arch_regs_read(u32 thread, u32 frame)
{
    u64 *out = ram_frame(frame);
    u32 i;

    for (i = 0; i < REG_WORDS; i++)
        out[i] = threads[thread].reg[i];
    regs_fold(out);
    out[REG_KIND] = 0;
    out[REG_PSTATE] &= FLAGS_USER;
    out[FUT_REG_CALLS] = threads[thread].calls;
    if ((threads[thread].flags & FUT_BIND_VECTORS) == 0) return;
    for (i = 0; i < VECTOR_WORDS; i++) /* in its record: only who runs has them in the processor */
        out[FUT_REG_VECTOR + i] = vectors[thread].word[i];
}

/* A thread that waits in a call still gets the call's results into its registers. */
static u64 kind_kept(u32 thread)
{
    u32 base = threads[thread].state & THREAD_STATE_MASK;
    bool waits = base == THREAD_WAIT_RECV || base == THREAD_WAIT_SEND ||
                 base == THREAD_WAIT_REPLY || base == THREAD_WAIT_FOREIGN;

    return waits ? threads[thread].reg[REG_KIND] : KIND_FULL;
}

void arch_regs_write(u32 thread, u32 frame)
{
    const u64 *in = ram_frame(frame);
    u64 *reg = threads[thread].reg, kind = kind_kept(thread), step = reg[REG_PSTATE] & FLAGS_TF;
    u32 i;

    for (i = 0; i < REG_WORDS; i++)
        reg[i] = in[i];
    if (kind == KIND_FOREIGN) reg[0] = in[REG_RAX];
    reg[REG_KIND] = kind;
    reg[REG_PC] &= ADDRESS_MASK;
    reg[REG_TLS] &= ADDRESS_MASK;
    reg[REG_GS_BASE] &= ADDRESS_MASK;
    reg[REG_PSTATE] = (in[REG_PSTATE] & FLAGS_USER & ~(u64)FLAGS_TF) | step | FLAGS_RESUME;
    if ((threads[thread].flags & FUT_BIND_VECTORS) == 0) return;
    arch_vectors_drop(thread);
    for (i = 0; i < VECTOR_WORDS; i++)
        vectors[thread].word[i] = in[FUT_REG_VECTOR + i];
    vector_settle(&vectors[thread]);
}

#if CONFIG_DEBUG
/* Ring 3 with interrupts on, and nothing that swapping bases would refuse. */
bool arch_regs_safe(u32 thread)
{
    const u64 *reg = threads[thread].reg;

    return (reg[REG_PSTATE] & FLAGS_UNSAFE) == 0 && (reg[REG_PSTATE] & FLAGS_IF) != 0 &&
           reg[REG_KIND] <= KIND_FOREIGN;
}
#endif

void arch_regs_init(u32 thread)
{
    u32 i;

    for (i = 0; i < REG_WORDS; i++)
        threads[thread].reg[i] = 0;
    threads[thread].reg[REG_PSTATE] = FLAGS_RESUME;
    threads[thread].flags = 0;
    arch_vectors_drop(thread);
    if (vector_backed(thread)) vectors[thread] = vector_initial;
}

/* The next instruction of the thread traps after it was executed, and so on until it is switched
 * off. */
void arch_step(u32 thread, bool on)
{
    if (on) {
        threads[thread].flags |= THREAD_STEP;
    } else {
        threads[thread].flags &= (u8)~THREAD_STEP;
        threads[thread].reg[REG_PSTATE] &= ~(u64)FLAGS_TF;
    }
}
