/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the PCI core against a model of bridges and devices. */
#include "pcibus.h"

#include "suite.h"

#include <string.h>

#define DEVICES 128u
#define FIRST 3u /* number of the first bus */
#define BUSES 16u
#define ROOT UINT32_MAX

struct device {
    uint32_t parent; /* the bridge that it is behind, or ROOT */
    uint8_t devfn;
    uint32_t word[64], writable[64];
};

static struct {
    struct device device[DEVICES];
    uint32_t count, accesses;
} model;

static struct pcibus pci;

static uint32_t bridge_last(const struct device *d) { return d->word[6] >> 16 & 0xff; }
static uint32_t bridge_bus(const struct device *d) { return d->word[6] >> 8 & 0xff; }

/* Does configuration space of `bus` reach what is behind `bridge`? Every bridge on the way asks. */
static bool reaches(uint32_t bridge, uint32_t bus)
{
    const struct device *d;

    if (bridge == ROOT) return bus == FIRST;
    d = &model.device[bridge];
    if (bridge_bus(d) != bus) return false;
    for (uint32_t up = d->parent; up != ROOT; up = model.device[up].parent) {
        d = &model.device[up];
        if (bus <= bridge_bus(d) || bus > bridge_last(d)) return false;
    }
    return true;
}

static struct device *find(uint32_t offset)
{
    uint32_t bus = FIRST + offset / PCIBUS_BUS_BYTES, devfn = offset / 0x1000 % 256;

    ck_assert_uint_lt(offset, BUSES * PCIBUS_BUS_BYTES);
    ck_assert_uint_eq(offset % 4, 0);
    ck_assert_uint_lt(offset % 0x1000, 256);
    model.accesses++;
    for (uint32_t i = 0; i < model.count; i++) {
        if (model.device[i].devfn == devfn && reaches(model.device[i].parent, bus))
            return &model.device[i];
    }
    return NULL;
}

static uint32_t model_read(void *ctx, uint32_t offset)
{
    const struct device *d = find(offset);

    (void)ctx;
    return d != NULL ? d->word[offset % 256 / 4] : UINT32_MAX;
}

static void model_write(void *ctx, uint32_t offset, uint32_t value)
{
    struct device *d = find(offset);
    uint32_t i = offset % 256 / 4;

    (void)ctx;
    ck_assert_ptr_nonnull(d);
    d->word[i] = (d->word[i] & ~d->writable[i]) | (value & d->writable[i]);
}

static const struct pcibus_ops ops = {model_read, model_write};

static struct device *add(uint32_t parent, uint32_t devfn, uint32_t class_code)
{
    struct device *d = &model.device[model.count++];

    ck_assert_uint_le(model.count, DEVICES);
    *d = (struct device){.parent = parent, .devfn = (uint8_t)devfn};
    d->word[0] = 0x10001af4 + (model.count << 16);
    d->word[1] = 7;
    d->writable[1] = 0x407;
    d->word[2] = class_code << 8 | 1;
    return d;
}

static uint32_t add_bridge(uint32_t parent, uint32_t devfn)
{
    struct device *d = add(parent, devfn, 0x060400);

    d->word[3] = 0x010000;
    d->writable[6] = UINT32_MAX;
    d->writable[8] = d->writable[9] = 0xfff0fff0;
    d->writable[10] = d->writable[11] = UINT32_MAX;
    return model.count - 1;
}

/* `flags`: the low bits of the register. */
static void add_bar(struct device *d, uint32_t index, uint64_t size, uint32_t flags)
{
    uint64_t mask = -size & ~(uint64_t)((flags & 1) != 0 ? 3 : 15);

    d->word[4 + index] = flags;
    d->writable[4 + index] = (uint32_t)mask;
    if ((flags & 7) == 4) d->writable[5 + index] = (uint32_t)(mask >> 32);
}

static void add_capability(struct device *d, uint32_t at, uint32_t next, uint32_t word)
{
    d->word[1] |= 1u << 20;
    if (d->word[13] == 0) d->word[13] = at;
    d->word[at / 4] = word | next << 8;
    d->writable[at / 4] = 0xffff0000;
}

