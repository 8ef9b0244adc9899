/* SPDX-License-Identifier: Apache-2.0 */
/* What the processor has: asked once, switched on, kept in board.features and reported. */
#include "board.h"
#include "boot.h"
#include "cpu.h"
#include "x86.h"

#define CR4_OSXSAVE (1u << 18)
#define CR4_FSGSBASE (1u << 16)
#define CR4_PCIDE (1u << 17)
#define CR4_SMEP (1u << 20)
#define CR4_SMAP (1u << 21)
#define CR4_UMIP (1u << 11)
#define ISOLATE "isolate" /* boot option: as if the processor needed it */
#define MSR_CAPABILITIES 0x10au
#define CAPABILITY_RDCL_NO 1u
#define XSAVE_X87_SSE 3u
#define XSAVE_AVX 4u
#define MXCSR_MASK_USUAL 0xffbfu
#define RANDOM_TRIES 100u
#define VENDOR_INTEL 0x756e6547u /* "Genu" */

struct cpuid {
    u32 a, b, c, d;
};

static struct cpuid cpuid(u32 leaf, u32 sub)
{
    struct cpuid r;

    __asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(sub));
    return r;
}

static bool bit(u32 word, u32 n) { return (word >> n & 1) != 0; }

/* Is there such a word in the command line? */
static bool option_given(const char *word)
{
    const char *at = boot.chosen.bootargs;
    u32 i;

    while (at != NULL && *at != 0) {
        for (i = 0; word[i] != 0 && at[i] == word[i]; i++)
            ;
        if (word[i] == 0 && (at[i] == 0 || at[i] == ' ')) return true;
        while (*at != 0 && *at != ' ')
            at++;
        while (*at == ' ')
            at++;
    }
    return false;
}

static void feature_if(bool there, u32 feature)
{
    if (there) board.features |= feature;
}

static void features_read(void)
{
    struct cpuid none = {0, 0, 0, 0}, first = cpuid(0, 0), one = cpuid(1, 0);
    struct cpuid seven = first.a >= 7 ? cpuid(7, 0) : none;
    bool capable = bit(seven.d, 29);

    feature_if(bit(seven.b, 7), FEATURE_SMEP);
    feature_if(bit(seven.b, 20), FEATURE_SMAP);
    feature_if(bit(seven.c, 2), FEATURE_UMIP);
    feature_if(bit(one.c, 17) && bit(seven.b, 10), FEATURE_PCID);
    feature_if(bit(seven.b, 0), FEATURE_FSGSBASE);
    feature_if(bit(one.c, 26), FEATURE_XSAVE);
    feature_if(bit(one.c, 21), FEATURE_X2APIC);
    feature_if(bit(one.c, 24), FEATURE_DEADLINE);
    feature_if(bit(cpuid(0x80000001, 0).d, 26), FEATURE_GIANT);
    feature_if(first.b == VENDOR_INTEL &&
                   !(capable && (msr_read(MSR_CAPABILITIES) & CAPABILITY_RDCL_NO) != 0),
               FEATURE_MELTDOWN);
    feature_if(board_has(FEATURE_MELTDOWN) || option_given(ISOLATE), FEATURE_ISOLATED);
    if (board_has(FEATURE_ISOLATED)) board.features &= ~(u32)FEATURE_PCID; /* each load flushes */
}

/* Components that fit into a vector record: x87, SSE and AVX. */
static void vectors_enable(void)
{
    static struct vector_state probe;

    if (board_has(FEATURE_XSAVE)) {
        board.vector_mask = XSAVE_X87_SSE;
        if (bit(cpuid(1, 0).c, 28)) board.vector_mask |= XSAVE_AVX;
        __asm__ volatile("xsetbv" : : "c"(0), "a"((u32)board.vector_mask), "d"(0));
        if (cpuid(13, 0).b > sizeof probe)
            boot_fail("processor", "its vector state is larger than its record");
    }
    __asm__ volatile("fxsave64 %0" : "=m"(probe));
    board.mxcsr_mask = (u32)(probe.word[3] >> 32);
    if (board.mxcsr_mask == 0) board.mxcsr_mask = MXCSR_MASK_USUAL;
    vector_clear();
}

