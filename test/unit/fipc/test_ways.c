/* SPDX-License-Identifier: Apache-2.0 */
/* The short ways of stubs and servers, and where they leave to the long ones; what is given back of
 * a reply that is refused; tickets of asynchronous calls; bits that must be zero. */
#include "pair.h"
#include "suite.h"
#include <string.h>

#define W0(ordinal, words) FIPC_W0(ordinal, 1, words, PROBE_PROBE_TAG)

static void connect_with(const struct fipc_lane_spec *spec)
{
    struct pair_setup setup = {.spec = spec, .nsessions = 1, .nobjects = 2};

    pair_make(&setup);
}

static void setup(void) { connect_with(&probe_probe_lane); }

/* --- servers --- */

static uint64_t answer_of(uint64_t w0, uint64_t w1, uint64_t *back)
{
    uint64_t w[5] = {w0, w1};

    ck_assert(direct_message(&d, BADGE, w));
    if (back) *back = w[1];
    return w[0];
}

/* The method is ready, and the next message has its first word: nothing but that was checked. */
static const struct {
    uint64_t good0, good1, bad1;
} hostile[] = {
    {W0(18, 1), 1ull << 48 | 3, 1ull << 48 | 65},             /* text: the bound */
    {W0(18, 1), 1ull << 48 | 3, 1ull << 48 | 1ull << 32 | 3}, /* the cursor */
    {W0(18, 1), 1ull << 48 | 3, 2ull << 48 | 3},              /* the stride */
    {W0(18, 1), 1ull << 48 | 3, 3},                           /* no stride */
    {W0(18, 1), 1ull << 48 | 3, 1ull << 48 | 4},              /* the fourth byte is no UTF-8 */
    {W0(19, 1), 1ull << 48 | 3, 1ull << 48 | 101},            /* data */
    {W0(41, 1), 1ull << 48 | 3, 1ull << 48 | 65537},          /* a view */
    {W0(41, 1), 1ull << 48 | 3, 1ull << 48 | 0x80000003},     /* a view */
    {FIPC_W0(16, 0, 1, PROBE_PROBE_TAG), 1, 2},               /* bool */
    {FIPC_W0(58, 0, 1, PROBE_PROBE_TAG), 1 | 7ull << 32, 2},  /* a union: null object */
    {FIPC_W0(58, 0, 1, PROBE_PROBE_TAG), 1 | 7ull << 32, 3 | 2ull << 32}, /* bool in it */
    {FIPC_W0(58, 0, 1, PROBE_PROBE_TAG), 1 | 7ull << 32, 4},              /* no such tag */
};

START_TEST(refused_when_ready)
{
    uint64_t w0 = hostile[_i].good0, good = hostile[_i].good1, got;
    bool slot = w0 & FIPC_W0_SLOT;

    memcpy(lane.c + lane.layout.req_base + FIPC_HALF_DATA, "abc\xff", 4);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_uint_eq(answer_of(w0, good, &got) & FIPC_W0_CODE, FUT_OK);
        ck_assert_uint_eq(got, good);
        ck_assert_uint_eq(answer_of(w0, good, &got) & FIPC_W0_CODE, FUT_OK);
        ck_assert_uint_eq(got, good);
        ck_assert_uint_eq(answer_of(w0, hostile[_i].bad1, &got), FUT_EBADMSG);
        ck_assert_uint_eq(got, 0);
    }
    ck_assert_uint_eq(session->seq[0], slot ? 12 : 0); /* refused calls count too */
    ck_assert_uint_eq(lane_done(), slot ? 12 : 0);
}
END_TEST

