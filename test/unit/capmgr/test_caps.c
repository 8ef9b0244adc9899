/* SPDX-License-Identifier: Apache-2.0 */
/* The derivation tree and the number allocator, by example and against a naive model. */
#include "capmgr/caps.h"
#include "model.h"

#define NODES 300u
#define TABLES 4u

static struct caps caps;
static struct caps_node nodes[NODES];
static struct caps_table tables[TABLES];
static struct caps_node gone[CM_STEPS];

static void caps_start(void)
{
    uint16_t i;

    caps_init(&caps, nodes, NODES, tables, TABLES);
    for (i = 0; i < TABLES; i++)
        ck_assert(caps_table_open(&caps, i, 4));
}

static enum cm_err derive(caps_handle parent, uint16_t table, uint32_t slot, uint8_t rights,
                          uint64_t badge, caps_handle *out, enum cm_missing *missing)
{
    struct caps_want want = {
        .table = table, .slot = (uint16_t)slot, .rights = rights, .badge = badge};

    return caps_derive(&caps, parent, &want, out, missing);
}

START_TEST(ids_are_lowest_first)
{
    static uint64_t storage[IDS_WORDS(70000)];
    struct ids ids;
    uint32_t i;

    ids_init(&ids, storage, 3, 70000);
    for (i = 3; i < 70000; i++)
        ck_assert_uint_eq(ids_take(&ids), i);
    ck_assert_uint_eq(ids_take(&ids), CM_NONE);
    ck_assert(ids_give(&ids, 65000));
    ck_assert(!ids_give(&ids, 65000));
    ck_assert(ids_give(&ids, 17));
    ck_assert(!ids_give(&ids, 70000));
    ck_assert_uint_eq(ids_take(&ids), 17);
    ck_assert(ids_take_this(&ids, 65000));
    ck_assert(!ids_take_this(&ids, 65000));
    ck_assert_uint_eq(ids.used, 70000);
}
END_TEST

START_TEST(rights_only_shrink)
{
    caps_handle root, a, b;
    enum cm_missing missing;
    uint32_t slot;

    caps_start();
    ck_assert_int_eq(caps_add_root(&caps, 1, 77, 3, 0, &root), CM_OK);
    slot = caps_slot_take(&caps, 0);
    ck_assert_uint_eq(slot, 4);
    ck_assert_int_eq(derive(root, 0, slot, 1, 99, &a, &missing), CM_OK);
    ck_assert_uint_eq(caps_get(&caps, a)->badge, 99);
    ck_assert_uint_eq(caps_get(&caps, a)->object, 77);
    ck_assert(caps_at(&caps, 0, slot) == a);
    /* A right that the parent lacks, and another badge than the one it has. */
    ck_assert_int_eq(derive(a, CAPS_NO_TABLE, 0, 2, 0, &b, &missing), CM_EPERM);
    ck_assert_int_eq(missing, CM_MISSING_RIGHTS);
    ck_assert_int_eq(derive(a, CAPS_NO_TABLE, 0, 1, 98, &b, &missing), CM_EPERM);
    ck_assert_int_eq(derive(a, 0, slot, 1, 0, &b, &missing), CM_EBUSY);
    ck_assert_int_eq(derive(a, 0, 200, 1, 0, &b, &missing), CM_EINVAL);
    ck_assert(!caps_slot_give(&caps, 0, slot));
    ck_assert(caps_check(&caps));
}
END_TEST

