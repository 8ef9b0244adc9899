/* SPDX-License-Identifier: Apache-2.0 */
/* <lib>_client.c: a call is begin, encode, call, decode, end; its asynchronous form has the same
 * encoder and decoder. */
#include "gen_c_impl.h"
#include <stdlib.h>
#include <string.h>

#define P(...) fprintf(g->out, __VA_ARGS__)

bool gen_takes_slot(const struct fic_image *im, const struct fic_method *m)
{
    struct fic_message_layout in, out;

    if (m->oneway) return false;
    fic_layout_message(im, &m->args, &in);
    fic_layout_message(im, &m->results, &out);
    return in.lane_max || out.lane_max || (m->flags & FIC_M_BLOCKING);
}

/* The request's words after the first, and its data if it has any. */
static void client_encode(struct gen *g, const struct fic_method *m, const char *fn)
{
    struct fic_message_layout l;
    bool scalar = !gen_uses_put(g->im, &m->args);
    unsigned words;

    fic_layout_message(g->im, &m->args, &l);
    words = (unsigned)l.root_words;
    P("\nFIPC_INLINE fut_err %s_encode(const struct fipc_conn *_conn, uint32_t _slot, uint64_t *_w",
      fn);
    gen_params(g, m, &m->args, GEN_IN);
    P(")\n{\n");
    if (words > 4)
        P("    uint64_t _buf[%u] = {0};\n    uint8_t *_root = (uint8_t *)_buf;\n", words);
    else
        P("    uint8_t *_root = (uint8_t *)&_w[1];\n");
    if (!scalar) P("    fut_err _e = FUT_OK;\n");
    if (!scalar || words > 4) P("    struct fipc_put _o;\n");
    P("\n    (void)_conn, (void)_slot, (void)_w, (void)_root;\n");
    if (!scalar || words > 4) P("    fipc_put_start(&_o, _conn, _slot, %u);\n", words);
    gen_encode(g, m, &m->args, "&_o");
    if (words > 4)
        P("    return fipc_call_root(&_o, _buf, %u);\n}\n", words);
    else
        P("    return FUT_OK;\n}\n");
}

static void client_decode(struct gen *g, const struct fic_method *m, const char *fn)
{
    struct fic_message_layout l;
    bool scalar = !gen_uses_in(g->im, &m->results);

    if (m->results.n == 0) return;
    fic_layout_message(g->im, &m->results, &l);
    P("\nFIPC_INLINE fut_err %s_decode(const struct fipc_conn *_conn, uint32_t _slot, uint64_t *_w",
      fn);
    gen_params(g, m, &m->results, GEN_OUT);
    if (l.root_words > 4)
        P(")\n{\n    uint64_t _words[%u];\n", (unsigned)l.root_words);
    else
        P(")\n{\n    uint64_t *_words = &_w[1];\n");
    P("    const uint8_t *_root = (const uint8_t *)_words;\n");
    if (!scalar) P("    struct fipc_in _input, *_in = &_input;\n    fut_err _e;\n");
    gen_locals(g, m, &m->results, GEN_OUT);
    P("\n    (void)_root, (void)_conn, (void)_slot;\n");
    if (l.root_words > 4)
        P("    if (!fipc_reply_root(_conn, _slot, _w, %u, %u, _words)) return FUT_EPROTO;\n",
          (unsigned)l.root_words, (unsigned)l.required_words);
    if (!scalar)
        P("    fipc_reply_in(_conn, _slot, _w, _in, %s);\n",
          gen_list_needs_arena(g->im, &m->results) ? "_arena" : "NULL");
    gen_decode(g, m, &m->results, GEN_OUT, "FUT_EPROTO");
    gen_store(g, m, &m->results);
    P("    return FUT_OK;\n}\n");
}

static bool list_has_caps(const struct gen *g, const struct fic_fields *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (!(list->v[i].flags & FIC_F_RESERVED) && fic_type_has_caps(g->im, &list->v[i].type))
            return true;
    return false;
}

