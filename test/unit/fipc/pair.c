/* SPDX-License-Identifier: Apache-2.0 */
/* See pair.h. */
#include "pair.h"
#include <stdlib.h>

struct fipc_server server;
struct fipc_session sessions[PAIR_SESSIONS], *session;
struct fipc_object objects[PAIR_OBJECTS];
struct direct d;
struct lane lane;
struct fipc_conn conn;
struct probe_state state;
probe_probe p;
uint64_t dropped[4];
unsigned ndropped;
static uint8_t arena[PROBE_ARENA];

static void server_make(const struct pair_setup *setup)
{
    struct fipc_server_config config = {.slot = LOOP_SLOT_SERVER,
                                        .sessions = sessions,
                                        .nsessions = setup->nsessions,
                                        .objects = setup->nobjects ? objects : NULL,
                                        .nobjects = setup->nobjects,
                                        .objects_per_session = setup->objects_per_session,
                                        .arena = arena,
                                        .arena_size = sizeof(arena),
                                        .hooks = setup->hooks,
                                        .doorbells = 1,
                                        .transport = &d.serving};

    if (setup->nsessions > PAIR_SESSIONS || setup->nobjects > PAIR_OBJECTS) abort();
    direct_init(&d, &server, BADGE);
    if (fipc_server_init(&server, &config) != FUT_OK) abort();
}

void pair_make(const struct pair_setup *setup)
{
    struct fipc_session_config open = {.badge = BADGE,
                                       .spec = &lane.spec,
                                       .doorbell = setup->doorbell,
                                       .root = setup->root ? setup->root : &probe_binding,
                                       .self = &state};
    struct fipc_areas areas = {.slot = LOOP_SLOT_ENDPOINT, .doorbell = LOOP_SLOT_BELL};

    lane_make(&lane, setup->spec ? setup->spec : &probe_probe_lane,
              setup->slots ? setup->slots : SLOTS);
    probe_state_init(&state, NULL);
    server_make(setup);
    open.c = areas.c = lane.c;
    open.s = lane.s;
    areas.s = lane.s;
    if (fipc_session_open(&server, &open, &session) != FUT_OK) abort();
    if (fipc_conn_init(&conn, &d.client, &areas, &lane.spec) != FUT_OK) abort();
    p = (probe_probe){&conn, 0};
}

void pair_free(void)
{
    lane_free(&lane);
    probe_state_free(&state);
}

unsigned slots_free(const struct fipc_conn *of)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < of->nslots; i++)
        if (of->slots[i] & FIPC_SLOT_FREE) mask |= 1u << i;
    return mask;
}

void server_scan(void)
{
    d.pending = 1;
    fipc_server_step(&server);
}

uint32_t lane_done(void) { return *(const uint32_t *)(const void *)(lane.s + FIPC_S_DONE); }

static void on_drop(void *user, uint64_t ticket)
{
    (void)user;
    if (ndropped < 4) dropped[ndropped] = ticket;
    ndropped++;
}

void drops_watch(void)
{
    conn.drop_ticket = on_drop;
    ndropped = 0;
}