START_TEST(ranges_and_masks_only_shrink)
{
    caps_handle region, part, thread, bits, few;
    enum cm_missing missing;
    struct caps_want want = {.table = CAPS_NO_TABLE, .type = 2, .rights = 1, .badge = 0x30};

    caps_start();
    ck_assert_int_eq(caps_add_root(&caps, CAPS_TYPE_REGION, 1, 15, 100, &region), CM_OK);
    ck_assert_int_eq(derive(region, CAPS_NO_TABLE, 0, 1, (uint64_t)10 << 32 | 20, &part, &missing),
                     CM_OK);
    ck_assert_int_eq(derive(part, CAPS_NO_TABLE, 0, 1, (uint64_t)10 << 32 | 21, &few, &missing),
                     CM_EPERM);
    ck_assert_int_eq(derive(part, CAPS_NO_TABLE, 0, 1, (uint64_t)9 << 32 | 2, &few, &missing),
                     CM_EPERM);
    ck_assert_int_eq(caps_add_root(&caps, 3, 5, 4, 0, &thread), CM_OK);
    ck_assert_int_eq(caps_derive(&caps, thread, &want, &bits, &missing), CM_OK);
    ck_assert_int_eq(derive(bits, CAPS_NO_TABLE, 0, 1, 0x10, &few, &missing), CM_OK);
    ck_assert_int_eq(derive(bits, CAPS_NO_TABLE, 0, 1, 0x40, &few, &missing), CM_EPERM);
    want.type = 1;
    ck_assert_int_eq(caps_derive(&caps, thread, &want, &bits, &missing), CM_EINVAL);
}
END_TEST

START_TEST(revocation_is_resumable_and_final)
{
    caps_handle root, h, first, deep;
    enum cm_missing missing;
    struct caps_walk walk;
    uint32_t i, count, total = 0, calls = 0;

    caps_start();
    ck_assert_int_eq(caps_add_root(&caps, 1, 1, 15, 0, &root), CM_OK);
    first = h = root;
    for (i = 0; i < CAPS_DEPTH; i++) {
        ck_assert_int_eq(derive(h, CAPS_NO_TABLE, 0, 15, 0, &deep, &missing), CM_OK);
        first = i == 0 ? deep : first;
        h = deep;
    }
    ck_assert_int_eq(derive(h, CAPS_NO_TABLE, 0, 15, 0, &deep, &missing), CM_ELOOP);
    for (i = 0; i < 200; i++)
        ck_assert_int_eq(derive(first, CAPS_NO_TABLE, 0, 1, 0, &deep, &missing), CM_OK);
    ck_assert(caps_revoke(&caps, &walk, first, false));
    ck_assert_int_eq(derive(h, CAPS_NO_TABLE, 0, 1, 0, &deep, &missing), CM_EINVAL);
    do {
        bool done = caps_revoke_step(&caps, &walk, gone, &count);

        total += count;
        calls++;
        ck_assert_uint_le(count, CM_STEPS);
        ck_assert(caps_check(&caps));
        if (done) break;
    } while (calls < 1000);
    ck_assert_uint_eq(total, 200 + CAPS_DEPTH);
    ck_assert_uint_gt(calls, 3);
    ck_assert_ptr_null(caps_get(&caps, first));
    ck_assert_ptr_nonnull(caps_get(&caps, root));
    ck_assert(!caps_revoke(&caps, &walk, first, false));
    ck_assert_uint_eq(caps.used, 1);
}
END_TEST

/* --- the model: every capability ever made, with its parent, in an array --- */
struct naive {
    caps_handle handle;
    uint32_t parent, slot;
    uint16_t table;
    uint8_t rights;
    bool live;
};

#define NAIVE 400u
static struct naive naive[NAIVE];
static uint32_t naive_live;

static uint32_t naive_pick(void)
{
    uint32_t at = model_below(NAIVE), i;

    for (i = 0; i < NAIVE && !naive[at].live; i++)
        at = (at + 1) % NAIVE;
    return at;
}

static uint32_t naive_free(void)
{
    uint32_t i;

    for (i = 0; i < NAIVE && naive[i].live; i++)
        ;
    return i;
}

static uint32_t naive_depth(uint32_t at)
{
    uint32_t depth = 0;

    for (; naive[at].parent != CM_NONE; at = naive[at].parent)
        depth++;
    return depth;
}

static bool naive_is_below(uint32_t at, uint32_t root)
{
    for (; at != CM_NONE; at = naive[at].parent) {
        if (at == root) return true;
    }
    return false;
}

