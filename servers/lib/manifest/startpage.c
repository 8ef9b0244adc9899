/* SPDX-License-Identifier: Apache-2.0 */
/* Start page: encoding and decoding. See startpage.h for the format. */
#include "startpage.h"

enum {
    KEY_VERSION,
    KEY_NAME,
    KEY_COMPONENT,
    KEY_CAPMGR,
    KEY_USES,
    KEY_DEVICES,
    KEY_OFFERS,
    KEY_WINDOWS,
    KEY_OPTIONS,
    KEY_SEED,
    KEY_LOG,
    KEY_NUMBER,
    KEY_PARENT,
    KEYS
};

#define VERSION 1u
#define BIT_MAX 62u
#define PORTS 65536u

static bool counts_are_valid(const struct startpage *s)
{
    bool good = s->use_count <= STARTPAGE_USES && s->offer_count <= STARTPAGE_OFFERS &&
                s->device_count <= STARTPAGE_DEVICES && s->window_count <= STARTPAGE_WINDOWS;

    for (uint32_t i = 0; good && i < s->device_count; i++)
        good = s->device[i].reg_count <= STARTPAGE_REGS && s->device[i].irq_count <= STARTPAGE_IRQS;
    return good;
}

static void lane_write(struct scbor_out *out, const struct startpage_lane *l, uint32_t key)
{
    if (l->slots == 0) return;
    scbor_write_uint(out, key);
    scbor_write_array(out, 6);
    scbor_write_uint(out, l->client);
    scbor_write_uint(out, l->server);
    scbor_write_uint(out, l->pool);
    scbor_write_uint(out, l->slots);
    scbor_write_uint(out, l->request_class);
    scbor_write_uint(out, l->reply_class);
}

static void device_write(struct scbor_out *out, const struct startpage_device *d)
{
    scbor_write_array(out, 5);
    scbor_write_text(out, d->path);
    scbor_write_text(out, d->compatible);
    scbor_write_array(out, d->reg_count);
    for (uint32_t i = 0; i < d->reg_count; i++) {
        scbor_write_array(out, 3);
        scbor_write_uint(out, d->reg[i].address);
        scbor_write_uint(out, d->reg[i].bytes);
        scbor_write_uint(out, d->reg[i].slot);
    }
    scbor_write_array(out, d->irq_count);
    for (uint32_t i = 0; i < d->irq_count; i++) {
        scbor_write_array(out, 2);
        scbor_write_uint(out, d->irq[i].slot);
        scbor_write_uint(out, d->irq[i].bit);
    }
    scbor_write_array(out, d->dma.bytes != 0 ? 3 : 0);
    if (d->dma.bytes != 0) {
        scbor_write_uint(out, d->dma.address);
        scbor_write_uint(out, d->dma_device);
        scbor_write_uint(out, d->dma.bytes);
    }
}

/* Writes the key of a list and opens it; false if it is empty and left out. */
static bool list_open(struct scbor_out *out, uint32_t key, uint32_t count)
{
    if (count == 0) return false;
    scbor_write_uint(out, key);
    scbor_write_array(out, count);
    return true;
}

static void lists_write(struct scbor_out *out, const struct startpage *s)
{
    if (list_open(out, KEY_USES, s->use_count)) {
        for (uint32_t i = 0; i < s->use_count; i++) {
            scbor_write_array(out, 3);
            scbor_write_text(out, s->use[i].name);
            scbor_write_uint(out, s->use[i].number);
            scbor_write_uint(out, s->use[i].kind);
        }
    }
    if (list_open(out, KEY_DEVICES, s->device_count)) {
        for (uint32_t i = 0; i < s->device_count; i++)
            device_write(out, &s->device[i]);
    }
    if (list_open(out, KEY_OFFERS, s->offer_count)) {
        for (uint32_t i = 0; i < s->offer_count; i++)
            scbor_write_text(out, s->offer[i]);
    }
    if (list_open(out, KEY_WINDOWS, s->window_count)) {
        for (uint32_t i = 0; i < s->window_count; i++) {
            scbor_write_array(out, 3);
            scbor_write_text(out, s->window[i].name);
            scbor_write_uint(out, s->window[i].area.address);
            scbor_write_uint(out, s->window[i].area.bytes);
        }
    }
}

