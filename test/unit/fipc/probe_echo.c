/* SPDX-License-Identifier: Apache-2.0 */
/* See probe_echo.h. */
#include "probe_echo.h"
#include <stdlib.h>
#include <string.h>

#define ARENA_SIZE (4u * PROBE_ARENA)

static struct probe_state *state(void *self) { return self; }
/* The next server, or an empty handle. */
static probe_probe next(void *self) { return (probe_probe){state(self)->next, 0}; }
static struct fipc_arena *fresh(void *self)
{
    state(self)->arena.used = 0;
    return &state(self)->arena;
}

void probe_state_init(struct probe_state *p, struct fipc_conn *conn)
{
    memset(p, 0, sizeof(*p));
    p->next = conn;
    p->text = malloc(65537);
    fipc_arena_init(&p->arena, malloc(ARENA_SIZE), ARENA_SIZE);
}

void probe_state_free(struct probe_state *p)
{
    free(p->text);
    free(p->arena.base);
}

static fut_err on_truth(void *self, struct fipc_req *r, bool x, bool *out_x)
{
    (void)r;
    if (next(self).conn) return probe_probe_truth(next(self), x, out_x);
    *out_x = x;
    return FUT_OK;
}

static fut_err on_integers(void *self, struct fipc_req *r, uint8_t a, uint16_t b, uint32_t c,
                           uint64_t d, int8_t e, int16_t f, int32_t g, int64_t h, uint8_t *oa,
                           uint16_t *ob, uint32_t *oc, uint64_t *od, int8_t *oe, int16_t *of,
                           int32_t *og, int64_t *oh)
{
    (void)r;
    if (next(self).conn)
        return probe_probe_integers(next(self), a, b, c, d, e, f, g, h, oa, ob, oc, od, oe, of, og,
                                    oh);
    *oa = a, *ob = b, *oc = c, *od = d, *oe = e, *of = f, *og = g, *oh = h;
    return FUT_OK;
}

/* All handlers of one string or one bytes look alike. */
#define ECHO_TEXT(name, type, bound)                                                               \
    static fut_err on_##name(void *self, struct fipc_req *r, const type *x, size_t x_len,          \
                             struct fipc_out *out)                                                 \
    {                                                                                              \
        size_t n = 0;                                                                              \
        fut_err e;                                                                                 \
        (void)r;                                                                                   \
        if (!next(self).conn) return fipc_out_write(out, x, x_len);                                \
        e = probe_probe_##name(next(self), x, x_len, (void *)state(self)->text, (bound) + 1, &n);  \
        return e == FUT_OK ? fipc_out_write(out, state(self)->text, n) : e;                        \
    }
ECHO_TEXT(text, char, 64)
ECHO_TEXT(data, uint8_t, 100)
ECHO_TEXT(long_text, char, 65536)
ECHO_TEXT(long_data, uint8_t, 65536)

static fut_err on_enums(void *self, struct fipc_req *r, uint8_t color, int16_t offset,
                        uint32_t shape, uint16_t mode, uint64_t hint, uint8_t *ocolor,
                        int16_t *ooffset, uint32_t *oshape, uint16_t *omode, uint64_t *ohint)
{
    (void)r;
    if (next(self).conn)
        return probe_probe_enums(next(self), color, offset, shape, mode, hint, ocolor, ooffset,
                                 oshape, omode, ohint);
    *ocolor = color, *ooffset = offset, *oshape = shape, *omode = mode, *ohint = hint;
    return FUT_OK;
}

static fut_err on_line(void *self, struct fipc_req *r, const struct probe_line *x,
                       struct probe_line *out)
{
    (void)r;
    if (next(self).conn) return probe_probe_line(next(self), x, out);
    *out = *x;
    return FUT_OK;
}

/* Vectors of plain elements come back in a buffer, others in an arena. */
#define ECHO_PLAIN(name, type, most)                                                               \
    static fut_err on_##name(void *self, struct fipc_req *r, const type *x, size_t x_n,            \
                             const type **out, size_t *out_n)                                      \
    {                                                                                              \
        type *copy = fipc_req_alloc(r, (most) * sizeof(type));                                     \
        *out = x;                                                                                  \
        *out_n = x_n;                                                                              \
        if (!next(self).conn) return FUT_OK;                                                       \
        *out = copy;                                                                               \
        return copy ? probe_probe_##name(next(self), x, x_n, copy, most, out_n) : FUT_ENOMEM;      \
    }
