/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The timer server: offers futura.timer/1.Timer.
 *
 * The nucleus has one deadline a core, and only the holder of its control capability may set it:
 * this server, through the facility futura.capmgr/1.Clock. The core keeps everybody's deadlines in
 * a heap and the earliest of them in the nucleus; when it passes, a notification bit rings. A sleep
 * is a kept reply token, an alarm an event. The wall clock is read once from the clock device
 * that the manifest grants, and is not set where it grants none.
 */
#include <stddef.h>
#include <stdint.h>

#include "capmgr.h"
#include "component.h"
#include "futura/syscall.h"
#include "rtc.h"
#include "timer.h"
#include "timer_core.h"

#define SESSIONS 128u
#define SLEEPS 512u /* sleeps of all clients */
#define NSEC UINT64_C(1000000000)
#define BIT_DEADLINE (1ull << 61)
#define OWNER_CAPMGR UINT64_MAX /* no session's badge */
#define TOKEN_ALARM 0u          /* of a session's one alarm; a sleep's is its index + 1 */

struct sleep {
    struct fipc_deferred call; /* session NULL: free */
    uint32_t next;             /* of the free list, index + 1 */
};

static struct timer timer;
static struct wall wall;
static uint32_t control_slot, notify_slot; /* what `timer_set` takes */
static capmgr_clock clock_object;

static bool capmgr_is_due;

static struct sleep sleeps[SLEEPS];
static uint32_t sleep_free; /* index + 1; 0: none */

static struct fipc_server server;
static struct fipc_session sessions[SESSIONS];
static _Alignas(16) uint8_t arena[TIMER_TIMER_ARENA + 16];

/* --- time --- */

/* The least counter value at which component_now_ns() is `ns` or more; never 0, which disarms. What
 * no counter reaches in its lifetime becomes the highest value. Whole seconds and the rest apart,
 * so that 64 bits do. */
static uint64_t counter_at(uint64_t ns)
{
    uint64_t ticks, hz, sec = ns / NSEC;

    (void)fut_sys_clock(&ticks, &hz);
    if (sec >= UINT64_MAX / hz - 1) return UINT64_MAX - 1;
    ticks = sec * hz + (ns % NSEC * hz + NSEC - 1) / NSEC;
    return ticks != 0 ? ticks : 1;
}

static void on_arm(void *ctx, uint64_t deadline)
{
    uint64_t counter = deadline == TIMER_NEVER ? 0 : counter_at(deadline);
    fut_status s = fut_sys_timer_set(control_slot, counter, notify_slot);

    (void)ctx;
    if (s != FUT_S_OK) component_fail("the deadline cannot be set (nucleus status %u)", s);
}

static void wall_start(void)
{
    int64_t sec;

    wall_init(&wall);
    if (!rtc_start(&sec)) return;
    if (wall_set(&wall, sec, 0, component_now_ns()) != TIMER_OK)
        component_log(COMPONENT_WARNING, "the clock device says %lu s: wall clock not set",
                      (unsigned long)sec);
}

static void clock_start(void)
{
    uint32_t kind, object;
    fut_err e = component_facility("clock", &kind, &object);

    if (e == FUT_OK && kind != CAPMGR_FACILITY_CLOCK) e = FUT_EPROTO;
    if (e == FUT_OK)
        e = capmgr_clock_timer((capmgr_clock){&component_capmgr, object}, BIT_DEADLINE,
                               &control_slot, &notify_slot);
    if (e != FUT_OK) component_fail("the use \"clock\" of the capability manager: error %u", e);
    clock_object = (capmgr_clock){&component_capmgr, object};
}

/* capmgr's own deadline: it has no clock, and says when it wants to be called. */
static void watch_capmgr(void)
{
    uint64_t at;

    timer_drop(&timer, OWNER_CAPMGR);
    if (capmgr_clock_watch(clock_object, &at) != FUT_OK || at == 0) return;
    if (timer_add(&timer, OWNER_CAPMGR, 0, at) != TIMER_OK)
        component_log(COMPONENT_WARNING, "no room for the deadline of the capability manager");
}

/* --- sleeps --- */

static void sleeps_init(void)
{
    for (uint32_t i = 0; i < SLEEPS; i++)
        sleeps[i].next = i + 1 < SLEEPS ? i + 2 : 0;
    sleep_free = 1;
}

static struct fipc_deferred sleep_remove(uint32_t index)
{
    struct fipc_deferred call = sleeps[index].call;

    sleeps[index].call.session = NULL;
    sleeps[index].next = sleep_free;
    sleep_free = index + 1;
    return call;
}

static fut_err error_of(enum timer_error e)
{
    return e == TIMER_OK ? FUT_OK : TIMER_TIMER_TOO_MANY;
}

