/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the C generator share. Names of the generator's own in generated functions
 * begin with an underscore, which no name of the language can. */
#ifndef FIC_GEN_C_IMPL_H
#define FIC_GEN_C_IMPL_H
#include "closure.h"
#include "gen_c.h"
#include "layout.h"
#include <stdio.h>

/* A generated identifier; long enough for library, interface, member and a suffix. */
struct gen_name {
    char s[4 * FIC_MAX_NAME + FIC_MAX_LIBRARY];
};

struct gen {
    const struct fic_image *const *images;
    size_t n;
    const struct fic_image *im;   /* the one being generated */
    struct gen_name lib;          /* "fs" */
    struct gen_name iface;        /* "fs_file" */
    struct fic_history **history; /* as many as images; NULL entries: nothing is known */
    /* How scalars of a root are read and written ("fipc_ld", "fipc_st"; for words that shall stay
     * in registers "fipc_get", "fipc_put"), and what is done about a value that cannot be sent. */
    const char *get, *put, *invalid;
    FILE *out;
    FILE *tables;   /* type tables of the file being generated */
    char **emitted; /* names of the tables and types already there */
    size_t nemitted;
};

/* --- names (gen_c_names.c) --- */
/* "OpenFlags" -> "open_flags", and the same in capitals. */
struct gen_name gen_snake(const char *camel);
struct gen_name gen_upper(const char *snake);
struct gen_name gen_join(const char *a, const char *b);
/* Last part of a library's name: "futura.fs" -> "fs". */
struct gen_name gen_lib_short(const char *library);
/* "futura.fs/1.Attr" -> "fs_attr". */
struct gen_name gen_type_name(const char *tname);
/* A member's or parameter's name; C's keywords get an underscore. */
struct gen_name gen_member(const char *name);
/* Remembers a name; true if it was new. */
bool gen_once(struct gen *g, const char *name);
void gen_forget(struct gen *g);
/* Refuses images of which two things would have one name in C (gen_c_check.c). 0, or -1 and *e. */
int gen_names_check(const struct gen *g, struct fic_error *e);

/* --- types (gen_c_types.c) --- */
enum gen_class {
    GEN_SCALAR, /* bool, integer, enum, flags, cap, obj */
    GEN_STRING,
    GEN_BYTES,
    GEN_VECTOR,
    GEN_ARRAY,
    GEN_STRUCT /* struct or union, open or not */
};
enum gen_class gen_class(const struct fic_image *im, const struct fic_type *t);
/* C and wire layout are one. */
bool gen_plain(const struct fic_image *im, const struct fic_type *t);
bool gen_is_handle(const struct fic_type *t); /* cap or obj: 0 is absent */
/* A strict union whose members are all scalars: read and written without a table. */
bool gen_scalar_union(const struct fic_image *im, const struct fic_type *t);
/* Needs an arena when decoded as a result of its own. */
bool gen_needs_arena(const struct fic_image *im, const struct fic_type *t);
uint32_t gen_c_size(const struct fic_image *im, const struct fic_type *t);
/* Largest use of the arena when decoded. */
uint64_t gen_arena(const struct fic_image *im, const struct fic_type *t);
/* Prints a declaration: `declarator` is the name with its stars. */
void gen_declare(FILE *out, const struct fic_image *im, const struct fic_type *t, bool constant,
                 const char *declarator);
/* Bits of a scalar, its C type, whether an enum or flags type is strict. */
unsigned gen_bits(const struct fic_image *im, const struct fic_type *t);
struct gen_name gen_scalar_type(const struct fic_image *im, const struct fic_type *t);
uint64_t gen_flags_mask(const struct fic_typedef *d);
/* Definitions of all types of an image, in order of need, each once. */
void gen_types(struct gen *g);
/* Emits the table of a type (and what it needs) to g->tables once; returns its name. */
struct gen_name gen_table(struct gen *g, const struct fic_type *t);

/* --- messages (gen_c_params.c) --- */
enum gen_style {
    GEN_IN,          /* arguments of a client; results of a deferred reply; an event's sender */
    GEN_OUT,         /* results of a client; an event's reader */
    GEN_HANDLER_IN,  /* arguments of a handler */
    GEN_HANDLER_OUT, /* results of a handler */
};
/* A result whose name is also an argument's gets a prefix. */
struct gen_name gen_param(const struct fic_method *m, const struct fic_fields *list,
                          const struct fic_field *f);