ECHO_PLAIN(numbers, uint32_t, 8)
ECHO_PLAIN(points, struct probe_line, 4)

#define ECHO_VECTOR(name, type)                                                                    \
    static fut_err on_##name(void *self, struct fipc_req *r, const type *x, size_t x_n,            \
                             const type **out, size_t *out_n)                                      \
    {                                                                                              \
        (void)r;                                                                                   \
        if (next(self).conn)                                                                       \
            return probe_probe_##name(next(self), x, x_n, out, out_n, fresh(self));                \
        *out = x;                                                                                  \
        *out_n = x_n;                                                                              \
        return FUT_OK;                                                                             \
    }
ECHO_VECTOR(words, struct fipc_string)
ECHO_VECTOR(deep, struct fipc_vector)

static fut_err on_facts(void *self, struct fipc_req *r, const struct probe_facts *x,
                        struct probe_facts *out_x)
{
    (void)r;
    if (next(self).conn) return probe_probe_facts(next(self), x, out_x);
    *out_x = *x;
    return FUT_OK;
}

static fut_err on_person(void *self, struct fipc_req *r, const struct probe_person *x,
                         struct probe_person *out)
{
    (void)r;
    if (next(self).conn) return probe_probe_person(next(self), x, out, fresh(self));
    *out = *x;
    return FUT_OK;
}

static fut_err on_people(void *self, struct fipc_req *r, const struct probe_person *x, size_t x_n,
                         bool end, const struct probe_person **out, size_t *out_n, bool *out_end)
{
    (void)r;
    if (next(self).conn)
        return probe_probe_people(next(self), x, x_n, end, out, out_n, out_end, fresh(self));
    *out = x, *out_n = x_n, *out_end = end;
    return FUT_OK;
}

static fut_err on_pick(void *self, struct fipc_req *r, const struct probe_pick *x,
                       struct probe_pick *out)
{
    (void)r;
    if (next(self).conn) return probe_probe_pick(next(self), x, out);
    *out = *x;
    return FUT_OK;
}

static fut_err on_choice(void *self, struct fipc_req *r, const struct probe_choice *x,
                         struct probe_choice *out)
{
    (void)r;
    if (next(self).conn) return probe_probe_choice(next(self), x, out, fresh(self));
    *out = *x;
    return FUT_OK;
}

static fut_err on_any(void *self, struct fipc_req *r, const struct probe_any *x,
                      struct probe_any *out)
{
    (void)r;
    if (next(self).conn) return probe_probe_any(next(self), x, out, fresh(self));
    *out = *x;
    return FUT_OK;
}

static fut_err on_anys(void *self, struct fipc_req *r, const struct probe_any *x, size_t x_n,
                       const char *y, size_t y_len, uint32_t tags[4], struct fipc_out *out_y)
{
    (void)self;
    (void)r;
    for (size_t i = 0; i < x_n; i++)
        tags[i] = x[i].tag;
    return fipc_out_write(out_y, y, y_len);
}

#define TAKE(x)                                                                                    \
    do {                                                                                           \
        *has_##x = x != NULL;                                                                      \
        if (x) *out_##x = *x;                                                                      \
    } while (0)

static fut_err on_options(void *self, struct fipc_req *r, const uint8_t *a, const char *b,
                          size_t b_len, const struct probe_point *c, const struct probe_choice *d,
                          const struct probe_any *e, uint32_t f, uint64_t g, const uint16_t *h,
                          size_t h_n, const uint8_t i[3], const struct probe_person *j,
                          const bool *k, const uint8_t *l, bool *has_a, uint8_t *out_a, bool *has_b,
                          struct fipc_out *out_b, bool *has_c, struct probe_point *out_c,
                          bool *has_d, struct probe_choice *out_d, bool *has_e,
                          struct probe_any *out_e, uint32_t *out_f, uint64_t *out_g, bool *has_h,
                          const uint16_t **out_h, size_t *out_h_n, bool *has_i, uint8_t out_i[3],
                          bool *has_j, struct probe_person *out_j, bool *has_k, bool *out_k,
                          bool *has_l, uint8_t *out_l)
{
    if (next(self).conn) {
        uint16_t *copy = fipc_req_alloc(r, 4 * sizeof(*copy));
        size_t n = 0;
        fut_err status = probe_probe_options(
            next(self), a, b, b_len, c, d, e, f, g, h, h_n, i, j, k, l, has_a, out_a, has_b,
            state(self)->text, 9, &n, has_c, out_c, has_d, out_d, has_e, out_e, out_f, out_g, has_h,
            copy, 4, out_h_n, has_i, out_i, has_j, out_j, has_k, out_k, has_l, out_l, fresh(self));
        *out_h = copy;
        return status == FUT_OK ? fipc_out_write(out_b, state(self)->text, n) : status;
    }
    TAKE(a);
    TAKE(c);
    TAKE(d);
    TAKE(e);
    TAKE(j);
    TAKE(k);
    TAKE(l);
    *has_b = b != NULL, *has_h = h != NULL, *has_i = i != NULL;
    *out_f = f, *out_g = g, *out_h = h, *out_h_n = h_n;
    if (i) memcpy(out_i, i, 3);
    return b ? fipc_out_write(out_b, b, b_len) : FUT_OK;
}

