/* SPDX-License-Identifier: Apache-2.0 */
/* The lane of a connection (FIPC.md 3.3): where things are in areas C and S. All numbers are known
 * privately from the connect; nothing of this is ever read from the lane.
 *
 *   area C  page 0: 0x000 submit[64]  0x100 cancel[64]   0x800 ring lines | request halves | rings
 *   area S  page 0: 0x000 done[64]    0x100 events_lost  0x800 ring lines | event ring | reply
 * halves | rings
 */
#ifndef FIPC_LANE_H
#define FIPC_LANE_H
#include "futura/errors.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIPC_PAGE 4096u
#define FIPC_SLOT_NONE 0xffffffffu /* a call that uses no slot */
#define FIPC_SLOTS_MAX 64u
#define FIPC_RINGS_MAX 7u /* without the event ring, which is number 7 */
#define FIPC_EVENT_RING 7u
#define FIPC_EVENT_DEPTH 64u
#define FIPC_EVENT_SIZE 64u
#define FIPC_HALF_DATA 0x40u /* where a half's data begins */

#define FIPC_C_SUBMIT 0x000u
#define FIPC_C_CANCEL 0x100u
#define FIPC_S_DONE 0x000u
#define FIPC_S_EVENTS_LOST 0x100u
#define FIPC_RING_LINES 0x800u
#define FIPC_RING_LINE 128u

struct fipc_ring_spec {
    uint8_t entry;       /* bytes: 16, 32, 64, 128 */
    uint8_t depth_log2;  /* 2..12 */
    uint8_t from_server; /* who produces: 0 client, 1 server */
};

/* What an interface needs, generated as `<lib>_<iface>_lane`; `slots` is the client's choice
 * (0: the interface needs no slots; else 1..64). */
struct fipc_lane_spec {
    uint8_t slots;
    uint8_t req_class, rep_class; /* 0 none, 1: 4,096, 2: 16,384, 3: 69,632 bytes a half */
    uint8_t events;               /* 1: there is an event ring */
    uint8_t nrings;
    struct fipc_ring_spec ring[FIPC_RINGS_MAX];
    uint32_t pool_pages;
    uint8_t pool_client, pool_server; /* access: 0 none, 1 read only, 2 read and write */
};

/* Offsets into the areas, derived from a spec. Halves: slot k's is at base + k * size. */
struct fipc_lane_layout {
    uint32_t req_base, req_size; /* in C */
    uint32_t rep_base, rep_size; /* in S */
    uint32_t event_base;         /* in S; 0: none */
    uint32_t ring_base[FIPC_RINGS_MAX];
    uint32_t c_pages, s_pages; /* 0: the area does not exist */
};

/* Bytes of a half of this class, header included: 0, 4096, 16384, 69632. */
uint32_t fipc_class_size(uint8_t size_class);

/* EINVAL: a number in the spec is out of its range. A lane exists iff c_pages is not 0; then both
 * areas do. */
fut_err fipc_lane_compute(const struct fipc_lane_spec *spec, struct fipc_lane_layout *out);

#endif