START_TEST(answers_when_ready)
{
    char buf[65];
    size_t n;
    uint32_t x;

    for (unsigned i = 0; i < 20; i++) { /* all lengths, so that padding and SLOT change */
        char text[] = "abcdefghijklmnopqrs";
        n = 77;
        ck_assert_uint_eq(probe_probe_text(p, text, i % 20, buf, sizeof(buf), &n), FUT_OK);
        ck_assert(n == i % 20 && !memcmp(buf, text, n) && !buf[n]);
        ck_assert_uint_eq(probe_probe_data(p, text, i % 20, buf, sizeof(buf), &n), FUT_OK);
        ck_assert(n == i % 20 && !memcmp(buf, text, n));
        ck_assert_uint_eq(probe_probe_data(p, text, i % 20, buf, i % 20, &n), FUT_OK);
        ck_assert_uint_eq(probe_probe_look(p, text, i % 20, buf, sizeof(buf), &n), FUT_OK);
        ck_assert(n == i % 20 && !memcmp(buf, text, n));
    }
    for (unsigned i = 0; i < 3; i++) {
        n = 77;
        ck_assert_uint_eq(probe_probe_data(p, "abcd", 4, buf, 3, &n), FUT_EMSGSIZE);
        ck_assert_uint_eq(n, 77);
        ck_assert_uint_eq(probe_probe_fail(p, FUT_ENOENT), FUT_ENOENT);
        ck_assert_uint_eq(probe_probe_wait(p, 0, &x), FUT_OK); /* keep: the reply goes by itself */
    }
    ck_assert_uint_eq(slots_free(&conn), SLOTS_ALL);
    ck_assert_uint_eq(conn.slots[0] >> 16, session->seq[0]);
    ck_assert_uint_eq(lane_done(), session->seq[0]);
}
END_TEST

/* A slice that lies across two words. */
START_TEST(slice_across_words)
{
    for (unsigned i = 0; i < 20; i++) {
        char text[] = "abcdefghijklmnopqrs", buf[20];
        uint8_t a = 0;
        size_t n = 77;
        ck_assert_uint_eq(
            probe_probe_shifted(p, (uint8_t)(i + 1), text, i % 20, &a, buf, sizeof(buf), &n),
            FUT_OK);
        ck_assert(a == i + 1 && n == i % 20 && !memcmp(buf, text, n));
    }
}
END_TEST

/* What a handler takes of the arena is there again for the next call. */
START_TEST(arena_when_ready)
{
    char *text = calloc(1, 65536);
    size_t n;

    for (unsigned i = 0; i < 100; i++)
        ck_assert_uint_eq(probe_probe_look(p, text, 65536, text, 65536, &n), FUT_OK);
    free(text);
}
END_TEST

/* A slot where the method needs none, and the other way round: the loop is not for that. */
START_TEST(slots_when_ready)
{
    uint64_t with = W0(16, 1), none = FIPC_W0(18, 0, 1, PROBE_PROBE_TAG), got;

    for (unsigned i = 1; i < 4; i++) {
        ck_assert_uint_eq(answer_of(with, 1, &got), 0x10000);
        ck_assert_uint_eq(got, 1);
        ck_assert_uint_eq(lane_done(), i);
    }
    for (unsigned i = 0; i < 3; i++)
        ck_assert_uint_eq(answer_of(none, 1ull << 48 | 3, NULL), FUT_EBADMSG);
}
END_TEST

/* Roots longer and shorter than this version's, in calls that come again. */
START_TEST(other_roots_when_ready)
{
    uint64_t got;

    for (unsigned i = 0; i < 3; i++) {
        ck_assert_uint_eq(answer_of(FIPC_W0(16, 0, 3, PROBE_PROBE_TAG), 1, &got), 0x10000);
        ck_assert_uint_eq(got, 1);
    }
    for (unsigned i = 0; i < 3; i++)
        ck_assert_uint_eq(answer_of(FIPC_W0(16, 0, 0, PROBE_PROBE_TAG), 1, &got), FUT_EBADMSG);
}
END_TEST

