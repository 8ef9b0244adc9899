/* SPDX-License-Identifier: Apache-2.0 */
/* The ring: batches, wrapping indices, parking, closing, impossible indices; two threads. And the
 * rings and pool of a connection, as both ends see them. */
#include "fipc/ring.h"
#include "loop.h"
#include "probe_echo.h"
#include "suite.h"
#include <sched.h>
#include <string.h>

struct pair {
    uint64_t entries[16][2];
    struct fipc_ring_line producer_line, consumer_line;
    struct fipc_ring producer, consumer;
};

static void pair_init(struct pair *p)
{
    memset(p, 0, sizeof(*p));
    fipc_ring_init(&p->producer, p->entries, &p->producer_line, &p->consumer_line, 16, 16, true);
    fipc_ring_init(&p->consumer, p->entries, &p->consumer_line, &p->producer_line, 16, 16, false);
}

/* Both indices start at `at`, to meet the wrap. */
static void pair_start_at(struct pair *p, uint32_t at)
{
    pair_init(p);
    p->producer_line.index = p->consumer_line.index = at;
    p->producer.index = p->consumer.index = p->consumer.limit = at;
    p->producer.limit = at + 16;
}

START_TEST(batches)
{
    static const uint32_t starts[] = {0, 5, 0xfffffff0, 0xffffffff};
    struct pair p;
    uint64_t e[2], next = 0, seen = 0;

    pair_start_at(&p, starts[_i]);
    for (int round = 0; round < 200; round++) {
        uint32_t room = fipc_ring_room(&p.producer), k = (uint32_t)round % 17;
        if (k > room) k = room;
        for (uint32_t i = 0; i < k; i++) {
            e[0] = next++;
            e[1] = ~e[0];
            fipc_ring_put(&p.producer, e);
        }
        ck_assert(!fipc_ring_publish(&p.producer));
        k = fipc_ring_ready(&p.consumer);
        if (round % 3 == 0 && k > 2) k = 2;
        for (uint32_t i = 0; i < k; i++) {
            fipc_ring_take(&p.consumer, e);
            ck_assert_uint_eq(e[0], seen);
            ck_assert_uint_eq(e[1], ~seen);
            seen++;
        }
        ck_assert(!fipc_ring_consumed(&p.consumer));
    }
    ck_assert_uint_gt(seen, 1000);
}
END_TEST

START_TEST(full_and_empty)
{
    struct pair p;
    uint64_t e[2] = {1, 2};

    pair_init(&p);
    ck_assert_uint_eq(fipc_ring_ready(&p.consumer), 0);
    for (int i = 0; i < 16; i++) {
        ck_assert_uint_gt(fipc_ring_room(&p.producer), 0);
        fipc_ring_put(&p.producer, e);
    }
    ck_assert_uint_eq(fipc_ring_room(&p.producer), 0);
    ck_assert_uint_eq(fipc_ring_ready(&p.consumer), 0); /* not published yet */
    fipc_ring_publish(&p.producer);
    ck_assert_uint_eq(fipc_ring_ready(&p.consumer), 16);
    fipc_ring_take(&p.consumer, e);
    ck_assert_uint_eq(fipc_ring_room(&p.producer), 0);
    fipc_ring_consumed(&p.consumer);
    ck_assert_uint_eq(fipc_ring_room(&p.producer), 1);
}
END_TEST

START_TEST(parking)
{
    struct pair p;
    uint64_t e[2] = {0};

    pair_init(&p);
    ck_assert(fipc_ring_park(&p.consumer));
    ck_assert_uint_eq(p.consumer_line.want, 1);
    fipc_ring_put(&p.producer, e);
    ck_assert(fipc_ring_publish(&p.producer)); /* somebody sleeps */
    fipc_ring_unpark(&p.consumer);
    ck_assert(!fipc_ring_park(&p.consumer)); /* there is something */
    ck_assert_uint_eq(p.consumer_line.want, 0);
    for (int i = 0; i < 15; i++)
        fipc_ring_put(&p.producer, e);
    fipc_ring_publish(&p.producer);
    ck_assert(fipc_ring_park(&p.producer));
    ck_assert_uint_eq(fipc_ring_ready(&p.consumer), 1); /* as loaded before: one batch */
    fipc_ring_take(&p.consumer, e);
    ck_assert(fipc_ring_consumed(&p.consumer));
}
END_TEST