/* A number of a component; 0 is left out. */
static void number_write(struct scbor_out *out, uint32_t key, uint32_t number)
{
    if (number == 0) return;
    scbor_write_uint(out, key);
    scbor_write_uint(out, number);
}

enum startpage_error startpage_encode(const struct startpage *s, void *page, size_t cap)
{
    uint64_t keys = 3;
    struct scbor_out out;

    if (!counts_are_valid(s)) return STARTPAGE_E_TABLE;
    keys += (s->capmgr.slots != 0) + (s->use_count != 0) + (s->device_count != 0);
    keys += (s->offer_count != 0) + (s->window_count != 0) + (s->options.len != 0);
    keys += (s->seed.len != 0) + (s->log.slots != 0) + (s->number != 0) + (s->parent != 0);
    scbor_out_init(&out, page, cap);
    scbor_write_map(&out, keys);
    scbor_write_uint(&out, KEY_VERSION);
    scbor_write_uint(&out, VERSION);
    scbor_write_uint(&out, KEY_NAME);
    scbor_write_text(&out, s->name);
    scbor_write_uint(&out, KEY_COMPONENT);
    scbor_write_uint(&out, s->component);
    lane_write(&out, &s->capmgr, KEY_CAPMGR);
    lists_write(&out, s);
    if (s->options.len != 0) {
        scbor_write_uint(&out, KEY_OPTIONS);
        scbor_write_text(&out, s->options);
    }
    if (s->seed.len != 0) {
        scbor_write_uint(&out, KEY_SEED);
        scbor_write_bytes(&out, s->seed);
    }
    lane_write(&out, &s->log, KEY_LOG);
    number_write(&out, KEY_NUMBER, s->number);
    number_write(&out, KEY_PARENT, s->parent);
    if (out.failed) return STARTPAGE_E_ROOM;
    for (size_t i = out.len; i < cap; i++)
        out.data[i] = 0;
    return STARTPAGE_OK;
}

struct decoder {
    struct scbor_in in;
    struct startpage *s;
    enum startpage_error error;
};

static void decoder_fail(struct decoder *d, enum startpage_error error)
{
    if (d->error == STARTPAGE_OK) d->error = error;
    d->in.failed = true;
}

static bool decoder_is_good(struct decoder *d)
{
    if (d->in.failed) decoder_fail(d, STARTPAGE_E_CBOR);
    return d->error == STARTPAGE_OK;
}

static uint64_t number_read(struct decoder *d, uint64_t low, uint64_t high)
{
    uint64_t v = scbor_read_uint(&d->in);

    if (decoder_is_good(d) && (v < low || v > high)) decoder_fail(d, STARTPAGE_E_VALUE);
    return d->error == STARTPAGE_OK ? v : low;
}

/* Opens an array of exactly `n` elements. */
static void tuple_open(struct decoder *d, uint64_t n)
{
    if (scbor_read_array(&d->in) != n) decoder_fail(d, STARTPAGE_E_CBOR);
}

/* Opens an array of `least`..`most` elements and returns their number. */
static uint32_t list_read(struct decoder *d, uint32_t least, uint32_t most)
{
    uint64_t n = scbor_read_array(&d->in);

    if (decoder_is_good(d) && n < least) decoder_fail(d, STARTPAGE_E_CBOR);
    if (d->error == STARTPAGE_OK && n > most) decoder_fail(d, STARTPAGE_E_TABLE);
    return d->error == STARTPAGE_OK ? (uint32_t)n : 0;
}

static void area_read(struct decoder *d, struct startpage_area *a)
{
    a->address = number_read(d, 1, UINT64_MAX);
    a->bytes = number_read(d, 1, UINT64_MAX);
    if (d->error == STARTPAGE_OK && a->bytes > UINT64_MAX - a->address)
        decoder_fail(d, STARTPAGE_E_VALUE);
}

