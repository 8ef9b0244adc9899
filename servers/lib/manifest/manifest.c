/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System manifest: decoding. Each object of the image has one function; a failure is recorded once,
 * at the place where it was found, and everything behind it is skipped.
 */
#include "manifest.h"

#define NAME_MAX_LEN 63u
#define TNAME_MAX_LEN 255u
#define PATH_MAX_LEN 255u

/* Bits of keys seen, to find the missing ones. */
#define KEY(n) (1u << (n))

struct decoder {
    struct scbor_in in;
    struct manifest *m;
    enum manifest_error error;
    uint32_t component, offset;
};

static void decoder_fail(struct decoder *d, enum manifest_error error)
{
    if (d->error != MANIFEST_OK) return;
    d->error = error;
    d->offset = (uint32_t)d->in.pos;
    d->in.failed = true; /* ends every loop */
}

/* Turns a failed read into an error; true if all is well. */
static bool decoder_is_good(struct decoder *d)
{
    if (d->in.failed) decoder_fail(d, MANIFEST_E_CBOR);
    return d->error == MANIFEST_OK;
}

/* A number that must lie in [low, high]. */
static uint64_t number_read(struct decoder *d, uint64_t low, uint64_t high)
{
    uint64_t v = scbor_read_uint(&d->in);

    if (decoder_is_good(d) && (v < low || v > high)) decoder_fail(d, MANIFEST_E_VALUE);
    return d->error == MANIFEST_OK ? v : low;
}

static bool char_is_lower(char c) { return c >= 'a' && c <= 'z'; }

static bool char_is_digit(char c) { return c >= '0' && c <= '9'; }

static bool char_is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/* [a-z][a-z0-9_]* of 1..63 bytes. */
static bool name_is_valid(struct scbor_str s)
{
    if (s.len == 0 || s.len > NAME_MAX_LEN || !char_is_lower(s.s[0])) return false;
    for (uint32_t i = 1; i < s.len; i++) {
        if (!char_is_lower(s.s[i]) && !char_is_digit(s.s[i]) && s.s[i] != '_') return false;
    }
    return true;
}

static struct scbor_str name_read(struct decoder *d)
{
    struct scbor_str s = scbor_read_text(&d->in);

    if (decoder_is_good(d) && !name_is_valid(s)) decoder_fail(d, MANIFEST_E_NAME);
    return s;
}

/* lower { "." lower } "/" uint "." Upper */
static bool tname_is_valid(struct scbor_str s)
{
    uint32_t i = 0, start = 0, major = 0;

    if (s.len > TNAME_MAX_LEN) return false;
    for (; i < s.len && s.s[i] != '/'; i++) {
        if (s.s[i] != '.') continue;
        if (!name_is_valid((struct scbor_str){s.s + start, i - start})) return false;
        start = i + 1;
    }
    if (i == s.len || !name_is_valid((struct scbor_str){s.s + start, i - start})) return false;
    start = ++i;
    for (; i < s.len && char_is_digit(s.s[i]) && major <= 65535; i++)
        major = major * 10 + (uint32_t)(s.s[i] - '0');
    if (i == start || s.s[start] == '0' || major > 65535 || i == s.len || s.s[i] != '.')
        return false;
    start = ++i;
    if (i == s.len || s.len - i > NAME_MAX_LEN || !char_is_upper(s.s[i])) return false;
    for (; i < s.len; i++) {
        if (!char_is_lower(s.s[i]) && !char_is_upper(s.s[i]) && !char_is_digit(s.s[i]))
            return false;
    }
    return true;
}

static struct scbor_str tname_read(struct decoder *d)
{
    struct scbor_str s = scbor_read_text(&d->in);

    if (decoder_is_good(d) && !tname_is_valid(s)) decoder_fail(d, MANIFEST_E_TNAME);
    return s;
}

/* Printable ASCII of 1..255 bytes. */
static struct scbor_str printable_read(struct decoder *d, uint32_t least)
{
    struct scbor_str s = scbor_read_text(&d->in);

    if (!decoder_is_good(d)) return s;
    if (s.len < least || s.len > PATH_MAX_LEN) decoder_fail(d, MANIFEST_E_PATH);
    for (uint32_t i = 0; i < s.len; i++) {
        if (s.s[i] < 0x20 || s.s[i] > 0x7e) decoder_fail(d, MANIFEST_E_PATH);
    }
    return s;
}

