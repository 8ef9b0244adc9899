/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address spaces of components. Every mapping is in the component's shadows, every page table of
 * the lowest level in its shadow's node, every higher one on the component's list; all are charged
 * to it.
 */
#include "main.h"

#define SHADOWS 4096u
#define UPPERS 4096u

struct upper {
    uint32_t frame, next;
};

static struct shadow_node nodes[SHADOWS];
static uint32_t buckets[1024];
static struct upper uppers[UPPERS];
static uint32_t upper_free;
struct shadow shadow;

void vm_init(void)
{
    uint32_t i;

    shadow_init(&shadow, nodes, (uint32_t *)(uintptr_t)OWN_SHADOWS, SHADOWS, buckets, 1024);
    for (i = 0; i < UPPERS; i++)
        uppers[i].next = i + 1 < UPPERS ? i + 1 : CM_NONE;
    upper_free = 0;
}

uint32_t comp_index(const struct comp *c) { return (uint32_t)(c - comps); }

uint32_t vm_get(const struct comp *c, uint64_t address)
{
    return shadow_get(&shadow, comp_index(c), address);
}

/* The node for an address, its entries backed. */
static enum cm_err vm_node(struct comp *c, uint64_t address, uint32_t *node)
{
    enum cm_err e = shadow_make(&shadow, &c->shadows, comp_index(c), address, node);
    uint32_t frame;

    while (e == CM_EAGAIN) {
        frame = page_take(FUT_FRAME_USER, 0);
        if (frame == CM_NONE) return CM_ENOMEM;
        if (!own_map(OWN_SHADOWS + shadow.backed / 2u * PAGE, frame, FUT_MAP_WRITE))
            return CM_ENOMEM;
        kernel_pages++;
        shadow.backed += 2;
        e = shadow_make(&shadow, &c->shadows, comp_index(c), address, node);
    }
    return e == CM_ENOSPC ? CM_ENOMEM : e;
}

/* Adds the missing table of `level`. */
static enum cm_err vm_link(struct comp *c, uint64_t address, uint32_t level, uint32_t node)
{
    uint32_t table, at;

    if (account_charge(&accounts, comp_index(c), 1) != CM_OK) return CM_ENOMEM;
    table = level == FUT_PT_LEVELS - 1 || upper_free != CM_NONE ? page_take(FUT_FRAME_PT, level)
                                                                : CM_NONE;
    if (table == CM_NONE) {
        (void)account_refund(&accounts, comp_index(c), 1);
        return CM_ENOMEM;
    }
    c->tables++;
    if (fut_sys_pt_link(c->domain_slot, address, FUT_BOOT_SLOT_RAM, table) != FUT_S_OK)
        die("a page table cannot be linked");
    if (level == FUT_PT_LEVELS - 1) {
        nodes[node].table = table;
        return CM_OK;
    }
    at = upper_free;
    upper_free = uppers[at].next;
    uppers[at].frame = table;
    uppers[at].next = c->upper;
    c->upper = at;
    return CM_OK;
}

/* Maps a batch inside one table; region_slot and offset name the frames. */
static enum cm_err vm_map_batch(struct comp *c, uint64_t address, uint32_t region_slot,
                                uint64_t offset, uint32_t n, uint32_t flags, uint32_t node)
{
    uint64_t level;
    enum cm_err e;
    fut_status s;

    for (;;) {
        s = fut_sys_map(c->domain_slot, address, region_slot, offset, n, flags, &level);
        if (s == FUT_S_OK) return CM_OK;
        if (s != FUT_S_TABLE) {
            log_say2(LOG_ERROR, "map failed: ", "status", s);
            return CM_EINVAL;
        }
        e = vm_link(c, address, (uint32_t)level, node);
        if (e != CM_OK) return e;
    }
}

static uint32_t vm_flags(uint32_t entry)
{
    return ((entry & SHADOW_WRITE) != 0 ? FUT_MAP_WRITE : 0) |
           ((entry & SHADOW_EXEC) != 0 ? FUT_MAP_EXEC : 0);
}

/* Drops a node that holds nothing, with its table. */
static void vm_trim(struct comp *c, uint32_t node)
{
    uint32_t table = nodes[node].table;

    if (nodes[node].used != 0) return;
    if (table != CM_NONE) {
        if (fut_sys_pt_unlink(FUT_BOOT_SLOT_RAM, table) != FUT_S_OK)
            die("an empty page table cannot be unlinked");
        page_retire(table);
        c->tables--;
        (void)account_refund(&accounts, comp_index(c), 1);
    }
    (void)shadow_drop(&shadow, &c->shadows, node);
}

static uint32_t vm_batch(uint64_t address, uint32_t n)
{
    uint32_t room = (uint32_t)((SHADOW_SPAN - address % SHADOW_SPAN) / PAGE);

    n = n < FUT_MAP_BATCH ? n : FUT_MAP_BATCH;
    return n < room ? n : room;
}

enum cm_err vm_map(struct comp *c, uint64_t address, uint32_t frame, uint32_t n, uint32_t entry)
{
    uint32_t node, batch, i, done = 0;
    enum cm_err e = CM_OK;

    while (done < n && e == CM_OK) {
        batch = vm_batch(address + done * PAGE, n - done);
        e = vm_node(c, address + done * PAGE, &node);
        if (e != CM_OK) break;
        e = vm_map_batch(c, address + done * PAGE, FUT_BOOT_SLOT_RAM, frame + done, batch,
                         vm_flags(entry), node);
        if (e != CM_OK) {
            vm_trim(c, node);
            break;
        }
        for (i = 0; i < batch; i++)
            shadow_set(&shadow, node, address + (done + i) * PAGE,
                       (frame + done + i) | entry | SHADOW_PRESENT);
        done += batch;
    }
    if (e != CM_OK && done != 0) (void)vm_unmap(c, address, done);
    return e;
}