static void scan(void) { pcibus_scan(&pci, &ops, NULL, FIRST, BUSES); }

static void setup(void)
{
    memset(&model, 0, sizeof(model));
    memset(&pci, 0, sizeof(pci));
}

START_TEST(finds_functions)
{
    struct device *d;

    scan();
    ck_assert_uint_eq(pci.count, 0);
    add(ROOT, 0, 0x060000);
    d = add(ROOT, 5 << 3, 0x020000);
    d->word[15] = 0x0200;
    d->word[3] = 0x800000; /* several functions */
    add(ROOT, 5 << 3 | 3, 0x010802);
    add(ROOT, 6 << 3, 0x030000);
    add(ROOT, 6 << 3 | 1, 0x030000); /* of a device that says it has but one */
    add(ROOT, 7 << 3 | 1, 0x030000); /* and of none at all */
    scan();
    ck_assert_uint_eq(pci.count, 4);
    ck_assert_uint_eq(pci.function[1].bus, FIRST);
    ck_assert_uint_eq(pci.function[1].device, 5);
    ck_assert_uint_eq(pci.function[1].vendor, 0x1af4);
    ck_assert_uint_eq(pci.function[1].device_id, 0x1002);
    ck_assert_uint_eq(pci.function[1].class_code, 0x020000);
    ck_assert_uint_eq(pci.function[1].revision, 1);
    ck_assert_uint_eq(pci.function[1].interrupt_pin, 2);
    ck_assert_uint_eq(pci.function[2].function, 3);
    ck_assert_uint_eq(pci.function[2].class_code, 0x010802);
    ck_assert_uint_eq(pci.function[3].device, 6);
    ck_assert_uint_eq(model.device[0].word[1], 7); /* a bridge to the processor stays as it is */
    ck_assert_uint_eq(model.device[1].word[1], 0); /* nothing else answers until it is wanted */
    pcibus_enable(&pci, 1, true, true);
    ck_assert_uint_eq(model.device[1].word[1], 6);
    pcibus_enable(&pci, 1, false, false);
    ck_assert_uint_eq(model.device[1].word[1], 0);
}
END_TEST

START_TEST(numbers_buses)
{
    uint32_t a = add_bridge(ROOT, 1 << 3), b = add_bridge(a, 0), c;

    add(b, 0, 0x020000);
    c = add_bridge(ROOT, 2 << 3);
    add(c, 31 << 3, 0x010000);
    scan();
    ck_assert_uint_eq(pci.count, 5);
    ck_assert_uint_eq(model.device[a].word[6], 0x050403);
    ck_assert_uint_eq(model.device[b].word[6], 0x050504);
    ck_assert_uint_eq(model.device[c].word[6], 0x060603);
    ck_assert_uint_eq(pci.function[0].secondary, 4);
    ck_assert_uint_eq(pci.function[0].last, 5);
    ck_assert_uint_eq(pci.function[2].bus, 5);
    ck_assert_uint_eq(pci.function[2].parent, 1);
    ck_assert_uint_eq(pci.function[4].bus, 6);
    ck_assert_uint_eq(pci.function[4].device, 31);
}
END_TEST

/* More bridges behind each other, more buses, more functions than there may be. */
START_TEST(bounds_the_walk)
{
    uint32_t parent = ROOT;

    for (uint32_t i = 0; i < PCIBUS_DEPTH + 3; i++)
        parent = add_bridge(parent, 0);
    scan();
    ck_assert_uint_eq(pci.count, PCIBUS_DEPTH + 1);
    ck_assert_uint_eq(pci.left_out, 1);
    setup();
    for (uint32_t i = 0; i < BUSES + 4; i++)
        add_bridge(ROOT, i << 3);
    scan();
    ck_assert_uint_eq(pci.count, BUSES + 4);
    ck_assert_uint_eq(pci.left_out, 5);
    setup();
    for (uint32_t i = 0; i < DEVICES; i++)
        add(ROOT, i, 0x020000)->word[3] = 0x800000;
    scan();
    ck_assert_uint_eq(pci.count, PCIBUS_FUNCTIONS);
    ck_assert_uint_eq(pci.left_out, DEVICES - PCIBUS_FUNCTIONS);
}
END_TEST