/* SLOT says that the half holds data. */
START_TEST(empty_results_when_ready)
{
    for (unsigned i = 0; i < 3; i++)
        ck_assert_uint_eq(answer_of(W0(19, 1), 1ull << 48, NULL), 0x10000);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_uint_eq(answer_of(W0(19, 1), 1ull << 48 | 1, NULL), 0x11000);
}
END_TEST

/* --- clients --- */

/* Halves smaller than a method's largest message: the long way is taken, and it is careful. */
START_TEST(small_halves)
{
    struct fipc_lane_spec small = probe_probe_lane;
    char text[5000] = "", buf[5000];
    size_t n = 7;

    pair_free();
    small.req_class = small.rep_class = 1;
    connect_with(&small);
    ck_assert_uint_eq(probe_probe_data(p, "abc", 3, buf, sizeof(buf), &n), FUT_OK);
    ck_assert_uint_eq(n, 3);
    for (unsigned i = 0; i < 3; i++) {
        n = 7;
        ck_assert_uint_eq(probe_probe_look(p, text, sizeof(text), buf, sizeof(buf), &n),
                          FUT_EMSGSIZE); /* does not fit the request */
        ck_assert_uint_eq(probe_probe_look(p, text, 8, buf, sizeof(buf), &n), FUT_EMSGSIZE);
        ck_assert_uint_eq(n, 7);
        ck_assert_uint_eq(slots_free(&conn), SLOTS_ALL);
    }
    ck_assert_uint_eq(conn.slots[0] >> 16, session->seq[0]);
    pair_free();
    small.req_class = 3; /* now the reply's half alone */
    connect_with(&small);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_uint_eq(probe_probe_look(p, text, 8, buf, sizeof(buf), &n), FUT_EMSGSIZE);
}
END_TEST

START_TEST(no_slots_at_all)
{
    struct fipc_lane_spec none = {0};
    struct fipc_areas areas = {.slot = LOOP_SLOT_ENDPOINT};
    char buf[65];
    size_t n;
    bool x = false;

    ck_assert_uint_eq(fipc_conn_init(&conn, &d.client, &areas, &none), FUT_OK);
    ck_assert_uint_eq(probe_probe_data(p, "abc", 3, buf, sizeof(buf), &n), FUT_ENOSLOT);
    ck_assert_uint_eq(probe_probe_truth(p, true, &x), FUT_OK);
    ck_assert(x);
}
END_TEST

/* Slot 0 is taken by another thread: the long way takes the next, and asks for no more than its own
 * halves. */
START_TEST(other_slot)
{
    uint64_t word = conn.slots[0];
    char buf[65];
    size_t n;

    conn.slots[0] = 0;
    ck_assert_uint_eq(probe_probe_data(p, "abc", 3, buf, sizeof(buf), &n), FUT_OK);
    ck_assert_mem_eq(buf, "abc", 3);
    ck_assert_uint_eq(conn.slots[1] >> 16, 1);
    ck_assert_uint_eq(session->seq[1], 1);
    conn.slots[0] = word;
}
END_TEST

/* --- a hostile server --- */

static uint64_t forged[5], sent[8][5];
static unsigned ncalls, nsends;
static fut_status forge(void *at, uint32_t slot, uint64_t w[5])
{
    (void)at, (void)slot;
    memcpy(sent[ncalls++ % 8], w, sizeof(sent[0]));
    if (ncalls > 1)
        memset(w, 0, sizeof(forged)); /* what follows is for a release */
    else
        memcpy(w, forged, sizeof(forged));
    return FUT_S_OK;
}

static fut_status forge_send(void *at, uint32_t slot, const uint64_t w[5])
{
    (void)at, (void)slot;
    memcpy(sent[nsends++ % 8], w, sizeof(sent[0]));
    return FUT_S_OK;
}

static const struct fipc_transport forger = {.call = forge, .send = forge_send};

static void forge_start(uint64_t w0, uint64_t w1, uint64_t w2)
{
    conn.transport = &forger;
    drops_watch();
    ncalls = nsends = 0;
    memset(forged, 0, sizeof(forged));
    forged[0] = w0, forged[1] = w1, forged[2] = w2;
}

