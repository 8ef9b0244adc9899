/* SPDX-License-Identifier: Apache-2.0 */
/* The interface image, decoded: the one model that every generator reads. An image describes one
 * interface with every type reachable from it; other interfaces occur by name only. Everything that
 * hangs off a struct fic_image belongs to it and dies with fic_image_free. A decoded image has
 * passed every check of the language (names, ranges, limits, layout), so that generators need no
 * checks of their own. */
#ifndef FIC_IMAGE_H
#define FIC_IMAGE_H
#include "error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The limits of the language; the compiler and the decoder refuse more. */
#define FIC_MAX_NAME 63
#define FIC_MAX_LIBRARY 127
#define FIC_MAX_TNAME (FIC_MAX_LIBRARY + 1 + 5 + 1 + FIC_MAX_NAME)
#define FIC_MAX_FIELDS 64
#define FIC_MAX_ITEMS 1024   /* methods and events, reserved ordinals included */
#define FIC_MAX_MEMBERS 1024 /* of an enum; flags have at most 64, unions 255 */
#define FIC_MAX_NESTING 8    /* vector, array, struct and union count one level each */
#define FIC_MAX_ROOT 1024    /* bytes */
#define FIC_MAX_BYTES 65536  /* string and bytes */
#define FIC_MAX_COUNT 65535  /* vector and array; also the largest stride */
#define FIC_MAX_MESSAGE 69568
#define FIC_MAX_EVENT_ROOT 56
#define FIC_MAX_ONEWAY_ROOT 32
#define FIC_MAX_RINGS 7
#define FIC_MAX_POOL (16u << 20)
#define FIC_MAX_IMAGE 65536
#define FIC_ORDINAL_FIRST 16
#define FIC_ORDINAL_LAST 4095
#define FIC_ERROR_FIRST 256
#define FIC_ERROR_LAST 4095

/* Numbers as in the image. 1..8 are the integers. */
enum fic_kind {
    FIC_BOOL = 0,
    FIC_U8 = 1,
    FIC_U16 = 2,
    FIC_U32 = 3,
    FIC_U64 = 4,
    FIC_I8 = 5,
    FIC_I16 = 6,
    FIC_I32 = 7,
    FIC_I64 = 8,
    FIC_STRING = 16, /* count: largest number of bytes */
    FIC_BYTES = 17,  /* count: largest number of bytes */
    FIC_VECTOR = 18, /* elem, count: largest number of elements */
    FIC_ARRAY = 19,  /* elem, count: exact number of elements */
    FIC_CAP = 20,    /* tname of the interface */
    FIC_CAP_MEMORY = 21,
    FIC_CAP_NOTIFICATION = 22,
    FIC_OBJ = 23,  /* tname of the interface */
    FIC_NAMED = 24 /* ref: index into fic_image.types */
};

struct fic_type {
    enum fic_kind kind;
    uint32_t count;              /* STRING, BYTES, VECTOR, ARRAY; else 0 */
    uint32_t ref;                /* NAMED; else 0 */
    const struct fic_type *elem; /* VECTOR, ARRAY; else NULL */
    const char *tname;           /* CAP, OBJ: "futura.fs/1.File"; else NULL */
};

enum { FIC_F_OPTIONAL = 1, FIC_F_VIEW = 2, FIC_F_RESERVED = 4 }; /* at most one a field */

/* A parameter or a member of a struct; its position in its list is its key in CBOR. */
struct fic_field {
    const char *name; /* "" if reserved */
    struct fic_type type;
    uint8_t flags;
    struct fic_pos pos; /* where it was declared; zero in a decoded image */
};

struct fic_fields {
    struct fic_field *v;
    size_t n; /* 0..FIC_MAX_FIELDS */
};

enum fic_typedef_kind { FIC_ENUM = 0, FIC_FLAGS = 1, FIC_STRUCT = 2, FIC_UNION = 3 };

/* A member of an enum, of flags or of a union. */
struct fic_member {
    uint64_t
        value; /* enum: value, two's complement if the base is signed; flags: bit; union: tag */
    const char *name;       /* NULL: reserved for ever */
    struct fic_field field; /* union: the payload (name as above, no flags) */
    struct fic_pos pos;
};

/* A named type. Members are in the order of the image: enum values 0, 1, .. and then -1, -2, ..;
 * bits and tags ascending. */
struct fic_typedef {
    enum fic_typedef_kind kind;
    const char *tname;  /* "futura.fs/1.Attr" */
    const char *name;   /* "Attr": points into tname */
    enum fic_kind base; /* enum: FIC_U8..FIC_I64; flags: FIC_U8..FIC_U64 */
    bool open;
    struct fic_member *members; /* enum, flags, union */
    size_t nmembers;
    struct fic_fields fields; /* struct: at least one */
    struct fic_pos pos;
    /* Written by fic_image_check, so that layouts stay linear in the image: see layout.h. */
    struct {
        bool known, caps;
        uint32_t size, align, out_max, depth;
    } memo;
};

