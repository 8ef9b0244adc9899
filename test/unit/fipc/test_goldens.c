/* SPDX-License-Identifier: Apache-2.0 */
/* The codec goldens (abi/fic/goldens/codec-*.json): each message goes through the transcoder in
 * both directions and through generated code: arguments ("in") through two servers with a client
 * between them, results ("out") from a scripted server to that client and on as the first server's
 * reply, events from a server's encoder to a client's decoder. The goldens were made by another
 * implementation of the format. */
#include "image.h"
#include "json_cbor.h"
#include "loop.h"
#include "probe_echo.h"
#include "suite.h"
#include "transcode.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 4
#define BADGE 0x30001u

static struct fic_image *image;
static struct fipc_server front, back;
static struct fipc_session front_session[2], back_session[2];
static struct fipc_object objects[4];
static uint8_t front_arena[PROBE_ARENA], back_arena[PROBE_ARENA];
static struct direct to_front, to_back;
static struct lane front_lane, back_lane;
static struct fipc_conn back_conn;
static struct probe_state front_state, back_state;

static void server_open(struct fipc_server *s, struct direct *d, struct fipc_session *sessions,
                        uint8_t *arena, struct lane *lane, struct probe_state *state)
{
    struct fipc_server_config config = {.slot = LOOP_SLOT_SERVER,
                                        .sessions = sessions,
                                        .nsessions = 2,
                                        .objects = objects,
                                        .nobjects = 4,
                                        .arena = arena,
                                        .arena_size = PROBE_ARENA,
                                        .transport = &d->serving};
    struct fipc_session_config session = {.badge = BADGE,
                                          .spec = &lane->spec,
                                          .c = lane->c,
                                          .s = lane->s,
                                          .root = &probe_binding,
                                          .self = state};

    direct_init(d, s, BADGE);
    ck_assert_uint_eq(fipc_server_init(s, &config), FUT_OK);
    ck_assert_uint_eq(fipc_session_open(s, &session, NULL), FUT_OK);
}

static void setup(void)
{
    struct fipc_areas areas = {.slot = LOOP_SLOT_ENDPOINT};
    struct fic_error e;

    ck_assert_int_eq(
        fic_image_decode(probe_probe_iface.image, probe_probe_iface.image_size, &image, &e), 0);
    lane_make(&front_lane, &probe_probe_lane, SLOTS);
    lane_make(&back_lane, &probe_probe_lane, 1);
    areas.c = back_lane.c;
    areas.s = back_lane.s;
    probe_state_init(&back_state, NULL);
    probe_state_init(&front_state, &back_conn);
    server_open(&back, &to_back, back_session, back_arena, &back_lane, &back_state);
    ck_assert_uint_eq(fipc_conn_init(&back_conn, &to_back.client, &areas, &back_lane.spec), FUT_OK);
    server_open(&front, &to_front, front_session, front_arena, &front_lane, &front_state);
}

static void teardown(void)
{
    fic_image_free(image);
    lane_free(&front_lane);
    lane_free(&back_lane);
    probe_state_free(&front_state);
    probe_state_free(&back_state);
}

static cJSON *golden_load(const char *name)
{
    const char *root = getenv("FUTURA_SOURCE");
    char path[1024], *text;
    long n;
    FILE *f;
    cJSON *json;

    snprintf(path, sizeof(path), "%s/abi/fic/goldens/%s", root ? root : ".", name);
    f = fopen(path, "r");
    ck_assert_msg(f != NULL, "cannot open %s", path);
    fseek(f, 0, SEEK_END);
    n = ftell(f);
    rewind(f);
    text = calloc(1, (size_t)n + 1);
    ck_assert_uint_eq(fread(text, 1, (size_t)n, f), (size_t)n);
    fclose(f);
    json = cJSON_Parse(text);
    free(text);
    ck_assert_msg(cJSON_IsArray(json) && cJSON_GetArraySize(json) > 0, "%s is no array", path);
    return json;
}

static const char *text_of(const cJSON *v, const char *key)
{
    const cJSON *x = cJSON_GetObjectItemCaseSensitive(v, key);

    return cJSON_IsString(x) ? x->valuestring : NULL;
}

