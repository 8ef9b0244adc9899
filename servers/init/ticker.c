/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delays before restarts. init supervises the timer server, so it cannot lean on it: a second
 * thread, of the priority of programs, watches the clock while a restart is pending and sleeps
 * otherwise. It takes no time from any server, and shares what is left with programs by turns. It
 * calls the nucleus alone: it has no thread pointer, and the connection to capmgr is the first
 * thread's.
 */
#include <stdatomic.h>

#include "capmgr.h"
#include "futura/syscall.h"
#include "init.h"

#define MANAGER ((capmgr_manager){&component_capmgr, 0})
#define PRIORITY 10 /* of programs */
#define BIT_NEWS (1ull << 0)

static _Alignas(16) uint8_t stack[4096];
static _Atomic uint64_t deadline = UINT64_MAX;
static uint32_t ring_ticker, ring_init; /* slots */
static bool running;

static void ticker_run(void)
{
    struct fut_msg m;
    uint64_t when;

    for (;;) {
        when = atomic_load(&deadline);
        if (when == UINT64_MAX) {
            (void)fut_sys_recv(0, BIT_NEWS, 0, &m);
        } else if (component_now_ns() < when) {
            fut_sys_yield();
        } else if (atomic_compare_exchange_strong(&deadline, &when, UINT64_MAX)) {
            (void)fut_sys_notify(ring_init);
        }
    }
}

void ticker_start(void)
{
    uint32_t thread;
    fut_err e = capmgr_manager_thread_notify(MANAGER, 0, BIT_TICK, &ring_init);

    if (e == FUT_OK)
        e = capmgr_manager_thread_start(MANAGER, (uint64_t)(uintptr_t)ticker_run,
                                        (uint64_t)(uintptr_t)(stack + sizeof stack), 0, 0, PRIORITY,
                                        false, &thread);
    if (e == FUT_OK) e = capmgr_manager_thread_notify(MANAGER, thread, BIT_NEWS, &ring_ticker);
    running = e == FUT_OK;
    if (!running)
        component_log(COMPONENT_ERROR, "no thread for delays (%s): restarts come at once",
                      fut_strerror(NULL, e));
}

void ticker_set(uint64_t when)
{
    atomic_store(&deadline, when);
    if (when != UINT64_MAX && running) (void)fut_sys_notify(ring_ticker);
}
