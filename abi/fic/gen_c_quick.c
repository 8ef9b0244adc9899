/* SPDX-License-Identifier: Apache-2.0 */
/* The short way of a client's stub: for a method with one string or bytes at most in each
 * direction, when slot 0 is free, nothing is too long and the reply is the usual one. Words stay in
 * registers; what is needed after the call waits in one struct on the stack, which costs less than
 * registers that a function must save. At the first thing that is not as usual it leaves to the
 * general stub (_any, before the call) or to what comes after one (_late), which check all again.
 */
#include "gen_c_impl.h"
#include <string.h>

#define P(...) fprintf(g->out, __VA_ARGS__)
#define KEPT_MAX 8u /* an asm statement has 30 operands, and these count twice */

bool gen_quick_list(const struct fic_image *im, const struct fic_fields *list,
                    const struct fic_field **text, unsigned *at)
{
    struct fic_message_layout l;

    *text = NULL;
    *at = 0;
    fic_layout_message(im, list, &l);
    if (l.root_words > 4) return false;
    for (size_t i = 0; i < list->n; i++) {
        const struct fic_field *f = &list->v[i];
        enum gen_class c = gen_class(im, &f->type);
        if (f->flags & FIC_F_RESERVED) continue;
        if (f->flags & FIC_F_OPTIONAL && !gen_is_handle(&f->type)) return false;
        if (c == GEN_SCALAR || gen_scalar_union(im, &f->type)) continue;
        if ((c != GEN_STRING && c != GEN_BYTES) || *text) return false;
        *text = f;
        *at = (unsigned)l.root.fields[i].offset;
        if (*at % 8) return false; /* a slice may lie across two words */
    }
    return true;
}

/* A result that is a string must be looked at, which the general stub does. */
bool gen_quick(const struct fic_image *im, const struct fic_method *m)
{
    const struct fic_field *text;
    unsigned at;

    if (m->oneway || !gen_takes_slot(im, m) || gen_list_has_caps(im, &m->args)) return false;
    if (!gen_quick_list(im, &m->args, &text, &at)) return false;
    if (!gen_quick_list(im, &m->results, &text, &at)) return false;
    return (!text || text->type.kind == FIC_BYTES) && m->results.n + 2 <= KEPT_MAX;
}

/* Prints for each of the caller's variables; the format takes its name twice. */
static void kept_each(struct gen *g, const struct fic_method *m, const char *fmt)
{
    for (size_t i = 0; i < m->results.n; i++) {
        const struct fic_field *f = &m->results.v[i];
        static const char *const parts[] = {"", "_cap", "_len"};
        struct gen_name n = gen_param(m, &m->results, f);
        bool text = gen_class(g->im, &f->type) == GEN_BYTES;
        if (f->flags & FIC_F_RESERVED) continue;
        for (unsigned k = 0; k < (text ? 3 : 1); k++) {
            char name[sizeof(n) + 8];
            snprintf(name, sizeof(name), "%s%s", n.s, parts[k]);
            fprintf(g->out, fmt, name, name);
        }
    }
}

/* What the compiler must have in memory, and read from there afterwards. */
static void kept_barrier(struct gen *g, const struct fic_method *m, unsigned words)
{
    P("    __asm__ volatile(\"\" : \"+m\"(_k._conn), \"+m\"(_k._word)");
    for (unsigned i = 0; i < words; i++)
        P(", \"+m\"(_k._w%u)", i);
    kept_each(g, m, ", \"+m\"(_k.%s)");
    P(");\n");
}

static void quick_head(struct gen *g, const struct fic_method *m, const char *fn, const char *upper,
                       unsigned words)
{
    struct fic_message_layout in, out;

    fic_layout_message(g->im, &m->args, &in);
    fic_layout_message(g->im, &m->results, &out);
    gen_client_head(g, m, fn, upper);
    P("    uint64_t *_root = &_w[1], _word;\n    fut_status _s;\n    struct {\n");
    if (words) P("        uint64_t _w0");
    for (unsigned i = 1; i < words; i++)
        P(", _w%u", i);
    P("%s", words ? ";\n" : "");
    kept_each(g, m, "        __typeof__(%s) %s;\n");
    P("        struct fipc_conn *_conn;\n        uint64_t _word;\n    } _k;\n");
    gen_locals(g, m, &m->results, GEN_OUT);
    P("\n    (void)_root;\n    _word = fipc_slot_grab(_o.conn);\n"
      "    if (!FIPC_LIKELY(_word & FIPC_SLOT_FITS(%u, %u))) goto _odd;\n",
      in.size_class, out.size_class);
}

