/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile acts of a program: random system calls, and accesses outside its memory. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "call_number.h"
#include "fipc/iface.h"
#include "futura/syscall.h"
#include "hostile_acts.h"

static uint64_t state;

void hostile_seed(uint64_t seed) { state = seed * 2654435761u + 88172645463325252u; }

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

#define CALLS_END 64 /* numbers beyond the last system call are tried as well */

#define FAULT_SLOT 3 /* capmgr takes a message there for a fault of its sender, and ends it */

/* What would only end or stop the attack: a fault told, waiting for ever, and capmgr's calls by
 * which a component ends, or starts a thread that does. */
static bool call_is_dull(unsigned number, const uint64_t w[10])
{
    unsigned method = (unsigned)w[0] & 0xfff;

    if (number == FUT_SYS_REPLY_RECV) return true;
    if (number != FUT_SYS_CALL && number != FUT_SYS_SEND) return false;
    return w[8] == FAULT_SLOT || method == 50 || method == 51 || method == 60;
}

uint64_t hostile_random(void) { return next(); }

/* Where the answer to a call says that it was refused, that is its server's word. */
static void tally_add(struct hostile_tally *t, unsigned number, fut_status s, uint64_t w0)
{
    t->made++;
    if (s != FUT_S_OK)
        t->refused[s < HOSTILE_STATUSES ? s : HOSTILE_STATUSES - 1]++;
    else if (number == FUT_SYS_CALL && (w0 & FIPC_W0_CODE) != 0)
        t->servers++;
    else
        t->done++;
}

void hostile_call(struct hostile_tally *tally)
{
    unsigned number, i;
    uint64_t w[10], r;

    do {
        r = next();
        number = (unsigned)(r >> 8) % CALLS_END;
        if ((r & 4) != 0) number = FUT_SYS_CALL; /* half of them go to servers */
        w[0] = next();
        for (i = 1; i < 10; i++)
            w[i] = next() & 0xff;
        w[4] &= 3;
        w[8] = (r >> 32) % 24;
        w[9] = next();
        if ((r & 3) == 0) /* a well-formed request word now and then, to get further in */
            w[0] = w[0] % 64 | 0x10000;
        if (number == FUT_SYS_RECV) w[1] = FUT_RECV_POLL;
    } while (call_is_dull(number, w));
    tally_add(tally, number, call_number(number, w), w[0]);
}

void hostile_access(void)
{
    static const uint64_t bases[] = {0,
                                     0xffff000000000000,
                                     0xffffffff80000000,
                                     0xffffffff90000000,
                                     0x0000ffffffff0000,
                                     0x0001000000000000,
                                     0x100000000,
                                     0x7fff00000000};
    volatile uint64_t *p =
        (volatile uint64_t *)((bases[next() % 8] + (next() & 0xffff0)) & ~(uint64_t)7);

    if ((next() & 1) != 0)
        *p = 1;
    else
        (void)*p;
}
