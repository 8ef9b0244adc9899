/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets and connections, by example and against naive models. */
#include "capmgr/session.h"
#include "capmgr/ticket.h"
#include "model.h"

#define TICKETS 300u
static struct ticket ticket_table[TICKETS];
static struct tickets tickets;

static struct ticket_party party(uint32_t slot, uint32_t number)
{
    return (struct ticket_party){slot, number};
}

START_TEST(a_ticket_works_once_for_one)
{
    struct ticket_what what = {.kind = TICKET_OBJECT, .label = 5, .value = 9}, got;
    enum cm_missing missing;
    uint64_t t, u;

    tickets_init(&tickets, ticket_table, TICKETS);
    ck_assert_int_eq(ticket_issue(&tickets, party(1, 101), party(2, 102), &what, 1, 0, &t),
                     CM_EINVAL);
    ck_assert_int_eq(ticket_issue(&tickets, party(1, 101), party(2, 102), &what, 1, 77, &t), CM_OK);
    ck_assert_ptr_null(ticket_look(&tickets, t, 101, 0, &missing));
    ck_assert_int_eq(missing, CM_MISSING_TICKET);
    ck_assert_ptr_null(ticket_look(&tickets, t + (1u << 20), 102, 0, &missing));
    ck_assert_ptr_null(ticket_look(&tickets, t, 102, TICKET_MEMORY, &missing));
    ck_assert_int_eq(missing, CM_MISSING_LABEL);
    ck_assert_ptr_nonnull(ticket_look(&tickets, t, 102, TICKET_OBJECT, &missing));
    /* Passed on: the old number is worth nothing, nor is the old redeemer. */
    ck_assert_int_eq(ticket_pass(&tickets, t, 103, party(4, 104), false, 78, &u), CM_EPERM);
    ck_assert_int_eq(ticket_pass(&tickets, t, 102, party(4, 104), false, 78, &u), CM_OK);
    ck_assert(!ticket_spend(&tickets, t, 102, &got));
    ck_assert(!ticket_spend(&tickets, u, 102, &got));
    ck_assert(ticket_spend(&tickets, u, 104, &got));
    ck_assert_uint_eq(got.value, 9);
    ck_assert(!ticket_spend(&tickets, u, 104, &got));
    ck_assert_uint_eq(tickets.used, 0);
}
END_TEST

START_TEST(tickets_are_limited_and_die_with_parties)
{
    struct ticket_what what = {.kind = TICKET_NOTIFY, .value = 1};
    struct ticket_end end;
    uint64_t t, passed, n;
    uint32_t i;

    tickets_init(&tickets, ticket_table, TICKETS);
    for (i = 0; i < TICKET_OUTSTANDING; i++) {
        what.value = i;
        ck_assert_int_eq(ticket_issue(&tickets, party(1, 101), party(2, 102), &what, 1, 9, &t),
                         CM_OK);
    }
    /* One client asks for no more, not even when it has passed one on; another still may. */
    ck_assert_int_eq(ticket_pass(&tickets, t, 102, party(4, 104), false, 10, &passed), CM_OK);
    ck_assert_int_eq(ticket_issue(&tickets, party(1, 101), party(2, 102), &what, 1, 9, &t),
                     CM_EAGAIN);
    for (i = 0; i < 32; i++)
        ck_assert_int_eq(ticket_issue(&tickets, party(1, 101), party(3, 103), &what, 1, 9, &t),
                         CM_OK);
    ck_assert_int_eq(ticket_issue(&tickets, party(2, 102), party(1, 101), &what, 1, 9, &t), CM_OK);
    for (i = 0; ticket_drop_next(&tickets, 3, &end); i++)
        ck_assert_uint_eq(end.issuer_slot, 1);
    ck_assert_uint_eq(i, 32);
    /* Passed on to a client it counts for that one; which has enough of them at some time. */
    for (i = 0; i < TICKET_HANDED; i++) {
        ck_assert_int_eq(ticket_pass(&tickets, passed, 104, party(5, 105), true, 11, &n), CM_OK);
        ck_assert_int_eq(ticket_issue(&tickets, party(1, 101), party(2, 102), &what, 1, 9, &t),
                         CM_OK);
        ck_assert_int_eq(ticket_pass(&tickets, t, 102, party(4, 104), false, 10, &passed), CM_OK);
    }
    ck_assert_int_eq(ticket_pass(&tickets, passed, 104, party(5, 105), true, 11, &n), CM_EAGAIN);
    ck_assert_int_eq(ticket_pass(&tickets, passed, 104, party(6, 106), true, 11, &n), CM_OK);
    ck_assert(tickets_check(&tickets));
    for (i = 0; ticket_drop_next(&tickets, 1, &end); i++)
        ck_assert(!end.lost);
    ck_assert_uint_eq(i, TICKET_OUTSTANDING + TICKET_HANDED + 1);
    ck_assert_uint_eq(tickets.used, 0);
}
END_TEST

