/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The account of outcomes: which system call was seen to end with which status, against the table
 * of the ABI. At its end the suite fails for every pair that is listed and was not seen, and for
 * every pair that was seen and is not listed or said to be out of reach.
 */
#include "futura/outcomes.h"
#include "suite.h"

#define CALLS (sizeof fut_outcomes / sizeof fut_outcomes[0])
#define PREFIX "fut_sys_"
#define STATUSES 32

static u32 seen[CALLS];

/* The status of a pair that the table has wrong. */
static void pair_report(u32 number, u32 status, const char *what)
{
    out_text("not ok outcomes: ");
    out_text(fut_outcomes[number].name);
    out_text(" ");
    out_text(status < sizeof fut_status_names / sizeof fut_status_names[0]
                 ? fut_status_names[status]
                 : "(a status that there is not)");
    out_text(what);
}

static u32 outcomes_allowed(u32 number)
{
    const struct fut_outcome *o = &fut_outcomes[number];

    return o->listed & ~(boot->debug != 0 ? o->unseen_debug : o->unseen_release) &
           ~MACHINE_UNSEEN(o);
}

void outcome_listed(u32 number, u64 got)
{
    u32 bit = got < STATUSES ? 1u << got : 0;

    if ((outcomes_allowed(number) & bit) != 0) return;
    if ((seen[number] & bit) == 0 || bit == 0)
        pair_report(number, (u32)got, " was seen and is not in the table\n");
    seen[number] |= bit;
}

void outcome_is(u32 number, u64 got, u64 wanted)
{
    check_is(got, wanted, fut_outcomes[number].name);
    outcome_listed(number, got);
    if (got == wanted && got < STATUSES) seen[number] |= 1u << got;
}

/* What follows `start` in a text that begins with it; NULL: it does not. */
static const char *text_after(const char *text, const char *start)
{
    while (*start != 0 && *text == *start)
        text++, start++;
    return *start == 0 ? text : NULL;
}

/* The number of the system call whose wrapper the text calls; 0: it calls something else. */
static u32 call_number(const char *call)
{
    const char *name = text_after(call, PREFIX), *rest;
    u32 i;

    for (i = 1; name != NULL && i < CALLS; i++) {
        rest = fut_outcomes[i].name != NULL ? text_after(name, fut_outcomes[i].name) : NULL;
        if (rest != NULL && *rest == '(') return i;
    }
    return 0;
}

void outcome_of(const char *call, u64 got, u64 wanted)
{
    u32 number = call_number(call);

    check_is(got, wanted, call);
    if (number == 0) return;
    outcome_listed(number, got);
    if (got == wanted && got < STATUSES) seen[number] |= 1u << got;
}

void outcomes_end(void)
{
    u32 number, status, allowed, wrong = 0, pairs = 0;

    check_begin("every outcome of every system call");
    for (number = 1; number < CALLS; number++) {
        if (fut_outcomes[number].name == NULL) continue;
        allowed = outcomes_allowed(number);
        for (status = 0; status < STATUSES; status++) {
            pairs += seen[number] >> status & allowed >> status & 1;
            if (((seen[number] ^ allowed) >> status & 1) == 0) continue;
            wrong++;
            if ((allowed >> status & 1) != 0) pair_report(number, status, " was not seen\n");
        }
    }
    check_is(wrong, 0, "pairs that differ from the table");
    out_value("outcomes", pairs);
    check_end();
}
