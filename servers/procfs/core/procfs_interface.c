/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an interface image to the lines of /proc/interfaces/<component>. The image comes from a
 * server and is read as such: every length is checked by the CBOR reader, nesting is bounded, and
 * what is not understood is an error, not a guess.
 */
#include "procfs.h"

#include <string.h>

#include "strict_cbor.h"

#define TYPES 256u
#define NESTING 12u

const char procfs_interface_header[] =
    "interface\tmajor\tminor\tmethod\tordinal\tsignature\tflags\tsource\n";

struct image {
    struct scbor_in in;
    struct procfs_text *t;
    struct scbor_str library, name, type[TYPES];
    size_t members[TYPES]; /* of flags that are rights: where their names are; 0: other types */
    uint64_t major;
    uint32_t types;
    const char *source;
};

static bool peek(const struct scbor_in *in, uint8_t byte)
{
    return !in->failed && in->pos < in->len && in->data[in->pos] == byte;
}

static bool take_null(struct scbor_in *in)
{
    bool null = peek(in, 0xf6);

    in->pos += null;
    return null;
}

static bool take_empty(struct scbor_in *in)
{
    bool empty = peek(in, 0x80);

    in->pos += empty;
    return empty;
}

/* Any item. Negative numbers (keys of enums) are beyond the reader: their head is changed to that
 * of a positive one in a copy of at most nine bytes. */
static void skip(struct scbor_in *in, unsigned depth)
{
    uint8_t head[9];
    size_t n = in->len - in->pos < sizeof head ? in->len - in->pos : sizeof head;
    struct scbor_in one;
    uint64_t count, each;

    if (in->failed || n == 0 || depth > NESTING) {
        in->failed = true;
        return;
    }
    memcpy(head, in->data + in->pos, n);
    switch (head[0] >> 5) {
    case 2: (void)scbor_read_bytes(in); return;
    case 3: (void)scbor_read_text(in); return;
    case 7:
        in->failed |= head[0] < 0xf4 || head[0] > 0xf6;
        in->pos++;
        return;
    case 6: in->failed = true; return;
    default: break;
    }
    each = head[0] >> 5 == 5 ? 2 : head[0] >> 5 == 4 ? 1 : 0;
    head[0] &= 0x1f;
    scbor_in_init(&one, head, n);
    count = each != 0 ? scbor_read_uint(&one) : (scbor_read_uint(&one), 0);
    in->failed |= one.failed || count > in->len - in->pos;
    in->pos += one.pos;
    for (count *= each; count > 0 && !in->failed; count--)
        skip(in, depth + 1);
}

/* A type's name; without the library where it is the interface's own. */
static void put_tname(struct image *im, struct scbor_str name)
{
    size_t own = im->library.len;

    if (name.len > own && memcmp(name.s, im->library.s, own) == 0 && name.s[own] == '/') {
        const char *dot = memchr(name.s + own, '.', name.len - own);

        if (dot) {
            procfs_put_cell(im->t, dot + 1, name.len - (size_t)(dot + 1 - name.s));
            return;
        }
    }
    procfs_put_cell(im->t, name.s, name.len);
}

static void put_simple(struct image *im, uint64_t kind)
{
    static const char *const words[] = {"bool", "u8",  "u16", "u32", "u64",
                                        "i8",   "i16", "i32", "i64"};

    if (kind >= sizeof words / sizeof words[0])
        im->in.failed = true;
    else
        procfs_put(im->t, words[kind]);
}

static void put_type(struct image *im, unsigned depth);

static void put_count(struct image *im, const char *before, const char *behind)
{
    procfs_put(im->t, before);
    procfs_put_u64(im->t, scbor_read_uint(&im->in));
    procfs_put(im->t, behind);
}

/* "{READ, WRITE}": the map of bits at `at`. */
static void put_members(struct image *im, size_t at)
{
    struct scbor_in after = im->in;
    const char *between = "{";
    struct scbor_map m;
    uint64_t bit;

    im->in.pos = at;
    scbor_read_map(&im->in, &m);
    while (scbor_map_next(&im->in, &m, &bit)) {
        struct scbor_str name;

        if (take_null(&im->in)) continue;
        name = scbor_read_text(&im->in);
        procfs_put(im->t, between);
        procfs_put_cell(im->t, name.s, name.len);
        between = ", ";
    }
    procfs_put(im->t, "}");
    after.failed |= im->in.failed;
    im->in = after;
}