static int number_of(const cJSON *v, const char *key, int otherwise)
{
    const cJSON *x = cJSON_GetObjectItemCaseSensitive(v, key);

    return cJSON_IsNumber(x) ? x->valueint : otherwise;
}

static uint8_t *bytes_of(const cJSON *v, const char *key, size_t *n)
{
    const char *hex = text_of(v, key);
    uint8_t *out = json_hex(hex ? hex : "", n);

    ck_assert_msg(out != NULL, "%s: %s is no hex", text_of(v, "id"), key);
    return out;
}

static const struct fic_method *method_of(const cJSON *v)
{
    for (size_t i = 0; i < image->nmethods; i++)
        if (image->methods[i].name && !strcmp(image->methods[i].name, text_of(v, "method")))
            return &image->methods[i];
    ck_abort_msg("no method %s", text_of(v, "method"));
    return NULL;
}

/* The golden's message: w gets the words, m the form that the transcoder takes. */
static void message_of(const cJSON *v, uint64_t w[5], struct fic_local *m)
{
    const cJSON *words = cJSON_GetObjectItemCaseSensitive(v, "words");
    size_t n, root_len;
    uint8_t *half = bytes_of(v, "half", &n), *root = bytes_of(v, "root", &root_len);

    memset(w, 0, 5 * sizeof(w[0]));
    for (int i = 0; i < cJSON_GetArraySize(words) && i < 5; i++)
        w[i] = strtoull(cJSON_GetArrayItem(words, i)->valuestring, NULL, 16);
    memset(m, 0, sizeof(*m));
    memcpy(m->w, &w[1], sizeof(m->w));
    m->words = (unsigned)(w[0] >> 16 & 0xff);
    m->half = calloc(1, FIC_HALF_MAX);
    memcpy(m->half, half, n);
    m->half_len = n;
    if (m->words <= 4) ck_assert_mem_eq(m->w, root, root_len);
    free(half);
    free(root);
}

/* Puts a message to the front server; w is the reply, the reply's data is returned. */
static const uint8_t *front_ask(uint64_t badge, uint64_t w[5], const uint8_t *half, size_t n)
{
    struct fipc_session *s = &front_session[0];
    uint32_t slot = (uint32_t)(w[0] >> 56) % SLOTS;
    uint8_t *req, *rep;

    for (int i = 0; i < 2; i++)
        if (front_session[i].badge == BADGE) s = &front_session[i];
    req = front_lane.c + s->req_base + slot * s->req_size + FIPC_HALF_DATA;
    rep = front_lane.s + s->rep_base + slot * s->rep_size + FIPC_HALF_DATA;
    memset(req, 0xee, s->req_size - FIPC_HALF_DATA);
    memset(rep, 0xdd, s->rep_size - FIPC_HALF_DATA);
    if (n) memcpy(req, half, n);
    ck_assert(direct_message(&to_front, badge, w));
    return rep;
}

static void check_bounce(const cJSON *v, const uint64_t request[5], const struct fic_local *m)
{
    const char *id = text_of(v, "id");
    uint64_t w[5];
    const uint8_t *rep;

    memcpy(w, request, sizeof(w));
    rep = front_ask(BADGE, w, m->half, m->half_len);
    ck_assert_msg((w[0] & 0xfff) == 0, "%s: the server answers %u", id, (unsigned)(w[0] & 0xfff));
    ck_assert_msg((w[0] >> 16 & 0xff) == m->words, "%s: reply root of %u words", id,
                  (unsigned)(w[0] >> 16 & 0xff));
    ck_assert_msg(!!(w[0] & FIPC_W0_SLOT) == (m->half_len > 0), "%s: SLOT of the reply", id);
    if (m->words <= 4)
        ck_assert_msg(!memcmp(&w[1], m->w, m->words * 8), "%s: reply root differs", id);
    ck_assert_msg(!memcmp(rep, m->half, m->half_len), "%s: reply half differs", id);
    for (size_t i = m->half_len; i < m->half_len + 16; i++)
        ck_assert_msg(rep[i] == 0xdd, "%s: written beyond the message", id);
}

