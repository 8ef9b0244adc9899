/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page allocator; see frames.h. Invariant: bit w of order k's `mid` is set exactly while word w of
 * the map has an aligned run of 2^k free frames, and bit m of its `top` while word m of `mid` is
 * not zero.
 */
#include "capmgr/frames.h"

/* Positions of a word's aligned free runs of 2^order frames: bit p for the run that starts at p. */
static uint64_t frames_runs(uint64_t word, uint32_t order)
{
    static const uint64_t aligned[FRAMES_ORDERS] = {
        UINT64_MAX,
        UINT64_C(0x5555555555555555),
        UINT64_C(0x1111111111111111),
        UINT64_C(0x0101010101010101),
        UINT64_C(0x0001000100010001),
        UINT64_C(0x0000000100000001),
        1u,
    };
    uint32_t k;

    for (k = 0; k < order; k++)
        word &= word >> (1u << k);
    return word & aligned[order];
}

static uint64_t frames_mask(uint32_t first, uint32_t n)
{
    return (n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1u) << first;
}

void frames_init(struct frames *f, uint64_t *storage, uint32_t count)
{
    uint64_t i;
    uint32_t k;

    f->count = count;
    f->top_words = (uint32_t)FRAMES_TOP_WORDS(count);
    f->free = f->total = 0;
    f->limbo_first = f->limbo_count = 0;
    for (i = 0; i < FRAMES_WORDS(count); i++)
        storage[i] = 0;
    f->map = storage;
    storage += FRAMES_MAP_WORDS(count);
    for (k = 0; k < FRAMES_ORDERS; k++) {
        f->order[k].mid = storage;
        storage += FRAMES_MID_WORDS(count);
        f->order[k].top = storage;
        storage += FRAMES_TOP_WORDS(count);
    }
}

static void frames_set(struct frames *f, uint32_t word, uint64_t value)
{
    uint32_t k;

    f->map[word] = value;
    for (k = 0; k < FRAMES_ORDERS; k++) {
        uint64_t *mid = &f->order[k].mid[word / 64u];
        uint64_t *top = &f->order[k].top[word / 4096u];

        if (frames_runs(value, k) != 0)
            *mid |= UINT64_C(1) << (word % 64u);
        else
            *mid &= ~(UINT64_C(1) << (word % 64u));
        if (*mid != 0)
            *top |= UINT64_C(1) << (word / 64u % 64u);
        else
            *top &= ~(UINT64_C(1) << (word / 64u % 64u));
    }
}

void frames_add(struct frames *f, uint32_t first, uint32_t n)
{
    uint32_t i;

    for (i = first; i < f->count && i - first < n; i++) {
        uint64_t bit = UINT64_C(1) << (i % 64u);

        if ((f->map[i / 64u] & bit) != 0) continue;
        frames_set(f, i / 64u, f->map[i / 64u] | bit);
        f->free++;
        f->total++;
    }
}

uint32_t frames_take(struct frames *f, uint32_t order)
{
    uint32_t i, mid, word, bit;

    if (order >= FRAMES_ORDERS) return CM_NONE;
    for (i = 0; i < f->top_words && f->order[order].top[i] == 0; i++)
        ;
    if (i == f->top_words) return CM_NONE;
    mid = i * 64u + (uint32_t)__builtin_ctzll(f->order[order].top[i]);
    word = mid * 64u + (uint32_t)__builtin_ctzll(f->order[order].mid[mid]);
    bit = (uint32_t)__builtin_ctzll(frames_runs(f->map[word], order));
    frames_set(f, word, f->map[word] & ~frames_mask(bit, 1u << order));
    f->free -= 1u << order;
    return word * 64u + bit;
}

bool frames_is_free(const struct frames *f, uint32_t frame)
{
    return frame < f->count && (f->map[frame / 64u] >> (frame % 64u) & 1u) != 0;
}

bool frames_take_this(struct frames *f, uint32_t frame)
{
    if (!frames_is_free(f, frame)) return false;
    frames_set(f, frame / 64u, f->map[frame / 64u] & ~frames_mask(frame % 64u, 1));
    f->free--;
    return true;
}

static void frames_take_words(struct frames *f, uint32_t word, uint32_t n)
{
    uint32_t left = n;

    for (; left >= 64u; left -= 64u)
        frames_set(f, word++, 0);
    if (left != 0) frames_set(f, word, f->map[word] & ~frames_mask(0, left));
    f->free -= n;
}

enum cm_err frames_take_run(struct frames *f, uint32_t n, uint32_t *cursor, uint32_t *first)
{
    uint32_t words = (n + 63u) / 64u, last = n % 64u, step, i;
    uint32_t map_words = (uint32_t)FRAMES_MAP_WORDS(f->count);

    if (n == 0 || n > 4096u) return CM_EINVAL;
    for (step = 0; step < CM_STEPS; step++) {
        if (*cursor + words > map_words) return CM_ENOMEM;
        for (i = 0; i < words; i++) {
            uint64_t mask = i + 1 == words && last != 0 ? frames_mask(0, last) : UINT64_MAX;

            if ((f->map[*cursor + i] & mask) != mask) break;
        }
        if (i == words) {
            *first = *cursor * 64u;
            frames_take_words(f, *cursor, n);
            return CM_OK;
        }
        *cursor += i + 1;
    }
    return CM_EAGAIN;
}

bool frames_give(struct frames *f, uint32_t first, uint32_t n)
{
    uint64_t mask;

    if (n == 0 || n > 64u || first >= f->count || n > f->count - first || first % 64u + n > 64u)
        return false;
    mask = frames_mask(first % 64u, n);
    if ((f->map[first / 64u] & mask) != 0) return false;
    frames_set(f, first / 64u, f->map[first / 64u] | mask);
    f->free += n;
    return true;
}

bool frames_retire(struct frames *f, uint32_t frame, uint32_t epoch)
{
    uint32_t at = (f->limbo_first + f->limbo_count) % FRAMES_LIMBO;

    if (f->limbo_count == FRAMES_LIMBO) return false;
    f->limbo[at].frame = frame;
    f->limbo[at].epoch = epoch;
    f->limbo_count++;
    return true;
}

uint32_t frames_settle(struct frames *f, uint32_t passed)
{
    uint32_t at = f->limbo_first;

    if (f->limbo_count == 0 || (int32_t)(f->limbo[at].epoch - passed) > 0) return CM_NONE;
    f->limbo_first = (at + 1) % FRAMES_LIMBO;
    f->limbo_count--;
    return f->limbo[at].frame;
}

bool frames_check(const struct frames *f)
{
    uint32_t words = (uint32_t)FRAMES_MAP_WORDS(f->count), w, k, free = 0;

    for (w = 0; w < words; w++) {
        for (k = 0; k < 64u; k++)
            free += (uint32_t)(f->map[w] >> k & 1u);
        for (k = 0; k < FRAMES_ORDERS; k++) {
            const struct frames_order *o = &f->order[k];
            bool has = frames_runs(f->map[w], k) != 0;

            if ((o->mid[w / 64u] >> (w % 64u) & 1u) != has) return false;
            if ((o->top[w / 4096u] >> (w / 64u % 64u) & 1u) != (o->mid[w / 64u] != 0)) return false;
        }
    }
    return free == f->free;
}