static fut_err on_arrays(void *self, struct fipc_req *r, const uint8_t x[5],
                         const struct probe_point y[2], const uint16_t z[3][2], uint8_t out_x[5],
                         struct probe_point out_y[2], uint16_t out_z[3][2])
{
    (void)r;
    if (next(self).conn) return probe_probe_arrays(next(self), x, y, z, out_x, out_y, out_z);
    memcpy(out_x, x, 5);
    memcpy(out_y, y, 2 * sizeof(*y));
    memcpy(out_z, z, 12);
    return FUT_OK;
}

static fut_err on_five(void *self, struct fipc_req *r, uint64_t a, uint64_t b, uint64_t c,
                       uint64_t d, uint64_t e, uint64_t *oa, uint64_t *ob, uint64_t *oc,
                       uint64_t *od, uint64_t *oe)
{
    (void)r;
    if (next(self).conn) return probe_probe_five(next(self), a, b, c, d, e, oa, ob, oc, od, oe);
    *oa = a, *ob = b, *oc = c, *od = d, *oe = e;
    return FUT_OK;
}

static fut_err on_largest(void *self, struct fipc_req *r, const uint64_t x[128], uint64_t out[128])
{
    (void)r;
    if (next(self).conn) return probe_probe_largest(next(self), x, out);
    memcpy(out, x, 1024);
    return FUT_OK;
}

static fut_err on_handles(void *self, struct fipc_req *r, uint32_t o, uint64_t c, uint32_t *oo,
                          uint64_t *oc)
{
    (void)r;
    if (next(self).conn) return probe_probe_handles(next(self), o, c, oo, oc);
    *oo = o, *oc = c;
    return FUT_OK;
}

static fut_err on_nothing(void *self, struct fipc_req *r)
{
    (void)r;
    return next(self).conn ? probe_probe_nothing(next(self)) : FUT_OK;
}

static fut_err on_mixed(void *self, struct fipc_req *r, uint32_t a, const char *s, size_t s_len,
                        uint8_t b, const uint8_t *t, size_t t_len, uint32_t *oa,
                        struct fipc_out *os, uint8_t *ob, struct fipc_out *ot)
{
    char text[9];
    uint8_t data[8];
    size_t n = 0, m = 0;
    fut_err e;

    (void)r;
    if (next(self).conn) {
        e = probe_probe_mixed(next(self), a, s, s_len, b, t, t_len, oa, text, 9, &n, ob, data, 8,
                              &m);
        if (e == FUT_OK) e = fipc_out_write(os, text, n);
        return e == FUT_OK ? fipc_out_write(ot, data, m) : e;
    }
    *oa = a, *ob = b;
    e = fipc_out_write(os, s, s_len);
    return e == FUT_OK ? fipc_out_write(ot, t, t_len) : e;
}

static fut_err on_labels(void *self, struct fipc_req *r, const struct fipc_string x[3],
                         struct fipc_string out[3])
{
    (void)r;
    if (next(self).conn) return probe_probe_labels(next(self), x, out, fresh(self));
    memcpy(out, x, 3 * sizeof(*x));
    return FUT_OK;
}

static fut_err on_look(void *self, struct fipc_req *r, const struct fipc_view *x,
                       struct fipc_out *out)
{
    fut_err e = fipc_view_copy(x, 0, state(self)->text, x->len);
    size_t n = x->len;

