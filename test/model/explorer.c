/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breadth-first exploration of every world: every step from every reached state, the real C beside
 * the specification. After each step the whole abstract state, the registers of every thread, what
 * the machine was asked for, and all invariants must agree; on a difference the shortest trace is
 * printed as C.
 *
 * Usage: explorer [--transitions N] [--world NAME] [--quiet]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model.h"

static u8 *states;
static u32 *parents, *table, count;
static u16 *parent_step;
static u64 capacity, buckets;
static const struct world *world;
static bool quiet;

/* The records as they are before a step: steps from one state start from this copy. */
static struct {
    MODEL_RECORDS(MODEL_RECORD)
    u64 now, armed;
    bool line_masked;
} saved;

static void snapshot_save(void)
{
#define SAVE(type, name, many) memcpy(&saved.name, &name, sizeof name);
    MODEL_RECORDS(SAVE)
    saved.now = model_now;
    saved.armed = model_armed;
    saved.line_masked = model_line_masked;
}

static void snapshot_restore(void)
{
#define RESTORE(type, name, many) memcpy(&name, &saved.name, sizeof name);
    MODEL_RECORDS(RESTORE)
    model_now = saved.now;
    model_armed = saved.armed;
    model_line_masked = saved.line_masked;
}

static u64 hash(const u8 *b)
{
    u64 h = 1469598103934665603ull, word;
    u32 i;

    for (i = 0; i < packed_size; i += 8) { /* padded with zeros */
        memcpy(&word, b + i, 8);
        h = (h ^ word) * 0x9e3779b97f4a7c15ull;
        h ^= h >> 29;
    }
    return h;
}

/* Adds the state, with how it was reached, unless it is known or there is no room. */
static void intern(const u8 *p, u32 parent, u32 step)
{
    u64 at = hash(p) & (buckets - 1);

    while (table[at] != 0 && memcmp(states + (u64)table[at] * packed_size, p, packed_size) != 0)
        at = (at + 1) & (buckets - 1);
    if (table[at] != 0 || count >= capacity) return;
    memcpy(states + (u64)count * packed_size, p, packed_size);
    parents[count] = parent;
    parent_step[count] = (u16)step;
    table[at] = count++;
}

static void print_trace(u32 state, u32 last)
{
    u32 trace[4096], n = 0;

    for (trace[n++] = last; state > 1 && n < 4096; state = parents[state])
        trace[n++] = parent_step[state];
    printf("/* world %s */\nstatic const struct step trace[] = {\n", world->name);
    while (n-- > 0)
        step_print(&steps[trace[n]]);
    printf("};\n");
}

static const struct {
    const char *name;
    size_t from, to, each;
} parts[] = {
#define PART(field)                                                                                \
    {                                                                                              \
#field, offsetof(struct spec, field),                                                      \
            offsetof(struct spec, field) + sizeof((struct spec *)0)->field,                        \
            sizeof((struct spec *)0)->field[0]                                                     \
    }
    PART(reg), PART(cap), PART(t), PART(other_regs), PART(ready_n),      PART(ready),
    PART(e),   PART(c),   PART(d), PART(region),     PART(frame_passed), PART(frame),
#undef PART
};

static void print_difference(const struct spec *real, const struct spec *wanted)
{
    const u8 *r = (const u8 *)real, *w = (const u8 *)wanted;
    size_t i, k;

    for (i = 0; i < sizeof *real; i++) {
        if (r[i] == w[i]) continue;
        for (k = 0; k < sizeof parts / sizeof parts[0]; k++)
            if (i >= parts[k].from && i < parts[k].to) break;
        if (k < sizeof parts / sizeof parts[0])
            printf("  %s[%zu]+%zu: real %u, specification %u\n", parts[k].name,
                   (i - parts[k].from) / parts[k].each, (i - parts[k].from) % parts[k].each, r[i],
                   w[i]);
        else
            printf("  struct spec+%zu: real %u, specification %u\n", i, r[i], w[i]);
    }
}

/* What the specification leaves open: which of several permitted refusals is reported, and the
 * number of the epoch that sync names. */
static bool settle(struct spec *wanted, u32 cur, const struct step *p, u32 errors)
{
    u64 got = threads[cur].reg[errors != 0 ? REG_X11 : REG_X0];

    if (errors != 0) {
        wanted->reg[cur][REG_X11] = got;
        return got < 32 && (errors >> got & 1) != 0;
    }
    if (p->number != FUT_SYS_SYNC) return true;
    wanted->reg[cur][REG_X0] = got;
    return got == nuc.epoch && got - EPOCH <= 1;
}

