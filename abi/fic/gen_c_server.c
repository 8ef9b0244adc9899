/* SPDX-License-Identifier: Apache-2.0 */
/* <lib>_server.c: for each method an encoder of its results (used by the dispatcher and by deferred
 * replies) and a dispatcher that decodes, calls the handler, encodes; the switch over ordinals; the
 * image for describe. */
#include "gen_c_impl.h"
#include "history.h"
#include <string.h>

#define P(...) fprintf(g->out, __VA_ARGS__)

static void server_encode(struct gen *g, const struct fic_method *m, const char *fn)
{
    struct fic_message_layout l;
    bool scalar = !gen_uses_put(g->im, &m->results), plain;

    fic_layout_message(g->im, &m->results, &l);
    plain = scalar && l.root_words <= 4;
    P("\nFIPC_INLINE fut_err %s_encode(struct fipc_reply *_o", fn);
    gen_params(g, m, &m->results, GEN_IN);
    P(")\n{\n");
    if (l.root_words > 4)
        P("    uint64_t _buf[%u] = {0};\n    uint8_t *_root = (uint8_t *)_buf;\n",
          (unsigned)l.root_words);
    else
        P("    uint8_t *_root = (uint8_t *)&_o->w[1];\n");
    if (!scalar) P("    fut_err _e = FUT_OK;\n");
    P("\n    (void)_root;\n    fipc_reply_%s(_o, %u);\n", plain ? "plain" : "start",
      (unsigned)l.root_words);
    gen_encode(g, m, &m->results, "&_o->out");
    if (!plain) P("    fipc_reply_seal(_o, %u);\n", (unsigned)l.root_words);
    if (l.root_words > 4)
        P("    return fipc_reply_put_root(_o, _buf, %u);\n}\n", (unsigned)l.root_words);
    else
        P("    return FUT_OK;\n}\n");
}

static void server_reply(struct gen *g, const struct fic_method *m, const char *fn)
{
    P("\nfut_err %s_reply(struct fipc_deferred *_d", fn);
    gen_params(g, m, &m->results, GEN_IN);
    P(")\n{\n    struct fipc_reply _o;\n    fut_err _e = fipc_deferred_begin(_d, &_o);\n\n");
    P("    if (_e != FUT_OK) return _e;\n    _e = %s_encode(&_o", fn);
    gen_pass(g, m, &m->results, GEN_IN);
    P(");\n    if (_e != FUT_OK) {\n        (void)fipc_reply_error(_d, _e, 0);\n        return "
      "_e;\n    }\n");
    P("    return fipc_deferred_end(_d, &_o);\n}\n");
}

/* Handlers may take memory for results with pointers in them. */
static bool results_use_arena(const struct gen *g, const struct fic_method *m)
{
    for (size_t i = 0; i < m->results.n; i++)
        if (!(m->results.v[i].flags & FIC_F_RESERVED) &&
            gen_class(g->im, &m->results.v[i].type) != GEN_SCALAR &&
            !gen_direct(g->im, &m->results, i))
            return true;
    return false;
}

static bool results_have_text(const struct gen *g, const struct fic_method *m)
{
    for (size_t i = 0; i < m->results.n; i++) {
        enum gen_class c = gen_class(g->im, &m->results.v[i].type);
        if (!(m->results.v[i].flags & FIC_F_RESERVED) && (c == GEN_STRING || c == GEN_BYTES))
            return true;
    }
    return false;
}

/* Room for string and bytes results, before the handler runs: a call that cannot be answered must
 * not have an effect. */
static void dispatch_room(struct gen *g, const struct fic_method *m,
                          const struct fic_message_layout *l)
{
    if (l->lane_max && !results_have_text(g, m))
        P("    if (!_r->reply.out.limit) return FUT_EBADMSG;\n");
    for (size_t i = 0; i < m->results.n; i++) {
        const struct fic_field *f = &m->results.v[i];
        enum gen_class c = gen_class(g->im, &f->type);
        if (f->flags & FIC_F_RESERVED || (c != GEN_STRING && c != GEN_BYTES)) continue;
        P("    _e = fipc_out_init(&%s, _r, %u, %u, %s);\n    if (_e != FUT_OK) return _e;\n",
          gen_param(m, &m->results, f).s, (unsigned)f->type.count, (unsigned)l->root_words,
          gen_direct(g->im, &m->results, i) ? "true" : "false");
    }
    /* Structs and arrays are zero unless the handler says otherwise. */
    for (size_t i = 0; i < m->results.n; i++) {
        const struct fic_field *f = &m->results.v[i];
        enum gen_class c = gen_class(g->im, &f->type);
        struct gen_name n = gen_param(m, &m->results, f);
        if (f->flags & FIC_F_RESERVED || (c != GEN_STRUCT && c != GEN_ARRAY)) continue;
        P("    memset(&%s, 0, sizeof(%s));\n", n.s, n.s);
    }
}