    if (!fipc_req_alloc(r, n)) return FUT_ENOMEM; /* as servers do that look at a view twice */
    if (e == FUT_OK && next(self).conn)
        e = probe_probe_look(next(self), state(self)->text, n, state(self)->text, 65536, &n);
    return e == FUT_OK ? fipc_out_write(out, state(self)->text, n) : e;
}

static fut_err on_shifted(void *self, struct fipc_req *r, uint8_t a, const uint8_t *x, size_t n,
                          uint8_t *out_a, struct fipc_out *out)
{
    (void)r;
    if (next(self).conn) {
        size_t got = 0;
        fut_err e = probe_probe_shifted(next(self), a, x, n, out_a, state(self)->text, 100, &got);
        return e == FUT_OK ? fipc_out_write(out, state(self)->text, got) : e;
    }
    *out_a = a;
    return fipc_out_write(out, x, n);
}

static fut_err on_grow(void *self, struct fipc_req *r, uint32_t a, const uint32_t *b,
                       const uint64_t *c, uint32_t *out_a, bool *has_b, uint32_t *out_b,
                       bool *has_c, uint64_t *out_c)
{
    (void)r;
    if (next(self).conn)
        return probe_probe_grow(next(self), a, b, c, out_a, has_b, out_b, has_c, out_c);
    *out_a = a;
    TAKE(b);
    TAKE(c);
    return FUT_OK;
}

static fut_err on_gap(void *self, struct fipc_req *r, uint32_t a, const uint8_t *b, uint32_t *out_a,
                      bool *has_b, uint8_t *out_b)
{
    (void)r;
    if (next(self).conn) return probe_probe_gap(next(self), a, b, out_a, has_b, out_b);
    *out_a = a;
    TAKE(b);
    return FUT_OK;
}

static fut_err on_poke(void *self, struct fipc_req *r, uint32_t a)
{
    (void)r;
    state(self)->poked = a;
    return FUT_OK;
}

/* x = 0: answers at once; else it waits for the test. */
static fut_err on_wait(void *self, struct fipc_req *r, uint32_t x, uint32_t *out)
{
    *out = x;
    if (x == 0) return FUT_OK;
    state(self)->waits = true;
    return fipc_defer(r, &state(self)->waiting);
}

static void on_wait_lost(void *self, struct fipc_req *r)
{
    (void)r;
    state(self)->lost++;
}

static fut_err on_make(void *self, struct fipc_req *r, uint32_t *o)
{
    return fipc_object_add(r->session, &probe_binding, self, o);
}

static fut_err on_fail(void *self, struct fipc_req *r, uint32_t code)
{
    (void)self;
    r->detail = 5;
    return code;
}

/* "now" is answered at once, all else later by the test. */
static fut_err on_later(void *self, struct fipc_req *r, const char *x, size_t x_len,
                        struct fipc_out *out)
{
    if (x_len == 3 && !memcmp(x, "now", 3)) return fipc_out_write(out, x, x_len);
    state(self)->waits = true;
    return fipc_defer(r, &state(self)->waiting);
}

static void on_release(void *self, struct fipc_session *session)
{
    (void)session;
    state(self)->released++;
}

const struct probe_probe_ops probe_ops = {.truth = on_truth,
                                          .integers = on_integers,
                                          .text = on_text,
                                          .data = on_data,
                                          .long_text = on_long_text,
                                          .long_data = on_long_data,
                                          .enums = on_enums,
                                          .line = on_line,
                                          .numbers = on_numbers,
                                          .points = on_points,
                                          .words = on_words,
                                          .facts = on_facts,
                                          .person = on_person,
                                          .people = on_people,
                                          .choice = on_choice,
                                          .pick = on_pick,
                                          .any = on_any,
                                          .anys = on_anys,
                                          .options = on_options,
                                          .arrays = on_arrays,
                                          .deep = on_deep,
                                          .five = on_five,
                                          .largest = on_largest,
                                          .handles = on_handles,
                                          .nothing = on_nothing,
                                          .mixed = on_mixed,
                                          .labels = on_labels,
                                          .look = on_look,
                                          .shifted = on_shifted,
                                          .grow = on_grow,
                                          .gap = on_gap,
                                          .poke = on_poke,
                                          .wait = on_wait,
                                          .wait_lost = on_wait_lost,
                                          .make = on_make,
                                          .later = on_later,
                                          .fail = on_fail};

const struct fipc_binding probe_binding = {&probe_probe_iface, &probe_ops, on_release};
