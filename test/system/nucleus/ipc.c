/* SPDX-License-Identifier: Apache-2.0 */
/* Calls, replies, tokens, cancellation, dead endpoints and dead servers. Slots of a child: 4
 * serves, 5 calls, 6 reports. */
#include "suite.h"

#define SERVE 4
#define CALL 5
#define REPORT 6
#define CALLERS 1000

CHILD static void child_echo(u64 unused)
{
    u64 w[5] = {0, 0, 0, 0, 0};
    struct fut_msg m;

    (void)unused;
    m.token = 0;
    for (;;) {
        fut_sys_reply_recv(SERVE, m.token, w, &m);
        w[0] = m.w[0] + 1;
        w[1] = m.badge;
        w[2] = m.w[2];
        w[3] = m.w[3];
        w[4] = m.w[4];
    }
}

/* Receives and never answers. */
CHILD static void child_silent(u64 unused)
{
    struct fut_msg m;

    (void)unused;
    for (;;)
        fut_sys_recv(SERVE, 0, 0, &m);
}

/* Calls once, reports the status and the first word, ends in a wait for nothing. */
CHILD static void child_caller(u64 word)
{
    u64 w[5], report[5];
    struct fut_msg m;

    w[0] = word;
    w[1] = w[2] = w[3] = w[4] = 0;
    report[0] = fut_sys_call(CALL, w);
    report[1] = w[0];
    report[2] = word;
    report[3] = report[4] = 0;
    fut_sys_call(REPORT, report);
    for (;;)
        fut_sys_recv(0, 0, 0, &m);
}

/* Tries to answer a token that it was only told. */
CHILD static void child_forger(u64 token)
{
    u64 w[5], report[5];

    w[0] = w[1] = w[2] = w[3] = w[4] = 666;
    report[0] = fut_sys_reply(token, w);
    report[1] = report[2] = report[3] = report[4] = 0;
    fut_sys_call(REPORT, report);
    for (;;)
        fut_sys_yield();
}

static u32 serve, report_ep;

static void failures(void)
{
    u64 w[5] = {0};
    u32 record, ep = endpoint_new(&record), call_only = slot_new(), dead = endpoint_new(&record);
    struct fut_msg m;

    check_begin("ipc failures");
    EXPECT(fut_sys_cap_set(SLOT_SELF, call_only, ep, FUT_RIGHT_ENDPOINT_CALL, 0, 0), FUT_S_OK);
    EXPECT(fut_sys_call(60000, w), FUT_S_EMPTY);
    EXPECT(fut_sys_call(SLOT_CONTROL, w), FUT_S_TYPE);
    EXPECT(fut_sys_send(ep, w), FUT_S_AGAIN);
    EXPECT(fut_sys_recv(call_only, 0, 0, &m), FUT_S_RIGHT);
    EXPECT(fut_sys_reply_recv(call_only, 0, w, &m), FUT_S_RIGHT);
    EXPECT(fut_sys_recv(ep, 0, FUT_RECV_POLL, &m), FUT_S_AGAIN);
    EXPECT(fut_sys_recv(ep, 0, 2, &m), FUT_S_ARG);
    EXPECT(fut_sys_reply(12345, w), FUT_S_STALE);
    EXPECT(fut_sys_notify(ep), FUT_S_TYPE);
    EXPECT(fut_sys_obj_kill(dead), FUT_S_OK);
    EXPECT(fut_sys_call(dead, w), FUT_S_DEAD);
    EXPECT(fut_sys_send(dead, w), FUT_S_DEAD);
    check_end();
}

static void echo(void)
{
    u32 domain = domain_new(0, 0), record, badged = slot_new();
    struct task t;
    u64 w[5] = {41, 0, 7, 8, 9};

    check_begin("call and reply between two domains");
    serve = endpoint_new(&record);
    give(domain, SERVE, serve, FUT_RIGHT_ENDPOINT_RECV, 0);
    EXPECT(fut_sys_cap_set(SLOT_SELF, badged, serve, FUT_RIGHT_ENDPOINT_CALL, 1234, 0), FUT_S_OK);
    t = task_new(domain, child_echo, 0, PRIORITY_SUITE, 0);
    task_run(&t);
    EXPECT(fut_sys_call(badged, w), FUT_S_OK); /* queued until the server runs */
    check_is(w[0], 42, "word 0");
    check_is(w[1], 1234, "badge");
    check_is(w[4], 9, "word 4");
    for (u32 i = 0; i < 1000; i++) {
        w[0] = i;
        check_is(fut_sys_call(badged, w), FUT_S_OK, "call");
        check_is(w[0], i + 1, "word 0");
    }
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    check_end();
}