START_TEST(closing)
{
    struct pair p;
    uint64_t e[2] = {0};

    pair_init(&p);
    fipc_ring_put(&p.producer, e);
    fipc_ring_publish(&p.producer);
    fipc_ring_close(&p.producer);
    ck_assert_uint_eq(fipc_ring_ready(&p.consumer), 1); /* drained first */
    ck_assert_int_eq(p.consumer.state, FIPC_RING_OPEN);
    fipc_ring_take(&p.consumer, e);
    fipc_ring_consumed(&p.consumer);
    ck_assert_uint_eq(fipc_ring_ready(&p.consumer), 0);
    ck_assert_int_eq(p.consumer.state, FIPC_RING_CLOSED);
    pair_init(&p);
    fipc_ring_close(&p.consumer);
    for (int i = 0; i < 16; i++)
        fipc_ring_put(&p.producer, e);
    ck_assert_uint_eq(fipc_ring_room(&p.producer), 0);
    ck_assert_int_eq(p.producer.state, FIPC_RING_CLOSED);
    ck_assert(!fipc_ring_park(&p.producer)); /* nobody would wake it */
}
END_TEST

/* A peer that takes its word back finds the ring closed all the same. */
START_TEST(never_reopens)
{
    struct pair p;

    pair_init(&p);
    fipc_ring_close(&p.producer);
    ck_assert_uint_eq(fipc_ring_ready(&p.consumer), 0);
    ck_assert_int_eq(p.consumer.state, FIPC_RING_CLOSED);
    p.producer_line.closed = 0;
    p.producer_line.index = 3;
    ck_assert_uint_eq(fipc_ring_ready(&p.consumer), 0);
    ck_assert_int_eq(p.consumer.state, FIPC_RING_CLOSED);
    p.producer_line.index = 99; /* nor does it change why it ended */
    ck_assert_uint_eq(fipc_ring_ready(&p.consumer), 0);
    ck_assert_int_eq(p.consumer.state, FIPC_RING_CLOSED);
}
END_TEST

START_TEST(broken)
{
    struct pair p;

    pair_init(&p);
    p.producer_line.index = 17; /* more than fits */
    ck_assert_uint_eq(fipc_ring_ready(&p.consumer), 0);
    ck_assert_int_eq(p.consumer.state, FIPC_RING_BROKEN);
    p.producer_line.index = 1;
    ck_assert_uint_eq(fipc_ring_ready(&p.consumer), 0); /* never back */
    ck_assert_int_eq(p.consumer.state, FIPC_RING_BROKEN);
    pair_init(&p);
    p.consumer_line.index = 17; /* ahead of the producer */
    for (int i = 0; i < 16; i++)
        fipc_ring_put(&p.producer, &p.entries[0]);
    ck_assert_uint_eq(fipc_ring_room(&p.producer), 0);
    ck_assert_int_eq(p.producer.state, FIPC_RING_BROKEN);
}
END_TEST

#define MANY 200000u

static void *produce(void *arg)
{
    struct pair *p = arg;
    uint64_t e[2], next = 0;

    while (next < MANY) {
        uint32_t room = fipc_ring_room(&p->producer);
        if (!room) sched_yield();
        for (; room && next < MANY; room--) {
            e[0] = next++;
            e[1] = e[0] * 3;
            fipc_ring_put(&p->producer, e);
        }
        fipc_ring_publish(&p->producer);
    }
    fipc_ring_close(&p->producer);
    return NULL;
}

START_TEST(two_threads)
{
    static struct pair p;
    pthread_t thread;
    uint64_t e[2], seen = 0;

    pair_init(&p);
    pthread_create(&thread, NULL, produce, &p);
    while (p.consumer.state == FIPC_RING_OPEN) {
        uint32_t n = fipc_ring_ready(&p.consumer);
        if (!n) sched_yield();
        for (uint32_t i = 0; i < n; i++) {
            fipc_ring_take(&p.consumer, e);
            ck_assert_uint_eq(e[0], seen);
            ck_assert_uint_eq(e[1], seen * 3);
            seen++;
        }
        fipc_ring_consumed(&p.consumer);
    }
    pthread_join(thread, NULL);
    ck_assert_uint_eq(seen, MANY);
    ck_assert_int_eq(p.consumer.state, FIPC_RING_CLOSED);
}
END_TEST

/* A server with one session, and its client. */
static void rings_connect(struct fipc_server *server, struct fipc_session *sessions,
                          struct direct *d, struct lane *lane, struct fipc_conn *conn,
                          struct fipc_session **s)
{
    static const struct fipc_binding binding = {&probe_rings_iface, NULL, NULL};

