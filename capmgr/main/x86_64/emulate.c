/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions that the manager carries out for components: wrfsbase, with which a program sets its
 * thread pointer, on processors that lack it.
 */
#include "main.h"

#define LENGTH 5u

/* rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi: the words of those below r8 in the saved registers. */
static const uint8_t words[8] = {FUT_REG_RAX, FUT_REG_RCX, FUT_REG_RDX, FUT_REG_RBX,
                                 FUT_REG_SP,  FUT_REG_RBP, FUT_REG_RSI, FUT_REG_RDI};

/* The instruction's bytes, from the component's memory; false: they are not all in it. */
static bool code_read(struct comp *c, uint64_t pc, uint8_t code[LENGTH])
{
    uint32_t i, entry;

    for (i = 0; i < LENGTH; i++) {
        entry = vm_get(c, pc + i);
        if ((entry & SHADOW_PRESENT) == 0 || (entry & SHADOW_DEVICE) != 0) return false;
        code[i] = page_open(entry & SHADOW_FRAME_MASK)[(pc + i) % PAGE];
        page_close();
    }
    return true;
}

/* f3 48 0f ae, then a register operand with 2 in its middle: wrfsbase of one of the first eight. */
static bool code_is_wrfsbase(const uint8_t code[LENGTH])
{
    static const uint8_t head[LENGTH - 1] = {0xf3, 0x48, 0x0f, 0xae};

    return memcmp(code, head, sizeof head) == 0 && (code[LENGTH - 1] & 0xf8u) == 0xd0u;
}

bool emulate(struct comp *c, const struct fut_msg *m)
{
    uint32_t t = thread_of_record(c, (uint32_t)m->w[4]);
    uint64_t registers[FUT_REG_WORDS];
    uint8_t code[LENGTH];

    if (m->w[0] != FUT_FAULT_UNDEFINED || t == CM_NONE) return false;
    if (!thread_registers(t, registers, FUT_REG_WORDS)) return false;
    if (!code_read(c, registers[FUT_REG_PC], code) || !code_is_wrfsbase(code)) return false;
    registers[FUT_REG_TLS] = registers[words[code[LENGTH - 1] & 7u]];
    registers[FUT_REG_PC] += LENGTH;
    return thread_registers_set(t, registers);
}