START_TEST(tickets_die_with_what_they_stand_for)
{
    struct ticket_what connection = {.kind = TICKET_CONNECTION, .value = 5};
    struct ticket_what memory = {.kind = TICKET_MEMORY, .value = 0x10000, .count = 4};
    enum cm_missing missing;
    uint64_t c, m;

    tickets_init(&tickets, ticket_table, TICKETS);
    ck_assert_int_eq(ticket_issue(&tickets, party(1, 101), party(2, 102), &connection, 1, 9, &c),
                     CM_OK);
    ck_assert_int_eq(ticket_issue(&tickets, party(1, 101), party(2, 102), &memory, 1, 9, &m),
                     CM_OK);
    /* Other numbers, other issuers, neighbouring pages: nothing happens. */
    ticket_drop_connection(&tickets, 1, 4);
    ticket_drop_connection(&tickets, 2, 5);
    ticket_drop_memory(&tickets, 1, 0xf000, 0x10000);
    ticket_drop_memory(&tickets, 1, 0x14000, 0x15000);
    ck_assert_uint_eq(tickets.used, 2);
    /* The last of its pages is enough. */
    ticket_drop_memory(&tickets, 1, 0x13000, 0x14000);
    ck_assert_ptr_null(ticket_look(&tickets, m, 102, 0, &missing));
    ticket_drop_connection(&tickets, 1, 5);
    ck_assert_ptr_null(ticket_look(&tickets, c, 102, 0, &missing));
    ck_assert_uint_eq(tickets.used, 0);
}
END_TEST

START_TEST(who_does_not_ask_or_is_dead_is_not_told)
{
    struct ticket_what object = {.kind = TICKET_OBJECT};
    struct ticket_end end;
    uint64_t n;

    tickets_init(&tickets, ticket_table, TICKETS);
    /* Before it asks it is not told. */
    ck_assert_int_eq(ticket_issue(&tickets, party(1, 101), party(2, 102), &object, 5, 9, &n),
                     CM_OK);
    ck_assert(ticket_drop(&tickets, n, 102, &end) && !end.lost);
    ticket_tell(&tickets, 1, true);
    /* Who died is told nothing. */
    ck_assert_int_eq(ticket_issue(&tickets, party(1, 101), party(2, 102), &object, 5, 9, &n),
                     CM_OK);
    ck_assert(ticket_drop(&tickets, n, 102, &end) && end.lost);
    ck_assert(ticket_drop_next(&tickets, 1, &end) && !end.lost);
    ck_assert_uint_eq(tickets.used, 0);
}
END_TEST

/* Objects 0 to 3 for party 2, 4 to 7 for party 3, in turn over two connections, and a notification.
 */
static void tickets_for_two(uint64_t t[8])
{
    struct ticket_what object = {.kind = TICKET_OBJECT}, notify = {.kind = TICKET_NOTIFY};
    uint64_t n;
    uint32_t i;

    for (i = 0; i < 8; i++) {
        object.value = i;
        ck_assert_int_eq(ticket_issue(&tickets, party(1, 101), party(2 + i / 4, 102 + i / 4),
                                      &object, 5 + i % 2, 9, &t[i]),
                         CM_OK);
    }
    ck_assert_int_eq(ticket_issue(&tickets, party(1, 101), party(3, 103), &notify, 5, 9, &n),
                     CM_OK);
}