void features_enable(void)
{
    u64 cr4 = CONTROL_READ(cr4);

    features_read();
    board.lapic_id = cpuid(1, 0).b >> 24; /* of the local APIC itself later */
    cr4 |= board_has(FEATURE_SMEP) ? CR4_SMEP : 0;
    cr4 |= board_has(FEATURE_SMAP) ? CR4_SMAP : 0;
    cr4 |= board_has(FEATURE_UMIP) ? CR4_UMIP : 0;
    cr4 |= board_has(FEATURE_PCID) ? CR4_PCIDE : 0;
    cr4 |= board_has(FEATURE_FSGSBASE) ? CR4_FSGSBASE : 0;
    cr4 |= board_has(FEATURE_XSAVE) ? CR4_OSXSAVE : 0;
    if (board_has(FEATURE_ISOLATED)) cr4 &= ~(u64)CR4_PGE; /* nothing survives a load of a root */
    CONTROL_WRITE(cr4, cr4);
    core.smap = board_has(FEATURE_SMAP);
    vectors_enable();
}

/* A word of the processor's random numbers, of its source where it tells; it may have none for a
 * while. */
static bool random_word(bool source, u64 *word)
{
    u32 i;
    u8 ok = 0;

    for (i = 0; i < RANDOM_TRIES && ok == 0; i++)
        if (source)
            __asm__ volatile("rdseed %0\n\tsetc %1" : "=r"(*word), "=qm"(ok) : : "cc");
        else
            __asm__ volatile("rdrand %0\n\tsetc %1" : "=r"(*word), "=qm"(ok) : : "cc");
    return ok != 0;
}

/* A processor that says the same again and again is known; it has no seed then. */
static bool random_fill(bool source, u64 *seed, u32 words)
{
    u32 i, same = 0;

    for (i = 0; i < words; i++) {
        if (!random_word(source, &seed[i])) return false;
        same += i > 0 && seed[i] == seed[i - 1];
    }
    return same == 0;
}

void entropy_read(void)
{
    static u64 seed[FUT_BOOT_ENTROPY / 8];
    bool source = cpuid(0, 0).a >= 7 && bit(cpuid(7, 0).b, 18), rdrand = bit(cpuid(1, 0).c, 30);

    if (!(source && random_fill(true, seed, FUT_BOOT_ENTROPY / 8)) &&
        !(rdrand && random_fill(false, seed, FUT_BOOT_ENTROPY / 8)))
        return;
    boot.chosen.rng_seed = (const u8 *)seed;
    boot.chosen.rng_seed_len = sizeof seed;
}

static u32 text_add(char *to, u32 at, const char *text)
{
    for (; *text != 0; text++)
        to[at++] = *text;
    to[at] = 0;
    return at;
}

const char *features_text(void)
{
    static const struct {
        const char *name;
        u32 feature;
    } names[] = {
        {" smep", FEATURE_SMEP},
        {" smap", FEATURE_SMAP},
        {" umip", FEATURE_UMIP},
        {" pcid", FEATURE_PCID},
        {" xsave", FEATURE_XSAVE},
        {" fsgsbase", FEATURE_FSGSBASE},
        {" x2apic", FEATURE_X2APIC},
        {" 1g", FEATURE_GIANT},
        {" deadline", FEATURE_DEADLINE},
        {"; open to meltdown", FEATURE_MELTDOWN},
        {"; the nucleus isolated", FEATURE_ISOLATED},
    };
    static char text[128]; /* all names take less */
    u32 i, at = text_add(text, 0, "x86-64: nx");

    for (i = 0; i < sizeof names / sizeof names[0]; i++)
        if (board_has(names[i].feature)) at = text_add(text, at, names[i].name);
    return text;
}