static fut_err on_sleep(void *self, struct fipc_req *r, uint64_t until)
{
    uint32_t index = sleep_free - 1;
    fut_err e;

    (void)self;
    if (until <= component_now_ns()) return FUT_OK;
    if (fipc_cancelled(r)) return FUT_ECANCELED;
    if (sleep_free == 0) return TIMER_TIMER_TOO_MANY;
    e = error_of(timer_add(&timer, r->session->badge, index + 1, until));
    if (e != FUT_OK) return e;
    sleep_free = sleeps[index].next;
    return fipc_defer(r, &sleeps[index].call);
}

static void on_expire(void *ctx, uint64_t owner, uint64_t token, uint64_t deadline, uint64_t now)
{
    (void)ctx;
    (void)now;
    if (owner == OWNER_CAPMGR) {
        capmgr_is_due = true; /* the core must not be called from here */
    } else if (token == TOKEN_ALARM) {
        struct fipc_session *session = fipc_session_find(&server, owner);

        if (session != NULL) (void)timer_timer_expired_event(session, 0, deadline);
    } else {
        struct fipc_deferred call = sleep_remove((uint32_t)token - 1);

        (void)timer_timer_sleep_reply(&call);
    }
}

static const struct timer_ops core_ops = {on_arm, on_expire};

/* --- the other methods --- */

static fut_err on_now(void *self, struct fipc_req *r, uint64_t *ns)
{
    (void)self;
    (void)r;
    *ns = component_now_ns();
    return FUT_OK;
}

static fut_err on_wall(void *self, struct fipc_req *r, int64_t *sec, uint32_t *nsec)
{
    (void)self;
    (void)r;
    if (wall_get(&wall, component_now_ns(), sec, nsec) != TIMER_OK)
        return TIMER_TIMER_CLOCK_NOT_SET;
    return FUT_OK;
}

/* The device is set too, so that the next start knows. */
static fut_err on_set_wall(void *self, struct fipc_req *r, int64_t sec, uint32_t nsec)
{
    (void)self;
    (void)r;
    if (wall_set(&wall, sec, nsec, component_now_ns()) != TIMER_OK) return FUT_EINVAL;
    rtc_set(sec);
    return FUT_OK;
}

static fut_err on_alarm(void *self, struct fipc_req *r, uint64_t until)
{
    uint64_t owner = r->session->badge;

    (void)self;
    (void)timer_cancel(&timer, owner, TOKEN_ALARM);
    if (until == 0) return FUT_OK;
    return error_of(timer_add(&timer, owner, TOKEN_ALARM, until));
}

/* --- the server --- */

static const struct timer_timer_ops timer_ops = {
    .now = on_now, .wall = on_wall, .set_wall = on_set_wall, .sleep = on_sleep, .alarm = on_alarm};
static const struct fipc_binding root = {&timer_timer_iface, &timer_ops, NULL};
static const struct component_offer offers[] = {{"timer", &root, NULL}};

static void on_notified(struct fipc_server *s, uint64_t bits)
{
    if ((bits & BIT_DEADLINE) != 0) (void)timer_expire(&timer, component_now_ns());
    if ((bits & FIPC_BIT_CAPMGR) != 0) component_serve(s, offers, 1);
    if (capmgr_is_due || (bits & FIPC_BIT_CAPMGR) != 0) {
        capmgr_is_due = false;
        watch_capmgr();
    }
}

static void on_closed(struct fipc_server *s, struct fipc_session *session)
{
    (void)s;
    timer_drop(&timer, session->badge);
    for (uint32_t i = 0; i < SLEEPS; i++) {
        struct fipc_deferred call = sleeps[i].call;

        if (call.session != session) continue;
        (void)sleep_remove(i);
        (void)fipc_reply_error(&call, FUT_ECANCELED, 0);
    }
}

static void on_cancelled(struct fipc_server *s, struct fipc_session *session, uint32_t slot,
                         uint32_t seq)
{
    (void)s;
    for (uint32_t i = 0; i < SLEEPS; i++) {
        if (fipc_deferred_is(&sleeps[i].call, session, slot, seq)) {
            struct fipc_deferred call = sleep_remove(i);

            (void)timer_cancel(&timer, session->badge, i + 1);
            (void)fipc_reply_error(&call, FUT_ECANCELED, 0);
            return;
        }
    }
}

static const struct fipc_server_hooks hooks = {
    .notified = on_notified, .closed = on_closed, .cancelled = on_cancelled};

int main(void)
{
    const struct fipc_server_config config = {.slot = 1,
                                              .sessions = sessions,
                                              .nsessions = SESSIONS,
                                              .arena = arena,
                                              .arena_size = sizeof(arena),
                                              .doorbells = FIPC_BIT_DOORBELL,
                                              .hooks = &hooks};

    component_start();
    timer_init(&timer, &core_ops, NULL);
    sleeps_init();
    clock_start();
    wall_start();
    watch_capmgr();
    component_run(&server, &config, offers, 1);
}