START_TEST(sizes_bars)
{
    struct device *d = add(ROOT, 0, 0x020000);
    const struct pcibus_bar *bar = pci.function[0].bar;

    add_bar(d, 0, 0x20, 1);
    add_bar(d, 1, 0x1000, 0);
    add_bar(d, 2, 0x4000, 8 | 4);
    add_bar(d, 4, UINT64_C(0x200000000), 4);
    d->word[5] |= 0xfebd1000;
    scan();
    ck_assert_int_eq(bar[0].kind, PCIBUS_BAR_IO);
    ck_assert_uint_eq(bar[0].size, 0x20);
    ck_assert_int_eq(bar[1].kind, PCIBUS_BAR_MEM32);
    ck_assert_uint_eq(bar[1].size, 0x1000);
    ck_assert_uint_eq(bar[1].address, 0xfebd1000);
    ck_assert_uint_eq(d->word[5], 0xfebd1000);
    ck_assert(!bar[1].is_prefetchable);
    ck_assert_int_eq(bar[2].kind, PCIBUS_BAR_MEM64);
    ck_assert_uint_eq(bar[2].size, 0x4000);
    ck_assert(bar[2].is_prefetchable);
    ck_assert_int_eq(bar[3].kind, PCIBUS_BAR_NONE);
    ck_assert_uint_eq(bar[4].size, UINT64_C(0x200000000));
    ck_assert_uint_eq(pci.refused, 0);
}
END_TEST

START_TEST(refuses_bad_bars)
{
    struct device *d = add(ROOT, 0, 0x020000);

    d->writable[4] = 0xfff0ff00;           /* a hole in the size */
    d->word[5] = 2, d->writable[5] = ~15u; /* below 1 MiB */
    d->word[6] = 6, d->writable[6] = ~15u; /* reserved */
    add_bar(d, 3, 0x1000, 0);
    d->word[9] = 4, d->writable[9] = ~15u; /* 64 bits, and no register for the upper half */
    scan();
    ck_assert_uint_eq(pci.refused, 4);
    for (uint32_t i = 0; i < PCIBUS_BARS; i++)
        ck_assert_int_eq(pci.function[0].bar[i].kind, i == 3 ? PCIBUS_BAR_MEM32 : PCIBUS_BAR_NONE);
}
END_TEST

START_TEST(finds_message_interrupts)
{
    struct device *d = add(ROOT, 0, 0x020000);

    add_bar(d, 4, 0x1000, 4);
    add_capability(d, 0x40, 0x60, 0x80000011 | 7u << 16);
    d->word[0x44 / 4] = 0x800 | 4;
    add_capability(d, 0x60, 0, 0x05 | 1u << 16 | 3u << 17);
    scan();
    ck_assert_uint_eq(pci.function[0].msix, 0x40);
    ck_assert_uint_eq(pci.function[0].msix_vectors, 8);
    ck_assert_uint_eq(pci.function[0].msix_bar, 4);
    ck_assert_uint_eq(pci.function[0].msix_offset, 0x800);
    ck_assert_uint_eq(pci.function[0].msi, 0x60);
    ck_assert_uint_eq(pci.function[0].msi_vectors, 8);
    ck_assert_uint_eq(d->word[0x40 / 4] >> 31, 0); /* both are off */
    ck_assert_uint_eq(d->word[0x60 / 4] >> 16 & 1, 0);
    d->word[0x44 / 4] = 0xf88 | 4; /* the table ends beyond its BAR */
    scan();
    ck_assert_uint_eq(pci.function[0].msix, 0);
    d->word[0x44 / 4] = 0x800 | 3; /* its BAR is none */
    scan();
    ck_assert_uint_eq(pci.function[0].msix, 0);
    d->word[0x44 / 4] = 0x800 | 7;
    d->word[0x60 / 4] |= 0x6000; /* the list is a circle */
    scan();
    ck_assert_uint_eq(pci.function[0].msix, 0);
    ck_assert_uint_eq(pci.function[0].msi, 0x60);
    ck_assert_uint_eq(pci.refused, 2);
}
END_TEST

