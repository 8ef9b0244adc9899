/* SPDX-License-Identifier: Apache-2.0 */
/* See bench.h. */
#include "bench.h"

u64 bench_read_cost;
static u32 sample[BENCH_SAMPLES], samples, warming;
static u64 shared_frame;

void bench_begin(void)
{
    samples = 0;
    warming = BENCH_WARM;
}

void bench_add(u64 from, u64 to)
{
    u64 spent = to - from;

    if (warming > 0)
        warming--;
    else if (samples < BENCH_SAMPLES)
        sample[samples++] = (u32)(spent > bench_read_cost ? spent - bench_read_cost : 0);
}

static void samples_sort(void)
{
    for (u32 gap = samples / 2; gap > 0; gap /= 2)
        for (u32 i = gap; i < samples; i++) {
            u32 value = sample[i], k = i;

            for (; k >= gap && sample[k - gap] > value; k -= gap)
                sample[k] = sample[k - gap];
            sample[k] = value;
        }
}

u64 bench_median(void)
{
    samples_sort();
    return samples ? sample[samples / 2] : 0;
}

static void fields(const char *name, u64 least, u64 median, u64 most, u64 n, u64 of)
{
    const u64 values[5] = {least, median, most, n, of};

    out_text("bench ");
    out_text(name);
    for (u32 i = 0; i < 5; i++) {
        out_text(" ");
        out_number(values[i]);
    }
    out_text("\n");
}

void bench_report(const char *name, u32 of)
{
    u64 median = bench_median();

    if (samples == 0) return; /* a missing measurement is a failure of the check, not a zero */
    fields(name, sample[0], median, sample[samples - 1], samples, of);
}

void bench_number(const char *name, u64 value, u32 n) { fields(name, value, value, value, n, 1); }

void bench_init(void)
{
    bench_read_cost = 0;
    bench_begin();
    for (u32 i = 0; i < 100; i++) {
        u64 start = ticks();

        bench_add(start, ticks());
    }
    bench_read_cost = bench_median();
}

void bench_shared_map(u32 domain)
{
    if (shared_frame == 0) {
        shared_frame = frame_new(FUT_FRAME_USER, 0);
        space_map(SLOT_SELF, BENCH_SHARED, shared_frame, FUT_MAP_WRITE);
    }
    if (domain != SLOT_SELF) space_map(domain, BENCH_SHARED, shared_frame, FUT_MAP_WRITE);
}