/* One transition. false: a violation, printed. */
static bool transition(const struct spec *at, u32 from, u32 step)
{
    static struct spec wanted, real;
    u8 next[PACKED_MAX] = {0};
    u32 errors;
    bool good;

    memcpy(&wanted, at, sizeof wanted);
    spec_prepare(&wanted, &steps[step]);
    touched_before();
    model_step(&wanted, &steps[step]);
    errors = spec_step(&wanted, &steps[step]);
    good = settle(&wanted, at->cur, &steps[step], errors);
    good = model_abstract(&real) && good && check_all() == 0;
    if (!good || memcmp(&real, &wanted, sizeof real) != 0) {
        printf("explorer: VIOLATION: status %u, permitted refusals 0x%x, invariant %u\n",
               (u32)threads[at->cur].reg[REG_X11], errors, check_all());
        print_difference(&real, &wanted);
        print_trace(from, step);
        return false;
    }
    if (!touched_after()) {
        print_trace(from, step);
        return false;
    }
    state_pack(next, world->retires);
    intern(next, from, step);
    return true;
}

static void *room(void *old, u64 bytes)
{
    void *new = realloc(old, bytes);

    if (new == NULL) {
        fprintf(stderr, "explorer: not enough memory for %llu states\n",
                (unsigned long long)capacity);
        exit(2);
    }
    return new;
}

static void world_open(u64 most)
{
    u8 first[PACKED_MAX] = {0};

    world->start();
    world->steps();
    state_pack(first, world->retires);
    capacity = most / 12 + 10000;
    for (buckets = 1; buckets < capacity * 2; buckets *= 2)
        ;
    states = room(states, capacity * packed_size);
    parents = room(parents, capacity * sizeof *parents);
    parent_step = room(parent_step, capacity * sizeof *parent_step);
    table = room(table, buckets * sizeof *table);
    memset(table, 0, buckets * sizeof *table);
    count = 1;
    intern(first, 0, 0);
}

/* Transitions tried, or 0 after a violation. */
static u64 world_explore(u64 most)
{
    static struct spec at;
    u64 done = 0;
    u32 state, step;
    clock_t start = clock();

    world_open(most);
    for (state = 1; state < count && done < most; state++) {
        state_unpack(states + (u64)state * packed_size);
        model_abstract(&at);
        snapshot_save();
        for (step = 0; step < step_count; step++) {
            if (!model_applicable(&at, &steps[step])) continue;
            snapshot_restore();
            done++;
            if (!transition(&at, state, step)) return 0;
        }
    }
    if (!quiet)
        printf("  %-9s %8u states, %9llu transitions, %u steps, %s, %.1f s\n", world->name,
               count - 1, (unsigned long long)done, step_count,
               state == count && count < capacity ? "exhausted" : "bounded",
               (double)(clock() - start) / CLOCKS_PER_SEC);
    return done;
}

int main(int argc, char **argv)
{
    u64 most = 12000000, total = 0, done, all_states = 0;
    const char *only = NULL;
    clock_t start = clock();
    u32 i;

    for (i = 1; i < (u32)argc; i++) {
        if (strcmp(argv[i], "--quiet") == 0) quiet = true;
        if (i + 1 == (u32)argc) break;
        if (strcmp(argv[i], "--transitions") == 0) most = strtoull(argv[++i], NULL, 10);
        if (strcmp(argv[i], "--world") == 0) only = argv[++i];
    }
    for (i = 0; i < world_count; i++) {
        world = &worlds[i];
        if (only != NULL && strcmp(only, world->name) != 0) continue;
        done = world_explore(only != NULL ? most : most * world->share / 100);
        if (done == 0) return 1;
        total += done;
        all_states += count - 1;
    }
    printf("explorer: %llu states, %llu transitions, %.1f s, 0 violations\n",
           (unsigned long long)all_states, (unsigned long long)total,
           (double)(clock() - start) / CLOCKS_PER_SEC);
    printf("record explorer.transitions %llu\nrecord explorer.violations 0\n",
           (unsigned long long)total);
    return total != 0 ? 0 : 2;
}