/* Tickets of a call that failed are dropped, unless the server may have redeemed them. */
static void client_drop(struct gen *g, const struct fic_method *m, const char *fn)
{
    if (!list_has_caps(g, &m->args)) return;
    P("\nstatic void %s_drop(struct fipc_conn *_conn, fut_err _e", fn);
    gen_params(g, m, &m->args, GEN_IN);
    P(")\n{\n    if (_e == FUT_OK || _e == FUT_EUNKNOWN || !_conn->drop_ticket) return;\n");
    for (size_t i = 0; i < m->args.n; i++) {
        const struct fic_field *f = &m->args.v[i];
        struct gen_name n = gen_param(m, &m->args, f);
        if (f->flags & FIC_F_RESERVED) continue;
        if (!fic_type_has_caps(g->im, &f->type)) {
            P("    (void)%s;\n", n.s);
            if (f->type.kind == FIC_STRING || (f->type.kind == FIC_BYTES))
                P("    (void)%s_len;\n", n.s);
            if (f->type.kind == FIC_VECTOR) P("    (void)%s_n;\n", n.s);
        } else if (gen_is_handle(&f->type)) {
            P("    if (%s) _conn->drop_ticket(_conn->user, %s);\n", n.s, n.s);
        } else {
            struct gen_name t = gen_table(g, &f->type);
            P("    if (%s)\n        fipc_each_cap(&%s, ", n.s, t.s);
            P(f->type.kind == FIC_VECTOR ? "&(struct fipc_vector){%s, %s_n}" : "%s", n.s, n.s);
            P(", _conn->drop_ticket, _conn->user);\n");
        }
    }
    P("}\n");
}

/* Errors from 256 on must be declared by the interface. */
static void client_errors(struct gen *g)
{
    unsigned rows = 0;

    P("\nstatic fut_err %s_error(fut_err _e)\n{\n", g->iface.s);
    for (size_t i = 0; i < g->im->nerrors; i++)
        if (g->im->errors[i].name)
            P("%s_e == %u", rows++ ? " || " : "    if (", g->im->errors[i].code);
    if (rows) P(") return _e;\n");
    P("    return _e < FUT_INTERFACE_FIRST ? _e : FUT_EPROTO;\n}\n");
}

static void call_decode(struct gen *g, const struct fic_method *m, const char *fn, const char *call)
{
    if (m->results.n) {
        P("    if (FIPC_LIKELY(_e == FUT_OK))\n        _e = %s_decode(%s", fn, call);
        gen_pass(g, m, &m->results, GEN_OUT);
        P(");\n    else\n        _e = %s_error(_e);\n", g->iface.s);
    } else {
        P("    if (_e != FUT_OK) _e = %s_error(_e);\n", g->iface.s);
    }
}

static void call_drop(struct gen *g, const struct fic_method *m, const char *fn, const char *error,
                      const char *indent)
{
    if (!list_has_caps(g, &m->args)) return;
    P("%s%s_drop(_o.conn, %s", indent, fn, error);
    gen_pass(g, m, &m->args, GEN_IN);
    P(");\n");
}

/* What a call that ends early gives back. */
static void call_leave(struct gen *g, const struct fic_method *m, const char *fn, const char *error)
{
    if (list_has_caps(g, &m->args)) {
        P("        fut_err _left = %s;\n", error);
        call_drop(g, m, fn, "_left", "        ");
        P("        return _left;\n    }\n");
    } else {
        P("        return %s;\n    }\n", error);
    }
}

