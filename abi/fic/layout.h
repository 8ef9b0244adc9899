/* SPDX-License-Identifier: Apache-2.0 */
/* Where everything lies in a local message: a pure function of the types. Offsets and sizes are in
 * bytes. No function here can fail on an image that fic_image_check accepts.
 *
 * What a value of a type takes in its parent (root, struct or element of an array or vector):
 *   bool 1 · integers, enums, flags: their size · cap 8 · obj 4 · array N x element (stride =
 *   element size) · frozen struct its size · strict union {u32 tag; payload at the largest
 *   member alignment} · slice {u32 count; u16 offset/8; u16 stride}: 8, alignment 4, for string,
 *   bytes, vector, open struct · open union {u32 tag; u32 zero; slice}: 16, alignment 4; its
 *   block holds the payload as a member would lie in a struct (stride = its size, count 1).
 * An element of a vector lies as a value of its type would in a struct: elements that are open
 * structs, strings, bytes or vectors are slices themselves.
 * A `reserved` field of a parameter list or of an open struct stands for an optional field that is
 * always absent and lies exactly so ({T v; u8 has}); in a frozen struct it is plain space. */
#ifndef FIC_LAYOUT_H
#define FIC_LAYOUT_H
#include "image.h"

/* A value of a type in its parent. */
struct fic_value_layout {
    uint32_t size;
    uint32_t align;   /* 1, 2, 4, 8 */
    uint32_t out_max; /* largest sum of the out-of-line blocks below it, each rounded up to 8 */
    uint32_t depth;   /* levels of nesting (FIC_MAX_NESTING) */
};

struct fic_field_layout {
    uint32_t offset;
    uint32_t size; /* of the value, without `has` */
    uint32_t align;
    uint32_t has; /* offset of the `has` byte from the start of the root or struct; 0: none */
    uint32_t end; /* first byte after the field, `has` included */
    uint32_t out_max;
};

/* A root, a struct, or a union's payload list. */
struct fic_struct_layout {
    uint32_t size; /* roots and open structs: rounded up to 8; frozen: to the alignment */
    uint32_t align;
    uint32_t required; /* end of the last field that is neither optional nor reserved; 0: none */
    uint32_t out_max;
    uint32_t depth;
    size_t nfields;
    struct fic_field_layout fields[FIC_MAX_FIELDS];
};

/* A whole message in one direction. */
struct fic_message_layout {
    struct fic_struct_layout root;
    uint32_t root_words;     /* root.size / 8 */
    uint32_t required_words; /* root.required rounded up to words: what a peer must send at least */
    bool in_registers;       /* root_words <= 4 */
    uint32_t lane_max;       /* largest number of bytes in the half's data area (0: no data ever) */
    uint8_t size_class;      /* 0..3: smallest that holds lane_max */
};

/* How a field is stored. */
enum fic_storage {
    FIC_ST_INLINE,    /* bool, integer, enum, flags, cap, obj, array, frozen struct, strict union */
    FIC_ST_SLICE,     /* string, bytes, vector, open struct */
    FIC_ST_OPEN_UNION /* tag and slice */
};
enum fic_storage fic_storage(const struct fic_image *im, const struct fic_type *t);

/* How absence of an optional field shows. */
enum fic_absence {
    FIC_ABS_HAS,   /* its `has` byte is 0 (scalar, array, frozen struct); the value is zero */
    FIC_ABS_SLICE, /* its slice is all zero */
    FIC_ABS_TAG,   /* its union tag is 0 */
    FIC_ABS_ZERO   /* the cap or obj is 0 */
};
enum fic_absence fic_absence(const struct fic_image *im, const struct fic_type *t);

/* Size in bytes of an integer kind (1, 2, 4, 8) and of FIC_BOOL (1). */
uint32_t fic_int_size(enum fic_kind k);
bool fic_int_signed(enum fic_kind k);

void fic_layout_value(const struct fic_image *im, const struct fic_type *t,
                      struct fic_value_layout *out);

/* A typedef of kind FIC_STRUCT. The size of an open struct is that of its out-of-line block. */
void fic_layout_struct(const struct fic_image *im, const struct fic_typedef *d,
                       struct fic_struct_layout *out);

/* A strict union: size, alignment and offset of the payload. Open union: `payload` is 0 and size,
 * align are those of {tag, zero, slice}. */
struct fic_union_layout {
    uint32_t size, align, payload, out_max, depth;
};
void fic_layout_union(const struct fic_image *im, const struct fic_typedef *d,
                      struct fic_union_layout *out);

/* A parameter list as a message's root. */
void fic_layout_message(const struct fic_image *im, const struct fic_fields *f,
                        struct fic_message_layout *out);

/* Stride of a slice field: 1 for string and bytes, the element's size for a vector, the block's
 * size for an open struct, the payload's size for a member of an open union (pass its type). */
uint32_t fic_stride(const struct fic_image *im, const struct fic_type *t);

/* True if a value of the type holds, at any depth, something out of line / a cap. */
bool fic_type_has_slices(const struct fic_image *im, const struct fic_type *t);
bool fic_type_has_caps(const struct fic_image *im, const struct fic_type *t);

/* The smallest class (0..3) that holds so many bytes of data, 4 if none does. Class 0 is no half.
 */
uint8_t fic_size_class(uint32_t lane_bytes);
/* Bytes of data and of pages of a half of this class: data 0, 4032, 16320, 69568. */
uint32_t fic_class_data(uint8_t size_class);
uint32_t fic_class_pages(uint8_t size_class);

/* What a connection's lane needs for a root interface and its closure (every interface that is
 * reachable through obj, the root included, in any order). */
struct fic_lane {
    bool needed;       /* false: no lane at all */
    bool slots;        /* some method needs a slot */
    bool events;       /* some interface of the closure has events */
    uint8_t req_class; /* 0..3; at least 1 in both directions if some method is blocking, since its
                          asynchronous form needs the halves' headers */
    uint8_t rep_class;
    uint32_t arena_max; /* largest sum of out-of-line data of a request, views included, in bytes */
};
void fic_layout_lane(const struct fic_image *root, const struct fic_image *const *closure, size_t n,
                     struct fic_lane *out);

/* Pages of the areas for so many slots (0 if no slot is needed). Order: FIPC.md 3.3; every ring's
 * entries start at a page. */
uint32_t fic_lane_pages_c(const struct fic_image *root, const struct fic_lane *l, unsigned slots);
uint32_t fic_lane_pages_s(const struct fic_image *root, const struct fic_lane *l, unsigned slots);

#endif