static void dispatch_call(struct gen *g, const struct fic_method *m, const char *fn)
{
    bool keep = m->flags & FIC_M_KEEP;

    if (keep) P("    _r->lost = _ops->%s_lost;\n", m->name);
    P("    _e = _handler(_r->self, _r");
    gen_pass(g, m, &m->args, GEN_HANDLER_IN);
    gen_pass(g, m, &m->results, GEN_HANDLER_OUT);
    P(");\n");
    if (m->oneway || m->results.n == 0) {
        P("    fipc_reply_plain(&_r->reply, 0);\n");
    } else {
        P("    if (_e != FUT_OK) return _e;\n    _e = %s_encode(&_r->reply", fn);
        gen_pass_results(g, m, &m->results);
        P(");\n");
    }
    P(keep ? "    return _e == FUT_OK ? FIPC_KEPT : _e;\n}\n" : "    return _e;\n}\n");
}

static void server_dispatch(struct gen *g, const struct fic_method *m, const char *fn)
{
    bool uses_in = gen_uses_in(g->im, &m->args);
    struct fic_message_layout in, out;

    fic_layout_message(g->im, &m->args, &in);
    fic_layout_message(g->im, &m->results, &out);
    P("\nstatic fut_err %s_dispatch(const void *_any, struct fipc_req *_r)\n{\n"
      "    const struct %s_ops *_ops = _any;\n",
      fn, g->iface.s);
    if (in.root_words > 4)
        P("    uint64_t _words[%u];\n", (unsigned)in.root_words);
    else
        P("    uint64_t *_words = &_r->m.w[1];\n");
    P("    const uint8_t *_root = (const uint8_t *)_words;\n");
    if (uses_in) P("    struct fipc_in *_in;\n");
    P("    fut_err _e;\n");
    gen_locals(g, m, &m->args, GEN_HANDLER_IN);
    gen_locals(g, m, &m->results, GEN_HANDLER_OUT);
    P("    __typeof__(_ops->%s) _handler = _ops->%s;\n\n    if (!_handler) return FUT_ENOSYS;\n",
      gen_member(m->name).s, gen_member(m->name).s);
    P("    if (!fipc_req_root(_r, %u, %u, _words)) return FUT_EBADMSG;\n    (void)_root;\n",
      (unsigned)in.root_words, (unsigned)in.required_words);
    if (uses_in)
        P("    _in = fipc_req_in(_r);\n    (void)_in;\n");
    else if (results_use_arena(g, m))
        P("    _r->arena->used = 0;\n");
    gen_decode(g, m, &m->args, GEN_HANDLER_IN, "return FUT_EBADMSG");
    dispatch_room(g, m, &out);
    dispatch_call(g, m, fn);
}

static void server_event(struct gen *g, const struct fic_event *ev)
{
    struct gen_name fn = gen_join(g->iface.s, ev->name);
    struct fic_message_layout l;
    unsigned words;

    fic_layout_message(g->im, &ev->args, &l);
    words = (unsigned)l.root_words;
    P("\nfut_err %s_event(struct fipc_session *_s, uint32_t _object", fn.s);
    gen_params(g, NULL, &ev->args, GEN_IN);
    P(")\n{\n    uint64_t _buf[%u] = {0};\n    uint8_t *_root = (uint8_t *)_buf;\n",
      words ? words : 1);
    if (gen_uses_put(g->im, &ev->args))
        P("    struct fipc_put _o = {NULL, 0, 0};\n    fut_err _e;\n");
    P("\n    (void)_root;\n");
    gen_encode(g, NULL, &ev->args, "&_o");
    P("    return fipc_event_send(_s, FIPC_W0(%u, 0, %u, 0x%02x), _object, _buf, %u);\n}\n",
      ev->ordinal, words, g->im->tag, words);
}