/* The suite is the server: replies in another order, a token only once, from its own domain only.
 */
static void tokens(void)
{
    u32 domain = domain_new(0, 0), stranger = domain_new(0, 0), record, ep = endpoint_new(&record),
        bits = slot_new();
    struct task a, b, c;
    struct fut_msg first, second, m;
    u64 w[5] = {0};

    check_begin("tokens");
    report_ep = endpoint_new(&record);
    give(domain, CALL, ep, FUT_RIGHT_ENDPOINT_CALL, 11);
    give(domain, REPORT, report_ep, FUT_RIGHT_ENDPOINT_CALL, 12);
    give(stranger, REPORT, report_ep, FUT_RIGHT_ENDPOINT_CALL, 13);
    a = task_new(domain, child_caller, 100, PRIORITY_SUITE + 1, 0);
    b = task_new(domain, child_caller, 200, PRIORITY_SUITE + 1, 0);
    task_run(&a);
    task_run(&b);
    EXPECT(fut_sys_recv(ep, 0, 0, &first), FUT_S_OK);
    EXPECT(fut_sys_cap_set(SLOT_SELF, bits, SLOT_ME, 15, 2, FUT_TYPE_NOTIFY), FUT_S_OK);
    EXPECT(fut_sys_notify(bits), FUT_S_OK);
    EXPECT(fut_sys_recv(ep, 2, 0, &second), FUT_S_OK); /* a message and a bit at once */
    check_is(first.w[0] + second.w[0], 300, "two messages");
    check_is(second.pending, 2, "bits beside the message");
    check_is(first.badge, 11, "badge");
    check_is(first.token != second.token, 1, "tokens differ");
    c = task_new(stranger, child_forger, first.token, PRIORITY_SUITE + 1, 0);
    task_run(&c);
    EXPECT(fut_sys_recv(report_ep, 0, 0, &m), FUT_S_OK);
    check_is(m.badge, 13, "the forger reports");
    outcome_is(FUT_SYS_REPLY, m.w[0], FUT_S_STALE); /* a forged reply */
    w[0] = 5;
    EXPECT(fut_sys_reply(second.token, w), FUT_S_OK);
    EXPECT(fut_sys_reply(second.token, w), FUT_S_STALE);
    EXPECT(fut_sys_reply(first.token, w), FUT_S_OK);
    EXPECT(fut_sys_reply_recv(report_ep, first.token, w, &m), FUT_S_STALE); /* and still receives */
    check_is(m.w[0], FUT_S_OK, "the caller's status");
    check_is(m.w[1], 5, "the caller's word");
    EXPECT(fut_sys_obj_kill(a.thread), FUT_S_OK);
    EXPECT(fut_sys_obj_kill(b.thread), FUT_S_OK);
    EXPECT(fut_sys_obj_kill(c.thread), FUT_S_OK);
    check_end();
}

static u64 caller_status(struct task *t, u32 *domain, u32 ep)
{
    u32 record;

    report_ep = endpoint_new(&record);
    *domain = domain_new(0, 0);
    give(*domain, CALL, ep, FUT_RIGHT_ENDPOINT_CALL, 1);
    give(*domain, REPORT, report_ep, FUT_RIGHT_ENDPOINT_CALL, 2);
    *t = task_new(*domain, child_caller, 1, PRIORITY_SUITE + 1, 0);
    task_run(t);
    return 0;
}

static u64 reported(void)
{
    struct fut_msg m;

    m.w[0] = 0;
    check_is(fut_sys_recv(report_ep, 0, 0, &m), FUT_S_OK, "report");
    return m.w[0];
}

static void cancelling(void)
{
    u32 record, ep = endpoint_new(&record), domain;
    struct task t;
    struct fut_msg m;

    check_begin("cancel while queued, and while waiting");
    caller_status(&t, &domain, ep);
    EXPECT(fut_sys_thread_cancel(t.thread), FUT_S_OK);
    outcome_is(FUT_SYS_CALL, reported(), FUT_S_CANCEL_SEND);
    caller_status(&t, &domain, ep);
    EXPECT(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK);
    EXPECT(fut_sys_thread_cancel(t.thread), FUT_S_OK);
    outcome_is(FUT_SYS_CALL, reported(), FUT_S_CANCEL_WAIT);
    u64 w[5] = {0};
    EXPECT(fut_sys_reply(m.token, w), FUT_S_STALE);
    check_end();
}

