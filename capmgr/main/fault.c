/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults of components. A translation fault inside one of its regions gets a zeroed frame; anything
 * else is its end, with a report of what it did.
 *
 * A component may call its fault slot itself, with any words; so they are believed only where that
 * harms nobody else: the address touches its own space, the thread must be its own.
 */
#include "crash.h"
#include "futura/processor.h"
#include "main.h"

static size_t put_text(char *line, size_t at, const char *text)
{
    while (*text != 0 && at < 180u)
        line[at++] = *text++;
    return at;
}

static size_t put_hex(char *line, size_t at, uint64_t value)
{
    int k;

    at = put_text(line, at, "0x");
    for (k = 60; k >= 0 && at < 180u; k -= 4)
        line[at++] = "0123456789abcdef"[value >> k & 15u];
    return at;
}

/* Of a program, under its own name: nobody else writes what it did, for its starter only learns the
 * signal. init reports on the manifest's components. */
static void fault_report_program(struct comp *c)
{
    static char text[CRASH_TEXT_MAX];
    struct crash crash = {.component = c->name,
                          .kind = c->death.kind,
                          .thread = c->death.thread,
                          .address = c->death.address,
                          .pc = c->death.pc,
                          .sp = c->death.sp,
                          .syndrome = c->death.syndrome,
                          .has_registers = true,
                          .machine = FUT_PROCESSOR_ELF};
    size_t len, end, at;

    memcpy(crash.x, c->death.registers, sizeof(crash.x));
    len = crash_format(&crash, text, sizeof(text));
    for (at = 0; at < len; at = end + 1) {
        for (end = at; end < len && text[end] != '\n';)
            end++;
        log_of(c, LOG_ERROR, text + at, end - at);
    }
}

/* One line; the whole state of the processor is in what `wait` and `ended` answer. */
static void fault_report(struct comp *c)
{
    static const char *const kinds[] = {"fault",          "read of",   "write to", "execution of",
                                        "instruction at", "alignment", "debug",    "system call",
                                        "vector use",     "fault"};
    char line[192];
    size_t at = put_text(line, 0, c->name);

    at = put_text(line, at, c->death.cause == CAUSE_BUDGET ? " used up its budget: " : " died: ");
    at = put_text(line, at, kinds[c->death.kind < 10 ? c->death.kind : 0]);
    at = put_text(line, at, " ");
    at = put_hex(line, at, c->death.address);
    at = put_text(line, at, " at pc ");
    at = put_hex(line, at, c->death.pc);
    log_of(&comps[0], LOG_ERROR, line, at);
    if (c->manifest == CM_NONE) fault_report_program(c);
}

static void fault_kill(struct comp *c, const struct fut_msg *m, uint32_t cause)
{
    uint32_t t = thread_of_record(c, (uint32_t)m->w[4]), i;
    uint64_t registers[FUT_REG_WORDS];

    c->death.kind = (uint32_t)m->w[0];
    c->death.address = m->w[1];
    c->death.pc = m->w[2];
    c->death.syndrome = m->w[3];
    c->death.sp = m->w[5];
    if (t != CM_NONE && thread_registers(t, registers, FUT_REG_WORDS)) {
        c->death.thread = thread_recs[t].ordinal;
        for (i = 0; i < CRASH_KEEP; i++)
            c->death.registers[i] = registers[i];
        c->death.pc = registers[FUT_REG_PC];
        c->death.sp = registers[FUT_REG_SP];
    }
    c->death.cause = cause;
    fault_report(c);
    reap_begin(c, cause, 0);
}

bool fault_handle(uint64_t badge, const struct fut_msg *m)
{
    uint32_t index = (uint32_t)(badge & 0xffffu);
    struct comp *c;
    bool budget = false;

    if (index == 0 || index >= COMPS) return false;
    c = &comps[index];
    if (c->state != COMP_RUNNING || c->number != (uint32_t)((badge & ~BADGE_FAULT) >> 16))
        return false;
    if (m->w[0] >= FUT_FAULT_READ && m->w[0] <= FUT_FAULT_EXEC && fut_fault_is_absent(m->w[3]) &&
        memory_touch(c, m->w[1], m->w[0] == FUT_FAULT_WRITE, m->w[0] == FUT_FAULT_EXEC, &budget))
        return true;
    /* A permission fault on a page that another thread has just been allowed to use. */
    if (m->w[0] == FUT_FAULT_WRITE && fut_fault_is_denied(m->w[3]) &&
        (vm_get(c, m->w[1]) & SHADOW_WRITE) != 0)
        return true;
    if (emulate(c, m)) return true;
    fault_kill(c, m, budget ? CAUSE_BUDGET : CAUSE_FAULT);
    return false;
}