static void check_transcode(const cJSON *v, const struct fic_fields *f, const struct fic_local *m)
{
    const char *id = text_of(v, "id");
    struct fic_transcode_error e = {0, ""};
    struct fic_local back_again = {.half = calloc(1, FIC_HALF_MAX)};
    struct fic_buf out = {0};
    size_t n;
    uint8_t *cbor = bytes_of(v, "cbor", &n);

    ck_assert_msg(fic_local_to_cbor(image, f, m, NULL, &out, &e) == 0, "%s: to CBOR: %u at %s", id,
                  e.code, e.at);
    ck_assert_msg(out.len == n && !memcmp(out.data, cbor, n), "%s: CBOR differs", id);
    ck_assert_msg(fic_cbor_to_local(image, f, cbor, n, NULL, &back_again, &e) == 0,
                  "%s: from CBOR: %u at %s", id, e.code, e.at);
    ck_assert_msg(back_again.words == m->words && back_again.half_len == m->half_len,
                  "%s: size of the local form", id);
    ck_assert_msg(m->words > 4 || !memcmp(back_again.w, m->w, sizeof(m->w)), "%s: root differs",
                  id);
    ck_assert_msg(!memcmp(back_again.half, m->half, m->half_len), "%s: half differs", id);
    fic_buf_free(&out);
    free(cbor);
    free(back_again.half);
}

/* value -> cbor and cbor -> value; and no prefix of the CBOR is taken for a message. */
static void check_value(const cJSON *v, const struct fic_fields *f)
{
    const char *id = text_of(v, "id");
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(v, "value");
    struct fic_local m = {.half = calloc(1, FIC_HALF_MAX)};
    struct fic_buf out = {0};
    size_t n;
    uint8_t *cbor = bytes_of(v, "cbor", &n), *copy;
    cJSON *again;

    ck_assert_msg(json_to_cbor(image, f, value, &out), "%s: value does not fit", id);
    ck_assert_msg(out.len == n && !memcmp(out.data, cbor, n), "%s: value's CBOR differs", id);
    again = json_from_cbor(image, f, cbor, n);
    ck_assert_msg(cJSON_Compare(value, again, true), "%s: CBOR's value differs", id);
    cJSON_Delete(again);
    for (size_t k = 0; k < n && k < 600; k++) {
        struct fic_transcode_error e = {0, ""};
        copy = malloc(k ? k : 1);
        memcpy(copy, cbor, k);
        ck_assert_msg(fic_cbor_to_local(image, f, copy, k, NULL, &m, &e) != 0,
                      "%s: truncated at %zu is taken", id, k);
        free(copy);
    }
    fic_buf_free(&out);
    free(cbor);
    free(m.half);
}

START_TEST(golden_values)
{
    cJSON *all = golden_load("codec-values.json"), *v;
    int n = 0;

    cJSON_ArrayForEach(v, all)
    {
        const struct fic_fields *f = &method_of(v)->args;
        struct fic_local m;
        uint64_t w[5];
        message_of(v, w, &m);
        check_value(v, f);
        check_transcode(v, f, &m);
        check_bounce(v, w, &m);
        free(m.half);
        n++;
    }
    ck_assert_int_ge(n, 90);
    cJSON_Delete(all);
}
END_TEST

/* The transcoder refuses at the named field, or takes what no sender of this version writes. */
static void check_transcoder(const cJSON *v, const struct fic_fields *f, const struct fic_local *m)
{
    const char *id = text_of(v, "id");
    struct fic_transcode_error e = {0, ""};
    struct fic_buf out = {0};
    unsigned error = (unsigned)number_of(v, "error", 0);
    bool refused = fic_local_to_cbor(image, f, m, NULL, &out, &e) != 0;

    ck_assert_msg(refused == (error != 0), "%s: transcoder: %u at %s", id, e.code, e.at);
    if (error) {
        ck_assert_msg(e.code == error, "%s: transcoder says %u", id, e.code);
        ck_assert_msg(!strcmp(e.at, text_of(v, "at")), "%s: transcoder says at %s", id, e.at);
    }
    fic_buf_free(&out);
}