enum cm_err vm_map_device(struct comp *c, uint64_t address, uint32_t region_slot, uint64_t offset,
                          uint32_t pages)
{
    uint32_t node, batch, i, done;
    enum cm_err e;

    for (done = 0; done < pages; done += batch) {
        batch = vm_batch(address + done * PAGE, pages - done);
        e = vm_node(c, address + done * PAGE, &node);
        if (e == CM_OK)
            e = vm_map_batch(c, address + done * PAGE, region_slot, offset + done, batch,
                             FUT_MAP_WRITE, node);
        if (e != CM_OK) return e;
        for (i = 0; i < batch; i++)
            shadow_set(&shadow, node, address + (done + i) * PAGE,
                       SHADOW_DEVICE | SHADOW_BORROWED | SHADOW_WRITE | SHADOW_PRESENT);
    }
    return CM_OK;
}

/* Forgets `n` entries of one node from `address`; owned frames go back. */
static uint32_t vm_forget(uint32_t node, uint64_t address, uint32_t n)
{
    uint32_t i, owned = 0;

    for (i = 0; i < n; i++) {
        uint64_t at = address + i * PAGE;
        uint32_t entry = shadow.entry[node * SHADOW_ENTRIES + (uint32_t)(at % SHADOW_SPAN / PAGE)];

        if ((entry & SHADOW_PRESENT) == 0) continue;
        shadow_set(&shadow, node, at, 0);
        if ((entry & SHADOW_BORROWED) == 0) {
            page_retire(entry & SHADOW_FRAME_MASK);
            owned++;
        }
    }
    return owned;
}

uint32_t vm_unmap(struct comp *c, uint64_t address, uint32_t pages)
{
    uint32_t node, batch, done, owned = 0;
    uint64_t removed;

    for (done = 0; done < pages; done += batch) {
        uint64_t at = address + done * PAGE;

        node = shadow_find(&shadow, comp_index(c), at);
        if (node == CM_NONE) {
            batch = (uint32_t)((SHADOW_SPAN - at % SHADOW_SPAN) / PAGE);
            batch = batch < pages - done ? batch : pages - done;
            continue;
        }
        batch = vm_batch(at, pages - done);
        (void)fut_sys_unmap(c->domain_slot, at, batch, &removed);
        owned += vm_forget(node, at, batch);
        vm_trim(c, node);
    }
    return owned;
}

enum cm_err vm_fill(struct comp *c, uint64_t address, uint32_t pages, uint32_t entry)
{
    uint32_t done = 0, frame, order, batch, i;
    enum cm_err e = CM_OK;

    while (done < pages && e == CM_OK) {
        batch = vm_batch(address + done * PAGE, pages - done);
        for (order = 0; order < 5 && 2u << order <= batch; order++)
            ;
        frame = page_take_run(FUT_FRAME_USER, &order);
        if (frame == CM_NONE) {
            e = CM_ENOMEM;
            break;
        }
        e = vm_map(c, address + done * PAGE, frame, 1u << order, entry);
        if (e == CM_OK)
            done += 1u << order;
        else
            for (i = 0; i < 1u << order; i++)
                page_retire(frame + i);
    }
    if (e != CM_OK && done != 0) (void)vm_unmap(c, address, done);
    return e;
}

enum cm_err vm_protect(struct comp *c, uint64_t address, uint32_t entry)
{
    uint32_t node = shadow_find(&shadow, comp_index(c), address);
    uint64_t changed;

    if (node == CM_NONE) return CM_EINVAL;
    if (fut_sys_protect(c->domain_slot, address, 1, vm_flags(entry), FUT_BOOT_SLOT_RAM, &changed) !=
        FUT_S_OK)
        return CM_EINVAL;
    shadow_set(&shadow, node, address, entry);
    return CM_OK;
}

/* Takes one table above the lowest level away, lowest first. */
static bool vm_reap_upper(struct comp *c)
{
    uint32_t *link, at;

    for (link = &c->upper; *link != CM_NONE; link = &uppers[*link].next) {
        at = *link;
        if (fut_sys_pt_unlink(FUT_BOOT_SLOT_RAM, uppers[at].frame) != FUT_S_OK) continue;
        page_retire(uppers[at].frame);
        c->tables--;
        (void)account_refund(&accounts, comp_index(c), 1);
        *link = uppers[at].next;
        uppers[at].next = upper_free;
        upper_free = at;
        return false;
    }
    return true;
}

bool vm_reap(struct comp *c)
{
    uint32_t node = c->shadows.first, steps = CM_STEPS, at;
    uint64_t address;

    if (node == CM_NONE) return vm_reap_upper(c);
    at = shadow_next(&shadow, node, c->reap_at, &steps);
    if (at == SHADOW_ENTRIES || nodes[node].used == 0) {
        c->reap_at = 0;
        vm_trim(c, node);
        return false;
    }
    c->reap_at = at;
    if (steps == 0) return false;
    address = nodes[node].base + at * PAGE;
    at = vm_batch(address, FUT_MAP_BATCH);
    (void)vm_unmap(c, address, at);
    c->reap_at = c->shadows.first == node ? (uint32_t)(address % SHADOW_SPAN / PAGE) + at : 0;
    return false;
}
