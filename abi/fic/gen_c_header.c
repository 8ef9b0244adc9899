/* SPDX-License-Identifier: Apache-2.0 */
/* <lib>.h: types, constants, handles, client functions, handler tables, deferred replies, events.
 */
#include "gen_c_impl.h"
#include <stdlib.h>
#include <string.h>

#define P(...) fprintf(g->out, __VA_ARGS__)

static void header_constants(struct gen *g, const char *upper)
{
    const struct fic_image *im = g->im;

    P("#define %s_TAG 0x%02xu\n", upper, im->tag);
    for (size_t i = 0; i < im->nmethods; i++)
        if (im->methods[i].name)
            P("#define %s_ORD_%s %u\n", upper, gen_upper(im->methods[i].name).s,
              im->methods[i].ordinal);
    for (size_t i = 0; i < im->nevents; i++)
        P("#define %s_EVENT_%s %u\n", upper, gen_upper(im->events[i].name).s,
          im->events[i].ordinal);
    for (size_t i = 0; i < im->nerrors; i++)
        if (im->errors[i].name)
            P("#define %s_%s ((fut_err)%u)\n", upper, im->errors[i].name, im->errors[i].code);
    for (size_t i = 0; i < im->nrings; i++)
        P("#define %s_RING_%s %u /* entries: struct %s, %s produces */\n", upper,
          gen_upper(im->rings[i].name).s, (unsigned)i,
          gen_type_name(im->types[im->rings[i].ref].tname).s,
          im->rings[i].from_server ? "server" : "client");
    if (im->pool.present) P("#define %s_POOL %uu\n", upper, (unsigned)im->pool.size);
}

static uint64_t list_arena(const struct gen *g, const struct fic_fields *list)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < list->n; i++)
        if (!(list->v[i].flags & (FIC_F_RESERVED | FIC_F_VIEW)))
            sum += gen_arena(g->im, &list->v[i].type) + 16;
    return sum;
}

/* What a worker's arena must hold for the interface: arguments decoded plus results prepared. */
static uint64_t image_arena(const struct gen *g)
{
    uint64_t most = 0, one;

    for (size_t i = 0; i < g->im->nmethods; i++) {
        one = list_arena(g, &g->im->methods[i].args) + list_arena(g, &g->im->methods[i].results);
        if (one > most) most = one;
    }
    return most + 16;
}

static void header_client(struct gen *g, const struct fic_method *m, const char *fn)
{
    P("fut_err %s(%s _o", fn, g->iface.s);
    gen_params(g, m, &m->args, GEN_IN);
    if (!m->oneway) gen_params(g, m, &m->results, GEN_OUT);
    P(");\n");
    if (!gen_has_async(g->im, m)) return;
    P("fut_err %s_begin(%s _o", fn, g->iface.s);
    gen_params(g, m, &m->args, GEN_IN);
    P(", struct fipc_call *_c);\n");
    P("fut_err %s_end(struct fipc_call *_c", fn);
    gen_params(g, m, &m->results, GEN_OUT);
    P(");\n");
}

static void header_methods(struct gen *g)
{
    for (size_t i = 0; i < g->im->nmethods; i++) {
        const struct fic_method *m = &g->im->methods[i];
        struct gen_name fn;
        if (!m->name) continue;
        fn = gen_join(g->iface.s, m->name);
        P("\n/* %u%s%s%s%s */\n", m->ordinal, m->oneway ? " one-way" : "",
          m->flags & FIC_M_BLOCKING ? " blocking" : "",
          m->flags & FIC_M_IDEMPOTENT ? " idempotent" : "", m->flags & FIC_M_KEEP ? " keep" : "");
        header_client(g, m, fn.s);
        if (m->oneway) continue;
        P("fut_err %s_reply(struct fipc_deferred *_d", fn.s);
        gen_params(g, m, &m->results, GEN_IN);
        P(");\n");
    }
}

