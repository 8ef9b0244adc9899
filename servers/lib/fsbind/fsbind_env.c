/* SPDX-License-Identifier: Apache-2.0 */
/* The environment of the file servers' cores: memory, time, randomness. */
#include <stdlib.h>
#include <string.h>

#include "capmgr.h"
#include "component.h"
#include "fsbind.h"
#include "timer.h"

static void *env_alloc(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void env_free(void *ctx, void *p, size_t size)
{
    (void)ctx;
    (void)size;
    free(p);
}

#define MANAGER ((capmgr_manager){&component_capmgr, 0})
#define SECOND 1000000000u

/* Wall clock less time since start, asked of the timer server (use "timer") once a second at most:
 * it answers without waiting. 0 while nobody set the clock, or without that use. */
static int64_t wall_offset(uint64_t now)
{
    static struct fipc_conn timer;
    static uint64_t asked;
    static int64_t offset;
    int64_t sec;
    uint32_t nsec;
    fut_err e;

    if (asked != 0 && now - asked < SECOND) return offset;
    asked = now;
    if (timer.slot == 0 &&
        component_connect("timer", &timer_timer_peer, &timer_timer_lane, 1, 0, &timer) != FUT_OK)
        return offset;
    e = timer_timer_wall((timer_timer){&timer, 0}, &sec, &nsec);
    if (e == FUT_OK)
        offset = sec - (int64_t)(component_now_ns() / SECOND);
    else if (e >= 200 && e < 256)
        component_disconnect(&timer); /* it died: connect again next time */
    return offset;
}

static struct fsc_time env_now(void *ctx)
{
    uint64_t ns = component_now_ns();

    (void)ctx;
    return (struct fsc_time){.sec = (int64_t)(ns / SECOND) + wall_offset(ns),
                             .nsec = (uint32_t)(ns % SECOND)};
}

/* splitmix64 over the clock and a count: differs from start to start, but can be guessed. */
static uint64_t guessable(void)
{
    static uint64_t state;
    uint64_t z;

    state += component_now_ns() | 1;
    z = state + 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* The cores want keys of hashes: without a seed they are worth less, but nothing need stop. */
static void env_random(void *ctx, void *out, size_t size)
{
    static bool told;
    uint64_t block[4];
    size_t n, done, i;

    (void)ctx;
    for (done = 0; done < size; done += n) {
        n = size - done < sizeof block ? size - done : sizeof block;
        if (capmgr_manager_random(MANAGER, (uint8_t *)block) != FUT_OK) {
            if (!told)
                component_log(COMPONENT_WARNING,
                              "the board gave no seed: keys of name hashes can be guessed");
            told = true;
            for (i = 0; i < 4; i++)
                block[i] = guessable();
        }
        memcpy((uint8_t *)out + done, block, n);
    }
}

static void *env_pages(void *ctx, size_t count)
{
    uint64_t at;

    (void)ctx;
    return capmgr_manager_alloc(MANAGER, (uint32_t)count, CAPMGR_MAP_FLAGS_WRITE, 0, &at) == FUT_OK
               ? (void *)(uintptr_t)at
               : NULL;
}

/* Whoever has them mapped loses them. */
static void env_pages_free(void *ctx, void *p, size_t count)
{
    (void)ctx;
    (void)component_free((uintptr_t)p, count);
}

const struct fsc_env fsbind_env = {NULL,       env_alloc, env_free,      env_now,
                                   env_random, env_pages, env_pages_free};