/* Exactly one of address and slot is told. */
static void reg_read(struct decoder *d, struct startpage_reg *r)
{
    tuple_open(d, 3);
    r->address = number_read(d, 0, UINT64_MAX);
    r->bytes = number_read(d, 1, r->address != 0 ? UINT64_MAX - r->address : PORTS);
    r->slot = (uint32_t)number_read(d, 0, UINT32_MAX);
    if (d->error == STARTPAGE_OK && (r->address != 0) == (r->slot != 0))
        decoder_fail(d, STARTPAGE_E_VALUE);
}

static void lane_read(struct decoder *d, struct startpage_lane *l)
{
    tuple_open(d, 6);
    l->client = number_read(d, 1, UINT64_MAX);
    l->server = number_read(d, 1, UINT64_MAX);
    l->pool = number_read(d, 0, UINT64_MAX);
    l->slots = (uint32_t)number_read(d, 1, 64);
    l->request_class = (uint32_t)number_read(d, 0, 3);
    l->reply_class = (uint32_t)number_read(d, 0, 3);
}

static void device_read(struct decoder *d, struct startpage_device *v)
{
    uint64_t n;

    *v = (struct startpage_device){0};
    tuple_open(d, 5);
    v->path = scbor_read_text(&d->in);
    v->compatible = scbor_read_text(&d->in);
    v->reg_count = list_read(d, 0, STARTPAGE_REGS);
    for (uint32_t i = 0; i < v->reg_count; i++) {
        reg_read(d, &v->reg[i]);
    }
    v->irq_count = list_read(d, 0, STARTPAGE_IRQS);
    for (uint32_t i = 0; i < v->irq_count; i++) {
        tuple_open(d, 2);
        v->irq[i].slot = (uint32_t)number_read(d, 0, UINT32_MAX);
        v->irq[i].bit = (uint32_t)number_read(d, 0, BIT_MAX);
    }
    n = scbor_read_array(&d->in);
    if (n == 3) {
        v->dma.address = number_read(d, 1, UINT64_MAX);
        v->dma_device = number_read(d, 0, UINT64_MAX);
        v->dma.bytes = number_read(d, 1, UINT64_MAX - v->dma.address);
    } else if (n != 0) {
        decoder_fail(d, STARTPAGE_E_CBOR);
    }
}

static void uses_read(struct decoder *d)
{
    struct startpage *s = d->s;

    s->use_count = list_read(d, 1, STARTPAGE_USES);
    for (uint32_t i = 0; i < s->use_count; i++) {
        tuple_open(d, 3);
        s->use[i].name = scbor_read_text(&d->in);
        s->use[i].number = (uint32_t)number_read(d, 0, UINT32_MAX);
        s->use[i].kind = (uint32_t)number_read(d, 0, 2);
    }
}

static void windows_read(struct decoder *d)
{
    struct startpage *s = d->s;

    s->window_count = list_read(d, 1, STARTPAGE_WINDOWS);
    for (uint32_t i = 0; i < s->window_count; i++) {
        tuple_open(d, 3);
        s->window[i].name = scbor_read_text(&d->in);
        area_read(d, &s->window[i].area);
    }
}

static void lists_read(struct decoder *d, uint64_t key)
{
    struct startpage *s = d->s;

    if (key == KEY_USES) {
        uses_read(d);
    } else if (key == KEY_DEVICES) {
        s->device_count = list_read(d, 1, STARTPAGE_DEVICES);
        for (uint32_t i = 0; i < s->device_count; i++)
            device_read(d, &s->device[i]);
    } else if (key == KEY_OFFERS) {
        s->offer_count = list_read(d, 1, STARTPAGE_OFFERS);
        for (uint32_t i = 0; i < s->offer_count; i++)
            s->offer[i] = scbor_read_text(&d->in);
    } else {
        windows_read(d);
    }
}