START_TEST(an_issuer_is_told_of_lost_tickets)
{
    struct ticket_what got;
    struct ticket_end end;
    uint64_t t[8], n;
    uint32_t i;

    tickets_init(&tickets, ticket_table, TICKETS);
    ticket_tell(&tickets, 1, true);
    tickets_for_two(t);
    ck_assert(!ticket_take_lost(&tickets, 1, &got));
    ck_assert(ticket_drop(&tickets, t[3], 101, &end) && !end.lost); /* its own doing */
    ck_assert(ticket_drop(&tickets, t[2], 102, &end) && end.lost);
    ck_assert_uint_eq(end.issuer_slot, 1);
    ck_assert(!ticket_spend(&tickets, t[2], 102, &got));
    /* Redeemed: lost only if the issuer does not hear of it. */
    ck_assert(!ticket_hold(&tickets, t[0], 103));
    ck_assert(ticket_hold(&tickets, t[0], 102) && ticket_hold(&tickets, t[1], 102));
    ck_assert(!ticket_hold(&tickets, t[0], 102) && !ticket_drop(&tickets, t[0], 101, &end));
    ticket_settle(&tickets, t[0]);
    ck_assert(!ticket_lose(&tickets, t[0], &end));
    ck_assert(ticket_lose(&tickets, t[1], &end) && end.lost);
    /* The connection that 4 and 6 were issued over ends; 6 had been passed on. */
    ck_assert_int_eq(ticket_pass(&tickets, t[6], 103, party(4, 104), false, 8, &n), CM_OK);
    ck_assert(ticket_drop_via(&tickets, 1, 5, &end) && !end.lost); /* the notification */
    ck_assert(ticket_drop_via(&tickets, 1, 5, &end) && end.lost);
    ck_assert(!ticket_drop_via(&tickets, 1, 5, &end));
    /* Its holder dies. */
    for (i = 0; ticket_drop_next(&tickets, 3, &end); i++)
        ck_assert(end.lost);
    ck_assert_uint_eq(i, 2);
    /* Oldest first; each was outstanding until now. */
    ck_assert_uint_eq(tickets.outstanding[1], 6);
    ck_assert(tickets_check(&tickets));
    for (i = 0; ticket_take_lost(&tickets, 1, &got); i++) {
        static const uint64_t order[] = {2, 1, 4};

        if (i < 3) ck_assert_uint_eq(got.value, order[i]);
    }
    ck_assert_uint_eq(i, 5);
    ck_assert(ticket_spend(&tickets, n, 104, &got));
    ck_assert_uint_eq(tickets.used, 0);
}
END_TEST

struct naive_ticket {
    uint64_t number, via, order;
    uint32_t issuer, redeemer, asker;
    uint8_t state;
};
static struct naive_ticket naive[TICKETS];
static uint32_t outstanding[8];
static uint64_t losses;
static bool told[8];

static void naive_end(struct naive_ticket *n, bool tell, const struct ticket_end *end)
{
    EXPECT_EQ(end->issuer_slot, n->issuer);
    EXPECT_EQ(end->lost, tell && told[n->issuer]);
    n->state = end->lost ? TICKET_LOST : TICKET_FREE;
    n->order = ++losses;
    outstanding[n->issuer] -= !end->lost;
}

static struct naive_ticket *naive_of(uint64_t value)
{
    EXPECT(value < TICKETS);
    return &naive[value];
}

/* A party dies: all that it issued, then all that it could redeem. */
static void tickets_model_death(uint32_t a)
{
    struct ticket_end end;
    uint32_t i;

    while (ticket_drop_next(&tickets, a, &end)) {
        struct naive_ticket *n = naive_of(end.what.value);

        EXPECT(n->state != TICKET_FREE);
        if (n->issuer != a) EXPECT(n->redeemer == a && n->state != TICKET_LOST);
        naive_end(n, n->issuer != a, &end);
    }
    for (i = 0; i < TICKETS; i++) {
        EXPECT(naive[i].state == TICKET_FREE || naive[i].issuer != a);
        EXPECT(naive[i].state == TICKET_FREE || naive[i].state == TICKET_LOST ||
               naive[i].redeemer != a);
    }
}

static void tickets_model_via(uint32_t a, uint64_t via)
{
    struct ticket_end end;
    uint32_t i, want = 0, got = 0;

    for (i = 0; i < TICKETS; i++)
        want += naive[i].state == TICKET_LIVE && naive[i].issuer == a && naive[i].via == via;
    for (; ticket_drop_via(&tickets, a, via, &end); got++)
        naive_end(naive_of(end.what.value), true, &end);
    EXPECT_EQ(want, got);
}