static void server_find(struct gen *g)
{
    P("\nstatic const struct fipc_way *%s_find(uint32_t _ordinal)\n{\n    switch (_ordinal) {\n",
      g->iface.s);
    for (size_t i = 0; i < g->im->nmethods; i++)
        if (g->im->methods[i].name)
            P("    case %u: return &%s_way;\n", g->im->methods[i].ordinal,
              gen_join(g->iface.s, g->im->methods[i].name).s);
    P("    default: return NULL;\n    }\n}\n");
    P("\nfut_err %s_serve(const struct %s_ops *_ops, struct fipc_req *_r)\n{\n"
      "    return fipc_serve(&%s_iface, _ops, _r);\n}\n",
      g->iface.s, g->iface.s, g->iface.s);
}

static void server_bytes(struct gen *g, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        P("%s0x%02x,", i % 16 ? " " : "\n    ", p[i]);
}

/* Closures of released versions, with which this one is compatible; returns their number. */
static unsigned server_known(struct gen *g, const struct fic_history *h)
{
    if (!h || !h->nclosures) return 0;
    P("\nstatic const uint8_t %s_known[%u][32] = {\n", g->iface.s, (unsigned)h->nclosures);
    for (size_t i = 0; i < h->nclosures; i++) {
        P("    {");
        server_bytes(g, h->closures[i], 32);
        P("},\n");
    }
    P("};\n");
    return (unsigned)h->nclosures;
}

/* The description of an interface, `_iface`, or `_peer`: for clients without image and methods, so
 * that no server's code comes into a program that only calls. */
static void iface_describe(struct gen *g, const struct fic_history *h, bool client)
{
    const struct fic_image *im = g->im;
    struct gen_name upper = gen_upper(g->iface.s);
    unsigned errors = 0, known = server_known(g, h);

    for (size_t i = 0; i < im->nerrors; i++) {
        if (!im->errors[i].name) continue;
        if (!errors++) P("\nstatic const struct fipc_error_name %s_errors[] = {\n", g->iface.s);
        P("    {%u, \"%s\"},\n", im->errors[i].code, im->errors[i].name);
    }
    if (errors) P("};\n");
    P("\nconst struct fipc_iface %s_%s = {\n    .tname = \"%s\",\n    .tag = 0x%02x,\n"
      "    .label = 0x%016llxu,\n    .identity = {",
      g->iface.s, client ? "peer" : "iface", im->tname, im->tag,
      (unsigned long long)fic_label(im->tname));
    server_bytes(g, im->identity, sizeof(im->identity));
    P("},\n    .closure = %s_closure,\n    .lane = &%s_lane,\n    .arena = %s_ARENA,\n", g->iface.s,
      g->iface.s, upper.s);
    if (known) P("    .nknown = %u,\n    .known = %s_known,\n", known, g->iface.s);
    if (errors) P("    .nerrors = %u,\n    .errors = %s_errors,\n", errors, g->iface.s);
}

void gen_peer(struct gen *g, const struct fic_history *h)
{
    iface_describe(g, h, true);
    P("};\n");
}

static void server_iface(struct gen *g, const struct fic_history *h)
{
    const struct fic_image *im = g->im;

    P("\nstatic const uint8_t %s_image[%u] = {", g->iface.s, (unsigned)im->size);
    server_bytes(g, im->bytes, im->size);
    P("\n};\n");
    iface_describe(g, h, false);
    P("    .image = %s_image,\n    .image_size = %u,\n    .find = %s_find,\n};\n", g->iface.s,
      (unsigned)im->size, g->iface.s);
}

void gen_server(struct gen *g)
{
    for (size_t i = 0; i < g->n; i++) {
        g->im = g->images[i];
        g->iface = gen_join(g->lib.s, gen_snake(g->im->name).s);
        P("\n/* ---- %s ---- */\n", g->im->tname);
        for (size_t k = 0; k < g->im->nmethods; k++) {
            const struct fic_method *m = &g->im->methods[k];
            struct gen_name fn;
            if (!m->name) continue;
            fn = gen_join(g->iface.s, m->name);
            if (!m->oneway) server_encode(g, m, fn.s);
            if (!m->oneway) server_reply(g, m, fn.s);
            server_dispatch(g, m, fn.s);
            gen_server_way(g, m, fn.s);
        }
        for (size_t k = 0; k < g->im->nevents; k++)
            server_event(g, &g->im->events[k]);
        server_find(g);
        server_iface(g, g->history[i]);
    }
}
