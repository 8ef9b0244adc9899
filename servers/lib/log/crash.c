/* SPDX-License-Identifier: Apache-2.0 */
/* Crash reports: see crash.h. */
#include "crash.h"

#include "boot/elf.h"
#include "futura/abi.h"
#include "sink.h"

#define REGISTERS_A_LINE 4u

static void field_put(struct sink *s, const char *name, uint64_t v)
{
    sink_text(s, name);
    sink_text(s, " 0x");
    sink_hex(s, v, 16);
}

const char *crash_cause(uint32_t kind)
{
    switch (kind) {
    case FUT_FAULT_READ: return "read of an address that it may not read";
    case FUT_FAULT_WRITE: return "write to an address that it may not write";
    case FUT_FAULT_EXEC: return "jump to an address that it may not execute";
    case FUT_FAULT_UNDEFINED: return "undefined instruction";
    case FUT_FAULT_ALIGN: return "misaligned access";
    case FUT_FAULT_DEBUG: return "breakpoint";
    case FUT_FAULT_VECTOR: return "vector instruction without vector state";
    case CRASH_KILLED: return "killed";
    case CRASH_EXITED: return "exited";
    default: return "processor exception";
    }
}

static bool kind_has_address(uint32_t kind)
{
    return kind == FUT_FAULT_READ || kind == FUT_FAULT_WRITE || kind == FUT_FAULT_EXEC ||
           kind == FUT_FAULT_ALIGN;
}

static void summary_put(struct sink *s, const struct crash *c)
{
    sink_text(s, c->component);
    sink_text(s, ": ");
    sink_text(s, crash_cause(c->kind));
    if (c->kind == CRASH_EXITED) {
        sink_char(s, ' ');
        sink_number(s, c->address, 1, ' ');
    } else if (kind_has_address(c->kind)) {
        field_put(s, " at", c->address);
    }
    if (c->kind != CRASH_EXITED && c->kind != CRASH_KILLED) {
        field_put(s, ", pc", c->pc);
        field_put(s, ", sp", c->sp);
        field_put(s, ", syndrome", c->syndrome);
        sink_text(s, ", thread ");
        sink_number(s, c->thread, 1, ' ');
    }
    sink_char(s, '\n');
}

/* x86-64's general registers; the words before them are those of a system call. */
#define X86_64_FIRST 12u
static const char x86_64_names[][5] = {"rax ", "rcx ", "rdx ", "rbx ", "rbp ",
                                       "rsi ", "rdi ", "r8  ", "r9  ", "r10 ",
                                       "r11 ", "r12 ", "r13 ", "r14 ", "r15 "};

static void name_put(struct sink *s, bool x86_64, uint32_t i)
{
    if (x86_64) {
        sink_text(s, x86_64_names[i]);
        return;
    }
    sink_char(s, 'x');
    sink_number(s, i, 1, ' ');
    sink_text(s, i < 10 ? "  " : " ");
}

static void registers_put(struct sink *s, const struct crash *c)
{
    bool x86_64 = c->machine == ELF_MACHINE_X86_64;
    const uint64_t *x = c->x + (x86_64 ? X86_64_FIRST : 0);
    uint32_t n = x86_64 ? sizeof x86_64_names / sizeof x86_64_names[0] : CRASH_REGISTERS;

    for (uint32_t i = 0; i < n; i++) {
        name_put(s, x86_64, i);
        sink_hex(s, x[i], 16);
        sink_char(s, i % REGISTERS_A_LINE == REGISTERS_A_LINE - 1 || i + 1 == n ? '\n' : ' ');
    }
}

size_t crash_format(const struct crash *c, char *out, size_t cap)
{
    struct sink s = {out, cap, 0};

    if (cap == 0) return 0;
    summary_put(&s, c);
    if (c->has_registers) registers_put(&s, c);
    out[s.len] = 0;
    return s.len;
}
