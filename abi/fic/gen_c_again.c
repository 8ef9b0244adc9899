/* SPDX-License-Identifier: Apache-2.0 */
/* A server's loop of one method: as long as the same client calls it with the same first word, the
 * words go from receive to handler to reply in registers, and what the first such call found
 * (target, slot, halves) is not looked up again. A request that is not as usual is handed to the
 * long way as it came; so is a message for anything else. For methods with one string or bytes at
 * most in each direction; others share fipc_server_again. */
#include "gen_c_impl.h"
#include <string.h>

#define P(...) fprintf(g->out, __VA_ARGS__)
#define UNUSUAL "return fipc_again_unusual(_s, _w[1], _w[2], _w[3], _w[4])"

/* What a method's loop needs to know. */
struct shape {
    const struct fic_field *in, *out; /* the string or bytes of each direction, or NULL */
    unsigned in_at, out_at;
    struct fic_message_layout args, results;
    bool slot, view;
};

static bool shape_of(const struct gen *g, const struct fic_method *m, struct shape *s)
{
    if (m->oneway || m->flags & FIC_M_KEEP) return false;
    fic_layout_message(g->im, &m->args, &s->args);
    fic_layout_message(g->im, &m->results, &s->results);
    s->slot = gen_takes_slot(g->im, m);
    if (!gen_quick_list(g->im, &m->args, &s->in, &s->in_at)) return false;
    s->view = s->in && s->in->flags & FIC_F_VIEW;
    return gen_quick_list(g->im, &m->results, &s->out, &s->out_at);
}

static void again_head(struct gen *g, const struct fic_method *m, const char *fn,
                       const struct shape *s)
{
    struct gen_name member = gen_member(m->name);
    unsigned in = s->in ? s->in->type.count : 0, out = s->out ? s->out->type.count : 0;

    P("\nstatic fut_status %s_again(struct fipc_server *_s)\n{\n"
      "    const struct %s_ops *_ops = _s->ready.ops;\n"
      "    __typeof__(_ops->%s) _handler = _ops->%s;\n"
      "    struct fipc_req *_r = &_s->req;\n    void *_self = _r->self;\n",
      fn, g->iface.s, member.s, member.s);
    if (s->slot) P("    uint32_t *_seq = _s->ready.seq, *_done = _s->ready.done;\n");
    if (s->in) P("    const uint8_t *_half = _r->in.data;\n");
    if (s->in && !s->view)
        P("    struct fipc_arena *_arena = _r->arena;\n    uint8_t *_base = _arena->base;\n");
    if (s->out) P("    uint8_t *_out = _r->reply.out.data;\n");
    P("    uint64_t _w[5], *_root = &_w[1];\n    fut_status _status = FUT_S_OK;\n    fut_err "
      "_e;\n");
    gen_locals(g, m, &m->args, GEN_HANDLER_IN);
    gen_locals(g, m, &m->results, GEN_HANDLER_OUT);
    P("\n    (void)_root;\n    if (!_handler || !fipc_again_fits(_s, %u, %d, %u, %u, %u))\n"
      "        return fipc_server_again(_s);\n    fipc_again_left(_s, _w);\n"
      "    while (fipc_again(_s, _w, &_status)) {\n",
      (unsigned)s->args.root_words, s->slot, in, out, s->in && !s->view ? in + 1 : 0);
}

/* Every check that can be made without a copy is made before it. */
static void again_arguments(struct gen *g, const struct fic_method *m, const struct shape *s)
{
    struct gen_name n = {""};

    if (s->in) {
        n = gen_param(m, &m->args, s->in);
        P("    size_t _len = fipc_get64(_root, %u) ^ 1ull << 48;\n"
          "    if (!FIPC_LIKELY(_len <= %u)) " UNUSUAL ";\n",
          s->in_at, s->in->type.count);
    }
    g->get = "fipc_get";
    for (size_t i = 0; i < m->args.n; i++) {
        const struct fic_field *f = &m->args.v[i];
        if (f->flags & FIC_F_RESERVED || f == s->in) continue;
        gen_decode_simple(g, f, gen_param(m, &m->args, f).s, &s->args.root.fields[i], UNUSUAL);
    }
    if (s->view) {
        P("    %s = (struct fipc_view){_half, (uint32_t)_len};\n", n.s);
    } else if (s->in) {
        P("    fipc_again_copy(_arena, _base, _half, _len);\n");
        if (s->in->type.kind == FIC_STRING)
            P("    if (!fipc_utf8_valid(_base, _len)) " UNUSUAL ";\n");
        P("    %s = (const void *)_base;\n    %s_len = _len;\n", n.s, n.s);
    }
    if (!s->in || s->view) P("    _r->arena->used = 0;\n"); /* a handler may take of it */
}

static void again_call(struct gen *g, const struct fic_method *m, const struct shape *s)
{
    for (size_t i = 0; i < m->results.n; i++) {
        const struct fic_field *f = &m->results.v[i];
        struct gen_name n = gen_param(m, &m->results, f);
        if (f->flags & FIC_F_RESERVED) continue;
        if (f == s->out)
            P("    %s = (struct fipc_out){_out, %u, 0};\n", n.s, f->type.count);
        else if (gen_class(g->im, &f->type) == GEN_SCALAR)
            P("    %s = 0;\n", n.s);
        else
            P("    memset(&%s, 0, sizeof(%s));\n", n.s, n.s);
    }
    if (s->slot) P("    _r->seq = ++*_seq;\n");
    P("    _e = _handler(_self, _r");
    gen_pass(g, m, &m->args, GEN_HANDLER_IN);
    gen_pass(g, m, &m->results, GEN_HANDLER_OUT);
    P(");\n    if (!FIPC_LIKELY(_e == FUT_OK)) return fipc_again_failed(_s, _e);\n");
}

static void again_results(struct gen *g, const struct fic_method *m, const struct shape *s)
{
    struct gen_name n = {""};

    P("    _w[1] = _w[2] = _w[3] = _w[4] = 0;\n");
    g->put = "fipc_put";
    g->invalid = "return fipc_again_failed(_s, FUT_EINVAL)";
    gen_encode_simple(g, m, &m->results, "&");
    P("    _w[0] = (uint64_t)%u << FIPC_W0_WORDS_SHIFT", (unsigned)s->results.root_words);
    if (s->out) {
        n = gen_param(m, &m->results, s->out);
        P(" | (%s.len ? FIPC_W0_SLOT : 0);\n"
          "    if (!FIPC_LIKELY(%s.len <= %u)) return fipc_again_failed(_s, FUT_EMSGSIZE);\n"
          "    if (%s.len & 7) fipc_put_padding(_out, %s.len);\n"
          "    fipc_put64(_root, %u, %s.len | 1ull << 48)",
          n.s, n.s, s->out->type.count, n.s, n.s, s->out_at, n.s);
    }
    P(";\n");
    if (s->slot) P("    fipc_store_release(_done, _r->seq);\n");
    P("    }\n    return _status;\n}\n");
}

void gen_server_way(struct gen *g, const struct fic_method *m, const char *fn)
{
    const struct gen before = *g;
    struct shape s;
    bool own = shape_of(g, m, &s);

    if (own) {
        again_head(g, m, fn, &s);
        again_arguments(g, m, &s);
        again_call(g, m, &s);
        again_results(g, m, &s);
        g->get = before.get;
        g->put = before.put;
        g->invalid = before.invalid;
    }
    P("\nstatic const struct fipc_way %s_way = {%s_dispatch, %s%s};\n", fn, fn,
      own ? fn : "fipc_server", "_again");
}
