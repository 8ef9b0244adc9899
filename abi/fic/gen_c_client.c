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

/* _words: the root, _known words long. */
static void client_decode(struct gen *g, const struct fic_method *m, const char *fn)
{
    bool scalar = !gen_uses_in(g->im, &m->results);

    if (m->results.n == 0) return;
    P("\nFIPC_INLINE fut_err %s_decode(const struct fipc_conn *_conn, uint32_t _slot, const "
      "uint64_t "
      "*_w, const uint64_t *_words",
      fn);
    gen_params(g, m, &m->results, GEN_OUT);
    P(")\n{\n    const uint8_t *_root = (const uint8_t *)_words;\n");
    if (!scalar) P("    struct fipc_in _input, *_in = &_input;\n    fut_err _e;\n");
    gen_locals(g, m, &m->results, GEN_OUT);
    P("\n    (void)_root, (void)_conn, (void)_slot, (void)_w;\n");
    if (!scalar)
        P("    fipc_reply_in(_conn, _slot, _w, _in, %s);\n",
          gen_list_needs_arena(g->im, &m->results) ? "_arena" : "NULL");
    gen_decode(g, m, &m->results, GEN_OUT, "return FUT_EPROTO");
    gen_store(g, m, &m->results);
    P("    return FUT_OK;\n}\n");
}

bool gen_list_has_caps(const struct fic_image *im, const struct fic_fields *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (!(list->v[i].flags & FIC_F_RESERVED) && fic_type_has_caps(im, &list->v[i].type))
            return true;
    return false;
}

bool gen_has_async(const struct fic_image *im, const struct fic_method *m)
{
    unsigned tickets = 0;

    for (size_t i = 0; i < m->args.n; i++) {
        const struct fic_field *f = &m->args.v[i];
        if (f->flags & FIC_F_RESERVED || !fic_type_has_caps(im, &f->type)) continue;
        if (!gen_is_handle(&f->type)) return false;
        tickets++;
    }
    return !m->oneway && tickets <= GEN_CALL_TICKETS;
}

/* One handle of a root, given back; n: where it lies. */
static void refuse_handle(struct gen *g, const struct fic_type *t, unsigned at, const char *indent)
{
    if (t->kind == FIC_OBJ)
        P("%sfipc_refuse_object(_conn, 0x%02x, fipc_ld32(_root, %u), _may_block);\n", indent,
          fic_tag(t->tname), at);
    else
        P("%sfipc_refuse_ticket(_conn, fipc_ld64(_root, %u));\n", indent, at);
}

static void refuse_union(struct gen *g, const struct fic_typedef *d, unsigned at)
{
    struct fic_union_layout l;

    fic_layout_union(g->im, d, &l);
    P("    switch (fipc_ld32(_root, %u)) {\n", at);
    for (size_t i = 0; i < d->nmembers; i++) {
        const struct fic_type *t = &d->members[i].field.type;
        if (!d->members[i].name || !gen_is_handle(t)) continue;
        P("    case %u:\n", (unsigned)d->members[i].value);
        refuse_handle(g, t, at + l.payload, "        ");
        P("        break;\n");
    }
    P("    default: break;\n    }\n");
}

/* Whether a root has handles, in members of a union too. */
static bool list_has_handles(const struct gen *g, const struct fic_fields *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct fic_field *f = &list->v[i];
        const struct fic_typedef *d;
        if (f->flags & FIC_F_RESERVED) continue;
        if (gen_is_handle(&f->type)) return true;
        if (!gen_scalar_union(g->im, &f->type)) continue;
        d = fic_named(g->im, &f->type);
        for (size_t k = 0; k < d->nmembers; k++)
            if (d->members[k].name && gen_is_handle(&d->members[k].field.type)) return true;
    }
    return false;
}

/* What a reply brought whose check then failed: its caller never learns of it. */
static void client_refuse(struct gen *g, const struct fic_method *m, const char *fn)
{
    struct fic_message_layout l;

    if (!list_has_handles(g, &m->results)) return;
    fic_layout_message(g->im, &m->results, &l);
    P("\nstatic __attribute__((cold)) void %s_refuse(struct fipc_conn *_conn, const uint64_t "
      "*_words, bool _may_block)\n{\n    const uint8_t *_root = (const uint8_t *)_words;\n\n"
      "    (void)_may_block;\n",
      fn);
    for (size_t i = 0; i < m->results.n; i++) {
        const struct fic_field *f = &m->results.v[i];
        unsigned at = (unsigned)l.root.fields[i].offset;
        if (f->flags & FIC_F_RESERVED) continue;
        if (gen_is_handle(&f->type))
            refuse_handle(g, &f->type, at, "    ");
        else if (gen_scalar_union(g->im, &f->type))
            refuse_union(g, fic_named(g->im, &f->type), at);
    }
    P("}\n");
}