    lane_make(lane, &probe_rings_lane, 0);
    direct_init(d, server, 1);
    ck_assert_uint_eq(
        fipc_server_init(server, &(struct fipc_server_config){.sessions = sessions,
                                                              .nsessions = 1,
                                                              .transport = &d->serving}),
        FUT_OK);
    ck_assert_uint_eq(fipc_session_open(server,
                                        &(struct fipc_session_config){.badge = 1,
                                                                      .spec = &lane->spec,
                                                                      .c = lane->c,
                                                                      .s = lane->s,
                                                                      .pool = lane->pool,
                                                                      .root = &binding},
                                        s),
                      FUT_OK);
    ck_assert_uint_eq(fipc_conn_init(conn, &d->client,
                                     &(struct fipc_areas){
                                         .slot = 4, .c = lane->c, .s = lane->s, .pool = lane->pool},
                                     &lane->spec),
                      FUT_OK);
}

START_TEST(rings_of_a_connection)
{
    struct fipc_server server;
    struct fipc_session sessions[1], *s;
    struct direct d;
    struct lane lane;
    struct fipc_conn conn;
    struct probe_entry e = {.id = 7, .count = 3, .color = PROBE_COLOR_BLUE}, got;

    rings_connect(&server, sessions, &d, &lane, &conn, &s);
    ck_assert_uint_eq(conn.nrings, 2);
    ck_assert_uint_eq(conn.pool_size, 8192);
    ck_assert_uint_eq(fipc_ring_room(&conn.ring[PROBE_RINGS_RING_UP]), 16);
    fipc_ring_put(&conn.ring[PROBE_RINGS_RING_UP], &e);
    fipc_ring_publish(&conn.ring[PROBE_RINGS_RING_UP]);
    ck_assert_uint_eq(fipc_ring_ready(&s->ring[PROBE_RINGS_RING_UP]), 1);
    fipc_ring_take(&s->ring[PROBE_RINGS_RING_UP], &got);
    ck_assert_mem_eq(&got, &e, sizeof(e));
    ck_assert_uint_eq(probe_rings_up_check(&got), FUT_OK);
    got.color = 0;
    ck_assert_uint_eq(probe_rings_up_check(&got), FUT_EBADMSG);
    ck_assert_uint_eq(fipc_ring_room(&s->ring[PROBE_RINGS_RING_DOWN]), 8);
    fipc_ring_put(&s->ring[PROBE_RINGS_RING_DOWN], &e);
    fipc_ring_publish(&s->ring[PROBE_RINGS_RING_DOWN]);
    fipc_ring_take(&conn.ring[PROBE_RINGS_RING_DOWN], &got);
    ck_assert_mem_eq(&got, &e, sizeof(e));
    lane_free(&lane);
}
END_TEST

START_TEST(lanes)
{
    struct fipc_lane_layout l;
    struct fipc_lane_spec spec = {0};

    ck_assert_uint_eq(fipc_lane_compute(&spec, &l), FUT_OK);
    ck_assert_uint_eq(l.c_pages, 0);
    spec = (struct fipc_lane_spec){.slots = 3, .req_class = 1, .rep_class = 3, .events = 1};
    ck_assert_uint_eq(fipc_lane_compute(&spec, &l), FUT_OK);
    ck_assert_uint_eq(l.c_pages, 1 + 3);
    ck_assert_uint_eq(l.s_pages, 1 + 1 + 3 * 17);
    ck_assert_uint_eq(l.event_base, 4096);
    ck_assert_uint_eq(l.rep_base, 8192);
    spec.nrings = 1;
    spec.ring[0] = (struct fipc_ring_spec){32, 8, 0};
    ck_assert_uint_eq(fipc_lane_compute(&spec, &l), FUT_OK);
    ck_assert_uint_eq(l.ring_base[0], 4 * 4096);
    ck_assert_uint_eq(l.c_pages, 6);
    spec.ring[0].entry = 24;
    ck_assert_uint_eq(fipc_lane_compute(&spec, &l), FUT_EINVAL);
    spec.ring[0] = (struct fipc_ring_spec){32, 13, 0};
    ck_assert_uint_eq(fipc_lane_compute(&spec, &l), FUT_EINVAL);
    spec.nrings = 8;
    ck_assert_uint_eq(fipc_lane_compute(&spec, &l), FUT_EINVAL);
    spec.nrings = 0;
    spec.slots = 65;
    ck_assert_uint_eq(fipc_lane_compute(&spec, &l), FUT_EINVAL);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fipc ring");
    TCase *t = tcase_create("ring");

    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, batches, 0, 4);
    tcase_add_test(t, full_and_empty);
    tcase_add_test(t, parking);
    tcase_add_test(t, closing);
    tcase_add_test(t, never_reopens);
    tcase_add_test(t, broken);
    tcase_add_test(t, two_threads);
    tcase_add_test(t, rings_of_a_connection);
    tcase_add_test(t, lanes);
    return suite_run(s, t);
}
