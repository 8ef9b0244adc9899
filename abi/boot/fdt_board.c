/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flattened device tree: the questions of boot code: memory, reservations, /chosen, PSCI, GIC and
 * the generic timer.
 */
#include "boot/fdt.h"

static bool string_is_equal(const char *a, const char *b)
{
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static bool node_is_memory(const struct fdt *f, uint32_t node)
{
    const char *type = fdt_prop_string(f, node, "device_type");

    return type != NULL && string_is_equal(type, "memory") && fdt_node_is_enabled(f, node);
}

/* Steps through the `reg` entries of one node: counts *index down over the ones that are not
 * empty. FDT_E_MISSING: the node has no more; go on with the next node. */
static enum fdt_error reg_pick(const struct fdt *f, uint32_t node, uint32_t *index,
                               struct fdt_range *out)
{
    for (uint32_t i = 0;; i++) {
        enum fdt_error e = fdt_reg(f, node, i, out);

        if (e != FDT_OK) return e;
        if (out->size == 0) continue;
        if (*index == 0) return FDT_OK;
        (*index)--;
    }
}

enum fdt_error fdt_memory(const struct fdt *f, uint32_t index, struct fdt_range *out)
{
    uint32_t depth = 0;

    for (uint32_t n = fdt_root(f); n != FDT_NONE; n = fdt_node_next(f, n, &depth)) {
        enum fdt_error e;

        if (depth != 1 || !node_is_memory(f, n)) continue;
        e = reg_pick(f, n, &index, out);
        if (e != FDT_E_MISSING) return e;
    }
    return FDT_E_MISSING;
}

enum fdt_error fdt_reserved(const struct fdt *f, uint32_t index, struct fdt_range *out)
{
    uint32_t depth = 0, n;

    if (index < f->reserve_count) return fdt_memreserve(f, index, out);
    index -= f->reserve_count;
    n = fdt_find_path(f, "/reserved-memory");
    if (n == FDT_NONE) return FDT_E_MISSING;
    for (n = fdt_node_next(f, n, &depth); n != FDT_NONE && depth >= 1 && depth <= FDT_DEPTH_MAX;
         n = fdt_node_next(f, n, &depth)) {
        enum fdt_error e;

        if (depth != 1 || !fdt_node_is_enabled(f, n)) continue;
        e = reg_pick(f, n, &index, out);
        if (e != FDT_E_MISSING) return e;
    }
    return FDT_E_MISSING;
}

/* An address of one or two cells; 0 if the property is absent. */
static enum fdt_error chosen_read_address(const struct fdt *f, uint32_t node, const char *name,
                                          uint64_t *out)
{
    struct fdt_prop p;

    *out = 0;
    if (!fdt_prop_get(f, node, name, &p)) return FDT_OK;
    if (p.len != 4 && p.len != 8) return FDT_E_LENGTH;
    for (uint32_t i = 0; i < p.len; i++)
        *out = *out << 8 | p.data[i];
    return FDT_OK;
}

static enum fdt_error chosen_read_string(const struct fdt *f, uint32_t node, const char *name,
                                         const char **out)
{
    struct fdt_prop p;

    *out = NULL;
    if (!fdt_prop_get(f, node, name, &p)) return FDT_OK;
    *out = fdt_prop_string_at(&p, 0);
    return *out != NULL ? FDT_OK : FDT_E_VALUE;
}

static void chosen_read_seed(const struct fdt *f, uint32_t node, const char *name,
                             const uint8_t **data, uint32_t *len)
{
    struct fdt_prop p;
    bool found = fdt_prop_get(f, node, name, &p) && p.len != 0;

    *data = found ? p.data : NULL;
    *len = found ? p.len : 0;
}

/* Field by field: a structure copy would call memcpy, which boot code may not have. */
static void chosen_clear(struct fdt_chosen *out)
{
    out->initrd_start = out->initrd_end = 0;
    out->bootargs = out->stdout_path = NULL;
    out->rng_seed = out->kaslr_seed = NULL;
    out->rng_seed_len = out->kaslr_seed_len = 0;
}

enum fdt_error fdt_chosen_read(const struct fdt *f, struct fdt_chosen *out)
{
    uint32_t node = fdt_find_path(f, "/chosen");
    enum fdt_error e;

    chosen_clear(out);
    if (node == FDT_NONE) return FDT_OK;
    e = chosen_read_address(f, node, "linux,initrd-start", &out->initrd_start);
    if (e == FDT_OK) e = chosen_read_address(f, node, "linux,initrd-end", &out->initrd_end);
    if (e == FDT_OK && out->initrd_end < out->initrd_start) e = FDT_E_RANGE;
    if (e == FDT_OK) e = chosen_read_string(f, node, "bootargs", &out->bootargs);
    if (e == FDT_OK) e = chosen_read_string(f, node, "stdout-path", &out->stdout_path);
    chosen_read_seed(f, node, "rng-seed", &out->rng_seed, &out->rng_seed_len);
    chosen_read_seed(f, node, "kaslr-seed", &out->kaslr_seed, &out->kaslr_seed_len);
    return e;
}

enum fdt_error fdt_psci(const struct fdt *f, enum fdt_conduit *out)
{
    static const char names[][16] = {"arm,psci-1.0", "arm,psci-0.2", "arm,psci"};
    const char *method;

    for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        uint32_t node = fdt_find_compatible(f, FDT_NONE, names[i]);

        if (node == FDT_NONE) continue;
        method = fdt_prop_string(f, node, "method");
        if (method == NULL) return FDT_E_MISSING;
        if (!string_is_equal(method, "hvc") && !string_is_equal(method, "smc")) return FDT_E_VALUE;
        *out = method[0] == 'h' ? FDT_CONDUIT_HVC : FDT_CONDUIT_SMC;
        return FDT_OK;
    }
    return FDT_E_MISSING;
}

enum fdt_error fdt_gic_find(const struct fdt *f, struct fdt_gic *out)
{
    static const struct {
        char name[20]; /* no pointer: needs no relocation */
        uint32_t version;
    } kinds[] = {
        {"arm,gic-v3", 3}, {"arm,gic-400", 2}, {"arm,cortex-a15-gic", 2}, {"arm,cortex-a9-gic", 2}};
    enum fdt_error e;

    for (uint32_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        out->node = fdt_find_compatible(f, FDT_NONE, kinds[i].name);
        if (out->node == FDT_NONE) continue;
        out->version = kinds[i].version;
        e = fdt_reg(f, out->node, 0, &out->dist);
        return e == FDT_OK ? fdt_reg(f, out->node, 1, &out->cpu) : e;
    }
    return FDT_E_MISSING;
}

enum fdt_error fdt_timer_find(const struct fdt *f, struct fdt_timer *out)
{
    uint32_t node = fdt_find_compatible(f, FDT_NONE, "arm,armv8-timer");

    if (node == FDT_NONE) node = fdt_find_compatible(f, FDT_NONE, "arm,armv7-timer");
    if (node == FDT_NONE) return FDT_E_MISSING;
    for (out->count = 0; out->count < FDT_TIMER_IRQS; out->count++) {
        enum fdt_error e = fdt_interrupt(f, node, out->count, &out->irq[out->count]);

        if (e == FDT_E_MISSING) break;
        if (e != FDT_OK) return e;
    }
    return out->count != 0 ? FDT_OK : FDT_E_MISSING;
}
