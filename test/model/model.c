/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real nucleus as a state machine: a step as an entry into the real C with the registers that
 * the specification starts from.
 */
#include <stdio.h>
#include <string.h>

#include "model.h"

/* Whether the step can happen in this state at all. */
bool model_applicable(const struct spec *s, const struct step *p)
{
    u32 d = s->t[s->cur].domain;
    bool foreign;

    if (p->number == OUT_TICK) return true;
    if (p->number == OUT_INTERRUPT) return s->irq.line_masked == 0;
    if (s->cur == 0 || (p->who >> (d - 1) & 1) == 0) return false;
    if (p->number == OUT_FAULT) return d != ROOT_DOMAIN; /* a fault of capmgr ends the machine */
    foreign = (s->d[d].flags & FUT_DOMAIN_FOREIGN) != 0;
    return foreign == (p->number == OUT_FOREIGN);
}

static void registers_load(const struct spec *before)
{
    u32 t, i;

    for (t = 1; t < THREADS; t++)
        for (i = 0; i < REG_WORDS; i++)
            threads[t].reg[i] = i < MESSAGE_REGS ? before->reg[t][i] : WORD(t, i);
}

void model_step(const struct spec *before, const struct step *p)
{
    registers_load(before);
    memset(model_effect, 0, sizeof model_effect);
    switch (p->number) {
    case OUT_TICK:
        model_now++;
        if (model_armed <= model_now) (void)nucleus_timer();
        break;
    case OUT_INTERRUPT: (void)nucleus_interrupt(0); break;
    case OUT_FOREIGN: (void)nucleus_foreign(); break;
    case OUT_FAULT: (void)nucleus_fault((u32)p->slot, p->slot * 0x100u, p->slot * 0x1000u); break;
    default: (void)nucleus_syscall(p->number);
    }
}

static const char *const names[] = {
    [FUT_SYS_CALL] = "CALL",
    [FUT_SYS_REPLY_RECV] = "REPLY_RECV",
    [FUT_SYS_RECV] = "RECV",
    [FUT_SYS_REPLY] = "REPLY",
    [FUT_SYS_SEND] = "SEND",
    [FUT_SYS_NOTIFY] = "NOTIFY",
    [FUT_SYS_IRQ_ACK] = "IRQ_ACK",
    [FUT_SYS_YIELD] = "YIELD",
    [FUT_SYS_CLOCK] = "CLOCK",
    [FUT_SYS_CAP_SET] = "CAP_SET",
    [FUT_SYS_CAP_CLEAR] = "CAP_CLEAR",
    [FUT_SYS_CAP_INFO] = "CAP_INFO",
    [FUT_SYS_OBJ_CREATE] = "OBJ_CREATE",
    [FUT_SYS_OBJ_KILL] = "OBJ_KILL",
    [FUT_SYS_OBJ_FREE] = "OBJ_FREE",
    [FUT_SYS_EP_DRAIN] = "EP_DRAIN",
    [FUT_SYS_REPLY_SCAN] = "REPLY_SCAN",
    [FUT_SYS_ASID_ASSIGN] = "ASID_ASSIGN",
    [FUT_SYS_THREAD_BIND] = "THREAD_BIND",
    [FUT_SYS_THREAD_RUN] = "THREAD_RUN",
    [FUT_SYS_THREAD_STOP] = "THREAD_STOP",
    [FUT_SYS_THREAD_CANCEL] = "THREAD_CANCEL",
    [FUT_SYS_THREAD_REGS] = "THREAD_REGS",
    [FUT_SYS_THREAD_DEBUG] = "THREAD_DEBUG",
    [FUT_SYS_SC_SET] = "SC_SET",
    [FUT_SYS_IRQ_BIND] = "IRQ_BIND",
    [FUT_SYS_TIMER_SET] = "TIMER_SET",
    [FUT_SYS_SYNC] = "SYNC",
};

void step_print(const struct step *p)
{
    static const char *const events[] = {"FAULT", "FOREIGN", "TICK", "INTERRUPT"};
    u32 i;

    if (p->number >= OUT_FAULT)
        printf("    {.number = OUT_%s, .slot = %llu},\n", events[p->number - OUT_FAULT],
               (unsigned long long)p->slot);
    else {
        printf("    {.number = FUT_SYS_%s, .slot = %llu, .token = 0x%llx, .x = {", names[p->number],
               (unsigned long long)p->slot, (unsigned long long)p->token);
        for (i = 0; i < p->args; i++)
            printf("%s0x%llx", i ? ", " : "", (unsigned long long)p->x[i]);
        printf("}},\n");
    }
}
