/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile rings: a client reads events, and a server both of its rings, from areas of which the
 * input writes the other side's part between any two steps. Nothing is read outside, no more
 * entries are seen than a ring holds, a ring that is closed or broken stays so, and an event's
 * decoder takes what the transcoder takes. Input: rows of place, value and step. */
#include "image.h"
#include "loop.h"
#include "probe_echo.h"
#include "transcode.h"
#include <stdlib.h>
#include <string.h>

#define ROW 13u

static struct lane probe, rings;
static struct fipc_conn conn, user;
static struct fipc_server server;
static struct fipc_session sessions[1];
static struct fipc_transport deaf;
static struct fic_image *image;

static fut_status deaf_notify(void *at, uint32_t slot)
{
    (void)at;
    (void)slot;
    return FUT_S_OK;
}

static const struct probe_rings_ops rings_ops;
static const struct fipc_binding rings_binding = {&probe_rings_iface, &rings_ops, NULL};

static void areas_of(struct fipc_areas *to, const struct lane *l)
{
    *to = (struct fipc_areas){LOOP_SLOT_ENDPOINT, LOOP_SLOT_BELL, l->c, l->s, l->pool};
}

static void start(void)
{
    struct fic_error e;

    if (fic_image_decode(probe_probe_iface.image, probe_probe_iface.image_size, &image, &e))
        abort();
    deaf.notify = deaf_notify;
    lane_make(&probe, &probe_probe_lane, 1);
    lane_make(&rings, &probe_rings_lane, 1);
}

/* Both sides begin anew; only their lanes stay. */
static void begin(void)
{
    struct fipc_server_config config = {.sessions = sessions, .nsessions = 1, .transport = &deaf};
    struct fipc_session_config open = {.badge = 1,
                                       .spec = &rings.spec,
                                       .c = rings.c,
                                       .s = rings.s,
                                       .pool = rings.pool,
                                       .root = &rings_binding};
    struct fipc_areas areas;

    memset(probe.s, 0, probe.layout.s_pages * FIPC_PAGE);
    memset(rings.c, 0, rings.layout.c_pages * FIPC_PAGE);
    memset(rings.s, 0, rings.layout.s_pages * FIPC_PAGE);
    areas_of(&areas, &probe);
    if (fipc_conn_init(&conn, &deaf, &areas, &probe.spec)) abort();
    areas_of(&areas, &rings);
    if (fipc_conn_init(&user, &deaf, &areas, &rings.spec)) abort();
    if (fipc_server_init(&server, &config) || fipc_session_open(&server, &open, NULL)) abort();
}

/* --- events --- */

static fut_err decode(const struct fipc_event *ev)
{
    struct probe_point at, to;
    struct probe_pick pick;
    uint64_t n, hint;
    uint32_t shape, object;
    uint16_t k;
    uint8_t color, x[7];
    bool has, has_pick, on;

    switch (ev->ordinal) {
    case PROBE_PROBE_EVENT_TICK: return probe_probe_tick_read(ev, &n, &has, &k);
    case PROBE_PROBE_EVENT_SHOWN: return probe_probe_shown_read(ev, &color, &shape, &hint, &on);
    case PROBE_PROBE_EVENT_PLACED: return probe_probe_placed_read(ev, &at, &has, &to, &object);
    case PROBE_PROBE_EVENT_RAW: return probe_probe_raw_read(ev, x, &has, &k, &has_pick, &pick);
    default: return FUT_EPROTO;
    }
}

static void event_compare(const struct fipc_event *ev)
{
    const struct fic_event *f = fic_image_event(image, ev->ordinal);
    struct fic_local m = {.words = ev->words};
    struct fic_transcode_error e = {0, ""};
    struct fic_buf out = {0};
    uint64_t half[8] = {0};
    fut_err taken = decode(ev);

    if (!f || ev->tag != PROBE_PROBE_TAG || ev->words > 7) {
        if (taken == FUT_OK) abort();
        return;
    }
    memcpy(half, ev->root, ev->words * sizeof(half[0]));
    memcpy(m.w, half, sizeof(m.w));
    if (m.words > 4) m.half = (uint8_t *)half, m.half_len = m.words * sizeof(half[0]);
    if (fic_local_to_cbor(image, &f->args, &m, NULL, &out, &e) == 0) {
        if (taken != FUT_OK) abort();
    } else if (taken == FUT_OK && e.code == FUT_EBADMSG) {
        abort();
    }
    fic_buf_free(&out);
}

static void events_read(void)
{
    uint8_t was = conn.events.state;
    struct fipc_event ev;
    uint32_t lost, n = 0;

    while (n <= 64 && fipc_event_next(&conn, &ev, &lost) == FUT_OK) {
        n++;
        event_compare(&ev);
    }
    if (n > 64 || (was != FIPC_RING_OPEN && (n || conn.events.state != was))) abort();
}

/* --- rings --- */

static void ring_use(struct fipc_ring *r)
{
    _Alignas(16) uint8_t entry[128] = {0};
    uint8_t was = r->state;
    uint32_t n = r->producer ? fipc_ring_room(r) : fipc_ring_ready(r);

    if (n > r->depth || (was != FIPC_RING_OPEN && (n || r->state != was))) abort();
    for (uint32_t i = 0; i < n; i++) {
        if (r->producer)
            fipc_ring_put(r, entry);
        else
            fipc_ring_take(r, entry);
    }
    if (n) (void)(r->producer ? fipc_ring_publish(r) : fipc_ring_consumed(r));
    if (n && !r->producer) (void)probe_rings_up_check((struct probe_entry *)(void *)entry);
    if (fipc_ring_park(r)) fipc_ring_unpark(r);
}

static void step(unsigned which)
{
    switch (which % 6) {
    case 0: events_read(); break;
    case 1: ring_use(&sessions[0].ring[PROBE_RINGS_RING_UP]); break;
    case 2: ring_use(&sessions[0].ring[PROBE_RINGS_RING_DOWN]); break;
    case 3: ring_use(&user.ring[PROBE_RINGS_RING_UP]); break;
    case 4: ring_use(&user.ring[PROBE_RINGS_RING_DOWN]); break;
    default: fipc_server_scan(&server);
    }
}

/* Eight bytes somewhere in what the other side may write. */
static void scribble(unsigned area, uint16_t place, const uint8_t value[8])
{
    struct lane *l = area % 3 == 0 ? &probe : &rings;
    uint8_t *at = area % 3 == 1 ? l->c : l->s;
    size_t size = (size_t)(area % 3 == 1 ? l->layout.c_pages : l->layout.s_pages) * FIPC_PAGE;

    memcpy(at + place * 4 % (size - 4) / 4 * 4, value, place * 4 % (size - 4) + 8 > size ? 4 : 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!image) start();
    begin();
    for (; size >= ROW; data += ROW, size -= ROW) {
        scribble(data[0], (uint16_t)(data[1] | data[2] << 8), data + 5);
        if (data[3] & 1) step(data[4]);
    }
    return 0;
}