/* Then the generated server with the named error. */
static void check_refused(const cJSON *v, const uint64_t request[5], const struct fic_local *m)
{
    const char *id = text_of(v, "id");
    unsigned server = (unsigned)number_of(v, "server", number_of(v, "error", 0));
    uint64_t w[5];

    check_transcoder(v, &method_of(v)->args, m);
    memcpy(w, request, sizeof(w));
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(v, "slot"))) w[0] |= FIPC_W0_SLOT;
    front_ask(BADGE, w, m->half, m->half_len);
    ck_assert_msg((w[0] & 0xfff) == server, "%s: the server answers %u", id,
                  (unsigned)(w[0] & 0xfff));
    if (server) ck_assert_msg(!(w[0] & 0xfffff000), "%s: an error reply has data", id);
}

START_TEST(golden_failures)
{
    static const char *const files[] = {"codec-failures.json", "codec-evolution.json"};
    cJSON *all = golden_load(files[_i]), *v;

    cJSON_ArrayForEach(v, all)
    {
        struct fic_local m;
        uint64_t w[5];
        message_of(v, w, &m);
        if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(v, "half_is_all"))) {
            check_refused(v, w, &m);
        } else {
            /* Past the half's end: the real half is longer than the golden's, so that only the
             * transcoder can be asked. */
            struct fic_transcode_error e = {0, ""};
            struct fic_buf out = {0};
            ck_assert_int_ne(fic_local_to_cbor(image, &method_of(v)->args, &m, NULL, &out, &e), 0);
            ck_assert_str_eq(e.at, text_of(v, "at"));
            fic_buf_free(&out);
        }
        free(m.half);
    }
    cJSON_Delete(all);
}
END_TEST

/* --- results --- */

/* The server behind: it answers what it is told. */
static struct {
    uint64_t w[5];
    const struct fic_local *m;
    unsigned calls;
} script;

static fut_status script_call(void *at, uint32_t slot, uint64_t w[5])
{
    const struct fipc_session *s = fipc_session_find(&back, BADGE);
    uint8_t *rep = back_lane.s + s->rep_base + FIPC_HALF_DATA;

    (void)at;
    (void)slot;
    if ((w[0] & FIPC_W0_CODE) == FIPC_RELEASE) { /* what a refused reply brought is given back */
        memset(w, 0, sizeof(script.w));
        return FUT_S_OK;
    }
    memset(rep, 0xee, s->rep_size - FIPC_HALF_DATA);
    if (script.m->half_len) memcpy(rep, script.m->half, script.m->half_len);
    memcpy(w, script.w, sizeof(script.w));
    script.calls++;
    return FUT_S_OK;
}

static const cJSON *golden_find(const cJSON *all, const char *id)
{
    const cJSON *v;

    cJSON_ArrayForEach(v, all) if (!strcmp(text_of(v, "id"), id)) return v;
    ck_abort_msg("no golden %s", id);
    return NULL;
}

/* Whoever calls the front server by a good request meets the golden as the server's answer behind
 * it: a good one comes through unchanged, a bad one is EPROTO. */
static void check_reply(const cJSON *v, const cJSON *requests, const struct fic_local *m)
{
    const char *id = text_of(v, "id");
    unsigned client = (unsigned)number_of(v, "client", 0);
    struct fic_local request;
    uint64_t w[5];
    const uint8_t *rep;

    message_of(golden_find(requests, text_of(v, "request")), w, &request);
    script.calls = 0;
    rep = front_ask(BADGE, w, request.half, request.half_len);
    free(request.half);
    ck_assert_uint_eq(script.calls, 1);
    ck_assert_msg((w[0] & 0xfff) == client, "%s: the client says %u", id, (unsigned)(w[0] & 0xfff));
    if (client || cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(v, "canonical"))) return;
    ck_assert_msg((w[0] & 0xffffffff) == (script.w[0] & 0xffffffff), "%s: first word", id);
    if (m->words <= 4) ck_assert_msg(!memcmp(&w[1], m->w, m->words * 8), "%s: root differs", id);
    ck_assert_msg(!memcmp(rep, m->half, m->half_len), "%s: half differs", id);
}