static void model_derive(void)
{
    uint32_t parent = naive_pick(), at = naive_free(), slot = CM_NONE;
    uint16_t table = model_below(4) == 0 ? CAPS_NO_TABLE : (uint16_t)model_below(TABLES);
    uint8_t rights = (uint8_t)model_below(16);
    enum cm_err want, got;
    enum cm_missing missing;
    caps_handle h;

    if (table != CAPS_NO_TABLE) {
        slot = caps_slot_take(&caps, table);
        if (slot == CM_NONE) return;
    }
    want = naive_depth(parent) >= CAPS_DEPTH       ? CM_ELOOP
           : (rights & ~naive[parent].rights) != 0 ? CM_EPERM
           : naive_live == NODES                   ? CM_ENOSPC
                                                   : CM_OK;
    got = derive(naive[parent].handle, table, slot, rights, 0, &h, &missing);
    EXPECT_EQ(got, want);
    if (got == CM_OK) {
        EXPECT_LT(at, NAIVE);
        naive[at] = (struct naive){h, parent, slot, table, rights, true};
        naive_live++;
    } else if (table != CAPS_NO_TABLE) {
        EXPECT(caps_slot_give(&caps, table, slot));
    }
}

static void model_forget(const struct caps_node *n, uint32_t root)
{
    uint32_t i, found = NAIVE;

    for (i = 0; i < NAIVE; i++) {
        if (naive[i].live && caps_get(&caps, naive[i].handle) == NULL &&
            naive[i].table == n->table && (n->table == CAPS_NO_TABLE || naive[i].slot == n->slot))
            found = i;
    }
    EXPECT_LT(found, NAIVE);
    EXPECT(naive_is_below(found, root));
    if (n->table != CAPS_NO_TABLE) EXPECT(caps_slot_give(&caps, n->table, n->slot));
}

static void model_revoke(void)
{
    uint32_t root = naive_pick(), i, count, total = 0, expected = 0;
    bool keep = model_below(2) == 0 || naive[root].parent == CM_NONE, done;
    struct caps_walk walk;
    bool dead[NAIVE] = {false};

    if (model_below(8) != 0 && naive_depth(root) < 3) return;
    for (i = 0; i < NAIVE; i++) {
        dead[i] = naive[i].live && naive_is_below(i, root) && !(keep && i == root);
        expected += dead[i];
    }
    EXPECT(caps_revoke(&caps, &walk, naive[root].handle, keep));
    do {
        done = caps_revoke_step(&caps, &walk, gone, &count);
        for (i = 0; i < count; i++)
            model_forget(&gone[i], root);
        total += count;
    } while (!done);
    EXPECT_EQ(total, expected);
    for (i = 0; i < NAIVE; i++)
        naive[i].live = naive[i].live && !dead[i];
    naive_live -= expected;
}

static void model_verify(void)
{
    uint32_t i;

    EXPECT(caps_check(&caps));
    EXPECT_EQ(caps.used, naive_live);
    for (i = 0; i < NAIVE; i++) {
        const struct caps_node *n = caps_get(&caps, naive[i].handle);

        EXPECT_EQ(n != NULL, naive[i].live);
        if (n == NULL) continue;
        EXPECT_EQ(n->rights, naive[i].rights);
        if (n->table != CAPS_NO_TABLE) EXPECT(caps_at(&caps, n->table, n->slot) == naive[i].handle);
    }
}

START_TEST(a_million_operations_agree_with_the_model)
{
    uint32_t i;

    model_seed(20261);
    caps_start();
    memset(naive, 0, sizeof(naive));
    naive[0] = (struct naive){0, CM_NONE, 0, CAPS_NO_TABLE, 15, true};
    EXPECT_EQ(caps_add_root(&caps, 1, 1, 15, 0, &naive[0].handle), CM_OK);
    naive_live = 1;
    for (i = 0; i < 1000000; i++) {
        if (model_below(10) < 8)
            model_derive();
        else
            model_revoke();
        if (i % 5000 == 0) model_verify();
    }
    model_verify();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {ids_are_lowest_first, rights_only_shrink,
                                  ranges_and_masks_only_shrink, revocation_is_resumable_and_final,
                                  a_million_operations_agree_with_the_model};

    return model_run("capmgr_caps", tests, sizeof(tests) / sizeof(tests[0]));
}