static void dead_endpoint(void)
{
    u32 record, ep = endpoint_new(&record), domain;
    struct task t;

    check_begin("ep_drain");
    EXPECT(fut_sys_ep_drain(ep), FUT_S_OK);
    caller_status(&t, &domain, ep);
    EXPECT(fut_sys_obj_kill(ep), FUT_S_OK);
    u64 freed;
    quiesce();
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_ENDPOINT, record, &freed), FUT_S_BUSY);
    EXPECT(fut_sys_ep_drain(ep), FUT_S_OK);
    outcome_is(FUT_SYS_CALL, reported(), FUT_S_DEAD);
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_ENDPOINT, record, &freed), FUT_S_OK);
    check_end();
}

/* A server's domain and its callers', an endpoint between them, and one to report through. */
static void pair_new(u32 *server, u32 *clients)
{
    u32 record, ep = endpoint_new(&record);

    *server = domain_new(0, 0);
    *clients = domain_new(0, 0);
    report_ep = endpoint_new(&record);
    give(*server, SERVE, ep, FUT_RIGHT_ENDPOINT_RECV, 0);
    give(*clients, CALL, ep, FUT_RIGHT_ENDPOINT_CALL, 1);
    give(*clients, REPORT, report_ep, FUT_RIGHT_ENDPOINT_CALL, 2);
}

/* A server whose own budget is used up lives on its callers' contexts: with two calls queued, it
 * gives the first context back and takes the second in one reply_recv. */
static void budgetless_server(void)
{
    u32 server, clients, i, reports = 0;
    struct task s, t[2];
    struct fut_msg m;
    u64 used, w[5] = {0};

    check_begin("a server without a budget serves every queued call");
    pair_new(&server, &clients);
    s = task_new(server, child_echo, 0, PRIORITY_SUITE + 2, 0);
    task_run(&s);
    EXPECT(fut_sys_sc_set(s.sc, 0, FUT_SC_CAPPED, &used), FUT_S_OK);
    EXPECT(fut_sys_thread_stop(s.thread), FUT_S_OK);
    for (i = 0; i < 2; i++) {
        t[i] = task_new(clients, child_caller, i, PRIORITY_SUITE + 1, 0);
        /* no end of a time slice takes the context back from the server */
        EXPECT(fut_sys_sc_set(t[i].sc, boot->counter_hz * 100, FUT_SC_ROUND_ROBIN, &used),
               FUT_S_OK);
        task_run(&t[i]);
    }
    EXPECT(fut_sys_thread_run(s.thread), FUT_S_OK);
    for (i = 0; i < 1000 && reports < 2; i++) {
        if (fut_sys_recv(report_ep, 0, FUT_RECV_POLL, &m) != FUT_S_OK) continue;
        check_is(m.w[0], FUT_S_OK, "the caller's status");
        reports++;
        EXPECT(fut_sys_reply(m.token, w), FUT_S_OK);
    }
    check_is(reports, 2, "callers that were answered");
    check_end();
}

/* A server dies with CALLERS threads waiting for its reply: each gets NOREPLY, in bounded steps. */
static void dead_server(void)
{
    u32 server, clients, i;
    struct task t;
    struct fut_msg m;
    u64 next = 0, told = 0, w[5] = {0};

    check_begin("a server dies with 1,000 callers waiting");
    pair_new(&server, &clients);
    t = task_new(server, child_silent, 0, PRIORITY_SUITE + 2, 0);
    task_run(&t);
    for (i = 0; i < CALLERS; i++) {
        struct task c = task_new(clients, child_caller, i, PRIORITY_SUITE + 1, 0);
        task_run(&c);
    }
    EXPECT(fut_sys_obj_kill(server), FUT_S_OK);
    EXPECT(fut_sys_reply_scan(server, 0, &next), FUT_S_STATE); /* it still has a thread */
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    next = 0;
    do
        check_is(fut_sys_reply_scan(server, next, &next), FUT_S_OK, "reply_scan");
    while (next != 0);
    m.token = 0;
    for (i = 0; i < CALLERS; i++) {
        EXPECT(fut_sys_reply_recv(report_ep, m.token, w, &m), FUT_S_OK);
        outcome_is(FUT_SYS_CALL, m.w[0], FUT_S_NOREPLY);
        told += m.w[0] == FUT_S_NOREPLY;
    }
    out_value("callers.told", told);
    check_end();
}

void suite_ipc(void)
{
    failures();
    echo();
    tokens();
    cancelling();
    dead_endpoint();
    budgetless_server();
    dead_server();
}
