/* SPDX-License-Identifier: Apache-2.0 */
/* Frames, budgets, regions and shadows, by example and against naive models. */
#include "capmgr/account.h"
#include "capmgr/frames.h"
#include "capmgr/shadow.h"
#include "capmgr/space.h"
#include "model.h"

/* --- frames --- */
#define FRAMES 9000u
static uint64_t frame_storage[FRAMES_WORDS(FRAMES)];
static struct frames frames;
static bool is_free[FRAMES];

START_TEST(frame_runs_are_aligned)
{
    uint32_t a, b, cursor = 0, first;

    frames_init(&frames, frame_storage, FRAMES);
    ck_assert_uint_eq(frames_take(&frames, 0), CM_NONE);
    frames_add(&frames, 3, 200);
    ck_assert_uint_eq(frames.free, 200);
    a = frames_take(&frames, 6);
    ck_assert_uint_eq(a, 64);
    b = frames_take(&frames, 0);
    ck_assert_uint_eq(b, 3);
    ck_assert_uint_eq(frames_take(&frames, 2), 4);
    ck_assert(!frames_give(&frames, 5000, 0));
    ck_assert(frames_give(&frames, 64, 64));
    ck_assert(!frames_give(&frames, 64, 1));
    ck_assert_int_eq(frames_take_run(&frames, 100, &cursor, &first), CM_OK);
    ck_assert_uint_eq(first, 64);
    cursor = 0;
    while (frames_take_run(&frames, 100, &cursor, &first) == CM_EAGAIN)
        ;
    ck_assert_int_eq(frames_take_run(&frames, 100, &cursor, &first), CM_ENOMEM);
    ck_assert(frames_check(&frames));
}
END_TEST

START_TEST(limbo_waits_for_the_epoch)
{
    uint32_t i;

    frames_init(&frames, frame_storage, FRAMES);
    for (i = 0; i < FRAMES_LIMBO; i++)
        ck_assert(frames_retire(&frames, i, i / 2));
    ck_assert(!frames_retire(&frames, 1, 0));
    ck_assert_uint_eq(frames_settle(&frames, 0), 0);
    ck_assert_uint_eq(frames_settle(&frames, 0), 1);
    ck_assert_uint_eq(frames_settle(&frames, 0), CM_NONE);
    ck_assert_uint_eq(frames_settle(&frames, 1), 2);
}
END_TEST

static void frames_model_take(void)
{
    uint32_t order = model_below(FRAMES_ORDERS), at = frames_take(&frames, order), i;

    if (at == CM_NONE) {
        /* Then no aligned run may exist: look for one. */
        for (at = 0; at + (1u << order) <= FRAMES; at += 1u << order) {
            for (i = 0; i < 1u << order && is_free[at + i]; i++)
                ;
            EXPECT_NE(i, 1u << order);
        }
        return;
    }
    EXPECT_EQ(at % (1u << order), 0);
    for (i = 0; i < 1u << order; i++) {
        EXPECT(is_free[at + i]);
        is_free[at + i] = false;
    }
}

START_TEST(frames_agree_with_the_model)
{
    uint32_t i, at, n = 0;

    model_seed(4);
    frames_init(&frames, frame_storage, FRAMES);
    frames_add(&frames, 0, FRAMES);
    memset(is_free, 1, sizeof(is_free));
    for (i = 0; i < 1000000; i++) {
        at = model_below(FRAMES);
        if (model_below(34) == 0 || i < 2000) {
            frames_model_take();
        } else if (!is_free[at]) {
            EXPECT(frames_give(&frames, at, 1));
            is_free[at] = true;
        } else {
            EXPECT(!frames_give(&frames, at, 1));
            EXPECT(frames_is_free(&frames, at));
        }
        if (i % 20000 == 0) EXPECT(frames_check(&frames));
    }
    for (at = 0; at < FRAMES; at++)
        n += is_free[at];
    EXPECT_EQ(n, frames.free);
}
END_TEST