/* A path inside the boot archive: relative, without empty, "." and ".." components. */
static struct scbor_str binary_read(struct decoder *d)
{
    struct scbor_str s = printable_read(d, 1);
    uint32_t start = 0;

    for (uint32_t i = 0; i <= s.len && d->error == MANIFEST_OK; i++) {
        uint32_t n = i - start;

        if (i < s.len && s.s[i] != '/') continue;
        if (n == 0 || (n == 1 && s.s[start] == '.') ||
            (n == 2 && s.s[start] == '.' && s.s[start + 1] == '.'))
            decoder_fail(d, MANIFEST_E_PATH);
        start = i + 1;
    }
    return s;
}

static const uint8_t *identity_read(struct decoder *d)
{
    struct scbor_str s = scbor_read_bytes(&d->in);

    if (decoder_is_good(d) && s.len != MANIFEST_ID_SIZE) decoder_fail(d, MANIFEST_E_VALUE);
    return (const uint8_t *)s.s;
}

/* Opens a non-empty array whose elements go into a pool of `cap` entries, `used` so far. */
static struct manifest_range pool_open(struct decoder *d, uint32_t used, uint32_t cap)
{
    struct manifest_range r = {(uint16_t)used, 0};
    uint64_t n = scbor_read_array(&d->in);

    if (!decoder_is_good(d)) return r;
    if (n == 0)
        decoder_fail(d, MANIFEST_E_CBOR);
    else if (n > cap - used)
        decoder_fail(d, MANIFEST_E_TABLE);
    else
        r.count = (uint16_t)n;
    return r;
}

/* Ends a map: all of `need` must have been seen and nothing be left. */
static void map_close(struct decoder *d, uint32_t seen, uint32_t need)
{
    if (decoder_is_good(d) && (seen & need) != need) decoder_fail(d, MANIFEST_E_KEY);
}

static void offer_read(struct decoder *d, struct manifest_offer *o)
{
    struct scbor_map map;
    uint32_t seen = 0;
    uint64_t key;

    *o = (struct manifest_offer){0};
    scbor_read_map(&d->in, &map);
    while (scbor_map_next(&d->in, &map, &key)) {
        switch (key) {
        case 0: o->name = name_read(d); break;
        case 1: o->tname = tname_read(d); break;
        case 2: o->id = identity_read(d); break;
        case 3: o->max = (uint32_t)number_read(d, 1, 65535); break;
        default: decoder_fail(d, MANIFEST_E_KEY); return;
        }
        seen |= KEY(key);
    }
    map_close(d, seen, KEY(0) | KEY(1) | KEY(3));
}

static void use_read_target(struct decoder *d, struct manifest_use *u)
{
    if (scbor_read_array(&d->in) != 2) decoder_fail(d, MANIFEST_E_CBOR);
    u->component = (uint16_t)number_read(d, 0, MANIFEST_COMPONENTS - 1);
    u->offer = (uint16_t)number_read(d, 0, MANIFEST_OFFERS - 1);
}

static void use_read(struct decoder *d, struct manifest_use *u)
{
    struct scbor_map map;
    uint32_t seen = 0;
    uint64_t key;

    *u = (struct manifest_use){0};
    scbor_read_map(&d->in, &map);
    while (scbor_map_next(&d->in, &map, &key)) {
        switch (key) {
        case 0: u->name = name_read(d); break;
        case 1: u->tname = tname_read(d); break;
        case 2: u->id = identity_read(d); break;
        case 3: use_read_target(d, u); break;
        case 4: u->slots = (uint8_t)number_read(d, 1, 64); break;
        case 5: u->kind = (uint8_t)number_read(d, MANIFEST_USE_OPTIONAL, MANIFEST_USE_LATE); break;
        default: decoder_fail(d, MANIFEST_E_KEY); return;
        }
        seen |= KEY(key);
    }
    map_close(d, seen, KEY(0) | KEY(1) | KEY(3) | KEY(4));
}

