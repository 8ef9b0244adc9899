/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile replies: a server of every type that asks a server behind it, which answers the input.
 * The client in between takes nothing that the transcoder calls malformed, and what it takes it
 * hands on in canonical form. Input: method, w0..w4, half. */
#include "image.h"
#include "pair.h"
#include "transcode.h"
#include <stdlib.h>
#include <string.h>

#define HEAD 41u

static struct lane behind;
static struct fipc_conn asking; /* the front server's, of the one behind */
static struct canned answer;
static struct fic_image *image;

static void start(void)
{
    /* One slot, so that whatever is written behind its half lies outside. */
    static const struct pair_setup setup = {.nsessions = 1, .nobjects = 1, .slots = 1};
    struct fipc_areas areas = {.slot = LOOP_SLOT_ENDPOINT};
    struct fic_error e;

    if (fic_image_decode(probe_probe_iface.image, probe_probe_iface.image_size, &image, &e))
        abort();
    pair_make(&setup);
    state.next = &asking;
    canned_init(&answer);
    lane_make(&behind, &probe_probe_lane, 1);
    areas.c = behind.c;
    areas.s = behind.s;
    if (fipc_conn_init(&asking, &answer.transport, &areas, &behind.spec)) abort();
}

/* --- the least request of a method --- */

static void least(struct fic_buf *out, const struct fic_type *t);

static void least_fields(struct fic_buf *out, const struct fic_fields *f)
{
    uint64_t n = 0;

    for (size_t i = 0; i < f->n; i++)
        n += !(f->v[i].flags & (FIC_F_OPTIONAL | FIC_F_RESERVED));
    fic_cbor_head(out, FIC_CB_MAP, n);
    for (size_t i = 0; i < f->n; i++) {
        if (f->v[i].flags & (FIC_F_OPTIONAL | FIC_F_RESERVED)) continue;
        fic_cbor_uint(out, i);
        least(out, &f->v[i].type);
    }
}

static void least_named(struct fic_buf *out, const struct fic_typedef *d)
{
    const struct fic_member *first = d->members;

    if (d->kind == FIC_STRUCT) {
        least_fields(out, &d->fields);
        return;
    }
    while (!first->name)
        first++;
    if (d->kind == FIC_ENUM) {
        fic_cbor_int(out, (int64_t)first->value);
    } else if (d->kind == FIC_FLAGS) {
        fic_cbor_uint(out, 0);
    } else {
        fic_cbor_head(out, FIC_CB_ARRAY, 2);
        fic_cbor_uint(out, first->value);
        least(out, &first->field.type);
    }
}

static void least_array(struct fic_buf *out, const struct fic_type *t)
{
    static const uint8_t zero[65536];

    if (t->elem->kind == FIC_U8) {
        fic_cbor_bytes(out, zero, t->count);
        return;
    }
    fic_cbor_head(out, FIC_CB_ARRAY, t->count);
    for (uint32_t i = 0; i < t->count; i++)
        least(out, t->elem);
}

static void least(struct fic_buf *out, const struct fic_type *t)
{
    switch (t->kind) {
    case FIC_BOOL: fic_cbor_bool(out, false); break;
    case FIC_STRING: fic_cbor_text(out, ""); break;
    case FIC_BYTES: fic_cbor_bytes(out, "", 0); break;
    case FIC_VECTOR: fic_cbor_head(out, FIC_CB_ARRAY, 0); break;
    case FIC_ARRAY: least_array(out, t); break;
    case FIC_NAMED: least_named(out, &image->types[t->ref]); break;
    case FIC_CAP:
    case FIC_OBJ: fic_cbor_uint(out, 1); break;
    default: fic_cbor_uint(out, 0);
    }
}

/* Puts the least request of the method to the server in front; w is its answer. */
static void ask(const struct fic_method *m, uint64_t w[5])
{
    uint8_t *half = lane.c + session->req_base + FIPC_HALF_DATA;
    struct fic_local local = {.half = half};
    struct fic_transcode_error e;
    struct fic_buf cbor = {0};

    least_fields(&cbor, &m->args);
    if (fic_cbor_to_local(image, &m->args, cbor.data, cbor.len, NULL, &local, &e)) abort();
    fic_buf_free(&cbor);
    w[0] = m->ordinal | FIPC_W0_SLOT | (uint64_t)local.words << FIPC_W0_WORDS_SHIFT |
           (uint64_t)PROBE_PROBE_TAG << FIPC_W0_TAG_SHIFT;
    memcpy(&w[1], local.w, sizeof(local.w));
    if (!direct_message(&d, BADGE, w)) abort();
}

/* What the client took is a message, or holds something of a newer version; what the front server
 * made of it is canonical. */
static void compare(const struct fic_method *m, const uint64_t w[5])
{
    struct fic_local in = {.words = (unsigned)(w[0] >> 16 & 0xff),
                           .half = lane.s + session->rep_base + FIPC_HALF_DATA,
                           .half_len = w[0] & FIPC_W0_SLOT ? FIC_HALF_MAX : 0};
    struct fic_local taken = {.words = (unsigned)(answer.w[0] >> 16 & 0xff),
                              .half = (uint8_t *)(uintptr_t)asking.reply,
                              .half_len = answer.w[0] & FIPC_W0_SLOT ? asking.rep_room : 0};
    struct fic_transcode_error e = {0, ""};
    struct fic_buf cbor = {0}, again = {0};

    memcpy(in.w, &w[1], sizeof(in.w));
    memcpy(taken.w, &answer.w[1], sizeof(taken.w));
    if (in.half_len > asking.rep_room) in.half_len = asking.rep_room;
    if (fic_local_to_cbor(image, &m->results, &in, NULL, &cbor, &e)) abort();
    if (fic_local_to_cbor(image, &m->results, &taken, NULL, &again, &e) == 0) {
        if (cbor.len != again.len || memcmp(cbor.data, again.data, cbor.len)) abort();
    } else if (e.code == FUT_EBADMSG) {
        abort();
    }
    fic_buf_free(&cbor);
    fic_buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct fic_method *m;
    uint64_t w[5];
    uint8_t *half;
    size_t n = size - HEAD;

    if (!image) start();
    if (size < HEAD || n > asking.rep_room) return 0;
    m = &image->methods[data[0] % image->nmethods];
    if (!m->name || m->oneway || m->ordinal == 31 || m->ordinal >= 52) return 0; /* no echo */
    memcpy(answer.w, data + 1, sizeof(answer.w));
    half = behind.s + (asking.reply - asking.s);
    memset(half, 0, 4096);
    memcpy(half, data + HEAD, n);
    session->busy = 0;
    ask(m, w);
    if ((w[0] & FIPC_W0_CODE) == 0) compare(m, w);
    return 0;
}