static void put_named(struct image *im)
{
    uint64_t index = scbor_read_uint(&im->in);

    if (index >= im->types) {
        im->in.failed = true;
        return;
    }
    put_tname(im, im->type[index]);
    if (im->members[index] != 0) put_members(im, im->members[index]);
}

static void put_reference(struct image *im, const char *word)
{
    procfs_put(im->t, word);
    put_tname(im, scbor_read_text(&im->in));
    procfs_put(im->t, ">");
}

static void put_compound(struct image *im, unsigned depth)
{
    static const uint8_t sizes[] = {2, 2, 3, 3, 2, 1, 1, 2, 2}; /* of kinds 16 to 24 */
    uint64_t n = scbor_read_array(&im->in), kind = scbor_read_uint(&im->in);

    if (im->in.failed || kind < 16 || kind > 24 || n != sizes[kind - 16]) {
        im->in.failed = true;
        return;
    }
    switch (kind) {
    case 16: put_count(im, "string<", ">"); return;
    case 17: put_count(im, "bytes<", ">"); return;
    case 20: put_reference(im, "cap<"); return;
    case 21: procfs_put(im->t, "cap<memory>"); return;
    case 22: procfs_put(im->t, "cap<notification>"); return;
    case 23: put_reference(im, "obj<"); return;
    case 24: put_named(im); return;
    default: break;
    }
    procfs_put(im->t, kind == 18 ? "vector<" : "array<");
    put_type(im, depth + 1);
    put_count(im, ", ", ">");
}

static void put_type(struct image *im, unsigned depth)
{
    bool compound = im->in.pos < im->in.len && im->in.data[im->in.pos] >> 5 == 4;

    if (im->in.failed || depth > NESTING)
        im->in.failed = true;
    else if (compound)
        put_compound(im, depth);
    else
        put_simple(im, scbor_read_uint(&im->in));
}

/* A parameter. Its flags follow the type in the image and go before it in the text. */
static void put_field(struct image *im)
{
    struct scbor_str name = {"", 0};
    struct scbor_in type = im->in, after;
    struct scbor_map m;
    uint64_t key, flags = 0;

    scbor_read_map(&im->in, &m);
    while (scbor_map_next(&im->in, &m, &key)) {
        if (key == 0)
            name = scbor_read_text(&im->in);
        else if (key == 1)
            type = im->in, skip(&im->in, 0);
        else
            flags = scbor_read_uint(&im->in);
    }
    procfs_put(im->t, flags == 1   ? "optional "
                      : flags == 2 ? "view "
                      : flags == 4 ? "reserved"
                                   : "");
    procfs_put_cell(im->t, name.s, name.len);
    procfs_put(im->t, ": ");
    after = im->in;
    im->in = type;
    put_type(im, 0);
    after.failed |= im->in.failed;
    im->in = after;
}

static void put_fields(struct image *im)
{
    uint64_t n = scbor_read_array(&im->in);

    procfs_put(im->t, "(");
    for (uint64_t i = 0; i < n && !im->in.failed; i++) {
        procfs_put(im->t, i != 0 ? ", " : "");
        put_field(im);
    }
    procfs_put(im->t, ")");
}

static void put_flags(struct image *im, uint64_t flags, bool oneway, bool event)
{
    static const char *const words[] = {"blocking", "idempotent", "keep"};
    const char *comma = "";

    for (unsigned i = 0; i < 3; i++) {
        if (!(flags >> i & 1)) continue;
        procfs_put(im->t, comma);
        procfs_put(im->t, words[i]);
        comma = ",";
    }
    if (event || oneway) procfs_put(im->t, event ? "event" : "oneway");
}