#define RELEASE_OF(object) (FIPC_W0(FIPC_RELEASE, 0, 0, PROBE_PROBE_TAG) | (uint64_t)(object) << 32)

START_TEST(handles_of_a_refused_reply)
{
    uint32_t o = 1;
    uint64_t c = 2;

    forge_start(0x20000, 7, 0); /* an object, and no ticket where one is required */
    ck_assert_uint_eq(probe_probe_handles(p, 1, 99, &o, &c), FUT_EPROTO);
    ck_assert_uint_eq(ncalls, 2);
    ck_assert_uint_eq(sent[1][0], RELEASE_OF(7));
    ck_assert(ndropped == 1 && dropped[0] == 99); /* what was sent, and may not have arrived */
    forge_start(0x20000, 0, 55);
    ck_assert_uint_eq(probe_probe_handles(p, 1, 99, &o, &c), FUT_EPROTO);
    ck_assert_uint_eq(ncalls, 1);
    ck_assert_uint_eq(ndropped, 2);
    ck_assert(dropped[0] == 55 && dropped[1] == 99);
    forge_start(0x20000, 7, 55); /* all is well: they are the caller's */
    ck_assert_uint_eq(probe_probe_handles(p, 1, 99, &o, &c), FUT_OK);
    ck_assert(ncalls == 1 && ndropped == 0 && o == 7 && c == 55);
    forge_start(0x10000, 2 | 7ull << 32, 0);
    forged[0] |= FIPC_W0_SLOT; /* the member of a union, in a reply that is refused as a whole */
    struct probe_pick x = {.tag = PROBE_PICK_NUM}, out;
    ck_assert_uint_eq(probe_probe_pick(p, &x, &out), FUT_EPROTO);
    ck_assert_uint_eq(ncalls, 1);
}
END_TEST

/* Asynchronous: nothing may block, so that the object is released by a message that may be lost. */
START_TEST(handles_of_a_refused_late_reply)
{
    uint8_t *half = lane.s + lane.layout.rep_base;
    struct fipc_call call;
    uint32_t o;
    uint64_t c, reply[5] = {0x20000, 7, 0};

    ck_assert_uint_eq(probe_probe_handles_begin(p, 1, 99, &call), FUT_OK);
    forge_start(0, 0, 0);
    memcpy(half, reply, sizeof(reply));
    *(uint32_t *)(void *)lane.s = 1;
    ck_assert_uint_eq(probe_probe_handles_end(&call, &o, &c), FUT_EPROTO);
    ck_assert(ncalls == 0 && nsends == 1);
    ck_assert_uint_eq(sent[0][0], RELEASE_OF(7));
    ck_assert(ndropped == 1 && dropped[0] == 99);
    ck_assert_uint_eq(slots_free(&conn), SLOTS_ALL);
}
END_TEST

/* Tickets that were sent are dropped when the call has failed, whatever its form. */
START_TEST(tickets_of_late_replies)
{
    struct fipc_call call;
    uint32_t o;
    uint64_t c;

    drops_watch();
    ck_assert_uint_eq(probe_probe_frames_begin(p, 5, 6, &call), FUT_OK);
    ck_assert_uint_eq(probe_probe_frames_end(&call), FUT_EAGAIN);
    ck_assert_uint_eq(ndropped, 0);
    server_scan();
    ck_assert_uint_eq(probe_probe_frames_end(&call), FUT_ENOSYS); /* it has no handler */
    ck_assert_uint_eq(ndropped, 2);
    ck_assert(dropped[0] == 5 && dropped[1] == 6);
    ck_assert_uint_eq(probe_probe_frames_end(&call), FUT_EINVAL); /* once */
    ck_assert_uint_eq(ndropped, 2);
    ck_assert_uint_eq(probe_probe_handles_begin(p, 1, 99, &call), FUT_OK);
    server_scan();
    ck_assert_uint_eq(probe_probe_handles_end(&call, &o, &c), FUT_OK);
    ck_assert_uint_eq(ndropped, 2);
    ck_assert_uint_eq(probe_probe_frames_begin(p, 5, 6, &call), FUT_OK);
    fipc_abandon(&call); /* the server may have redeemed them */
    ck_assert_uint_eq(ndropped, 2);
}
END_TEST