static void tickets_model_take(uint32_t a)
{
    struct naive_ticket *oldest = NULL;
    struct ticket_what what;
    uint32_t i;

    for (i = 0; i < TICKETS; i++) {
        if (naive[i].state == TICKET_LOST && naive[i].issuer == a &&
            (oldest == NULL || naive[i].order < oldest->order))
            oldest = &naive[i];
    }
    EXPECT_EQ(ticket_take_lost(&tickets, a, &what), oldest != NULL);
    if (oldest == NULL) return;
    EXPECT_EQ(what.value, oldest - naive);
    oldest->state = TICKET_FREE;
    outstanding[a]--;
}

static void tickets_model_issue(uint32_t a, uint32_t b)
{
    struct ticket_what what = {.kind = TICKET_OBJECT};
    uint64_t n, via = 1 + model_below(4);
    enum cm_err e;
    uint32_t i, free, asked = 0;

    for (free = 0; free < TICKETS && naive[free].state != TICKET_FREE; free++)
        ;
    for (i = 0; i < TICKETS; i++)
        asked += naive[i].state != TICKET_FREE && naive[i].issuer == a && naive[i].asker == b;
    what.value = free;
    e = ticket_issue(&tickets, party(a, 100 + a), party(b, 100 + b), &what, via,
                     1 + model_below(1000), &n);
    EXPECT_EQ(e, free == TICKETS || outstanding[a] == TICKET_ISSUED || asked == TICKET_OUTSTANDING
                     ? CM_EAGAIN
                     : CM_OK);
    if (e != CM_OK) return;
    naive[free] = (struct naive_ticket){n, via, 0, a, b, b, TICKET_LIVE};
    outstanding[a]++;
}

/* What a party does with a ticket, its own or not. */
static void tickets_model_use(struct naive_ticket *n, uint32_t a, uint32_t b)
{
    bool live = n->state == TICKET_LIVE, right = live && n->redeemer == a, done;
    struct ticket_what what;
    struct ticket_end end;

    switch (model_below(7)) {
    case 0:
        EXPECT_EQ(ticket_spend(&tickets, n->number, 100 + a, &what), right);
        if (right) n->state = TICKET_FREE, outstanding[n->issuer]--;
        break;
    case 1:
        done = ticket_drop(&tickets, n->number, 100 + a, &end);
        EXPECT_EQ(done, right || (live && n->issuer == a));
        if (done) naive_end(n, n->issuer != a, &end);
        break;
    case 2:
        EXPECT_EQ(ticket_hold(&tickets, n->number, 100 + a), right);
        if (right) n->state = TICKET_HELD;
        break;
    case 3:
        done = n->state == TICKET_HELD;
        ticket_settle(&tickets, n->number);
        if (done) n->state = TICKET_FREE, outstanding[n->issuer]--;
        break;
    case 4:
        done = n->state == TICKET_HELD;
        EXPECT_EQ(ticket_lose(&tickets, n->number, &end), done);
        if (done) naive_end(n, true, &end);
        break;
    default:
        EXPECT_EQ(ticket_pass(&tickets, n->number, 100 + a, party(b, 100 + b), false,
                              1 + model_below(1000), &n->number),
                  right ? CM_OK : CM_EPERM);
        if (right) n->via = 0, n->redeemer = b;
    }
}

START_TEST(tickets_agree_with_the_model)
{
    uint32_t i, at, a, b;

    model_seed(8);
    tickets_init(&tickets, ticket_table, TICKETS);
    memset(naive, 0, sizeof(naive));
    for (i = 0; i < 1000000; i++) {
        at = model_below(TICKETS);
        a = model_below(8);
        b = model_below(8);
        if (model_below(400) == 0) {
            tickets_model_death(a);
            told[a] = model_below(4) != 0;
            ticket_tell(&tickets, a, told[a]);
        } else if (model_below(100) == 0) {
            tickets_model_via(a, 1 + model_below(4));
        } else if (model_below(10) == 0) {
            tickets_model_take(a);
        } else if (model_below(2) == 0) {
            tickets_model_issue(a, b);
        } else if (naive[at].state != TICKET_FREE) {
            tickets_model_use(&naive[at], a, b);
        }
        if (i % 1000 == 0) EXPECT(tickets_check(&tickets));
    }
}
END_TEST

#define SESSIONS 64u
static struct session session_table[SESSIONS];
static struct sessions sessions;