static void header_events(struct gen *g)
{
    for (size_t i = 0; i < g->im->nevents; i++) {
        const struct fic_event *ev = &g->im->events[i];
        struct gen_name fn = gen_join(g->iface.s, ev->name);
        P("\n/* %u event: the server sends, the client reads what fipc_event_next returned */\n",
          ev->ordinal);
        P("fut_err %s_event(struct fipc_session *_s, uint32_t _object", fn.s);
        gen_params(g, NULL, &ev->args, GEN_IN);
        P(");\nfut_err %s_read(const struct fipc_event *_ev", fn.s);
        gen_params(g, NULL, &ev->args, GEN_OUT);
        P(");\n");
    }
}

static void header_ops(struct gen *g)
{
    P("\nstruct %s_ops {\n", g->iface.s);
    for (size_t i = 0; i < g->im->nmethods; i++) {
        const struct fic_method *m = &g->im->methods[i];
        struct gen_name n;
        if (!m->name) continue;
        n = gen_member(m->name);
        P("    fut_err (*%s)(void *_self, struct fipc_req *_r", n.s);
        gen_params(g, m, &m->args, GEN_HANDLER_IN);
        if (!m->oneway) gen_params(g, m, &m->results, GEN_HANDLER_OUT);
        P(");\n");
        if (m->flags & FIC_M_KEEP)
            P("    /* The caller of %s was gone when the reply went out. */\n"
              "    void (*%s_lost)(void *_self, struct fipc_req *_r);\n",
              m->name, m->name);
    }
    if (g->im->nmethods == 0) P("    int unused;\n");
    P("};\nfut_err %s_serve(const struct %s_ops *_ops, struct fipc_req *_r);\n", g->iface.s,
      g->iface.s);
    P("extern const struct fipc_iface %s_iface;\n", g->iface.s);
    P("extern const struct fipc_iface %s_peer; /* for clients: no image, no methods */\n",
      g->iface.s);
    P("extern const struct fipc_lane_spec %s_lane;\n", g->iface.s);
    P("extern const uint8_t %s_closure[32];\n", g->iface.s);
}

static void header_rings(struct gen *g)
{
    for (size_t i = 0; i < g->im->nrings; i++)
        P("/* Checks an entry of ring %s that has been taken: FUT_OK or FUT_EBADMSG. */\n"
          "fut_err %s_%s_check(const struct %s *_entry);\n",
          g->im->rings[i].name, g->iface.s, g->im->rings[i].name,
          gen_type_name(g->im->types[g->im->rings[i].ref].tname).s);
}

static void header_interface(struct gen *g)
{
    struct gen_name upper = gen_upper(g->iface.s);

    P("\n/* ---- %s ---- */\n\n", g->im->tname);
    header_constants(g, upper.s);
    P("#define %s_ARENA %lluu /* bytes that a server's arena needs for it */\n", upper.s,
      (unsigned long long)image_arena(g));
    P("\ntypedef struct {\n    struct fipc_conn *conn;\n    uint32_t obj;\n} %s;\n", g->iface.s);
    header_methods(g);
    header_events(g);
    header_ops(g);
    header_rings(g);
}

void gen_header(struct gen *g)
{
    struct gen_name upper = gen_upper(g->lib.s);
    uint64_t most = 0;

    P("/* Generated by fic gen-c. */\n#ifndef FIPC_LIB_%s_H\n#define FIPC_LIB_%s_H\n", upper.s,
      upper.s);
    P("#include \"fipc/client.h\"\n#include \"fipc/server.h\"\n");
    for (size_t i = 0; i < g->n; i++) {
        g->im = g->images[i];
        gen_types(g);
        if (image_arena(g) > most) most = image_arena(g);
    }
    P("\n#define %s_ARENA %lluu /* for every interface of this library */\n", upper.s,
      (unsigned long long)most);
    for (size_t i = 0; i < g->n; i++) {
        g->im = g->images[i];
        g->iface = gen_join(g->lib.s, gen_snake(g->im->name).s);
        header_interface(g);
    }
    P("\n#endif\n");
}