/* The request's words, and what is to be kept; the copy comes last, since it is a call. */
static void quick_request(struct gen *g, const struct fic_method *m, unsigned words)
{
    const struct fic_field *text;
    struct gen_name n = {""};
    unsigned at;

    (void)gen_quick_list(g->im, &m->args, &text, &at);
    if (text) n = gen_param(m, &m->args, text);
    if (text) P("    if (!FIPC_LIKELY(%s_len - 1 < %u)) goto _odd;\n", n.s, text->type.count);
    g->put = "fipc_put";
    g->invalid = "goto _odd";
    gen_encode_simple(g, m, &m->args, "");
    if (text) P("    fipc_put64(_root, %u, %s_len | 1ull << 48);\n", at, n.s);
    for (unsigned i = 0; i < words; i++)
        P("    _k._w%u = _w[%u];\n", i, i);
    kept_each(g, m, "    _k.%s = %s;\n");
    P("    _k._conn = _o.conn;\n    _k._word = _word;\n");
    kept_barrier(g, m, words);
    if (!text) return;
    P("    fipc_quick_put(_o.conn, %s, %s_len);\n", n.s, n.s);
    kept_barrier(g, m, words);
    for (unsigned i = 0; i < words; i++)
        P("    _w[%u] = _k._w%u;\n", i, i);
}

static void quick_reply(struct gen *g, const struct fic_method *m)
{
    const struct fic_field *text;
    struct fic_message_layout l;
    struct gen_name n = {""};
    unsigned at;

    (void)gen_quick_list(g->im, &m->results, &text, &at);
    fic_layout_message(g->im, &m->results, &l);
    kept_each(g, m, "    %s = _k.%s;\n");
    P("    if (!FIPC_LIKELY(_s == FUT_S_OK && _w[0] == FIPC_W0(0, %d, %u, 0))) goto _late;\n",
      l.lane_max > 0, (unsigned)l.root_words);
    g->get = "fipc_get";
    for (size_t i = 0; i < m->results.n; i++) {
        const struct fic_field *f = &m->results.v[i];
        if (f->flags & FIC_F_RESERVED || f == text) continue;
        gen_decode_simple(g, f, gen_join("_v", gen_param(m, &m->results, f).s).s, &l.root.fields[i],
                          "goto _late");
    }
    if (text) {
        n = gen_param(m, &m->results, text);
        P("    _v_%s_len = fipc_get64(_root, %u) ^ 1ull << 48;\n"
          "    if (!FIPC_LIKELY(_v_%s_len - 1 < %u && _v_%s_len <= %s_cap)) goto _late;\n",
          n.s, at, n.s, text->type.count, n.s, n.s);
    }
    gen_store(g, m, &m->results);
    if (!text) return;
    P("    fipc_copy_in(%s, _k._conn->reply, _v_%s_len);\n"
      "    __asm__ volatile(\"\" : \"+m\"(_k._conn), \"+m\"(_k._word));\n",
      n.s, n.s);
}

void gen_quick_client(struct gen *g, const struct fic_method *m, const char *fn, const char *upper)
{
    const struct gen before = *g;
    const struct fic_field *text;
    struct fic_message_layout in;
    unsigned at, words;

    fic_layout_message(g->im, &m->args, &in);
    (void)gen_quick_list(g->im, &m->args, &text, &at);
    words = text ? 1 + (unsigned)in.root_words : 0;
    quick_head(g, m, fn, upper, words);
    quick_request(g, m, words);
    P("    _s = FIPC_SYS(_k._conn->transport, call, _k._conn->slot, _w);\n");
    kept_barrier(g, m, 0);
    quick_reply(g, m);
    P("    fipc_slot_give(_k._conn, 0, _k._word);\n    return fipc_fine();\n_late: {\n"
      "    uint64_t _m[5] = {_w[0], _w[1], _w[2], _w[3], _w[4]};\n"
      "    return %s_late(_k._conn, 0, _k._word, _s, _m",
      fn);
    gen_pass(g, m, &m->results, GEN_OUT);
    P(");\n}\n_odd:\n    return %s_any((%s){_o.conn, (uint32_t)(_w[0] >> 32) & 0xffffff}", fn,
      g->iface.s);
    gen_pass(g, m, &m->args, GEN_IN);
    gen_pass(g, m, &m->results, GEN_OUT);
    P(", _word);\n}\n");
    g->get = before.get;
    g->put = before.put;
    g->invalid = before.invalid;
}
