/* SPDX-License-Identifier: Apache-2.0 */
/* A peer that writes over the lane while it is read. Whatever it writes, the other side gets either
 * an error or values that obey every rule of the interface: strings are UTF-8 and terminated, bools
 * are 0 or 1, enums are members, counts are within bounds. The sanitizers watch the rest. */
#include "fipc/cbor.h"
#include "pair.h"
#include "suite.h"
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define HALF 4096u /* of the messages here, nothing is longer */

static unsigned strange; /* values that no handler should ever see */

static void text_check(const char *data, size_t len, size_t bound)
{
    if (len > bound || data[len] != 0 || !fipc_utf8_valid(data, len)) strange++;
}

static void person_check(const struct probe_person *x)
{
    uint8_t has[3];

    memcpy(&has[0], &x->has_age, 1);
    memcpy(&has[1], &x->has_home, 1);
    memcpy(&has[2], &x->has_nick, 1);
    if (has[0] > 1 || has[1] > 1 || has[2] > 1) strange++;
    text_check(x->name.data, x->name.len, 20);
    if (x->has_nick) text_check(x->nick.data, x->nick.len, 8);
}

static void any_check(const struct probe_any *x)
{
    if (x->tag == PROBE_ANY_PERSON) person_check(&x->u.person);
    if (x->tag == PROBE_ANY_LIST && x->u.list.n > 4) strange++;
    if (x->tag == 0) strange++;
}

static fut_err on_people(void *self, struct fipc_req *r, const struct probe_person *x, size_t x_n,
                         bool end, const struct probe_person **out, size_t *out_n, bool *out_end)
{
    (void)self;
    (void)r;
    if (x_n > 3) strange++;
    for (size_t i = 0; i < x_n; i++)
        person_check(&x[i]);
    *out = x, *out_n = x_n, *out_end = end;
    return FUT_OK;
}

static fut_err on_points(void *self, struct fipc_req *r, const struct probe_line *x, size_t x_n,
                         const struct probe_line **out, size_t *out_n)
{
    (void)self;
    (void)r;
    if (x_n > 4) strange++;
    for (size_t i = 0; i < x_n; i++) {
        uint8_t solid;
        memcpy(&solid, &x[i].solid, 1);
        if (solid > 1 || (x[i].color != PROBE_COLOR_RED && x[i].color != PROBE_COLOR_GREEN &&
                          x[i].color != PROBE_COLOR_BLUE))
            strange++;
    }
    *out = x, *out_n = x_n;
    return FUT_OK;
}

static fut_err on_anys(void *self, struct fipc_req *r, const struct probe_any *x, size_t x_n,
                       const char *y, size_t y_len, uint32_t tags[4], struct fipc_out *out_y)
{
    (void)self;
    (void)r;
    if (x_n > 4) strange++;
    for (size_t i = 0; i < x_n; i++) {
        any_check(&x[i]);
        tags[i] = x[i].tag;
    }
    text_check(y, y_len, 8);
    return fipc_out_write(out_y, y, y_len);
}

static struct probe_probe_ops ops;
static struct fipc_binding binding = {&probe_probe_iface, &ops, NULL};

static void setup(void)
{
    static const struct pair_setup with = {.root = &binding, .nsessions = 1};

    ops = probe_ops;
    ops.people = on_people;
    ops.points = on_points;
    ops.anys = on_anys;
    strange = 0;
    pair_make(&with);
}

/* --- the scribbler --- */

struct scribbler {
    uint8_t *target;
    uint8_t good[HALF];
    size_t len;
    atomic_bool stop;
    pthread_t thread;
    uint64_t seed;
};

