/* SPDX-License-Identifier: Apache-2.0 */
/* Crash reports: see crash.h. */
#include "crash.h"

#include "futura/abi.h"

#define REGISTERS_A_LINE 4u

struct sink {
    char *out;
    size_t cap, len;
};

static void char_put(struct sink *s, char c)
{
    if (s->len + 1 < s->cap) s->out[s->len++] = c;
}

static void text_put(struct sink *s, const char *z)
{
    while (*z != 0)
        char_put(s, *z++);
}

static void hex_put(struct sink *s, uint64_t v, uint32_t digits)
{
    for (uint32_t i = digits; i-- > 0;)
        char_put(s, "0123456789abcdef"[v >> 4 * i & 15]);
}

static void decimal_put(struct sink *s, uint64_t v)
{
    char digits[20];
    uint32_t n = 0;

    do {
        digits[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    while (n > 0)
        char_put(s, digits[--n]);
}

static void field_put(struct sink *s, const char *name, uint64_t v)
{
    text_put(s, name);
    text_put(s, " 0x");
    hex_put(s, v, 16);
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
    text_put(s, c->component);
    text_put(s, ": ");
    text_put(s, crash_cause(c->kind));
    if (c->kind == CRASH_EXITED) {
        char_put(s, ' ');
        decimal_put(s, c->address);
    } else if (kind_has_address(c->kind)) {
        field_put(s, " at", c->address);
    }
    if (c->kind != CRASH_EXITED && c->kind != CRASH_KILLED) {
        field_put(s, ", pc", c->pc);
        field_put(s, ", sp", c->sp);
        field_put(s, ", syndrome", c->syndrome);
        text_put(s, ", thread ");
        decimal_put(s, c->thread);
    }
    char_put(s, '\n');
}

static void registers_put(struct sink *s, const struct crash *c)
{
    for (uint32_t i = 0; i < CRASH_REGISTERS; i++) {
        bool last = i % REGISTERS_A_LINE == REGISTERS_A_LINE - 1 || i + 1 == CRASH_REGISTERS;

        char_put(s, 'x');
        decimal_put(s, i);
        text_put(s, i < 10 ? "  " : " ");
        hex_put(s, c->x[i], 16);
        char_put(s, last ? '\n' : ' ');
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