static void call_reply(struct gen *g, const struct fic_method *m, const char *fn)
{
    bool slot = gen_takes_slot(g->im, m);
    struct fic_message_layout out;
    char error[sizeof(struct gen_name) + 16];

    fic_layout_message(g->im, &m->results, &out);
    P("    _e = fipc_call(_o.conn, _slot, _w, FIPC_W0(0, %d, %u, 0), %u, %u);\n"
      "    if (!FIPC_LIKELY(_e == FUT_OK)) {\n",
      out.lane_max > 0, (unsigned)out.root_words, (unsigned)out.root_words,
      (unsigned)out.required_words);
    snprintf(error, sizeof(error), "%s_error(_e)", g->iface.s);
    call_leave(g, m, fn, error);
    if (m->results.n) {
        P("    _e = %s_decode(_o.conn, _slot, _w", fn);
        gen_pass(g, m, &m->results, GEN_OUT);
        P(");\n");
    }
    if (slot) P("    fipc_slot_give(_o.conn, _slot);\n");
}

static void client_call(struct gen *g, const struct fic_method *m, const char *fn,
                        const char *upper)
{
    bool slot = gen_takes_slot(g->im, m);

    P("\nfut_err %s(%s _o", fn, g->iface.s);
    gen_params(g, m, &m->args, GEN_IN);
    gen_params(g, m, &m->results, GEN_OUT);
    P(")\n{\n    uint64_t _w[5];\n    uint32_t _slot = %s;\n    fut_err _e;\n\n",
      slot ? "fipc_slot_take(_o.conn)" : "FIPC_SLOT_NONE");
    if (slot) {
        P("    if (_slot == FIPC_SLOT_NONE) {\n");
        call_leave(g, m, fn, "FUT_ENOSLOT");
    }
    P("    fipc_words(_w, %s_W0, _o.obj, %s);\n", upper, slot ? "_slot" : "0");
    P("    _e = %s_encode(_o.conn, _slot, _w", fn);
    gen_pass(g, m, &m->args, GEN_IN);
    P(");\n    if (!FIPC_LIKELY(_e == FUT_OK)) {\n");
    if (slot) P("        fipc_slot_end(_o.conn, _slot, FIPC_NOT_RUN);\n");
    call_leave(g, m, fn, "_e");
    if (m->oneway)
        P("    _e = fipc_oneway(_o.conn, _w);\n");
    else
        call_reply(g, m, fn);
    call_drop(g, m, fn, "_e", "    ");
    P("    return _e;\n}\n");
}

/* A method whose root is words of scalars both ways, and no slot. */
static bool is_plain(const struct gen *g, const struct fic_method *m)
{
    return !gen_takes_slot(g->im, m) && !gen_uses_put(g->im, &m->args) &&
           !gen_uses_in(g->im, &m->results) && !list_has_caps(g, &m->args);
}

/* The same call with all in registers, unless something goes wrong. */
static void client_plain(struct gen *g, const struct fic_method *m, const char *fn,
                         const char *upper)
{
    struct fic_message_layout in, out;

    fic_layout_message(g->im, &m->args, &in);
    fic_layout_message(g->im, &m->results, &out);
    P("\nfut_err %s(%s _o", fn, g->iface.s);
    gen_params(g, m, &m->args, GEN_IN);
    gen_params(g, m, &m->results, GEN_OUT);
    P(")\n{\n    uint64_t _w[5] = {%s_W0 | (uint64_t)(_o.obj & 0xffffff) << FIPC_W0_OBJECT_SHIFT, "
      "0, 0, 0, 0};\n",
      upper);
    P("    uint8_t *_root = (uint8_t *)&_w[1];\n    fut_status _s;\n");
    gen_locals(g, m, &m->results, GEN_OUT);
    P("\n    (void)_root;\n");
    gen_encode(g, m, &m->args, "NULL");
    P("    _s = FIPC_SYS(_o.conn->transport, call, _o.conn->slot, _w);\n");
    P("    if (!FIPC_LIKELY(_s == FUT_S_OK && _w[0] == (uint64_t)%u << FIPC_W0_WORDS_SHIFT)) {\n",
      (unsigned)out.root_words);
    P("        fut_err _e = fipc_call_failed(_o.conn, _s, _w[0]).error;\n");
    P("        if (_e != FUT_OK) return %s_error(_e);\n", g->iface.s);
    P("        if (!fipc_plain_root(_w, %u, %u)) return FUT_EPROTO;\n    }\n",
      (unsigned)out.root_words, (unsigned)out.required_words);
    gen_decode(g, m, &m->results, GEN_OUT, "FUT_EPROTO");
    gen_store(g, m, &m->results);
    P("    return FUT_OK;\n}\n");
}