static uint64_t random_next(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

/* Good content and single damaged words in turn: the damage that matters is what appears between a
 * check and a use. */
static void *scribble(void *arg)
{
    struct scribbler *b = arg;

    while (!atomic_load(&b->stop)) {
        uint64_t r = random_next(&b->seed);
        size_t at = (size_t)(r >> 8) % b->len;
        volatile uint8_t *t = b->target;
        t[at] = (uint8_t)r;
        if (r >> 60 == 0)
            for (size_t i = 0; i < b->len; i++)
                t[i] = (uint8_t)random_next(&b->seed);
        for (size_t i = 0; i < b->len; i++)
            t[i] = b->good[i];
    }
    return NULL;
}

static void scribbler_start(struct scribbler *b, uint8_t *target, size_t len)
{
    ck_assert_uint_le(len, HALF);
    b->target = target;
    b->len = len;
    memcpy(b->good, target, len);
    b->seed = 0x9e3779b97f4a7c15;
    atomic_init(&b->stop, false);
    pthread_create(&b->thread, NULL, scribble, b);
}

static void scribbler_stop(struct scribbler *b)
{
    atomic_store(&b->stop, true);
    pthread_join(b->thread, NULL);
}

static const struct probe_point point = {-1, 2, 3};
static const struct probe_line lines[4] = {{{1, 2, 3}, {4, 5, 6}, PROBE_COLOR_RED, true},
                                           {{1, 2, 3}, {4, 5, 6}, PROBE_COLOR_BLUE, false},
                                           {{1, 2, 3}, {4, 5, 6}, PROBE_COLOR_GREEN, true},
                                           {{1, 2, 3}, {4, 5, 6}, PROBE_COLOR_RED, false}};

static void people_make(struct probe_person people[3])
{
    memset(people, 0, 3 * sizeof(*people));
    for (int i = 0; i < 3; i++) {
        people[i].name = (struct fipc_string){"G\xc3\xb6"
                                              "del \xe2\x82\xac",
                                              10};
        people[i].has_age = people[i].has_home = people[i].has_nick = true;
        people[i].home = point;
        people[i].nick = (struct fipc_string){"nick", 4};
    }
}

static fut_err ask_people(void)
{
    struct probe_person people[3];
    const struct probe_person *got;
    size_t n;
    bool end;
    fut_err e;

    people_make(people);
    state.arena.used = 0;
    e = probe_probe_people(p, people, 3, true, &got, &n, &end, &state.arena);
    if (e == FUT_OK) {
        if (n > 3) strange++;
        for (size_t i = 0; i < n; i++)
            person_check(&got[i]);
    }
    return e;
}

static fut_err ask_points(void)
{
    struct probe_line got[4];
    size_t n;

    return probe_probe_points(p, lines, 4, got, 4, &n);
}

static fut_err ask_anys(void)
{
    struct probe_person people[3];
    struct probe_any x[4] = {{.tag = PROBE_ANY_NUM, .u.num = 5}, {.tag = PROBE_ANY_PERSON}};
    static const uint16_t list[4] = {1, 2, 3, 4};
    uint32_t tags[4];
    char y[9];
    size_t n;
    fut_err e;

    people_make(people);
    x[1].u.person = people[0];
    x[2].tag = PROBE_ANY_LIST;
    x[2].u.list.v = list;
    x[2].u.list.n = 4;
    x[3] = x[1];
    e = probe_probe_anys(p, x, 4, "\xc3\xbcy", 3, tags, y, sizeof(y), &n);
    if (e == FUT_OK) text_check(y, n, 8);
    return e;
}

static fut_err (*const asks[])(void) = {ask_people, ask_points, ask_anys};
static const size_t lengths[] = {400, 160, 456};

static bool time_is_up(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec - start->tv_sec > 20;
}

/* The server reads while its client scribbles. The words are those of a good call. */
START_TEST(client_scribbles)
{
    static struct scribbler b;
    uint8_t *half = conn.request;
    uint64_t good[5], w[5];
    unsigned ok = 0, refused = 0;
    struct timespec start;

    ck_assert_uint_eq(asks[_i](), FUT_OK);
    memcpy(good, d.w, sizeof(good));
    clock_gettime(CLOCK_MONOTONIC, &start);
    scribbler_start(&b, half, lengths[_i]);
    for (unsigned i = 0; (i < 20000 || !ok || !refused) && !time_is_up(&start); i++) {
        memcpy(w, good, sizeof(w));
        ck_assert(direct_message(&d, BADGE, w));
        if (w[0] & 0xfff) {
            ck_assert_uint_eq(w[0] & 0xfff, FUT_EBADMSG);
            refused++;
        } else {
            ok++;
        }
    }
    scribbler_stop(&b);
    ck_assert_uint_eq(strange, 0);
    ck_assert_uint_gt(ok, 0);
    ck_assert_uint_gt(refused, 0); /* else the race was not one */
    ck_assert_uint_eq(asks[_i](), FUT_OK);
}
END_TEST

/* The client reads while its server scribbles. */
START_TEST(server_scribbles)
{
    static struct scribbler b;
    struct canned again;
    uint8_t *half = lane.s + (conn.reply - conn.s);
    unsigned ok = 0, refused = 0;
    struct timespec start;

    ck_assert_uint_eq(asks[_i](), FUT_OK);
    canned_init(&again);
    memcpy(again.w, server.req.reply.w, sizeof(again.w));
    conn.transport = &again.transport;
    clock_gettime(CLOCK_MONOTONIC, &start);
    scribbler_start(&b, half, _i == 2 ? 8 : lengths[_i]);
    for (unsigned i = 0; (i < 20000 || !ok || !refused) && !time_is_up(&start); i++) {
        fut_err e = asks[_i]();
        if (e == FUT_OK)
            ok++;
        else if (e == FUT_EPROTO)
            refused++;
        else
            ck_abort_msg("error %u", e);
    }
    scribbler_stop(&b);
    ck_assert_uint_eq(strange, 0);
    ck_assert_uint_gt(ok, 0);
    ck_assert_uint_gt(refused, 0);
}
END_TEST

/* The control page: submit, cancel and ring lines of a hostile client never confuse the server for
 * longer than it takes to call the session broken. */
START_TEST(client_scribbles_control)
{
    static struct scribbler b;

    memset(lane.c, 0, FIPC_PAGE);
    scribbler_start(&b, lane.c, FIPC_PAGE);
    for (unsigned i = 0; i < 3000; i++) {
        d.pending = 1;
        fipc_server_step(&server);
        (void)probe_probe_tick_event(session, 0, i, NULL);
        session->broken = false; /* go on, to meet more of it */
        if (state.waits) fipc_reply_error(&state.waiting, FUT_ECANCELED, 0);
        state.waits = false;
    }
    scribbler_stop(&b);
    ck_assert_uint_eq(strange, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fipc scribble");
    TCase *t = tcase_create("scribble");

    tcase_add_checked_fixture(t, setup, pair_free);
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, client_scribbles, 0, 3);
    tcase_add_loop_test(t, server_scribbles, 0, 3);
    tcase_add_test(t, client_scribbles_control);
    return suite_run(s, t);
}
