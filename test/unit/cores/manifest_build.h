/* SPDX-License-Identifier: Apache-2.0 */
/* Builds manifest images for tests with the strict CBOR writer. */
#ifndef MANIFEST_BUILD_H
#define MANIFEST_BUILD_H

#include "manifest.h"

/* A component's parameters; zero fields take the defaults of a small valid one. */
struct part {
    const char *name, *offer, *tname;
    unsigned priority, priority_high, max;
    const char *use, *use_tname; /* one use, or NULL */
    unsigned use_component, use_offer, use_kind;
    const char *device; /* one device, or NULL */
    unsigned irq, bit, reg;
};

static inline void build_text(struct scbor_out *o, unsigned key, const char *s)
{
    scbor_write_uint(o, key);
    scbor_write_text(o, scbor_str_of(s));
}

static inline void build_pair(struct scbor_out *o, uint64_t a, uint64_t b)
{
    scbor_write_array(o, 2);
    scbor_write_uint(o, a);
    scbor_write_uint(o, b);
}

static inline void build_offer(struct scbor_out *o, const struct part *p)
{
    scbor_write_uint(o, 6);
    scbor_write_array(o, 1);
    scbor_write_map(o, 3);
    build_text(o, 0, p->offer);
    build_text(o, 1, p->tname != NULL ? p->tname : "futura.fs/1.Directory");
    scbor_write_uint(o, 3);
    scbor_write_uint(o, p->max != 0 ? p->max : 8);
}

static inline void build_use(struct scbor_out *o, const struct part *p)
{
    scbor_write_uint(o, 7);
    scbor_write_array(o, 1);
    scbor_write_map(o, p->use_kind != 0 ? 5 : 4);
    build_text(o, 0, p->use);
    build_text(o, 1, p->use_tname != NULL ? p->use_tname : "futura.fs/1.Directory");
    scbor_write_uint(o, 3);
    build_pair(o, p->use_component, p->use_offer);
    scbor_write_uint(o, 4);
    scbor_write_uint(o, 1);
    if (p->use_kind != 0) {
        scbor_write_uint(o, 5);
        scbor_write_uint(o, p->use_kind);
    }
}

static inline void build_device(struct scbor_out *o, const struct part *p)
{
    scbor_write_uint(o, 8);
    scbor_write_array(o, 1);
    scbor_write_map(o, 4);
    build_text(o, 0, p->device);
    scbor_write_uint(o, 1);
    scbor_write_array(o, 1);
    scbor_write_text(o, scbor_str_of("arm,pl011"));
    scbor_write_uint(o, 2);
    scbor_write_array(o, 1);
    scbor_write_uint(o, p->reg);
    scbor_write_uint(o, 3);
    scbor_write_array(o, 1);
    build_pair(o, p->irq, p->bit);
}

static inline void build_component(struct scbor_out *o, const struct part *p)
{
    unsigned low = p->priority != 0 ? p->priority : 20;

    scbor_write_map(o, 6 + (p->offer != NULL) + (p->use != NULL) + (p->device != NULL));
    build_text(o, 0, p->name);
    build_text(o, 1, "servers/x");
    scbor_write_uint(o, 3);
    build_pair(o, low, p->priority_high != 0 ? p->priority_high : low);
    scbor_write_uint(o, 4);
    scbor_write_uint(o, 64);
    scbor_write_uint(o, 5);
    scbor_write_uint(o, 1);
    if (p->offer != NULL) build_offer(o, p);
    if (p->use != NULL) build_use(o, p);
    if (p->device != NULL) build_device(o, p);
    scbor_write_uint(o, 9);
    scbor_write_map(o, 4);
    scbor_write_uint(o, 0);
    scbor_write_uint(o, 1);
    scbor_write_uint(o, 1);
    scbor_write_uint(o, 5);
    scbor_write_uint(o, 2);
    scbor_write_uint(o, 10000);
    scbor_write_uint(o, 3);
    scbor_write_uint(o, 100);
}

/* Writes a whole manifest and returns its size. */
static inline size_t build_manifest(uint8_t *out, size_t cap, const struct part *parts,
                                    size_t count)
{
    struct scbor_out o;

    scbor_out_init(&o, out, cap);
    scbor_write_map(&o, 5);
    scbor_write_uint(&o, 0);
    scbor_write_uint(&o, 1);
    build_text(&o, 1, "test");
    scbor_write_uint(&o, 2);
    scbor_write_uint(&o, 1);
    scbor_write_uint(&o, 3);
    scbor_write_uint(&o, 512);
    scbor_write_uint(&o, 4);
    scbor_write_array(&o, count);
    for (size_t i = 0; i < count; i++)
        build_component(&o, &parts[i]);
    return o.failed ? 0 : o.len;
}

#endif