/* One method or event, at its value. */
static void put_method(struct image *im, uint64_t ordinal, bool event)
{
    struct scbor_map m;
    uint64_t key, flags = 0;
    bool results = false, named = false;

    scbor_read_map(&im->in, &m);
    procfs_put_cell(im->t, im->library.s, im->library.len);
    procfs_put(im->t, ".");
    procfs_put_cell(im->t, im->name.s, im->name.len);
    procfs_put(im->t, "\t");
    procfs_put_u64(im->t, im->major);
    procfs_put(im->t, "\t0\t");
    while (scbor_map_next(&im->in, &m, &key)) {
        if (key == 0) {
            struct scbor_str name = scbor_read_text(&im->in);

            named = true;
            procfs_put_cell(im->t, name.s, name.len);
            procfs_put(im->t, "\t0x");
            procfs_put_hex(im->t, ordinal);
            procfs_put(im->t, "\t");
        } else if (key == 1 || key == 2) {
            results |= key == 2;
            if (key == 2 && take_empty(&im->in)) continue; /* said by leaving it out */
            procfs_put(im->t, key == 2 ? " -> " : "");
            put_fields(im);
        } else {
            flags = scbor_read_uint(&im->in);
        }
    }
    procfs_put(im->t, "\t");
    put_flags(im, flags, !results, event);
    im->in.failed |= !named;
    procfs_put(im->t, "\t");
    procfs_put(im->t, im->source);
    procfs_put(im->t, "\n");
}

static void put_methods(struct image *im, bool events)
{
    struct scbor_map m;
    uint64_t ordinal;

    scbor_read_map(&im->in, &m);
    while (scbor_map_next(&im->in, &m, &ordinal))
        if (!take_null(&im->in)) put_method(im, ordinal, events);
}

static bool is_rights(struct scbor_str name)
{
    static const char end[] = "Rights";
    size_t n = sizeof end - 1;

    return name.len > n && memcmp(name.s + name.len - n, end, n) == 0;
}

/* One type. Its keys come in order: kind, name, base, members. */
static void read_type(struct image *im)
{
    uint32_t index = im->types;
    uint64_t key, kind = 0;
    struct scbor_map m;

    scbor_read_map(&im->in, &m);
    while (!im->in.failed && scbor_map_next(&im->in, &m, &key)) {
        if (key == 0) {
            kind = scbor_read_uint(&im->in);
        } else if (key == 1 && im->types == index) {
            im->type[im->types++] = scbor_read_text(&im->in);
        } else {
            if (key == 3 && kind == 1 && im->types > index && is_rights(im->type[index]))
                im->members[index] = im->in.pos;
            skip(&im->in, 0);
        }
    }
    if (im->types != index + 1) im->in.failed = true;
}

/* The types' names; they are referred to by index. */
static void read_types(struct image *im)
{
    uint64_t n = scbor_read_array(&im->in);

    if (n > TYPES) im->in.failed = true;
    for (uint64_t i = 0; i < n && !im->in.failed; i++)
        read_type(im);
}

static void put_image(struct image *im)
{
    struct scbor_map m;
    uint64_t key;

    scbor_read_map(&im->in, &m);
    while (scbor_map_next(&im->in, &m, &key)) {
        switch (key) {
        case 0: im->in.failed |= scbor_read_uint(&im->in) != 1; break;
        case 1: im->library = scbor_read_text(&im->in); break;
        case 2: im->major = scbor_read_uint(&im->in); break;
        case 3: im->name = scbor_read_text(&im->in); break;
        case 4: read_types(im); break;
        case 5: put_methods(im, false); break;
        case 6: put_methods(im, true); break;
        default: skip(&im->in, 0); break;
        }
    }
}

int procfs_put_interface(struct procfs_text *t, const uint8_t *image, size_t size,
                         const char *source)
{
    struct image im = {.t = t, .source = source, .library = {"", 0}, .name = {"", 0}};
    uint32_t before = t->len;

    scbor_in_init(&im.in, image, size);
    put_image(&im);
    if (t->overflow) return FSC_OK; /* it will be tried again with more room */
    if (scbor_in_is_done(&im.in) && im.name.len != 0) return FSC_OK;
    t->len = before;
    return FSC_EBADMSG;
}