/* ", uint64_t offset, ..." for the whole list. */
void gen_params(struct gen *g, const struct fic_method *m, const struct fic_fields *list,
                enum gen_style style);
/* ", offset, ...": the same as arguments of a call between generated functions. */
void gen_pass(struct gen *g, const struct fic_method *m, const struct fic_fields *list,
              enum gen_style style);
bool gen_list_needs_arena(const struct fic_image *im, const struct fic_fields *list);
bool gen_list_has_data(const struct fic_message_layout *l);
/* Body that stores the parameters (style GEN_IN) at _root, with `put` as the struct fipc_put. */
void gen_encode(struct gen *g, const struct fic_method *m, const struct fic_fields *list,
                const char *put);
/* All scalars and unions of scalars of a list. `address`: "&" where unions are locals, "" where
 * they are pointers. */
void gen_encode_simple(struct gen *g, const struct fic_method *m, const struct fic_fields *list,
                       const char *address);
/* The same for a union of scalars; n: pointer to it. */
void gen_encode_union(struct gen *g, const struct fic_field *f, const char *n, unsigned at);
/* Body that reads _root into locals (declared by gen_locals); malformed: the statement `bad`. */
void gen_locals(struct gen *g, const struct fic_method *m, const struct fic_fields *list,
                enum gen_style style);
void gen_decode(struct gen *g, const struct fic_method *m, const struct fic_fields *list,
                enum gen_style style, const char *bad);
/* One scalar or union of scalars of it, into the local n. */
void gen_decode_simple(struct gen *g, const struct fic_field *f, const char *n,
                       const struct fic_field_layout *l, const char *bad);
/* The statement `bad` for a scalar in the variable n that no peer may send. */
void gen_scalar_check(struct gen *g, const struct fic_field *f, const char *n, const char *bad);
/* Stores locals of style GEN_OUT in the caller's variables. */
void gen_store(struct gen *g, const struct fic_method *m, const struct fic_fields *list);
/* Results of a dispatcher's locals (GEN_HANDLER_OUT), handed to a function of style GEN_IN. */
void gen_pass_results(struct gen *g, const struct fic_method *m, const struct fic_fields *list);
/* Whether reading needs a struct fipc_in / whether writing needs a struct fipc_put. */
bool gen_uses_in(const struct fic_image *im, const struct fic_fields *list);
bool gen_uses_put(const struct fic_image *im, const struct fic_fields *list);
/* Results of a method that a handler may write straight into the half. */
bool gen_direct(const struct fic_image *im, const struct fic_fields *list, size_t i);

/* --- files --- */
void gen_header(struct gen *g);
void gen_client(struct gen *g);
void gen_server(struct gen *g);
/* What a client must know of an interface. */
struct fic_history;
void gen_peer(struct gen *g, const struct fic_history *h);
/* The head of a client's stub, up to its request's first word. */
void gen_client_head(struct gen *g, const struct fic_method *m, const char *fn, const char *upper);
/* A request takes a slot. */
bool gen_takes_slot(const struct fic_image *im, const struct fic_method *m);
/* Its arguments hold tickets in so few places that an asynchronous call can keep them. */
bool gen_has_async(const struct fic_image *im, const struct fic_method *m);
#define GEN_CALL_TICKETS 4u /* FIPC_CALL_TICKETS */
bool gen_list_has_caps(const struct fic_image *im, const struct fic_fields *list);

/* --- the short ways (gen_c_quick.c, gen_c_again.c) --- */
/* The one string or bytes of a list whose other fields are scalars or unions of scalars, in a root
 * of registers. False: another shape. *text is NULL where there is none, *at its offset. */
bool gen_quick_list(const struct fic_image *im, const struct fic_fields *list,
                    const struct fic_field **text, unsigned *at);
/* A method whose stub has a short way in front of the general one. */
bool gen_quick(const struct fic_image *im, const struct fic_method *m);
/* That stub; `upper` as in <upper>_W0. The general one is <fn>_any, with the slot's word as its
 * last parameter, and what comes after the call <fn>_late. */
void gen_quick_client(struct gen *g, const struct fic_method *m, const char *fn, const char *upper);
/* A server's loop of one method, <fn>_again, and <fn>_way. */
void gen_server_way(struct gen *g, const struct fic_method *m, const char *fn);

#endif