/* SLOT where no slot was given, or no half is: as wrong as a reserved bit. */
START_TEST(slot_bit_of_replies)
{
    char buf[65];
    size_t n;
    bool x;
    uint32_t o;

    forge_start(0x10000 | FIPC_W0_SLOT, 1, 0);
    ck_assert_uint_eq(probe_probe_truth(p, true, &x), FUT_EPROTO);
    forge_start(0x10000 | FIPC_W0_SLOT, 7, 0);
    ck_assert_uint_eq(probe_probe_make(p, &o), FUT_EPROTO);
    forge_start(FIPC_W0_SLOT, 0, 0);
    ck_assert_uint_eq(fipc_ping(&conn, PROBE_PROBE_TAG, 0), FUT_EPROTO);
    forge_start(0x10000 | FIPC_W0_SLOT, 1ull << 48 | 3, 0);
    ck_assert_uint_eq(probe_probe_data(p, "abc", 3, buf, sizeof(buf), &n), FUT_OK);
    for (unsigned bit = 13; bit < 64; bit++) {
        if (bit >= 16 && bit < 24) continue;
        forge_start(0x10000 | 1ull << bit, 1, 0);
        ck_assert_msg(probe_probe_truth(p, true, &x) == FUT_EPROTO, "bit %u", bit);
        forge_start(0x10000 | 1ull << bit, 1ull << 48, 0);
        ck_assert_msg(probe_probe_data(p, "a", 1, buf, sizeof(buf), &n) == FUT_EPROTO, "%u", bit);
    }
    ck_assert_uint_eq(slots_free(&conn), SLOTS_ALL);
}
END_TEST

START_TEST(reserved_bits_of_events)
{
    struct fipc_event ev;
    uint32_t lost;

    for (unsigned bit = 0; bit < 64; bit++) {
        bool reserved = (bit >= 12 && bit < 16) || bit >= 56;
        uint8_t *entry = lane.s + lane.layout.event_base + (bit % 64) * FIPC_EVENT_SIZE;
        ck_assert_uint_eq(probe_probe_tick_event(session, 0, 1, NULL), FUT_OK);
        if (!reserved) {
            ck_assert_uint_eq(fipc_event_next(&conn, &ev, &lost), FUT_OK);
            continue;
        }
        fipc_st64(entry, 0, fipc_ld64(entry, 0) | 1ull << bit);
        ck_assert_msg(fipc_event_next(&conn, &ev, &lost) == FUT_EPROTO, "bit %u", bit);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fipc ways");
    TCase *t = tcase_create("ways");

    tcase_add_checked_fixture(t, setup, pair_free);
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, refused_when_ready, 0, sizeof(hostile) / sizeof(hostile[0]));
    tcase_add_test(t, answers_when_ready);
    tcase_add_test(t, slice_across_words);
    tcase_add_test(t, arena_when_ready);
    tcase_add_test(t, slots_when_ready);
    tcase_add_test(t, other_roots_when_ready);
    tcase_add_test(t, empty_results_when_ready);
    tcase_add_test(t, small_halves);
    tcase_add_test(t, no_slots_at_all);
    tcase_add_test(t, other_slot);
    tcase_add_test(t, handles_of_a_refused_reply);
    tcase_add_test(t, handles_of_a_refused_late_reply);
    tcase_add_test(t, tickets_of_late_replies);
    tcase_add_test(t, slot_bit_of_replies);
    tcase_add_test(t, reserved_bits_of_events);
    return suite_run(s, t);
}