static void irq_read(struct decoder *d, struct manifest_irq *irq)
{
    if (scbor_read_array(&d->in) != 2) decoder_fail(d, MANIFEST_E_CBOR);
    irq->index = (uint32_t)number_read(d, 0, 1023);
    irq->bit = (uint32_t)number_read(d, 0, MANIFEST_BIT_MAX);
}

static void device_read_list(struct decoder *d, struct manifest_device *v, uint64_t key)
{
    struct manifest *m = d->m;

    if (key == 1) {
        v->compatibles = pool_open(d, m->compatible_count, MANIFEST_COMPATIBLES);
        for (uint32_t i = 0; i < v->compatibles.count && d->error == MANIFEST_OK; i++)
            m->compatible[m->compatible_count++] = printable_read(d, 1);
    } else if (key == 2) {
        v->regs = pool_open(d, m->reg_count, MANIFEST_REGS);
        for (uint32_t i = 0; i < v->regs.count && d->error == MANIFEST_OK; i++)
            m->reg[m->reg_count++] = (uint32_t)number_read(d, 0, 255);
    } else {
        v->irqs = pool_open(d, m->irq_count, MANIFEST_IRQS);
        for (uint32_t i = 0; i < v->irqs.count && d->error == MANIFEST_OK; i++)
            irq_read(d, &m->irq[m->irq_count++]);
    }
}

static void device_read(struct decoder *d, struct manifest_device *v)
{
    struct scbor_map map;
    uint32_t seen = 0;
    uint64_t key;

    *v = (struct manifest_device){0};
    scbor_read_map(&d->in, &map);
    while (scbor_map_next(&d->in, &map, &key)) {
        if (key == 0)
            v->path = printable_read(d, 1);
        else if (key <= 3)
            device_read_list(d, v, key);
        else if (key == 4)
            v->dma_pages = number_read(d, 1, UINT32_MAX);
        else
            decoder_fail(d, MANIFEST_E_KEY);
        if (d->error == MANIFEST_OK) seen |= KEY(key);
    }
    map_close(d, seen, KEY(0) | KEY(1));
}

static void restart_read(struct decoder *d, struct manifest_restart *r)
{
    struct scbor_map map;
    uint32_t seen = 0;
    uint64_t key;

    *r = (struct manifest_restart){0};
    scbor_read_map(&d->in, &map);
    while (scbor_map_next(&d->in, &map, &key)) {
        if (key == 0)
            r->always = number_read(d, 0, 1) == 1;
        else if (key == 1)
            r->max = (uint32_t)number_read(d, 1, 1000000);
        else if (key == 2)
            r->window_ms = (uint32_t)number_read(d, 1, UINT32_MAX);
        else if (key == 3)
            r->backoff_ms = (uint32_t)number_read(d, 0, UINT32_MAX);
        else
            decoder_fail(d, MANIFEST_E_KEY);
        if (d->error == MANIFEST_OK) seen |= KEY(key);
    }
    map_close(d, seen, KEY(0));
    /* The limit is given whole or not at all, and only where there are restarts. */
    if (d->error == MANIFEST_OK && seen != KEY(0) &&
        (seen != (KEY(0) | KEY(1) | KEY(2) | KEY(3)) || !r->always))
        decoder_fail(d, MANIFEST_E_KEY);
}

static void component_read_priority(struct decoder *d, struct manifest_component *c)
{
    if (scbor_read_array(&d->in) != 2) decoder_fail(d, MANIFEST_E_CBOR);
    c->priority_low = (uint8_t)number_read(d, 0, 63);
    c->priority_high = (uint8_t)number_read(d, c->priority_low, 63);
}

static void component_read_list(struct decoder *d, struct manifest_component *c, uint64_t key)
{
    struct manifest *m = d->m;

    if (key == 2) {
        c->args = pool_open(d, m->arg_count, MANIFEST_ARGS);
        for (uint32_t i = 0; i < c->args.count && d->error == MANIFEST_OK; i++)
            m->arg[m->arg_count++] = printable_read(d, 0);
    } else if (key == 6) {
        c->offers = pool_open(d, m->offer_count, MANIFEST_OFFERS);
        for (uint32_t i = 0; i < c->offers.count && d->error == MANIFEST_OK; i++)
            offer_read(d, &m->offer[m->offer_count++]);
    } else if (key == 7) {
        c->uses = pool_open(d, m->use_count, MANIFEST_USES);
        for (uint32_t i = 0; i < c->uses.count && d->error == MANIFEST_OK; i++)
            use_read(d, &m->use[m->use_count++]);
    } else {
        c->devices = pool_open(d, m->device_count, MANIFEST_DEVICES);
        for (uint32_t i = 0; i < c->devices.count && d->error == MANIFEST_OK; i++)
            device_read(d, &m->device[m->device_count++]);
    }
}