START_TEST(a_connection_lives_and_ends)
{
    uint32_t s, t;
    uint64_t badge;

    sessions_init(&sessions, session_table, SESSIONS);
    ck_assert_int_eq(session_open(&sessions, 3, 7, 1, 2, &s), CM_OK);
    badge = session_table[s].badge;
    ck_assert_uint_eq(badge & 0xffff, s);
    ck_assert_uint_eq(session_accept(&sessions, 8), CM_NONE);
    ck_assert_uint_eq(session_accept(&sessions, 7), s);
    ck_assert_uint_eq(session_accept(&sessions, 7), CM_NONE);
    ck_assert_uint_eq(session_find(&sessions, 8, badge), CM_NONE);
    ck_assert_uint_eq(session_find(&sessions, 7, badge), s);
    ck_assert_int_eq(session_decide(&sessions, s, true), CM_OK);
    ck_assert_int_eq(session_decide(&sessions, s, true), CM_EINVAL);
    ck_assert_int_eq(session_leave(&sessions, s, 0), SESSION_CLOSING);
    ck_assert(!session_acknowledge(&sessions, s));
    ck_assert_uint_eq(session_take_closed(&sessions, 7), s);
    ck_assert(session_acknowledge(&sessions, s));
    ck_assert_uint_eq(session_find(&sessions, 7, badge), CM_NONE);
    /* The same record gets another badge. */
    ck_assert_int_eq(session_open(&sessions, 3, 7, 1, 2, &t), CM_OK);
    ck_assert_uint_eq(t, s);
    ck_assert(session_table[t].badge != badge);
}
END_TEST

START_TEST(either_side_may_die_at_any_time)
{
    uint32_t s, t, u, index;
    enum session_state became;

    sessions_init(&sessions, session_table, SESSIONS);
    /* The client goes while the server decides. */
    ck_assert_int_eq(session_open(&sessions, 3, 7, 0, 0, &s), CM_OK);
    ck_assert_uint_eq(session_accept(&sessions, 7), s);
    ck_assert_int_eq(session_leave(&sessions, s, 0), SESSION_GONE);
    ck_assert_int_eq(session_decide(&sessions, s, true), CM_ENOENT);
    ck_assert_uint_eq(sessions.used, 0);
    /* The server dies with one offered, one open, one closed. */
    ck_assert_int_eq(session_open(&sessions, 3, 7, 0, 0, &s), CM_OK);
    ck_assert_int_eq(session_open(&sessions, 3, 7, 0, 0, &t), CM_OK);
    ck_assert_int_eq(session_open(&sessions, 4, 7, 0, 0, &u), CM_OK);
    ck_assert_uint_eq(session_accept(&sessions, 7), s);
    ck_assert_uint_eq(session_accept(&sessions, 7), t);
    ck_assert_uint_eq(session_accept(&sessions, 7), u);
    ck_assert_int_eq(session_decide(&sessions, t, true), CM_OK);
    ck_assert_int_eq(session_decide(&sessions, u, true), CM_OK);
    ck_assert_int_eq(session_leave(&sessions, u, 0), SESSION_CLOSING);
    while (session_server_died(&sessions, 7, &index, &became))
        ck_assert_int_eq(became, index == s   ? SESSION_WAITING
                                 : index == t ? SESSION_DEAD
                                              : SESSION_FREE);
    ck_assert(sessions_check(&sessions));
    ck_assert_uint_eq(session_accept(&sessions, 7), s);
    ck_assert_int_eq(session_leave(&sessions, t, 0), SESSION_FREE);
    ck_assert_uint_eq(sessions.used, 1);
}
END_TEST

