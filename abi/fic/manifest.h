/* SPDX-License-Identifier: Apache-2.0 */
/* The system manifest: text to model to CBOR and back, with every check that needs no device tree.
 */
#ifndef FIC_MANIFEST_H
#define FIC_MANIFEST_H
#include "compile.h"
#include <stdio.h>

#define FIC_SYS_COMPONENTS 48u
#define FIC_SYS_LIST                                                                               \
    64u /* entries of one list: args, offers, uses, devices, compatible, reg, irq */
#define FIC_SYS_MEMORY (64u << 20) /* bytes that every board has; see fic_system_options.memory */
#define FIC_SYS_PAGE 4096u

struct fic_sys_offer {
    const char *name, *tname;
    const uint8_t *identity; /* closure identity, 32 bytes, or NULL */
    uint32_t max;            /* sessions, 1..65535 */
    struct fic_pos pos;
};

enum fic_sys_mode { FIC_SYS_PLAIN, FIC_SYS_OPTIONAL, FIC_SYS_LATE };

struct fic_sys_use {
    const char *name, *tname;
    const uint8_t *identity;
    const char *server, *offer_name; /* text only */
    uint32_t component, offer;
    uint32_t slots; /* 1..64 */
    enum fic_sys_mode mode;
    struct fic_pos pos, from;
};

struct fic_sys_irq {
    uint32_t index, bit; /* bit 0..62 */
    struct fic_pos pos;
};

struct fic_sys_reg {
    uint32_t index;
    struct fic_pos pos;
};

struct fic_sys_device {
    const char *path;
    const char **compatible;
    size_t ncompatible;
    struct fic_sys_reg *regs;
    size_t nregs;
    struct fic_sys_irq *irqs;
    size_t nirqs;
    uint64_t dma_pages; /* 0: none */
    struct fic_pos pos;
};

struct fic_sys_restart {
    bool always;
    uint32_t max, window_ms, backoff_ms; /* always only */
};

struct fic_sys_component {
    const char *name, *binary;
    const char **args;
    size_t nargs;
    uint32_t low, high; /* priorities, 0..63 */
    uint64_t pages;
    uint32_t threads; /* 1..64 */
    struct fic_sys_offer *offers;
    size_t noffers;
    struct fic_sys_use *uses;
    size_t nuses;
    struct fic_sys_device *devices;
    size_t ndevices;
    struct fic_sys_restart restart;
    bool critical;
    struct fic_pos pos;
};

struct fic_system {
    const char *name;
    uint64_t version;
    uint64_t reserve_pages;
    struct fic_sys_component *components;
    size_t n;
    struct fic_pos pos;
    struct fic_arena *arena;
};

struct fic_system_options {
    const struct fic_imports *imports; /* NULL: interfaces are not looked up */
    uint64_t memory;                   /* bytes of the board; 0: FIC_SYS_MEMORY */
};

/* Text to a checked model. 0, or -1 and *e. */
int fic_system_parse(const char *file, const char *text, size_t len,
                     const struct fic_system_options *o, struct fic_system **out,
                     struct fic_error *e);
/* Image to a checked model; hostile input is fine. */
int fic_system_decode(const uint8_t *bytes, size_t len, struct fic_system **out,
                      struct fic_error *e);
int fic_system_check(const struct fic_system *s, const struct fic_system_options *o,
                     struct fic_error *e);
/* Finds and compiles the library of an interface; *image is one of *c, which the caller frees. */
int fic_system_find(const struct fic_imports *im, const char *tname, const struct fic_pos *pos,
                    struct fic_compiled **c, const struct fic_image **image, struct fic_error *e);
/* Puts in the closure identities of all offers and uses. 0, or -1 and *e: an interface is missing.
 */
int fic_system_identify(struct fic_system *s, const struct fic_imports *im, struct fic_error *e);
/* malloc'ed image: 0, or -1 (longer than 65,536 bytes). */
int fic_system_encode(const struct fic_system *s, uint8_t **out, size_t *len, struct fic_error *e);
void fic_system_print(const struct fic_system *s, FILE *out); /* canonical text */
void fic_system_free(struct fic_system *s);

#endif
