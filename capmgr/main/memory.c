/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What components do with their memory: reserve, touch, free, protect, give to a child, lend.
 * A reserved page is charged when it is reserved (a stack's when it is touched); its frame comes at
 * the first touch.
 */
#include "main.h"

#define BORROWS 256u
#define MAP_WRITE 1u
#define MAP_EXEC 2u

/* One range of a component's memory in another's space. */
struct borrow {
    uint64_t from, at;
    uint32_t lender, borrower, pages;
    uint32_t next; /* of the lender; or the free list */
    bool live;
};

static struct borrow borrows[BORROWS];
static uint32_t borrow_free_list;
static bool borrows_ready;

static uint32_t entry_of(uint32_t map)
{
    return ((map & MAP_WRITE) != 0 ? SHADOW_WRITE : 0) | ((map & MAP_EXEC) != 0 ? SHADOW_EXEC : 0);
}

static enum cm_err map_check(uint32_t map)
{
    if (map > (MAP_WRITE | MAP_EXEC)) return CM_EINVAL;
    if (map == (MAP_WRITE | MAP_EXEC)) {
        detail = CM_MISSING_EXEC;
        return CM_EPERM;
    }
    return CM_OK;
}

/* May a component ask for memory there at all? */
static bool range_is_free_for_all(uint64_t address, uint32_t pages)
{
    uint64_t end = address + pages * PAGE;

    if (address % PAGE != 0 || pages == 0 || end < address) return false;
    return (address >= SPACE_PROGRAM && end <= SPACE_ANON_TOP) ||
           (address >= SPACE_ANON2 && end <= SPACE_ANON2_TOP);
}

/* One request does not touch more pages than that, one by one. */
static enum cm_err pages_check(uint32_t pages)
{
    if (pages <= MEMORY_PAGES) return CM_OK;
    detail = MEMORY_PAGES;
    return CM_EMSGSIZE;
}

enum cm_err memory_reserve(struct comp *c, uint64_t address, uint32_t pages, uint32_t map)
{
    enum cm_err e = map_check(map);

    if (e != CM_OK) return e;
    if (!range_is_free_for_all(address, pages)) return CM_EINVAL;
    e = account_charge(&accounts, comp_index(c), pages);
    detail = e == CM_ENOMEM ? pages : detail;
    if (e != CM_OK) return e;
    e = space_add(&regions, &c->space, address, pages, SPACE_KIND_OWN, (uint8_t)map, 0);
    if (e != CM_OK) (void)account_refund(&accounts, comp_index(c), pages);
    return e == CM_ENOSPC ? CM_ENOMEM : e;
}

enum cm_err memory_alloc(struct comp *c, uint32_t pages, uint32_t map, uint64_t near, uint64_t *at)
{
    enum cm_err e = CM_OK;

    *at = near;
    if (near == 0) e = space_find_room(&regions, &c->space, pages, at);
    return e == CM_OK ? memory_reserve(c, *at, pages, map) : e;
}

/* Gives the frame at an address that lies in a region; the stack pays now. */
static enum cm_err memory_page(struct comp *c, const struct space_region *r, uint64_t address)
{
    enum cm_err e = CM_OK;
    uint64_t page = address - address % PAGE;
    bool stack = r->kind == SPACE_KIND_STACK;

    if (stack) e = account_charge(&accounts, comp_index(c), 1);
    if (e == CM_OK) e = vm_fill(c, page, 1, entry_of(r->map));
    if (e != CM_OK && stack) (void)account_refund(&accounts, comp_index(c), 1);
    return e;
}

bool memory_touch(struct comp *c, uint64_t address, bool write, bool exec, bool *budget)
{
    const struct space_region *r = space_find(&regions, &c->space, address);
    uint32_t entry = vm_get(c, address);

    *budget = false;
    if ((entry & SHADOW_PRESENT) != 0) /* another thread was first */
        return (!write || (entry & SHADOW_WRITE) != 0) && (!exec || (entry & SHADOW_EXEC) != 0);
    if (r == NULL || r->kind == SPACE_KIND_BORROWED) return false;
    if ((write && (r->map & MAP_WRITE) == 0) || (exec && (r->map & MAP_EXEC) == 0)) return false;
    *budget = memory_page(c, r, address) != CM_OK;
    return !*budget;
}

enum cm_err memory_populate(struct comp *c, uint64_t address, uint32_t pages, bool writable)
{
    uint32_t i;
    enum cm_err e = pages_check(pages);

    if (e != CM_OK) return e;
    for (i = 0; i < pages; i++) {
        uint64_t at = address + i * PAGE;
        const struct space_region *r = space_find(&regions, &c->space, at);

        detail = CM_MISSING_OWNER;
        if (r == NULL || r->kind == SPACE_KIND_BORROWED) return CM_EPERM;
        detail = CM_MISSING_WRITE;
        if (writable && (r->map & MAP_WRITE) == 0) return CM_EPERM;
        detail = 0;
        if ((vm_get(c, at) & SHADOW_PRESENT) == 0 && memory_page(c, r, at) != CM_OK)
            return CM_ENOMEM;
    }
    return CM_OK;
}

/* --- lending --- */

static uint32_t borrow_take(void)
{
    uint32_t i, at;

    if (!borrows_ready) {
        for (i = 0; i < BORROWS; i++)
            borrows[i].next = i + 1 < BORROWS ? i + 1 : CM_NONE;
        borrows_ready = true;
    }
    at = borrow_free_list;
    if (at != CM_NONE) borrow_free_list = borrows[at].next;
    return at;
}

/* Ends a borrow: the range leaves the borrower's space. */
static void borrow_end(uint32_t *link)
{
    uint32_t at = *link;
    struct borrow *b = &borrows[at];
    struct space_region cut;

    *link = b->next;
    if (comps[b->borrower].state != COMP_FREE) {
        (void)space_cut(&regions, &comps[b->borrower].space, b->at, b->pages, &cut);
        (void)vm_unmap(&comps[b->borrower], b->at, b->pages);
    }
    b->live = false;
    b->next = borrow_free_list;
    borrow_free_list = at;
}

void memory_unlend(struct comp *lender, uint64_t address, uint32_t pages)
{
    uint32_t *link = &lender->lent_first;

    while (*link != CM_NONE) {
        struct borrow *b = &borrows[*link];

        if (b->from < address + pages * PAGE && address < b->from + b->pages * PAGE)
            borrow_end(link);
        else
            link = &b->next;
    }
}

/* The link of its lender's list that names a loan. */
static uint32_t *borrow_link(uint32_t at)
{
    uint32_t *link = &comps[borrows[at].lender].lent_first;

    while (*link != at)
        link = &borrows[*link].next;
    return link;
}

bool memory_end_loan(struct comp *c)
{
    uint32_t i;

    if (c->lent_first != CM_NONE) {
        borrow_end(&c->lent_first);
        return true;
    }
    for (i = 0; i < BORROWS; i++) {
        if (!borrows[i].live || borrows[i].borrower != comp_index(c)) continue;
        borrow_end(borrow_link(i));
        return true;
    }
    return false;
}

/* Maps the lender's frames one by one: they need not be neighbours. What is lent is the lender's
 * own: a loan of a loan would outlive the first. */
static enum cm_err borrow_map(struct comp *lender, uint64_t from, struct comp *borrower,
                              uint64_t at, uint32_t pages, uint32_t entry)
{
    uint32_t i, frame;
    enum cm_err e = CM_OK;

    for (i = 0; i < pages && e == CM_OK; i++) {
        frame = vm_get(lender, from + i * PAGE);
        e = (frame & SHADOW_PRESENT) == 0 || (frame & SHADOW_BORROWED) != 0
                ? CM_EINVAL
                : vm_map(borrower, at + i * PAGE, frame & SHADOW_FRAME_MASK, 1,
                         entry | SHADOW_BORROWED);
    }
    if (e != CM_OK) (void)vm_unmap(borrower, at, pages);
    return e;
}

enum cm_err memory_borrow(struct comp *lender, uint64_t from, uint32_t pages, bool writable,
                          struct comp *borrower, uint64_t *at)
{
    uint32_t index = borrow_take();
    struct space_region cut;
    enum cm_err e;

    if (index == CM_NONE) return CM_EAGAIN;
    e = space_find_room(&regions, &borrower->space, pages, at);
    if (e == CM_OK)
        e = space_add(&regions, &borrower->space, *at, pages, SPACE_KIND_BORROWED,
                      writable ? MAP_WRITE : 0, index);
    if (e == CM_OK) {
        e = borrow_map(lender, from, borrower, *at, pages, writable ? SHADOW_WRITE : 0);
        if (e != CM_OK) (void)space_cut(&regions, &borrower->space, *at, pages, &cut);
    }
    if (e != CM_OK) {
        borrows[index].next = borrow_free_list;
        borrow_free_list = index;
        return e == CM_ENOSPC ? CM_ENOMEM : e;
    }
    borrows[index] = (struct borrow){.from = from,
                                     .at = *at,
                                     .lender = comp_index(lender),
                                     .borrower = comp_index(borrower),
                                     .pages = pages,
                                     .next = lender->lent_first,
                                     .live = true};
    lender->lent_first = index;
    return CM_OK;
}

/* --- freeing, protecting, giving --- */

static void memory_free_own(struct comp *c, const struct space_region *cut)
{
    uint32_t owned;

    memory_unlend(c, cut->start, cut->pages);
    ticket_drop_memory(&tickets, comp_index(c), cut->start, cut->start + cut->pages * PAGE);
    owned = vm_unmap(c, cut->start, cut->pages);
    (void)account_refund(&accounts, comp_index(c),
                         cut->kind == SPACE_KIND_STACK ? owned : cut->pages);
}

enum cm_err memory_free(struct comp *c, uint64_t address, uint32_t pages)
{
    struct space_region cut;
    const struct space_region *r;
    enum cm_err e = pages_check(pages);

    if (e != CM_OK) return e;
    if (!range_is_free_for_all(address, pages)) return CM_EINVAL;
    for (;;) {
        r = space_find(&regions, &c->space, address);
        if (r != NULL && r->kind == SPACE_KIND_BORROWED) {
            borrow_end(borrow_link(r->tag)); /* a borrowed range goes as a whole */
            continue;
        }
        e = space_cut(&regions, &c->space, address, pages, &cut);
        if (e != CM_OK) return e == CM_ENOSPC ? CM_ENOMEM : e;
        if (cut.pages == 0) return CM_OK;
        if (cut.kind == SPACE_KIND_BORROWED)
            (void)vm_unmap(c, cut.start, cut.pages); /* its record goes with its lender */
        else
            memory_free_own(c, &cut);
    }
}

enum cm_err memory_protect(struct comp *c, uint64_t address, uint32_t pages, uint32_t map)
{
    struct space_region cut;
    enum cm_err e = map_check(map);
    uint32_t entry, i;

    if (e == CM_OK) e = pages_check(pages);
    if (e == CM_OK && !range_is_free_for_all(address, pages)) e = CM_EINVAL;
    if (e != CM_OK) return e;
    do {
        const struct space_region *r = space_find(&regions, &c->space, address);

        detail = CM_MISSING_OWNER;
        if (r == NULL || r->kind != SPACE_KIND_OWN) return CM_EPERM;
        detail = 0;
        i = (uint32_t)((r->start + r->pages * PAGE - address) / PAGE);
        i = i < pages ? i : pages;
        e = space_cut(&regions, &c->space, address, i, &cut);
        if (e == CM_OK)
            e = space_add(&regions, &c->space, address, i, SPACE_KIND_OWN, (uint8_t)map, 0);
        if (e != CM_OK) return e == CM_ENOSPC ? CM_ENOMEM : e;
        for (pages -= i; i != 0; i--, address += PAGE) {
            entry = vm_get(c, address);
            if ((entry & SHADOW_PRESENT) != 0)
                (void)vm_protect(c, address,
                                 (entry & ~(SHADOW_WRITE | SHADOW_EXEC)) | entry_of(map));
        }
    } while (pages != 0);
    return CM_OK;
}

/* May a child be given memory there? The stack's range too, unlike for `alloc`. */
static bool give_target_is_right(uint64_t address, uint32_t pages)
{
    uint64_t end = address + pages * PAGE;

    if (address % PAGE != 0 || pages == 0 || end < address) return false;
    return (address >= SPACE_PROGRAM && end <= SPACE_PROGRAM_TOP) ||
           (address >= SPACE_STACK_LOW && end <= SPACE_STACK_TOP);
}

static enum cm_err give_check(struct comp *from, uint64_t at, uint64_t address, uint32_t pages,
                              uint32_t map)
{
    enum cm_err e = map_check(map);

    if (e != CM_OK) return e;
    if (!give_target_is_right(address, pages) || !range_is_free_for_all(at, pages))
        return CM_EINVAL;
    e = memory_populate(from, at, pages, false);
    detail = e == CM_EPERM ? CM_MISSING_OWNER : detail;
    return e;
}

static enum cm_err give_page(struct comp *from, uint64_t at, struct comp *to, uint64_t address,
                             uint32_t map)
{
    uint32_t entry = vm_get(from, at), node;
    uint64_t removed;
    enum cm_err e = vm_map(to, address, entry & SHADOW_FRAME_MASK, 1, entry_of(map));

    if (e != CM_OK) return e;
    node = shadow_find(&shadow, comp_index(from), at);
    (void)fut_sys_unmap(from->domain_slot, at, 1, &removed);
    shadow_set(&shadow, node, at, 0);                             /* the frame is the child's now */
    if (shadow.node[node].used == 0) (void)vm_unmap(from, at, 1); /* lets the empty table go */
    return CM_OK;
}

enum cm_err memory_give(struct comp *from, uint64_t at, struct comp *to, uint64_t address,
                        uint32_t pages, uint32_t map)
{
    bool stack = address >= SPACE_STACK_LOW;
    struct space_region cut;
    uint32_t i;
    enum cm_err e = give_check(from, at, address, pages, map);

    if (e != CM_OK) return e;
    memory_unlend(from, at, pages);
    ticket_drop_memory(&tickets, comp_index(from), at, at + pages * PAGE);
    e = account_charge(&accounts, comp_index(to), pages);
    detail = e == CM_ENOMEM ? pages : detail;
    if (e == CM_OK && !stack) {
        e = space_add(&regions, &to->space, address, pages, SPACE_KIND_OWN, (uint8_t)map, 0);
        if (e != CM_OK) (void)account_refund(&accounts, comp_index(to), pages);
    }
    for (i = 0; i < pages && e == CM_OK; i++)
        e = give_page(from, at + i * PAGE, to, address + i * PAGE, map);
    if (e != CM_OK) /* what was given stays the child's: it dies with it */
        return e == CM_ENOSPC ? CM_ENOMEM : e;
    while (space_cut(&regions, &from->space, at, pages, &cut) == CM_OK && cut.pages != 0)
        (void)account_refund(&accounts, comp_index(from),
                             cut.kind == SPACE_KIND_STACK ? 0 : cut.pages);
    return CM_OK;
}