static const struct pcibus_window windows[] = {{0x10000000, 0x2eff0000},
                                               {UINT64_C(0x8000000000), UINT64_C(0x8000000000)}};

static uint64_t address_of(uint32_t device, uint32_t bar, bool wide)
{
    const uint32_t *word = &model.device[device].word[4 + bar];

    return (word[0] & ~15u) | (wide ? (uint64_t)word[1] << 32 : 0);
}

START_TEST(places_bars)
{
    uint32_t bridge;

    add_bar(add(ROOT, 0, 0x020000), 0, 0x1000, 0);
    add_bar(&model.device[0], 2, 0x4000, 8 | 4);
    bridge = add_bridge(ROOT, 1 << 3);
    add_bar(add(bridge, 0, 0x010000), 0, 0x2000, 8 | 4);
    add_bar(add(ROOT, 2 << 3, 0x020000), 0, 0x100000, 0);
    scan();
    pcibus_place(&pci, windows, 2);
    ck_assert_uint_eq(pci.unplaced, 0);
    ck_assert_uint_eq(address_of(0, 0, false), 0x10000000);
    ck_assert_uint_eq(address_of(0, 2, true), UINT64_C(0x8000000000));
    ck_assert_uint_eq(address_of(2, 0, true), 0x10100000);
    ck_assert_uint_eq(model.device[bridge].word[8], 0x10101010);
    ck_assert_uint_eq(model.device[bridge].word[9], 0xfff0);
    ck_assert_uint_eq(model.device[bridge].word[1] & 6, 6);
    ck_assert_uint_eq(address_of(3, 0, false), 0x10200000);
    for (uint32_t i = 0; i < pci.count; i++)
        ck_assert_uint_eq(pci.function[i].bar[0].address, i == 1 ? 0 : address_of(i, 0, i == 2));
}
END_TEST

START_TEST(keeps_what_firmware_chose)
{
    add_bar(add(ROOT, 0, 0x020000), 0, 0x1000, 0);
    add_bar(add(ROOT, 8, 0x020000), 0, 0x1000, 0);
    model.device[0].word[4] = 0x20001000;
    model.device[1].word[4] = 0x20003000;
    scan();
    pcibus_place(&pci, windows, 2);
    ck_assert_uint_eq(model.device[0].word[4], 0x20001000);
    ck_assert_uint_eq(model.device[1].word[4], 0x20003000);
    model.device[1].word[4] = 0x20001000; /* both at one place */
    scan();
    pcibus_place(&pci, windows, 2);
    ck_assert_uint_eq(model.device[0].word[4], 0x10000000);
    ck_assert_uint_eq(model.device[1].word[4], 0x10001000);
    model.device[1].word[4] = 0x3eff0000; /* outside */
    scan();
    pcibus_place(&pci, windows, 2);
    ck_assert_uint_eq(model.device[1].word[4], 0x10001000);
}
END_TEST

START_TEST(says_what_has_no_room)
{
    const struct pcibus_window small = {0x10000000, 0x100000};

    add_bar(add(ROOT, 0, 0x020000), 0, 0x80000, 0);
    add_bar(add(ROOT, 8, 0x020000), 0, 0x100000, 0);
    add_bar(add(ROOT, 16, 0x020000), 0, 0x1000, 0);
    scan();
    pcibus_place(&pci, &small, 1);
    ck_assert_uint_eq(pci.unplaced, 1);
    ck_assert_uint_eq(pci.function[0].bar[0].address, 0x10000000);
    ck_assert_uint_eq(pci.function[1].bar[0].address, 0);
    ck_assert_uint_eq(pci.function[2].bar[0].address, 0x10080000);
    scan();
    pcibus_place(&pci, NULL, 0);
    ck_assert_uint_eq(pci.unplaced, 3);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {finds_functions,      numbers_buses,
                                  bounds_the_walk,      sizes_bars,
                                  refuses_bad_bars,     finds_message_interrupts,
                                  places_bars,          keeps_what_firmware_chose,
                                  says_what_has_no_room};

    return suite_run("pci", tests, TEST_COUNT(tests), setup);
}
