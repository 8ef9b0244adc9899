/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ownership of the vector registers. They hold the state of nuc.cpu[].vector_owner and are saved
 * only when another thread's first use traps. Whoever is not the owner runs with them inaccessible,
 * so no state is visible to another.
 */
#include "cpu.h"

#define CPACR_VECTORS (3u << 20) /* FPEN: no trap at EL0 and EL1 */

static void vector_access(bool on)
{
    if (on == (nuc.cpu[THIS_CORE].vectors_open != 0)) return;
    SYSREG_WRITE(cpacr_el1, on ? CPACR_VECTORS : 0);
    ISB();
    nuc.cpu[THIS_CORE].vectors_open = on;
}

/* Its state leaves the processor for its record; the processor then holds nobody's. */
static void vector_flush(void)
{
    u32 owner = nuc.cpu[THIS_CORE].vector_owner;

    if (owner == NIL) return;
    vector_access(true);
    vector_save(&vectors[owner]);
    nuc.cpu[THIS_CORE].vector_owner = NIL;
}

bool vector_acquire(u32 thread)
{
    if ((threads[thread].flags & FUT_BIND_VECTORS) == 0) return false;
    vector_flush();
    vector_access(true);
    vector_load(&vectors[thread]);
    nuc.cpu[THIS_CORE].vector_owner = thread;
    return true;
}

void vector_allow(u32 thread) { vector_access(nuc.cpu[THIS_CORE].vector_owner == thread); }

void arch_vectors_drop(u32 thread)
{
    if (nuc.cpu[THIS_CORE].vector_owner == thread) nuc.cpu[THIS_CORE].vector_owner = NIL;
}

static bool vector_backed(u32 thread)
{
    return thread / (FUT_PAGE_SIZE / sizeof(struct vector_state)) < nuc.vector_pages;
}

static void vector_copy(u64 *to, const u64 *from)
{
    u32 i;

    for (i = 0; i < 66; i++)
        to[i] = from[i];
}

void arch_regs_read(u32 thread, u32 frame)
{
    u64 *out = ram_frame(frame);
    u32 i;

    for (i = 0; i < REG_WORDS; i++)
        out[i] = threads[thread].reg[i];
    out[REG_PSTATE] &= PSTATE_FLAGS;
    out[FUT_REG_CALLS] = threads[thread].calls;
    if ((threads[thread].flags & FUT_BIND_VECTORS) == 0) return;
    if (nuc.cpu[THIS_CORE].vector_owner == thread) vector_flush();
    vector_copy(&out[FUT_REG_VECTOR], vectors[thread].v);
}

void arch_regs_write(u32 thread, u32 frame)
{
    const u64 *in = ram_frame(frame);
    u64 kept = threads[thread].reg[REG_PSTATE] & ~(u64)PSTATE_FLAGS;
    u32 i;

    for (i = 0; i < REG_WORDS; i++)
        threads[thread].reg[i] = in[i];
    threads[thread].reg[REG_PC] &= ((u64)1 << 48) - 1;
    threads[thread].reg[REG_PSTATE] = kept | (in[REG_PSTATE] & PSTATE_FLAGS);
    if ((threads[thread].flags & FUT_BIND_VECTORS) == 0) return;
    arch_vectors_drop(thread);
    vector_copy(vectors[thread].v, &in[FUT_REG_VECTOR]);
    vectors[thread].fpcr &= 0x07f79f07u; /* defined bits only */
    vectors[thread].fpsr &= 0xf800009fu;
}

#if CONFIG_DEBUG
/* Arm ARM D1.2.2, C5.2.19: EL0, 64-bit, and no interrupt masked. */
bool arch_regs_safe(u32 thread) { return (threads[thread].reg[REG_PSTATE] & PSTATE_UNSAFE) == 0; }
#endif

void arch_regs_init(u32 thread)
{
    u32 i;

    for (i = 0; i < REG_WORDS; i++)
        threads[thread].reg[i] = 0;
    threads[thread].flags = 0;
    arch_vectors_drop(thread);
    if (!vector_backed(thread)) return;
    for (i = 0; i < 64; i++)
        vectors[thread].v[i] = 0;
    vectors[thread].fpcr = 0;
    vectors[thread].fpsr = 0;
}

/* The next instruction of the thread traps after it was executed, and so on until it is switched
 * off. */
void arch_step(u32 thread, bool on)
{
    if (on) {
        threads[thread].flags |= THREAD_STEP;
        threads[thread].reg[REG_PSTATE] |= PSTATE_STEP;
    } else {
        threads[thread].flags &= (u8)~THREAD_STEP;
    }
}