static void client_async(struct gen *g, const struct fic_method *m, const char *fn,
                         const char *upper)
{
    struct fic_message_layout l;

    P("\nfut_err %s_begin(%s _o", fn, g->iface.s);
    gen_params(g, m, &m->args, GEN_IN);
    P(", struct fipc_call *_c)\n{\n");
    P("    fut_err _e = FUT_ENOSLOT;\n\n    _c->conn = _o.conn;\n"
      "    _c->slot = fipc_slot_take(_o.conn);\n"
      "    if (_c->slot != FIPC_SLOT_NONE) {\n"
      "        fipc_words(_c->w, %s_W0 | FIPC_W0_SLOT, _o.obj, _c->slot);\n",
      upper);
    P("        _e = %s_encode(_o.conn, _c->slot, _c->w", fn);
    gen_pass(g, m, &m->args, GEN_IN);
    P(");\n        if (_e == FUT_OK) {\n            _e = fipc_submit(_c);\n        } else {\n"
      "            fipc_slot_end(_o.conn, _c->slot, FIPC_NOT_RUN);\n"
      "            _c->slot = FIPC_SLOT_NONE;\n        }\n    }\n");
    call_drop(g, m, fn, "_e", "    ");
    P("    return _e;\n}\n");
    P("\nfut_err %s_end(struct fipc_call *_c", fn);
    gen_params(g, m, &m->results, GEN_OUT);
    P(")\n{\n    fut_err _e = fipc_poll(_c);\n\n"
      "    if (_c->slot == FIPC_SLOT_NONE) return _e;\n"
      "    if (_c->fate == FIPC_PENDING) return FUT_EAGAIN;\n");
    fic_layout_message(g->im, &m->results, &l);
    if (l.root_words <= 4 && m->results.n)
        P("    if (_e == FUT_OK && !fipc_reply_root(_c->conn, _c->slot, _c->w, %u, %u, _c->w + "
          "1))\n"
          "        _e = FUT_EPROTO;\n",
          (unsigned)l.root_words, (unsigned)l.required_words);
    call_decode(g, m, fn, "_c->conn, _c->slot, _c->w");
    P("    fipc_slot_end(_c->conn, _c->slot, _c->fate);\n    _c->slot = FIPC_SLOT_NONE;\n"
      "    return _e;\n}\n");
}

static void client_method(struct gen *g, const struct fic_method *m)
{
    struct gen_name fn = gen_join(g->iface.s, m->name), upper = gen_upper(fn.s);
    struct fic_message_layout l;

    fic_layout_message(g->im, &m->args, &l);
    P("\n#define %s_W0 FIPC_W0(%u, %d, %u, 0x%02x)\n", upper.s, m->ordinal,
      gen_takes_slot(g->im, m), (unsigned)l.root_words, g->im->tag);
    client_encode(g, m, fn.s);
    client_drop(g, m, fn.s);
    if (!m->oneway) client_decode(g, m, fn.s);
    if (!m->oneway && is_plain(g, m))
        client_plain(g, m, fn.s, upper.s);
    else
        client_call(g, m, fn.s, upper.s);
    if (!m->oneway) client_async(g, m, fn.s, upper.s);
}

