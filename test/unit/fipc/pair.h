/* SPDX-License-Identifier: Apache-2.0 */
/* One server of futura.probe and one client of it, in one thread over `direct`. A program has one
 * such pair; it is made anew for each test. What cannot be made ends the program. */
#ifndef TEST_FIPC_PAIR_H
#define TEST_FIPC_PAIR_H
#include "loop.h"
#include "probe_echo.h"

#define SLOTS 2
#define SLOTS_ALL ((1u << SLOTS) - 1)
#define BADGE 0x10007u
#define PAIR_SESSIONS 4
#define PAIR_OBJECTS 4

extern struct fipc_server server;
extern struct fipc_session sessions[PAIR_SESSIONS], *session; /* `session`: the client's */
extern struct fipc_object objects[PAIR_OBJECTS];
extern struct direct d;
extern struct lane lane;
extern struct fipc_conn conn;
extern struct probe_state state;
extern probe_probe p; /* the root object, by `conn` */

/* What differs from test to test. */
struct pair_setup {
    const struct fipc_lane_spec *spec;     /* of the lane; NULL: probe_probe_lane */
    const struct fipc_binding *root;       /* NULL: probe_binding */
    const struct fipc_server_hooks *hooks; /* NULL: none */
    uint32_t nsessions, nobjects, objects_per_session;
    uint32_t slots;    /* of the lane; 0: SLOTS */
    uint32_t doorbell; /* the session's; 0: none */
};
void pair_make(const struct pair_setup *setup);
void pair_free(void);

/* The free slots of a connection, a bit for each. */
unsigned slots_free(const struct fipc_conn *of);
/* The server looks at the lane, as if the client had rung. */
void server_scan(void);
/* The number of the last call that is done in slot 0, as the server wrote it. */
uint32_t lane_done(void);

/* The tickets that the client dropped since drops_watch: how many, and the first ones. */
extern uint64_t dropped[4];
extern unsigned ndropped;
void drops_watch(void);

#endif
