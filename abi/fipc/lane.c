/* SPDX-License-Identifier: Apache-2.0 */
/* Where things are in a lane: computed, never read. */
#include "fipc/lane.h"
#include <string.h>

uint32_t fipc_class_size(uint8_t size_class)
{
    static const uint8_t pages[] = {0, 1, 4, 17};

    return size_class < sizeof(pages) ? pages[size_class] * FIPC_PAGE : 0;
}

static bool ring_valid(const struct fipc_ring_spec *r)
{
    bool size = r->entry == 16 || r->entry == 32 || r->entry == 64 || r->entry == 128;

    return size && r->depth_log2 >= 2 && r->depth_log2 <= 12 && r->from_server <= 1;
}

static uint32_t ring_bytes(const struct fipc_ring_spec *r)
{
    uint32_t bytes = (uint32_t)r->entry << r->depth_log2;

    return (bytes + FIPC_PAGE - 1) / FIPC_PAGE * FIPC_PAGE;
}

fut_err fipc_lane_compute(const struct fipc_lane_spec *spec, struct fipc_lane_layout *out)
{
    uint32_t c = FIPC_PAGE, s = FIPC_PAGE;

    memset(out, 0, sizeof(*out));
    if (spec->slots > FIPC_SLOTS_MAX || spec->req_class > 3 || spec->rep_class > 3 ||
        spec->events > 1 || spec->nrings > FIPC_RINGS_MAX || spec->pool_client > 2 ||
        spec->pool_server > 2 || spec->pool_pages > 4096)
        return FUT_EINVAL;
    if (!spec->slots && !spec->events && !spec->nrings && !spec->pool_pages) return FUT_OK;
    if (spec->events) {
        out->event_base = s;
        s += FIPC_EVENT_DEPTH * FIPC_EVENT_SIZE;
    }
    out->req_base = c;
    out->req_size = fipc_class_size(spec->req_class);
    out->rep_base = s;
    out->rep_size = fipc_class_size(spec->rep_class);
    c += spec->slots * out->req_size;
    s += spec->slots * out->rep_size;
    for (unsigned i = 0; i < spec->nrings; i++) {
        uint32_t *area = spec->ring[i].from_server ? &s : &c;
        if (!ring_valid(&spec->ring[i])) return FUT_EINVAL;
        out->ring_base[i] = *area;
        *area += ring_bytes(&spec->ring[i]);
    }
    out->c_pages = c / FIPC_PAGE;
    out->s_pages = s / FIPC_PAGE;
    return FUT_OK;
}