START_TEST(golden_results)
{
    static struct fipc_transport scripted = {.call = script_call};
    cJSON *all = golden_load("codec-out.json"), *requests = golden_load("codec-values.json"), *v;
    int good = 0, bad = 0;

    back_conn.transport = &scripted;
    cJSON_ArrayForEach(v, all)
    {
        const struct fic_fields *f = &method_of(v)->results;
        struct fic_local m;

        message_of(v, script.w, &m);
        script.m = &m;
        if (cJSON_HasObjectItem(v, "value")) {
            check_value(v, f);
            check_transcode(v, f, &m);
            good++;
        } else if (cJSON_HasObjectItem(v, "error")) {
            check_transcoder(v, f, &m);
            bad++;
        }
        check_reply(v, requests, &m);
        free(m.half);
    }
    ck_assert_int_ge(good, 80);
    ck_assert_int_ge(bad, 70);
    cJSON_Delete(all);
    cJSON_Delete(requests);
}
END_TEST

/* --- events --- */

static const struct fic_event *event_of(const cJSON *v)
{
    for (size_t i = 0; i < image->nevents; i++)
        if (!strcmp(image->events[i].name, text_of(v, "method"))) return &image->events[i];
    ck_abort_msg("no event %s", text_of(v, "method"));
    return NULL;
}

/* Decodes, and sends what was decoded: the event that comes then. */
static fut_err event_through(const struct fipc_event *in, struct fipc_event *out)
{
    struct fipc_session *s = fipc_session_find(&back, BADGE);
    struct probe_point at, to;
    uint64_t n, hint;
    uint32_t shape, object, lost;
    uint16_t k, mode;
    uint8_t color, x[7];
    bool has, has_pick, on;
    struct probe_pick pick;
    fut_err e = FUT_EPROTO;

    switch (in->ordinal) {
    case PROBE_PROBE_EVENT_TICK:
        e = probe_probe_tick_read(in, &n, &has, &k);
        if (!e) e = probe_probe_tick_event(s, in->object, n, has ? &k : NULL);
        break;
    case PROBE_PROBE_EVENT_SHOWN:
        e = probe_probe_shown_read(in, &color, &shape, &hint, &on);
        if (!e) e = probe_probe_shown_event(s, in->object, color, shape, hint, on);
        break;
    case PROBE_PROBE_EVENT_PLACED:
        e = probe_probe_placed_read(in, &at, &has, &to, &object);
        if (!e) e = probe_probe_placed_event(s, in->object, &at, has ? &to : NULL, object);
        break;
    case PROBE_PROBE_EVENT_RAW:
        e = probe_probe_raw_read(in, x, &has, &mode, &has_pick, &pick);
        if (!e)
            e = probe_probe_raw_event(s, in->object, x, has ? &mode : NULL,
                                      has_pick ? &pick : NULL);
        break;
    }
    return e ? e : fipc_event_next(&back_conn, out, &lost);
}

static void check_event(const cJSON *v, const struct fic_local *m, uint64_t w0)
{
    const char *id = text_of(v, "id");
    unsigned client = (unsigned)number_of(v, "client", 0);
    struct fipc_event in = {.ordinal = (uint16_t)(w0 & 0xfff),
                            .tag = (uint8_t)(w0 >> 24),
                            .words = (uint8_t)m->words,
                            .object = (uint32_t)(w0 >> 32)},
                      out;
    fut_err e;

    memcpy(in.root, m->half, m->half_len);
    e = event_through(&in, &out);
    ck_assert_msg(e == client, "%s: the client says %u", id, e);
    if (client || cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(v, "canonical"))) return;
    ck_assert_msg(out.ordinal == in.ordinal && out.tag == in.tag && out.words == in.words &&
                      out.object == in.object,
                  "%s: first word", id);
    ck_assert_msg(!memcmp(out.root, in.root, m->half_len), "%s: root differs", id);
    in.ordinal++;
    ck_assert_uint_eq(event_through(&in, &out), FUT_EPROTO);
}