static void client_event(struct gen *g, const struct fic_event *ev)
{
    struct gen_name fn = gen_join(g->iface.s, ev->name);
    struct fic_message_layout l;

    fic_layout_message(g->im, &ev->args, &l);
    P("\nfut_err %s_read(const struct fipc_event *_ev", fn.s);
    gen_params(g, NULL, &ev->args, GEN_OUT);
    P(")\n{\n    uint64_t _buf[%u];\n", l.root_words ? (unsigned)l.root_words : 1);
    P("    const uint8_t *_root = fipc_event_root(_ev, %u, %u, _buf);\n", (unsigned)l.root_words,
      (unsigned)l.required_words);
    if (gen_uses_in(g->im, &ev->args))
        P("    struct fipc_in _input = {.bad = FUT_EPROTO}, *_in = &_input;\n    fut_err _e;\n");
    gen_locals(g, NULL, &ev->args, GEN_OUT);
    P("\n    if (!_root || _ev->ordinal != %u || _ev->tag != 0x%02x) return FUT_EPROTO;\n",
      ev->ordinal, g->im->tag);
    gen_decode(g, NULL, &ev->args, GEN_OUT, "FUT_EPROTO");
    gen_store(g, NULL, &ev->args);
    P("    return FUT_OK;\n}\n");
}

static unsigned log2_of(uint32_t depth)
{
    unsigned n = 0;

    while (1u << n < depth)
        n++;
    return n;
}

static void client_lane(struct gen *g)
{
    const struct fic_image **closure;
    const struct fic_image *im = g->im;
    struct fic_lane lane;
    uint8_t identity[32];
    size_t n;

    (void)fic_closure(g->images, g->n, im, &closure, &n);
    fic_layout_lane(im, closure, n, &lane);
    fic_closure_identity(closure, n, identity);
    free(closure);
    P("\nconst struct fipc_lane_spec %s_lane = {.slots = %d, .req_class = %u, .rep_class = %u, "
      ".events = %d, .nrings = %u",
      g->iface.s, lane.slots, lane.req_class, lane.rep_class, lane.events, (unsigned)im->nrings);
    for (size_t i = 0; i < im->nrings; i++) {
        struct fic_struct_layout l;
        fic_layout_struct(im, &im->types[im->rings[i].ref], &l);
        P("%s{%u, %u, %d}%s", i ? ", " : ",\n    .ring = {", (unsigned)l.size,
          log2_of(im->rings[i].depth), im->rings[i].from_server, i + 1 == im->nrings ? "}" : "");
    }
    if (im->pool.present)
        P(",\n    .pool_pages = %u, .pool_client = %d, .pool_server = %d",
          (unsigned)((im->pool.size + 4095) / 4096), im->pool.client, im->pool.server);
    P("};\n\nconst uint8_t %s_closure[32] = {", g->iface.s);
    for (size_t i = 0; i < 32; i++)
        P("%s0x%02x", i ? ", " : "", identity[i]);
    P("};\n");
}

static void client_rings(struct gen *g)
{
    for (size_t i = 0; i < g->im->nrings; i++) {
        struct fic_type t = {.kind = FIC_NAMED, .ref = g->im->rings[i].ref};
        struct gen_name table = gen_table(g, &t);
        P("\nfut_err %s_%s_check(const struct %s *_entry)\n{\n    return fipc_check(&%s, "
          "_entry);\n}\n",
          g->iface.s, g->im->rings[i].name, gen_type_name(fic_named(g->im, &t)->tname).s, table.s);
    }
}

void gen_client(struct gen *g)
{
    for (size_t i = 0; i < g->n; i++) {
        bool methods = false;
        g->im = g->images[i];
        g->iface = gen_join(g->lib.s, gen_snake(g->im->name).s);
        P("\n/* ---- %s ---- */\n", g->im->tname);
        client_lane(g);
        client_rings(g);
        for (size_t k = 0; k < g->im->nmethods; k++)
            methods |= g->im->methods[k].name && !g->im->methods[k].oneway;
        if (methods) client_errors(g);
        for (size_t k = 0; k < g->im->nmethods; k++)
            if (g->im->methods[k].name) client_method(g, &g->im->methods[k]);
        for (size_t k = 0; k < g->im->nevents; k++)
            client_event(g, &g->im->events[k]);
    }
}