START_TEST(a_server_may_refuse_a_client)
{
    uint64_t badge, since;
    uint32_t s, t;

    sessions_init(&sessions, session_table, SESSIONS);
    ck_assert_int_eq(session_open(&sessions, 3, 7, 0, 0, &s), CM_OK);
    badge = session_table[s].badge;
    ck_assert_int_eq(session_refuse(&sessions, s), CM_EINVAL);
    ck_assert_uint_eq(session_accept(&sessions, 7), s);
    ck_assert_int_eq(session_refuse(&sessions, s), CM_EINVAL);
    ck_assert_int_eq(session_decide(&sessions, s, true), CM_OK);
    ck_assert_int_eq(session_refuse(&sessions, s), CM_OK);
    ck_assert(sessions_check(&sessions));
    /* The client has it until it closes it; the server owes nothing and knows nothing of it. */
    ck_assert_int_eq(session_table[s].state, SESSION_DEAD);
    ck_assert_uint_eq(session_first_of(&sessions, 3), s);
    ck_assert_uint_eq(session_find(&sessions, 7, badge), CM_NONE);
    ck_assert(!session_is_due(&sessions, &since));
    ck_assert_int_eq(session_refuse(&sessions, s), CM_EINVAL);
    ck_assert_int_eq(session_leave(&sessions, s, 0), SESSION_FREE);
    /* The client went first: the server is told. */
    ck_assert_int_eq(session_open(&sessions, 3, 7, 0, 0, &t), CM_OK);
    ck_assert_uint_eq(session_accept(&sessions, 7), t);
    ck_assert_int_eq(session_decide(&sessions, t, true), CM_OK);
    ck_assert_int_eq(session_leave(&sessions, t, 0), SESSION_CLOSING);
    ck_assert_int_eq(session_refuse(&sessions, t), CM_ENOENT);
    ck_assert_uint_eq(session_take_closed(&sessions, 7), t);
    ck_assert_int_eq(session_refuse(&sessions, t), CM_ENOENT);
    ck_assert(session_acknowledge(&sessions, t));
    ck_assert_uint_eq(sessions.used, 0);
}
END_TEST

/* 0: never taken. 1: taken, not acknowledged. 2: acknowledged in time. 3: its server dies. 4: gone
 * before it was decided. */
static void five_left(uint32_t s[5])
{
    uint64_t since;
    uint32_t i;

    for (i = 0; i < 5; i++) {
        ck_assert_int_eq(session_open(&sessions, 3, 7, 0, 0, &s[i]), CM_OK);
        ck_assert_uint_eq(session_accept(&sessions, 7), s[i]);
        if (i != 4) ck_assert_int_eq(session_decide(&sessions, s[i], true), CM_OK);
    }
    ck_assert(!session_is_due(&sessions, &since));
    for (i = 0; i < 5; i++)
        ck_assert_int_eq(session_leave(&sessions, s[i], 100 + i),
                         i == 4 ? SESSION_GONE : SESSION_CLOSING);
}

START_TEST(a_server_that_owes_its_word_is_told_once)
{
    uint32_t s[5], i;
    uint64_t since;

    sessions_init(&sessions, session_table, SESSIONS);
    five_left(s);
    ck_assert(session_is_due(&sessions, &since));
    ck_assert_uint_eq(since, 100);
    ck_assert_uint_eq(session_overdue(&sessions, 149, 50), CM_NONE);
    ck_assert_uint_eq(session_overdue(&sessions, 150, 50), s[0]);
    ck_assert_uint_eq(session_overdue(&sessions, 150, 50), CM_NONE);
    for (i = 0; i < 3; i++)
        ck_assert_uint_eq(session_take_closed(&sessions, 7), s[i]);
    ck_assert(session_acknowledge(&sessions, s[2]));
    ck_assert(sessions_check(&sessions));
    ck_assert_uint_eq(session_overdue(&sessions, 152, 50), s[1]);
    ck_assert_uint_eq(session_overdue(&sessions, 152, 50), CM_NONE);
    /* The word comes late: it is heard, but told is told. */
    ck_assert(session_acknowledge(&sessions, s[0]));
    ck_assert_int_eq(session_decide(&sessions, s[4], true), CM_ENOENT);
    ck_assert(session_is_due(&sessions, &since));
    ck_assert_uint_eq(since, 103);
    for (i = 0; i < 2; i++) {
        enum session_state became;
        uint32_t index;

        ck_assert(session_server_died(&sessions, 7, &index, &became));
        ck_assert_int_eq(became, SESSION_FREE);
    }
    ck_assert(!session_is_due(&sessions, &since));
    ck_assert_uint_eq(session_overdue(&sessions, 10000, 50), CM_NONE);
    ck_assert_uint_eq(sessions.used, 0);
}
END_TEST

#define LIMIT 300u
static uint64_t model_now;
static struct {
    uint64_t since;
    bool told;
} owed[SESSIONS];

static bool is_owed(uint8_t state)
{
    return state == SESSION_GONE || state == SESSION_CLOSING || state == SESSION_ACKING;
}