enum { FIC_M_BLOCKING = 1, FIC_M_IDEMPOTENT = 2, FIC_M_KEEP = 4 };

/* A method or one-way; entries with name NULL are ordinals reserved for ever. */
struct fic_method {
    uint16_t ordinal; /* FIC_ORDINAL_FIRST..FIC_ORDINAL_LAST, ascending */
    const char *name;
    bool oneway;
    uint8_t flags; /* sum of FIC_M_* */
    struct fic_fields args;
    struct fic_fields results; /* n = 0: an empty reply (or none, if oneway) */
    struct fic_pos pos;
};

struct fic_event {
    uint16_t ordinal; /* ascending */
    const char *name;
    struct fic_fields args;
    struct fic_pos pos;
};

struct fic_errno {
    uint16_t code;    /* FIC_ERROR_FIRST..FIC_ERROR_LAST, ascending */
    const char *name; /* NULL: reserved for ever */
    struct fic_pos pos;
};

struct fic_ring {
    const char *name;
    uint32_t ref;     /* the entry: a frozen struct of 16, 32, 64 or 128 bytes */
    uint32_t depth;   /* a power of two, 4..4096 */
    bool from_server; /* who produces */
    struct fic_pos pos;
};

enum fic_access { FIC_ACCESS_NONE = 0, FIC_ACCESS_RO = 1, FIC_ACCESS_RW = 2 };

struct fic_pool {
    bool present;
    const char *name;
    uint32_t size; /* bytes, 1..FIC_MAX_POOL */
    enum fic_access client, server;
    struct fic_pos pos;
};

struct fic_arena;

struct fic_image {
    const char *library;       /* "futura.fs" */
    uint32_t major;            /* 1..65535 */
    const char *name;          /* "File" */
    const char *tname;         /* "futura.fs/1.File" */
    struct fic_typedef *types; /* sorted by tname, bytewise */
    size_t ntypes;
    struct fic_method *methods;
    size_t nmethods;
    struct fic_event *events;
    size_t nevents;
    struct fic_errno *errors;
    size_t nerrors;
    struct fic_ring rings[FIC_MAX_RINGS];
    size_t nrings;
    struct fic_pool pool;
    struct fic_pos pos;
    uint8_t *bytes; /* the encoding */
    size_t size;
    uint8_t identity[32]; /* SHA-256 of bytes */
    uint8_t tag;          /* first byte of SHA-256 of tname */
    struct fic_arena *arena;
};

/* Decodes and checks an image. Hostile input is fine: 0 and *out (to be freed by fic_image_free),
 * or -1 and *e. Anything that is not the deterministic encoding of a valid image is refused. */
int fic_image_decode(const uint8_t *bytes, size_t len, struct fic_image **out, struct fic_error *e);

/* Encodes an image's model: 0 and a malloc'ed *out, or -1 (longer than FIC_MAX_IMAGE). */
int fic_image_encode(const struct fic_image *im, uint8_t **out, size_t *len, struct fic_error *e);

/* Frees the image and everything that hangs off it. NULL is fine. */
void fic_image_free(struct fic_image *im);

/* Every check of the language on a model, names and limits and layout (FIPC.md 1 and 3.2); the
 * decoder has already called it. */
int fic_image_check(struct fic_image *im, struct fic_error *e);

/* Reads an image from a file: 0, or -1 and *e. */
int fic_image_load(const char *path, struct fic_image **out, struct fic_error *e);

/* The typedef of a NAMED type. */
static inline const struct fic_typedef *fic_named(const struct fic_image *im,
                                                  const struct fic_type *t)
{
    return &im->types[t->ref];
}

/* The method or event with this ordinal, or NULL. A reserved ordinal yields its method entry. */
const struct fic_method *fic_image_method(const struct fic_image *im, unsigned ordinal);
const struct fic_event *fic_image_event(const struct fic_image *im, unsigned ordinal);

/* Splits "futura.fs/1.Attr" into its library ("futura.fs", copied to lib, FIC_MAX_LIBRARY + 1
 * bytes), major and name (pointer into tname). -1 if it is no valid tname. */
int fic_tname_split(const char *tname, char *lib, uint32_t *major, const char **name);

/* Interface tag: first byte of SHA-256 of tname. */
uint8_t fic_tag(const char *tname);

/* Label of a capability: first 8 bytes, little-endian, of SHA-256 of tname ("memory" and
 * "notification" are labels too). */
uint64_t fic_label(const char *tname);

#endif