/* Tickets of a call that failed are dropped, unless the server may have redeemed them. */
static void client_drop(struct gen *g, const struct fic_method *m, const char *fn)
{
    if (!gen_list_has_caps(g->im, &m->args)) return;
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

/* After a reply, or none: the results, if there are any, and what is given back if not all of them
 * are good. `reply`: connection, slot, words; `block`: whether giving back may block. */
static void reply_decode(struct gen *g, const struct fic_method *m, const char *fn,
                         const char *reply, const char *words, const char *block)
{
    struct fic_message_layout l;
    const char *comma = strchr(reply, ',');

    fic_layout_message(g->im, &m->results, &l);
    P("    if (!FIPC_LIKELY(_e == FUT_OK)) {\n        _e = %s_error(_e);\n", g->iface.s);
    P("    } else if (!FIPC_LIKELY(fipc_reply_root(%s, %u, %u, %s))) {\n        _e = FUT_EPROTO;\n",
      reply, (unsigned)l.root_words, (unsigned)l.required_words, words);
    if (m->results.n) {
        P("    } else {\n        _e = %s_decode(%s, %s", fn, reply, words);
        gen_pass(g, m, &m->results, GEN_OUT);
        P(");\n");
        if (list_has_handles(g, &m->results))
            P("        if (_e != FUT_OK) %s_refuse(%.*s, %s, %s);\n", fn, (int)(comma - reply),
              reply, words, block);
    }
    P("    }\n");
}

/* Where a reply's root is put: in place, if it was in registers. Declares what is needed. */
static const char *reply_words(struct gen *g, const struct fic_method *m, const char *in_place)
{
    struct fic_message_layout l;

    fic_layout_message(g->im, &m->results, &l);
    if (l.root_words <= 4) return in_place;
    P("    uint64_t _words[%u];\n", (unsigned)l.root_words);
    return "_words";
}

static void call_drop(struct gen *g, const struct fic_method *m, const char *fn, const char *error,
                      const char *indent)
{
    if (!gen_list_has_caps(g->im, &m->args)) return;
    P("%s%s_drop(_o.conn, %s", indent, fn, error);
    gen_pass(g, m, &m->args, GEN_IN);
    P(");\n");
}

/* What a call that ends early gives back. */
static void call_leave(struct gen *g, const struct fic_method *m, const char *fn, const char *error)
{
    if (gen_list_has_caps(g->im, &m->args)) {
        P("        fut_err _left = %s;\n", error);
        call_drop(g, m, fn, "_left", "        ");
        P("        return _left;\n    }\n");
    } else {
        P("        return %s;\n    }\n", error);
    }
}

/* What comes after a call: out of line where a short way goes before it. */
static void client_late(struct gen *g, const struct fic_method *m, const char *fn)
{
    struct fic_message_layout out;
    const char *words;

    fic_layout_message(g->im, &m->results, &out);
    P("\n%s fut_err %s_late(struct fipc_conn *_conn, uint32_t _slot, uint64_t _word, fut_status "
      "_s, "
      "uint64_t *_w",
      gen_quick(g->im, m) ? "FIPC_COLD" : "FIPC_INLINE", fn);
    gen_params(g, m, &m->results, GEN_OUT);
    P(")\n{\n    struct fipc_outcome _of = {FUT_OK, FIPC_REPLIED};\n    fut_err _e;\n");
    words = reply_words(g, m, "_w + 1");
    P("\n    if (!FIPC_LIKELY(_s == FUT_S_OK && _w[0] == FIPC_W0(0, %d, %u, 0)))\n"
      "        _of = fipc_call_outcome(_conn, _slot, _s, _w[0]);\n    _e = _of.error;\n",
      out.lane_max > 0, (unsigned)out.root_words);
    reply_decode(g, m, fn, "_conn, _slot, _w", words, "true");
    if (gen_takes_slot(g->im, m))
        P("    fipc_slot_end(_conn, _slot, _word, _of.fate);\n");
    else
        P("    (void)_word;\n");
    P("    return _e;\n}\n");
}

static void call_head(struct gen *g, const struct fic_method *m, const char *fn)
{
    bool quick = gen_quick(g->im, m), slot = gen_takes_slot(g->im, m);

    P("\n%sfut_err %s%s(%s _o", quick ? "FIPC_COLD " : "", fn, quick ? "_any" : "", g->iface.s);
    gen_params(g, m, &m->args, GEN_IN);
    gen_params(g, m, &m->results, GEN_OUT);
    P("%s)\n{\n%s    uint64_t _w[5];\n", quick ? ", uint64_t _word" : "",
      quick ? "" : "    uint64_t _word = 0;\n");
    P("    uint32_t _slot = %s;\n", !slot   ? "FIPC_SLOT_NONE"
                                    : quick ? "fipc_slot_search(_o.conn, &_word)"
                                            : "fipc_slot_take(_o.conn, &_word)");
    P("    fut_err _e;\n%s\n    (void)_word;\n", m->oneway ? "" : "    fut_status _s;\n");
    if (!slot) return;
    P("    if (_slot == FIPC_SLOT_NONE) {\n");
    call_leave(g, m, fn, "FUT_ENOSLOT");
}

static void client_call(struct gen *g, const struct fic_method *m, const char *fn,
                        const char *upper)
{
    bool slot = gen_takes_slot(g->im, m);

    call_head(g, m, fn);
    P("    fipc_words(_w, %s_W0, _o.obj, %s);\n", upper, slot ? "_slot" : "0");
    P("    _e = %s_encode(_o.conn, _slot, _w", fn);
    gen_pass(g, m, &m->args, GEN_IN);
    P(");\n    if (!FIPC_LIKELY(_e == FUT_OK)) {\n");
    if (slot) P("        fipc_slot_end(_o.conn, _slot, _word, FIPC_NOT_RUN);\n");
    call_leave(g, m, fn, "_e");
    if (m->oneway) {
        P("    _e = fipc_oneway(_o.conn, _w);\n");
    } else {
        P("    _s = FIPC_SYS(_o.conn->transport, call, _o.conn->slot, _w);\n"
          "    _e = %s_late(_o.conn, _slot, _word, _s, _w",
          fn);
        gen_pass(g, m, &m->results, GEN_OUT);
        P(");\n");
    }
    call_drop(g, m, fn, "_e", "    ");
    P("    return _e;\n}\n");
}

/* A method whose root is words of scalars both ways, and no slot; and of whose results none can be
 * refused while another has brought a handle. */
static bool is_plain(const struct gen *g, const struct fic_method *m)
{
    return !gen_takes_slot(g->im, m) && !gen_uses_put(g->im, &m->args) &&
           !gen_uses_in(g->im, &m->results) && !gen_list_has_caps(g->im, &m->args) &&
           (m->results.n < 2 || !list_has_handles(g, &m->results));
}

void gen_client_head(struct gen *g, const struct fic_method *m, const char *fn, const char *upper)
{
    P("\nfut_err %s(%s _o", fn, g->iface.s);
    gen_params(g, m, &m->args, GEN_IN);
    gen_params(g, m, &m->results, GEN_OUT);
    P(")\n{\n    uint64_t _w[5] = {fipc_w0_object(%s_W0, _o.obj), 0, 0, 0, 0};\n", upper);
}

/* The same call with all in registers, unless something goes wrong. */
static void client_plain(struct gen *g, const struct fic_method *m, const char *fn,
                         const char *upper)
{
    struct fic_message_layout out;

    fic_layout_message(g->im, &m->results, &out);
    gen_client_head(g, m, fn, upper);
    P("    uint8_t *_root = (uint8_t *)&_w[1];\n    fut_status _s;\n");
    gen_locals(g, m, &m->results, GEN_OUT);
    P("\n    (void)_root;\n");
    gen_encode(g, m, &m->args, "NULL");
    P("    _s = FIPC_SYS(_o.conn->transport, call, _o.conn->slot, _w);\n");
    P("    if (!FIPC_LIKELY(_s == FUT_S_OK && _w[0] == (uint64_t)%u << FIPC_W0_WORDS_SHIFT)) {\n",
      (unsigned)out.root_words);
    P("        fut_err _e = fipc_call_outcome(_o.conn, FIPC_SLOT_NONE, _s, _w[0]).error;\n");
    P("        if (_e != FUT_OK) return %s_error(_e);\n", g->iface.s);
    P("        if (!fipc_plain_root(_w, %u, %u)) return FUT_EPROTO;\n    }\n",
      (unsigned)out.root_words, (unsigned)out.required_words);
    gen_decode(g, m, &m->results, GEN_OUT, "return FUT_EPROTO");
    gen_store(g, m, &m->results);
    P("    return FUT_OK;\n}\n");
}

static void client_begin(struct gen *g, const struct fic_method *m, const char *fn,
                         const char *upper)
{
    unsigned tickets = 0;

    P("\nfut_err %s_begin(%s _o", fn, g->iface.s);
    gen_params(g, m, &m->args, GEN_IN);
    P(", struct fipc_call *_c)\n{\n    fut_err _e = FUT_ENOSLOT;\n\n    _c->conn = _o.conn;\n");
    for (size_t i = 0; i < m->args.n; i++) {
        const struct fic_field *f = &m->args.v[i];
        if (!(f->flags & FIC_F_RESERVED) && fic_type_has_caps(g->im, &f->type))
            P("    _c->ticket[%u] = %s;\n", tickets++, gen_param(m, &m->args, f).s);
    }
    for (unsigned i = tickets; tickets && i < GEN_CALL_TICKETS; i++)
        P("    _c->ticket[%u] = 0;\n", i);
    P("    _c->slot = fipc_slot_take(_o.conn, &_c->word);\n"
      "    if (_c->slot != FIPC_SLOT_NONE) {\n"
      "        fipc_words(_c->w, %s_W0 | FIPC_W0_SLOT, _o.obj, _c->slot);\n",
      upper);
    P("        _e = %s_encode(_o.conn, _c->slot, _c->w", fn);
    gen_pass(g, m, &m->args, GEN_IN);
    P(");\n        if (_e == FUT_OK) {\n            _e = fipc_submit(_c);\n        } else {\n"
      "            fipc_slot_end(_o.conn, _c->slot, _c->word, FIPC_NOT_RUN);\n"
      "            _c->slot = FIPC_SLOT_NONE;\n        }\n    }\n");
    call_drop(g, m, fn, "_e", "    ");
    P("    return _e;\n}\n");
}

static void client_end(struct gen *g, const struct fic_method *m, const char *fn)
{
    const char *words;

    P("\nfut_err %s_end(struct fipc_call *_c", fn);
    gen_params(g, m, &m->results, GEN_OUT);
    P(")\n{\n    fut_err _e = fipc_poll(_c);\n");
    words = reply_words(g, m, "_c->w + 1");
    P("\n    if (_c->slot == FIPC_SLOT_NONE) return _e;\n"
      "    if (_c->fate == FIPC_PENDING) return FUT_EAGAIN;\n");
    reply_decode(g, m, fn, "_c->conn, _c->slot, _c->w", words, "false");
    if (gen_list_has_caps(g->im, &m->args)) P("    fipc_call_drop(_c, _e);\n");
    P("    fipc_slot_end(_c->conn, _c->slot, _c->word, _c->fate);\n    _c->slot = FIPC_SLOT_NONE;\n"
      "    return _e;\n}\n");
}

static void client_method(struct gen *g, const struct fic_method *m)
{
    struct gen_name fn = gen_join(g->iface.s, m->name), upper = gen_upper(fn.s);
    struct fic_message_layout l;
    bool plain = !m->oneway && is_plain(g, m);

    fic_layout_message(g->im, &m->args, &l);
    P("\n#define %s_W0 FIPC_W0(%u, %d, %u, 0x%02x)\n", upper.s, m->ordinal,
      gen_takes_slot(g->im, m), (unsigned)l.root_words, g->im->tag);
    client_encode(g, m, fn.s);
    client_drop(g, m, fn.s);
    if (!m->oneway) client_decode(g, m, fn.s);
    if (!m->oneway) client_refuse(g, m, fn.s);
    if (!m->oneway && !plain) client_late(g, m, fn.s);
    if (plain)
        client_plain(g, m, fn.s, upper.s);
    else
        client_call(g, m, fn.s, upper.s);
    if (gen_quick(g->im, m)) gen_quick_client(g, m, fn.s, upper.s);
    if (!gen_has_async(g->im, m)) return;
    client_begin(g, m, fn.s, upper.s);
    client_end(g, m, fn.s);
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
    gen_decode(g, NULL, &ev->args, GEN_OUT, "return FUT_EPROTO");
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
        gen_peer(g, g->history[i]);
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