/* Every session whose client has gone is told when its time has come, and no other. */
static void sessions_model_overdue(const uint8_t *state)
{
    uint32_t k, s, told = 0, late = 0;

    for (k = 0; k < SESSIONS; k++)
        late += is_owed(state[k]) && !owed[k].told && model_now - owed[k].since >= LIMIT;
    while ((s = session_overdue(&sessions, model_now, LIMIT)) != CM_NONE) {
        EXPECT(is_owed(state[s]) && !owed[s].told && model_now - owed[s].since >= LIMIT);
        owed[s].told = true;
        told++;
    }
    EXPECT_EQ(told, late);
}

static void sessions_model_open(uint8_t *state, uint32_t client, uint32_t service)
{
    uint32_t s;

    if (session_open(&sessions, client, service, 0, 0, &s) != CM_OK) return;
    EXPECT_EQ(state[s], SESSION_FREE);
    state[s] = SESSION_WAITING;
}

static void sessions_model_decide(uint8_t *state, uint32_t index)
{
    bool ok = model_below(4) != 0;
    enum cm_err e = session_decide(&sessions, index, ok);

    EXPECT_EQ(e, state[index] == SESSION_GONE ? CM_ENOENT : CM_OK);
    state[index] = e == CM_OK && ok ? SESSION_OPEN : SESSION_FREE;
}

static void sessions_model_leave(uint8_t *state, uint32_t index)
{
    state[index] = (uint8_t)session_leave(&sessions, index, model_now);
    owed[index].since = model_now;
    owed[index].told = false;
}

static void sessions_model_step(uint8_t *state, uint32_t index)
{
    uint32_t s, client = model_below(5), service = model_below(4);

    switch (model_below(6)) {
    case 0: sessions_model_open(state, client, service); break;
    case 1:
        s = session_accept(&sessions, service);
        if (s != CM_NONE) {
            EXPECT_EQ(state[s], SESSION_WAITING);
            state[s] = SESSION_OFFERED;
        }
        break;
    case 2:
        if (state[index] == SESSION_OFFERED || state[index] == SESSION_GONE)
            sessions_model_decide(state, index);
        break;
    case 3:
        if (state[index] != SESSION_FREE && session_table[index].client != CM_NONE)
            sessions_model_leave(state, index);
        break;
    case 4:
        s = session_take_closed(&sessions, service);
        if (s != CM_NONE) {
            EXPECT_EQ(state[s], SESSION_CLOSING);
            state[s] = SESSION_ACKING;
        }
        break;
    case 5:
        if (state[index] == SESSION_OPEN && session_refuse(&sessions, index) == CM_OK)
            state[index] = SESSION_DEAD;
        break;
    default:
        if (session_acknowledge(&sessions, index)) {
            EXPECT_EQ(state[index], SESSION_ACKING);
            state[index] = SESSION_FREE;
        }
        break;
    }
}

START_TEST(connections_agree_with_the_model)
{
    static uint8_t state[SESSIONS];
    uint32_t i, k, index;
    enum session_state became;

    model_seed(9);
    sessions_init(&sessions, session_table, SESSIONS);
    memset(state, 0, sizeof(state));
    memset(owed, 0, sizeof(owed));
    model_now = 0;
    for (i = 0; i < 1000000; i++) {
        sessions_model_step(state, model_below(SESSIONS));
        model_now += model_below(3);
        if (model_below(8) == 0) sessions_model_overdue(state);
        if (model_below(2000) == 0) {
            while (session_server_died(&sessions, model_below(4), &index, &became))
                state[index] = (uint8_t)became;
        }
        if (i % 1000 != 0) continue;
        EXPECT(sessions_check(&sessions));
        for (k = 0; k < SESSIONS; k++)
            EXPECT_EQ(state[k], session_table[k].state);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_ticket_works_once_for_one,
                                  tickets_are_limited_and_die_with_parties,
                                  who_does_not_ask_or_is_dead_is_not_told,
                                  an_issuer_is_told_of_lost_tickets,
                                  tickets_die_with_what_they_stand_for,
                                  tickets_agree_with_the_model,
                                  a_connection_lives_and_ends,
                                  a_server_may_refuse_a_client,
                                  a_server_that_owes_its_word_is_told_once,
                                  either_side_may_die_at_any_time,
                                  connections_agree_with_the_model};

    return model_run("capmgr_session", tests, sizeof(tests) / sizeof(tests[0]));
}
