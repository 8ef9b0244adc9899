/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The component of the demonstration that attacks. It waits until /order holds a line
 *     NUMBER KIND COUNT SEED
 * with another number than it found at its start, does what it says, reports through the log, and
 * ends with an access outside its memory: the next life finds the same number, and waits for more.
 *     calls    COUNT random system calls
 *     forge    COUNT each of slots, objects, reply tokens and tickets that it was never given
 *     memory   takes memory until it is refused, then asks COUNT times more
 *     access   nothing before the access outside its memory
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capmgr.h"
#include "component.h"
#include "fs.h"
#include "futura/syscall.h"
#include "hostile_acts.h"

#define POLL_NS 20000000
#define OWN_SLOTS 16u /* more than it holds */
#define TABLE_SLOTS                                                                                \
    64u /* fewer than its table has; a number beyond the table counts by its low bits */
#define MANAGER ((capmgr_manager){&component_capmgr, 0})

struct order {
    unsigned number, count, seed;
    char kind[16];
};

/* False: there is none, or it is just being written. */
static bool order_read(struct order *o)
{
    FILE *file = fopen("/order", "r");
    char line[64] = "", *at, *rest;

    if (file == NULL) return false;
    (void)!fgets(line, sizeof line, file);
    fclose(file);
    if (strchr(line, '\n') == NULL) return false;
    o->number = (unsigned)strtoul(line, &at, 10);
    at = strtok_r(at, " ", &rest);
    if (at == NULL || strlen(at) >= sizeof o->kind) return false;
    strcpy(o->kind, at);
    o->count = (unsigned)strtoul(rest, &at, 10);
    o->seed = (unsigned)strtoul(at, &at, 10);
    return true;
}

/* Each life opens its connections in the same order before it says that it is there. */
static void order_wait(struct order *o)
{
    const struct timespec pause = {.tv_nsec = POLL_NS};
    FILE *motd = fopen("/etc/motd", "r");
    unsigned old;

    if (motd == NULL || fgetc(motd) == EOF) component_fail("/etc/motd cannot be read");
    fclose(motd);
    nanosleep(&pause, NULL);
    old = order_read(o) ? o->number : 0;
    component_log(COMPONENT_NOTICE, "waits after order %u", old);
    do {
        nanosleep(&pause, NULL);
    } while (!order_read(o) || o->number == old);
}

static uint64_t tally_others(const struct hostile_tally *t)
{
    uint64_t sum = 0;

    for (unsigned s = 1; s < HOSTILE_STATUSES; s++)
        if (s != FUT_S_EMPTY && s != FUT_S_TYPE && s != FUT_S_RIGHT && s != FUT_S_NOSYS)
            sum += t->refused[s];
    return sum;
}

static void attack_calls(unsigned count)
{
    struct hostile_tally t = {0};
    uint64_t nucleus = 0;

    while (t.made < count)
        hostile_call(&t);
    for (unsigned s = 1; s < HOSTILE_STATUSES; s++)
        nucleus += t.refused[s];
    component_log(COMPONENT_NOTICE,
                  "calls: attempts=%lu refused=%lu: by the nucleus %lu (empty slot %lu, wrong type "
                  "%lu, no right %lu, no such call %lu, else %lu), by servers %lu; within its own "
                  "authority %lu",
                  t.made, nucleus + t.servers, nucleus, t.refused[FUT_S_EMPTY],
                  t.refused[FUT_S_TYPE], t.refused[FUT_S_RIGHT], t.refused[FUT_S_NOSYS],
                  tally_others(&t), t.servers, t.done);
}

/* A slot that nobody filled, by any number, also one beyond the table. */
static bool slot_refused(void)
{
    uint64_t w[5] = {hostile_random()};
    uint32_t slot = (uint32_t)hostile_random();

    if (slot % TABLE_SLOTS < OWN_SLOTS) slot += OWN_SLOTS;
    return fut_sys_call(slot, w) != FUT_S_OK;
}

/* An object of somebody else's at the file server: its own there is the root alone. */
static bool object_refused(struct fipc_conn *fs)
{
    uint32_t object = (uint32_t)hostile_random() & 0xffffff;

    return fipc_ping(fs, fs_file_iface.tag, object == 0 ? 1 : object) != FUT_OK;
}

static bool token_refused(void)
{
    return fut_sys_reply(hostile_random() | 1, (const uint64_t[5]){0}) != FUT_S_OK;
}

static bool ticket_refused(void)
{
    uint32_t slot, pages;
    uint64_t at;

    if ((hostile_random() & 1) != 0)
        return capmgr_manager_redeem_notify(MANAGER, hostile_random(), &slot) != FUT_OK;
    return capmgr_manager_redeem_memory(MANAGER, hostile_random(), true, &at, &pages) != FUT_OK;
}

static void attack_forge(unsigned count)
{
    unsigned slots = 0, objects = 0, tokens = 0, tickets = 0;
    struct fipc_conn fs;

    if (component_connect("fs", &fs_directory_iface, &fs_directory_lane, 1, 0, &fs) != FUT_OK)
        component_fail("no files");
    for (unsigned i = 0; i < count; i++) {
        slots += slot_refused();
        objects += object_refused(&fs);
        tokens += token_refused();
        tickets += ticket_refused();
    }
    component_log(
        COMPONENT_NOTICE,
        "forge: attempts=%u refused=%u: capability slots %u, objects of a server %u, reply "
        "tokens %u, tickets %u",
        4 * count, slots + objects + tokens + tickets, slots, objects, tokens, tickets);
}

static void attack_memory(unsigned count)
{
    uint32_t budget = 0, charged = 0, lent = 0;
    unsigned refused = 0, taken = 0;
    uint64_t at;
    fut_err e;

    while ((e = capmgr_manager_alloc(MANAGER, 1, CAPMGR_MAP_FLAGS_WRITE, 0, &at)) == FUT_OK) {
        memset((void *)at, 0xa5, FUT_PAGE_SIZE);
        taken++;
    }
    (void)capmgr_manager_usage(MANAGER, &budget, &charged, &lent);
    for (unsigned i = 0; i < count; i++)
        refused +=
            capmgr_manager_alloc(MANAGER, 1 + i % 64, CAPMGR_MAP_FLAGS_WRITE, 0, &at) == FUT_ENOMEM;
    component_log(COMPONENT_NOTICE,
                  "memory: attempts=%u refused=%u: it took %u KiB, and has %u of %u KiB of its "
                  "budget",
                  count, refused, taken * 4, charged * 4, budget * 4);
}

int main(void)
{
    struct order o;

    component_start();
    order_wait(&o);
    hostile_seed(o.seed);
    if (strcmp(o.kind, "calls") == 0)
        attack_calls(o.count);
    else if (strcmp(o.kind, "forge") == 0)
        attack_forge(o.count);
    else if (strcmp(o.kind, "memory") == 0)
        attack_memory(o.count);
    hostile_access();
    component_log(COMPONENT_ERROR, "access: attempts=1 refused=0");
    return 1;
}