/* --- budgets --- */
START_TEST(budgets_nest)
{
    struct account table[4];
    struct accounts a;

    accounts_init(&a, table, 4);
    ck_assert(account_open_root(&a, 0, 100));
    ck_assert_int_eq(account_open(&a, 1, 0, 60), CM_OK);
    ck_assert_int_eq(account_open(&a, 2, 0, 41), CM_ENOMEM);
    ck_assert_int_eq(account_charge(&a, 1, 61), CM_ENOMEM);
    ck_assert_int_eq(account_charge(&a, 1, 60), CM_OK);
    ck_assert_int_eq(account_charge(&a, 0, 40), CM_OK);
    ck_assert(!account_refund(&a, 0, 41));
    ck_assert_int_eq(account_close(&a, 1), CM_EBUSY);
    ck_assert(account_refund(&a, 0, 40));
    ck_assert(account_lend(&a, 1, 0, 10));
    ck_assert_uint_eq(account_left(&a, 0), 30);
    ck_assert_uint_eq(account_left(&a, 1), 10);
    ck_assert(account_refund(&a, 1, 50));
    ck_assert_int_eq(account_close(&a, 1), CM_OK);
    ck_assert_int_eq(account_close(&a, 0), CM_EBUSY);
    ck_assert(!account_lend_end(&a, 0, 11));
    ck_assert(account_lend_end(&a, 0, 10));
    ck_assert_int_eq(account_close(&a, 0), CM_OK);
}
END_TEST

START_TEST(what_is_lent_blocks_new_charges)
{
    struct account table[3];
    struct accounts a;

    accounts_init(&a, table, 3);
    ck_assert(account_open_root(&a, 0, 100));
    ck_assert_int_eq(account_open(&a, 1, 0, 40), CM_OK);
    ck_assert_int_eq(account_open(&a, 2, 0, 10), CM_OK);
    ck_assert_int_eq(account_charge(&a, 1, 40), CM_OK);
    ck_assert(account_lend(&a, 1, 2, 30));
    ck_assert_int_eq(account_charge(&a, 2, 1), CM_ENOMEM);
    ck_assert(account_lend_end(&a, 2, 30));
    ck_assert_int_eq(account_charge(&a, 2, 10), CM_OK);
    ck_assert(accounts_check(&a));
}
END_TEST

START_TEST(shared_budgets_cost_what_is_used)
{
    static struct account table[5];
    struct accounts a;

    accounts_init(&a, table, 5);
    ck_assert(account_open_root(&a, 0, 100));
    ck_assert_int_eq(account_open(&a, 1, 0, 60), CM_OK);
    ck_assert_int_eq(account_share(&a, 2, 1, 50), CM_OK);
    ck_assert_int_eq(account_share(&a, 3, 1, 50), CM_OK); /* as if 2 were not there */
    ck_assert_int_eq(account_share(&a, 4, 2, 40), CM_OK);
    ck_assert_uint_eq(account_left(&a, 1), 60);
    ck_assert_int_eq(account_charge(&a, 4, 40), CM_OK);
    ck_assert_int_eq(account_charge(&a, 4, 1), CM_ENOMEM);
    ck_assert_uint_eq(account_left(&a, 2), 10);
    ck_assert_uint_eq(account_left(&a, 3), 20); /* what the common parent has left */
    ck_assert_uint_eq(account_left(&a, 0), 40); /* carved from the root is only 1 */
    ck_assert(!account_refund(&a, 1, 1));       /* it is the children's */
    ck_assert(account_lend(&a, 4, 3, 15));
    ck_assert_uint_eq(account_left(&a, 1), 20);
    ck_assert(accounts_check(&a));
    ck_assert(account_lend_end(&a, 3, 15));
    ck_assert(account_refund(&a, 4, 25));
    ck_assert_int_eq(account_close(&a, 2), CM_EBUSY);
    ck_assert_int_eq(account_close(&a, 4), CM_OK);
    ck_assert_int_eq(account_close(&a, 2), CM_OK);
    ck_assert_int_eq(account_close(&a, 3), CM_OK);
    ck_assert_uint_eq(account_left(&a, 1), 60);
    ck_assert(accounts_check(&a));
}
END_TEST

