/* SPDX-License-Identifier: Apache-2.0 */
/* Differential: a message to a server of every type, by the server runtime, the generated stubs and
 * the transcoder. What the transcoder takes, the server takes; what the server takes and answers, a
 * client takes; and what went to CBOR and back is canonical, so that the server's answer equals it.
 * What the server takes, the transcoder refuses at most as unknown. Input: w0..w4, half. */
#include "image.h"
#include "pair.h"
#include "transcode.h"
#include <stdlib.h>
#include <string.h>

#define HEAD 40u

static struct fic_image *image;
static uint8_t *again;

static void start(void)
{
    static const struct pair_setup setup = {.nsessions = 1, .nobjects = PAIR_OBJECTS};
    struct fic_error e;

    if (fic_image_decode(probe_probe_iface.image, probe_probe_iface.image_size, &image, &e))
        abort();
    again = malloc(FIC_HALF_MAX);
    pair_make(&setup);
}

/* A message that the transcoder takes must be taken by the server, and answered canonically. */
static void compare(const struct fic_method *m, const uint64_t request[5], const uint8_t *half,
                    size_t half_len, const uint64_t reply[5], const uint8_t *answer)
{
    struct fic_local in = {.words = (unsigned)(request[0] >> 16 & 0xff), .half_len = half_len};
    struct fic_local out = {.half = again};
    struct fic_transcode_error e;
    struct fic_buf cbor = {0};
    unsigned error = reply[0] & 0xfff;

    memcpy(in.w, &request[1], sizeof(in.w));
    in.half = (uint8_t *)(uintptr_t)half;
    if (fic_local_to_cbor(image, &m->args, &in, NULL, &cbor, &e) == 0) {
        if (error == FUT_EBADMSG && request[0] & FIPC_W0_SLOT) abort();
        if (fic_cbor_to_local(image, &m->args, cbor.data, cbor.len, NULL, &out, &e)) abort();
        if (error == 0 && m->ordinal <= 44 && m->ordinal != 31) { /* those that echo */
            if ((reply[0] >> 16 & 0xff) != out.words) abort();
            if (out.words <= 4 && memcmp(&reply[1], out.w, out.words * 8)) abort();
            if (memcmp(answer, out.half, out.half_len)) abort();
        }
    } else if (error == 0 && e.code == FUT_EBADMSG) {
        abort(); /* malformed is malformed; only what is unknown may part them */
    }
    fic_buf_free(&cbor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct fic_method *m;
    struct fipc_session *s;
    uint64_t request[5], w[5];
    uint8_t *half, *answer;
    size_t n = size - HEAD;

    if (!image) start();
    s = session;
    if (size < HEAD || n > s->req_size - FIPC_HALF_DATA) return 0;
    memcpy(request, data, sizeof(request));
    request[0] &= ~(0xfeull << 56); /* two slots */
    if (!(request[0] & FIPC_W0_SLOT)) request[0] &= ~(0xffull << 56);
    request[0] = (request[0] & ~(0xffull << 24)) | (uint64_t)PROBE_PROBE_TAG << 24;
    half = lane.c + s->req_base + (request[0] >> 56) * s->req_size + FIPC_HALF_DATA;
    answer = lane.s + s->rep_base + (request[0] >> 56) * s->rep_size + FIPC_HALF_DATA;
    memcpy(half, data + HEAD, n);
    memset(half + n, 0, 64);
    memcpy(w, request, sizeof(w));
    s->busy = 0;
    if (!direct_message(&d, BADGE, w)) { /* deferred */
        state.waits = false;
        s->busy = 0;
        return 0;
    }
    for (uint32_t i = 0; i < PAIR_OBJECTS; i++) /* keep the table from filling up */
        if (objects[i].session) fipc_object_drop(s, objects[i].number);
    m = fic_image_method(image, request[0] & 0xfff);
    if (m && m->name && !m->oneway && !(request[0] & FIPC_W0_ZERO) &&
        !(request[0] >> 32 & 0xffffff) && m->ordinal != 52 && m->ordinal < 53 && m->ordinal != 31)
        compare(m, request, half, s->req_size - FIPC_HALF_DATA, w, answer);
    return 0;
}