static void component_read_key(struct decoder *d, struct manifest_component *c, uint64_t key)
{
    switch (key) {
    case 0: c->name = name_read(d); break;
    case 1: c->binary = binary_read(d); break;
    case 3: component_read_priority(d, c); break;
    case 4: c->pages = number_read(d, 1, UINT32_MAX); break;
    case 5: c->threads = (uint16_t)number_read(d, 1, MANIFEST_THREADS_MAX); break;
    case 9: restart_read(d, &c->restart); break;
    case 10:
        c->critical = scbor_read_bool(&d->in);
        if (decoder_is_good(d) && !c->critical) decoder_fail(d, MANIFEST_E_VALUE);
        break;
    default: component_read_list(d, c, key); break;
    }
}

static void component_read(struct decoder *d, struct manifest_component *c)
{
    struct scbor_map map;
    uint32_t seen = 0;
    uint64_t key;

    *c = (struct manifest_component){0};
    scbor_read_map(&d->in, &map);
    while (scbor_map_next(&d->in, &map, &key)) {
        if (key > 10) {
            decoder_fail(d, MANIFEST_E_KEY);
            return;
        }
        component_read_key(d, c, key);
        seen |= KEY(key);
    }
    map_close(d, seen, KEY(0) | KEY(1) | KEY(3) | KEY(4) | KEY(5) | KEY(9));
}

static void components_read(struct decoder *d)
{
    uint32_t n = pool_open(d, 0, MANIFEST_COMPONENTS).count;

    for (uint32_t i = 0; i < n && d->error == MANIFEST_OK; i++) {
        d->component = i;
        component_read(d, &d->m->component[i]);
        d->m->component_count = i + 1;
    }
    if (d->error == MANIFEST_OK) d->component = MANIFEST_NOWHERE;
}

static void system_read(struct decoder *d)
{
    struct scbor_map map;
    uint32_t seen = 0;
    uint64_t key;

    scbor_read_map(&d->in, &map);
    while (scbor_map_next(&d->in, &map, &key)) {
        if (key == 0 && scbor_read_uint(&d->in) != 1 && decoder_is_good(d))
            decoder_fail(d, MANIFEST_E_FORMAT);
        else if (key == 1)
            d->m->name = name_read(d);
        else if (key == 2)
            d->m->version = number_read(d, 1, 65535);
        else if (key == 3)
            d->m->reserve_pages = number_read(d, 0, UINT32_MAX);
        else if (key == 4)
            components_read(d);
        else if (key > 4)
            decoder_fail(d, MANIFEST_E_KEY);
        if (d->error == MANIFEST_OK) seen |= KEY(key);
    }
    map_close(d, seen, KEY(0) | KEY(1) | KEY(2) | KEY(3) | KEY(4));
    if (d->error == MANIFEST_OK && !scbor_in_is_done(&d->in)) decoder_fail(d, MANIFEST_E_CBOR);
}

enum manifest_error manifest_decode(struct manifest *m, const void *image, size_t size,
                                    struct manifest_fault *fault)
{
    struct decoder d = {.m = m, .component = MANIFEST_NOWHERE};
    struct manifest_fault at;

    m->component_count = m->arg_count = m->offer_count = m->use_count = 0;
    m->device_count = m->compatible_count = m->reg_count = m->irq_count = 0;
    scbor_in_init(&d.in, image, size);
    if (size == 0 || size > MANIFEST_IMAGE_MAX)
        decoder_fail(&d, MANIFEST_E_SIZE);
    else
        system_read(&d);
    at = (struct manifest_fault){d.error, d.component, MANIFEST_NOWHERE, d.offset};
    if (d.error == MANIFEST_OK) at.error = manifest_check(m, &at);
    if (fault != NULL) *fault = at;
    return at.error;
}