START_TEST(budgets_agree_with_the_model)
{
    static struct account table[16];
    static uint32_t own[16], lent[16];
    struct accounts a;
    uint32_t i, id, other, n;

    model_seed(5);
    accounts_init(&a, table, 16);
    EXPECT(account_open_root(&a, 0, 10000));
    for (i = 0; i < 1000000; i++) {
        id = model_below(16);
        other = model_below(16);
        n = model_below(300);
        switch (model_below(6)) {
        case 0:
            if (((i & 1) != 0 ? account_open : account_share)(&a, id, other, n) == CM_OK)
                own[id] = lent[id] = 0;
            break;
        case 1:
            if (id != 0 && account_close(&a, id) == CM_OK) EXPECT(own[id] == 0 && lent[id] == 0);
            break;
        case 2: own[id] += account_charge(&a, id, n) == CM_OK ? n : 0; break;
        case 3:
            EXPECT_EQ(account_refund(&a, id, n), table[id].open && n <= own[id]);
            own[id] = table[id].open && n <= own[id] ? own[id] - n : own[id];
            break;
        case 4:
            if (account_lend(&a, id, other, n)) own[id] -= n, lent[other] += n;
            break;
        default:
            if (account_lend_end(&a, id, n)) lent[id] -= n;
            break;
        }
        if (i % 64 == 0) {
            EXPECT(accounts_check(&a));
            EXPECT(!table[id].open || table[id].charged - table[id].carved == own[id]);
            EXPECT(!table[id].open || table[id].lent == lent[id]);
        }
    }
}
END_TEST

/* --- regions --- */
static struct space_region region_table[200];
static struct space_pool pool;

START_TEST(regions_merge_and_split)
{
    struct space s;
    struct space_region cut;
    uint64_t at;

    space_pool_init(&pool, region_table, 200);
    space_init(&s);
    ck_assert_int_eq(space_find_room(&pool, &s, 10, &at), CM_OK);
    ck_assert_uint_eq(at, SPACE_ANON);
    ck_assert_int_eq(space_add(&pool, &s, at, 10, SPACE_KIND_OWN, 1, 0), CM_OK);
    ck_assert_int_eq(space_add(&pool, &s, at + 9 * 4096, 2, SPACE_KIND_OWN, 1, 0), CM_EEXIST);
    ck_assert_int_eq(space_add(&pool, &s, at + 10 * 4096, 2, SPACE_KIND_OWN, 1, 0), CM_OK);
    ck_assert_uint_eq(s.count, 1);
    ck_assert_int_eq(space_cut(&pool, &s, at + 4096, 2, &cut), CM_OK);
    ck_assert_uint_eq(cut.pages, 2);
    ck_assert_uint_eq(s.count, 2);
    ck_assert_ptr_null(space_find(&pool, &s, at + 4096));
    ck_assert_ptr_nonnull(space_find(&pool, &s, at + 3 * 4096));
    ck_assert_int_eq(space_find_room(&pool, &s, 2, &at), CM_OK);
    ck_assert_uint_eq(at, SPACE_ANON + 4096);
    ck_assert_int_eq(space_add(&pool, &s, at + 1, 2, SPACE_KIND_OWN, 1, 0), CM_EINVAL);
    ck_assert_int_eq(space_add(&pool, &s, UINT64_MAX - 4095, 2, SPACE_KIND_OWN, 1, 0), CM_EINVAL);
    ck_assert(space_check(&pool, &s));
}
END_TEST

START_TEST(regions_are_limited)
{
    struct space s;
    struct space_region cut;
    uint32_t i;

    space_pool_init(&pool, region_table, 200);
    space_init(&s);
    for (i = 0; i < SPACE_REGIONS; i++)
        ck_assert_int_eq(space_add(&pool, &s, SPACE_ANON + i * 40960, 5, SPACE_KIND_OWN, 1, 0),
                         CM_OK);
    ck_assert_int_eq(space_add(&pool, &s, SPACE_ANON2, 5, SPACE_KIND_OWN, 1, 0), CM_ENOSPC);
    ck_assert_int_eq(space_cut(&pool, &s, SPACE_ANON + 4096, 1, &cut), CM_ENOSPC);
    ck_assert_int_eq(space_cut(&pool, &s, SPACE_ANON, 1, &cut), CM_OK);
    ck_assert(space_check(&pool, &s));
    while (space_cut_first(&pool, &s, &cut))
        ;
    ck_assert_uint_eq(s.count, 0);
}
END_TEST

