/* SPDX-License-Identifier: Apache-2.0 */
/* Lanes: made and taken apart in bounded pieces, whoever leaves when, against a naive model. */
#include "capmgr/lane.h"
#include "model.h"

#define LANES 12u
#define COMPS 6u
#define PAGES 150u

static struct lane lane_table[LANES];
static struct lanes lanes;

/* The naive model: which pages each side maps, frame by frame. */
static struct naive {
    bool live, dropped, map[2][PAGES], frame[PAGES];
    uint32_t client, server, pages, payer;
} model[LANES];

/* Does one piece, and sees that the model can do it too. */
static struct lane_work do_piece(uint32_t index, uint32_t most)
{
    struct lane_work w = lane_next(&lanes, index);
    struct naive *m = &model[index];
    uint32_t i, n = w.n < most ? w.n : most;

    EXPECT(w.n <= LANE_STEP);
    switch (w.op) {
    case LANE_MAP:
        for (i = w.from; i < w.from + n; i++) {
            EXPECT(i < m->pages && !m->frame[i] && !m->map[0][i] && !m->map[1][i]);
            m->frame[i] = m->map[0][i] = m->map[1][i] = true;
        }
        break;
    case LANE_UNMAP:
        for (i = w.from, n = w.n; i < w.from + n; i++) {
            EXPECT(m->map[w.side][i]);
            m->map[w.side][i] = false;
            EXPECT_EQ(w.last, !m->map[1 - w.side][i]); /* a frame goes with its last mapping */
            if (w.last) m->frame[i] = false;
        }
        break;
    case LANE_FREE:
        EXPECT(m->dropped);
        m->live = false;
        /* fallthrough */
    case LANE_CLEAR:
        for (i = 0; i < PAGES; i++)
            EXPECT(!m->frame[i] && !m->map[0][i] && !m->map[1][i]);
        break;
    default: return w;
    }
    lanes_did(&lanes, &w, n);
    return w;
}

static void do_all(void)
{
    uint32_t rounds = 0;

    while (lanes_pending(&lanes)) {
        EXPECT_NE(do_piece(lanes_next(&lanes).lane, LANE_STEP).op, LANE_NOTHING);
        EXPECT(rounds++ < 100000);
    }
}

static void begin(void)
{
    lanes_init(&lanes, lane_table, LANES);
    memset(model, 0, sizeof(model));
}

static uint32_t open_lane(uint32_t payer, uint32_t pages)
{
    uint32_t index;

    if (lane_open(&lanes, payer, pages, 0, &index) != CM_OK) return CM_NONE;
    EXPECT(!model[index].live);
    memset(&model[index], 0, sizeof(model[index]));
    model[index] = (struct naive){.live = true, .pages = pages, .payer = payer};
    return index;
}

static void drop(uint32_t index)
{
    lane_drop(&lanes, index);
    model[index].dropped = true;
}

START_TEST(no_piece_is_long_and_all_have_their_turn)
{
    struct lane_work w;
    uint32_t a, b, pieces = 0, of_b = 0;

    begin();
    a = open_lane(1, 150);
    b = open_lane(2, 40);
    ck_assert_int_eq(lane_make(&lanes, a, 1, 4096, 3, 8192), CM_OK);
    ck_assert_int_eq(lane_make(&lanes, a, 1, 4096, 3, 8192), CM_EAGAIN);
    ck_assert_int_eq(lane_make(&lanes, b, 2, 4096, 3, 8192), CM_OK);
    /* The short one is through long before the long one: turns alternate. */
    while (!lane_table[b].made) {
        w = do_piece(lanes_next(&lanes).lane, LANE_STEP);
        pieces++;
        of_b += w.lane == b;
    }
    ck_assert_uint_eq(of_b, 2);
    ck_assert_uint_le(pieces, 4);
    ck_assert(!lane_table[a].made);
    do_all();
    ck_assert(lane_table[a].made);
    ck_assert(lanes_hold(&lanes, 1) && lanes_hold(&lanes, 3));
    drop(a);
    drop(b);
    do_all();
    ck_assert(!lanes_hold(&lanes, 1) && !lanes_hold(&lanes, 2) && !lanes_hold(&lanes, 3));
    ck_assert_uint_eq(lanes.used, 0);
    ck_assert_int_eq(lane_open(&lanes, 1, 0, 0, &a), CM_EINVAL);
}
END_TEST