START_TEST(golden_events)
{
    cJSON *all = golden_load("codec-events.json"), *v;
    int n = 0;

    cJSON_ArrayForEach(v, all)
    {
        const struct fic_fields *f = &event_of(v)->args;
        uint64_t w0 =
            strtoull(cJSON_GetArrayItem(cJSON_GetObjectItem(v, "words"), 0)->valuestring, NULL, 16);
        struct fic_local m = {.words = (unsigned)(w0 >> 16 & 0xff)};
        size_t len;
        uint8_t *root = bytes_of(v, "root", &len);

        /* The transcoder knows roots in registers and in halves; an event's is a row of words. */
        m.half = calloc(1, FIC_HALF_MAX);
        memcpy(m.half, root, len);
        memcpy(m.w, root, len < sizeof(m.w) ? len : sizeof(m.w));
        m.half_len = m.words > 4 ? len : 0;
        if (cJSON_HasObjectItem(v, "value")) {
            uint8_t *half = m.half;
            if (m.words <= 4) m.half = calloc(1, FIC_HALF_MAX);
            check_value(v, f);
            check_transcode(v, f, &m);
            if (m.half != half) free(m.half);
            m.half = half;
        } else {
            check_transcoder(v, f, &m);
        }
        m.half_len = len;
        check_event(v, &m, w0);
        free(m.half);
        free(root);
        n++;
    }
    ck_assert_int_ge(n, 30);
    cJSON_Delete(all);
}
END_TEST

START_TEST(golden_headers)
{
    cJSON *all = golden_load("codec-headers.json"), *v;

    cJSON_ArrayForEach(v, all)
    {
        const char *id = text_of(v, "id");
        unsigned error = (unsigned)number_of(v, "error", 0);
        int busy = number_of(v, "busy", -1);
        uint64_t w[5] = {0}, badge = (uint64_t)number_of(v, "badge", BADGE);
        cJSON *words = cJSON_GetObjectItemCaseSensitive(v, "words");
        struct fipc_session *s = fipc_session_find(&front, BADGE);
        for (int i = 0; i < cJSON_GetArraySize(words); i++)
            w[i] = strtoull(cJSON_GetArrayItem(words, i)->valuestring, NULL, 16);
        if (busy >= 0) {
            s->busy |= 1ull << busy;
            w[0] = (w[0] & ~(0xffull << 56)) | (uint64_t)busy << 56;
        }
        front_ask(badge, w, NULL, 0);
        s->busy = 0;
        ck_assert_msg((w[0] & 0xfff) == error, "%s: answers %u", id, (unsigned)(w[0] & 0xfff));
    }
    cJSON_Delete(all);
}
END_TEST

START_TEST(golden_cbor)
{
    cJSON *all = golden_load("codec-cbor.json"), *v;

    cJSON_ArrayForEach(v, all)
    {
        const char *id = text_of(v, "id");
        struct fic_local m = {.half = calloc(1, FIC_HALF_MAX)};
        struct fic_transcode_error e = {0, ""};
        size_t n;
        uint8_t *cbor = bytes_of(v, "cbor", &n);
        ck_assert_msg(fic_cbor_to_local(image, &method_of(v)->args, cbor, n, NULL, &m, &e) != 0,
                      "%s: is taken", id);
        ck_assert_msg(e.code == (unsigned)number_of(v, "error", 0), "%s: %u", id, e.code);
        ck_assert_msg(!strcmp(e.at, text_of(v, "at")), "%s: at '%s'", id, e.at);
        free(cbor);
        free(m.half);
    }
    cJSON_Delete(all);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fipc goldens");
    TCase *t = tcase_create("codec");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, golden_values);
    tcase_add_loop_test(t, golden_failures, 0, 2);
    tcase_add_test(t, golden_results);
    tcase_add_test(t, golden_events);
    tcase_add_test(t, golden_headers);
    tcase_add_test(t, golden_cbor);
    return suite_run(s, t);
}