#define MODEL_PAGES 512u
START_TEST(regions_agree_with_the_model)
{
    static uint8_t page[MODEL_PAGES];
    struct space s;
    struct space_region cut;
    uint32_t i, first, n, k;
    enum cm_err e;

    model_seed(6);
    space_pool_init(&pool, region_table, 200);
    space_init(&s);
    memset(page, 0, sizeof(page));
    for (i = 0; i < 1000000; i++) {
        first = model_below(MODEL_PAGES);
        n = 1 + model_below(MODEL_PAGES - first < 30 ? MODEL_PAGES - first : 30);
        if (model_below(2) == 0) {
            uint8_t map = (uint8_t)model_below(3);
            bool busy = false;

            for (k = 0; k < n; k++)
                busy = busy || page[first + k] != 0;
            e = space_add(&pool, &s, SPACE_ANON + first * 4096u, n, SPACE_KIND_OWN, map, 0);
            EXPECT(e == (busy ? CM_EEXIST : CM_OK) || (!busy && e == CM_ENOSPC));
            if (e == CM_OK) memset(page + first, 1 + map, n);
        } else {
            uint64_t start = SPACE_ANON + first * 4096u;

            while ((e = space_cut(&pool, &s, start, n, &cut)) == CM_OK && cut.pages != 0)
                memset(page + (cut.start - SPACE_ANON) / 4096u, 0, cut.pages);
            for (k = 0; k < n && e == CM_OK; k++)
                EXPECT_EQ(page[first + k], 0);
        }
        if (i % 64 == 0) {
            const struct space_region *r = space_find(&pool, &s, SPACE_ANON + first * 4096u + 5);

            EXPECT(space_check(&pool, &s));
            EXPECT_EQ(page[first], r == NULL ? 0 : 1u + r->map);
        }
    }
}
END_TEST

/* --- shadows --- */
#define SHADOWS 32u
START_TEST(shadows_agree_with_the_model)
{
    static struct shadow_node node[SHADOWS];
    static uint32_t entry[SHADOWS * SHADOW_ENTRIES], bucket[16], model[3][40960];
    struct shadow_list list[3] = {{CM_NONE}, {CM_NONE}, {CM_NONE}};
    struct shadow s;
    uint32_t i, space, page, at, steps;

    model_seed(7);
    memset(model, 0, sizeof(model));
    shadow_init(&s, node, entry, SHADOWS, bucket, 16);
    for (i = 0; i < 1000000; i++) {
        space = model_below(3);
        page = model_below(40960);
        at = shadow_find(&s, space, page * UINT64_C(4096));
        if (model_below(3) != 0) {
            enum cm_err e = shadow_make(&s, &list[space], space, page * UINT64_C(4096), &at);

            if (e == CM_EAGAIN) s.backed++;
            if (e != CM_OK) continue;
            model[space][page] = model_below(2) * SHADOW_PRESENT | model_below(1000);
            shadow_set(&s, at, page * UINT64_C(4096), model[space][page]);
        } else if (at != CM_NONE) {
            uint32_t from = model_below(SHADOW_ENTRIES), base = page / 512u * 512u, want;

            steps = 64;
            want = from;
            while (want < 512 && want < from + 64 &&
                   (model[space][base + want] & SHADOW_PRESENT) == 0)
                want++;
            EXPECT_EQ(shadow_next(&s, at, from, &steps), want);
            if (shadow_drop(&s, &list[space], at)) {
                for (want = 0; want < 512; want++) {
                    EXPECT_EQ(model[space][base + want] & SHADOW_PRESENT, 0);
                    model[space][base + want] = 0;
                }
            }
        }
        EXPECT_EQ(shadow_get(&s, space, page * UINT64_C(4096)), model[space][page]);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {frame_runs_are_aligned,          limbo_waits_for_the_epoch,
                                  frames_agree_with_the_model,     budgets_nest,
                                  what_is_lent_blocks_new_charges, budgets_agree_with_the_model,
                                  regions_merge_and_split,         regions_are_limited,
                                  regions_agree_with_the_model,    shadows_agree_with_the_model,
                                  shared_budgets_cost_what_is_used};

    return model_run("capmgr_memory", tests, sizeof(tests) / sizeof(tests[0]));
}