static void key_read(struct decoder *d, uint64_t key)
{
    struct startpage *s = d->s;

    if (key == KEY_VERSION) {
        if (scbor_read_uint(&d->in) != VERSION && decoder_is_good(d))
            decoder_fail(d, STARTPAGE_E_FORMAT);
    } else if (key == KEY_NAME) {
        s->name = scbor_read_text(&d->in);
    } else if (key == KEY_COMPONENT) {
        s->component = (uint32_t)number_read(d, 0, UINT32_MAX);
    } else if (key == KEY_CAPMGR) {
        lane_read(d, &s->capmgr);
    } else if (key == KEY_OPTIONS) {
        s->options = scbor_read_text(&d->in);
        if (decoder_is_good(d) && s->options.len == 0) decoder_fail(d, STARTPAGE_E_VALUE);
    } else if (key == KEY_SEED) {
        s->seed = scbor_read_bytes(&d->in);
        if (decoder_is_good(d) &&
            (s->seed.len < STARTPAGE_SEED_MIN || s->seed.len > STARTPAGE_SEED_MAX))
            decoder_fail(d, STARTPAGE_E_VALUE);
    } else if (key == KEY_LOG) {
        lane_read(d, &s->log);
    } else if (key == KEY_NUMBER || key == KEY_PARENT) {
        uint32_t n = (uint32_t)number_read(d, 1, UINT32_MAX);

        *(key == KEY_NUMBER ? &s->number : &s->parent) = n;
    } else {
        lists_read(d, key);
    }
}

enum startpage_error startpage_decode(struct startpage *s, const void *page, size_t size)
{
    struct decoder d = {.s = s};
    struct scbor_map map;
    uint32_t seen = 0;
    uint64_t key;

    *s = (struct startpage){.name = {"", 0}, .options = {"", 0}, .seed = {"", 0}};
    scbor_in_init(&d.in, page, size);
    scbor_read_map(&d.in, &map);
    while (scbor_map_next(&d.in, &map, &key)) {
        if (key >= KEYS) {
            decoder_fail(&d, STARTPAGE_E_KEY);
            break;
        }
        key_read(&d, key);
        seen |= 1u << key;
    }
    if (!decoder_is_good(&d)) return d.error;
    if ((seen & 7u) != 7u) return STARTPAGE_E_KEY;
    for (size_t i = d.in.pos; i < size; i++) {
        if (d.in.data[i] != 0) return STARTPAGE_E_CBOR;
    }
    return STARTPAGE_OK;
}

const struct startpage_use *startpage_find_use(const struct startpage *s, const char *name)
{
    for (uint32_t i = 0; i < s->use_count; i++) {
        if (scbor_str_is(s->use[i].name, name)) return &s->use[i];
    }
    return NULL;
}

const struct startpage_device *startpage_find_device(const struct startpage *s,
                                                     const char *compatible)
{
    for (uint32_t i = 0; i < s->device_count; i++) {
        if (scbor_str_is(s->device[i].compatible, compatible)) return &s->device[i];
    }
    return NULL;
}

const struct startpage_window *startpage_find_window(const struct startpage *s, const char *name)
{
    for (uint32_t i = 0; i < s->window_count; i++) {
        if (scbor_str_is(s->window[i].name, name)) return &s->window[i];
    }
    return NULL;
}

const char *startpage_strerror(enum startpage_error error)
{
    static const char *const text[STARTPAGE_E_COUNT] = {
        [STARTPAGE_OK] = "start page is valid",
        [STARTPAGE_E_CBOR] = "start page is not deterministic CBOR of the right shape",
        [STARTPAGE_E_KEY] = "start page has an unknown key or lacks one",
        [STARTPAGE_E_FORMAT] = "start page has an unknown version",
        [STARTPAGE_E_VALUE] = "start page has a number outside its range",
        [STARTPAGE_E_TABLE] = "start page has too many entries",
        [STARTPAGE_E_ROOM] = "start page is too small for its content",
    };

    if ((unsigned)error >= STARTPAGE_E_COUNT || text[error] == NULL)
        return "unknown start page error";
    return text[error];
}