START_TEST(sides_leave_in_any_order)
{
    uint32_t a;

    begin();
    a = open_lane(1, 100);
    ck_assert_int_eq(lane_make(&lanes, a, 1, 4096, 3, 8192), CM_OK);
    do_all();
    /* The server is half out of it when the client goes as well. */
    lane_leave(&lanes, a, LANE_SERVER);
    do_piece(a, LANE_STEP);
    drop(a);
    do_all();
    ck_assert_uint_eq(lanes.used, 0);
    /* The server pays for what the client left to it; the client need not stay. */
    a = open_lane(1, 100);
    ck_assert_int_eq(lane_make(&lanes, a, 1, 4096, 3, 8192), CM_OK);
    do_all();
    lane_pay(&lanes, a, 3, true);
    lane_leave(&lanes, a, LANE_CLIENT);
    do_all();
    ck_assert(!lanes_hold(&lanes, 1) && lanes_hold(&lanes, 3));
    drop(a);
    do_all();
    ck_assert(!lanes_hold(&lanes, 3));
    /* A server dies while its lane is made: it is made anew for the next one. */
    a = open_lane(1, 100);
    ck_assert_int_eq(lane_make(&lanes, a, 1, 4096, 3, 8192), CM_OK);
    do_piece(a, LANE_STEP);
    lane_unmake(&lanes, a);
    ck_assert_int_eq(lane_make(&lanes, a, 1, 4096, 4, 8192), CM_EAGAIN);
    do_all();
    ck_assert(!lanes_hold(&lanes, 3) && lanes_hold(&lanes, 1));
    ck_assert_int_eq(lane_make(&lanes, a, 1, 4096, 4, 8192), CM_OK);
    do_all();
    ck_assert(lane_table[a].made);
}
END_TEST

static void model_step(uint32_t at)
{
    struct naive *m = &model[at];

    switch (model_below(9)) {
    case 0: (void)open_lane(model_below(COMPS), 1 + model_below(PAGES)); break;
    case 1:
        if (m->live && !m->dropped) {
            enum cm_err e = lane_make(&lanes, at, model_below(COMPS), 1, model_below(COMPS), 2);

            EXPECT(e == CM_OK || e == CM_EAGAIN);
            if (e == CM_OK) EXPECT_EQ(lane_table[at].have[0] + lane_table[at].have[1], 0);
        }
        break;
    case 2:
        if (m->live) lane_leave(&lanes, at, model_below(2) == 0 ? LANE_CLIENT : LANE_SERVER);
        break;
    case 3:
        if (m->live && model_below(4) == 0) lane_unmake(&lanes, at);
        break;
    case 4:
        if (m->live && model_below(4) == 0) drop(at);
        break;
    case 5:
        if (m->live) {
            m->payer = model_below(COMPS);
            lane_pay(&lanes, at, m->payer, model_below(2) == 0);
        }
        break;
    case 6:
        if (m->live) (void)do_piece(at, model_below(LANE_STEP + 1)); /* out of its turn, in part */
        break;
    default:
        if (lanes_pending(&lanes)) {
            EXPECT_NE(do_piece(lanes_next(&lanes).lane, LANE_STEP).op, LANE_NOTHING);
        }
    }
}

/* What the model says a component is held by. */
static void model_check(void)
{
    uint32_t comp, i, held;

    EXPECT(lanes_check(&lanes));
    for (comp = 0; comp < COMPS; comp++) {
        for (held = i = 0; i < LANES; i++) {
            if (!model[i].live) continue;
            held += model[i].payer == comp;
            held += lane_table[i].comp[0] == comp;
            held += lane_table[i].comp[1] == comp;
        }
        EXPECT_EQ(held != 0, lanes_hold(&lanes, comp));
    }
    for (i = 0; i < LANES; i++)
        EXPECT_EQ(model[i].live, lane_table[i].live);
}

START_TEST(lanes_agree_with_the_model)
{
    uint32_t i;

    model_seed(11);
    begin();
    for (i = 0; i < 1000000; i++) {
        model_step(model_below(LANES));
        if (i % 100 == 0) model_check();
    }
    for (i = 0; i < LANES; i++) {
        if (model[i].live) drop(i);
    }
    do_all();
    model_check();
    EXPECT_EQ(lanes.used, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {no_piece_is_long_and_all_have_their_turn,
                                  sides_leave_in_any_order, lanes_agree_with_the_model};

    return model_run("capmgr_lane", tests, sizeof(tests) / sizeof(tests[0]));
}
