/* SPDX-License-Identifier: Apache-2.0 */
/* CDDL (RFC 8610) of the remote encoding: one rule for the arguments and results of each method.
 * Names of rules: method-args, method-results, event-args, and type names with '-' for dots. */
#include "print.h"
#include <inttypes.h>

static void print_rule_name(const char *tname, FILE *out)
{
    for (const char *p = tname; *p; p++)
        fputc(*p == '/' || *p == '.' ? '-' : *p, out);
}

static const char *int_range(enum fic_kind k)
{
    static const char *const ranges[] = {"bool",
                                         "0..255",
                                         "0..65535",
                                         "0..4294967295",
                                         "0..18446744073709551615",
                                         "-128..127",
                                         "-32768..32767",
                                         "-2147483648..2147483647",
                                         "-9223372036854775808..9223372036854775807"};
    return ranges[k];
}

static void print_cddl_type(const struct fic_image *im, const struct fic_type *t, FILE *out)
{
    switch (t->kind) {
    case FIC_STRING: fprintf(out, "tstr .size (0..%" PRIu32 ")", t->count); return;
    case FIC_BYTES: fprintf(out, "bstr .size (0..%" PRIu32 ")", t->count); return;
    case FIC_VECTOR:
    case FIC_ARRAY:
        if (t->kind == FIC_ARRAY && t->elem->kind == FIC_U8) {
            fprintf(out, "bstr .size %" PRIu32, t->count);
            return;
        }
        fprintf(out, "[%" PRIu32 "*%" PRIu32 " ", t->kind == FIC_ARRAY ? t->count : 0, t->count);
        print_cddl_type(im, t->elem, out);
        fputc(']', out);
        return;
    case FIC_CAP:
    case FIC_OBJ: fputs("export", out); return;
    case FIC_CAP_MEMORY:
    case FIC_CAP_NOTIFICATION: fputs("never-crosses", out); return;
    case FIC_NAMED: print_rule_name(fic_named(im, t)->tname, out); return;
    default: fprintf(out, "(%s)", int_range(t->kind)); return;
    }
}

static void print_map(const struct fic_image *im, const struct fic_fields *f, FILE *out)
{
    const char *sep = " ";

    fputc('{', out);
    for (size_t i = 0; i < f->n; i++) {
        if (f->v[i].flags & FIC_F_RESERVED) continue;
        fprintf(out, "%s%s%zu => ", sep, f->v[i].flags & FIC_F_OPTIONAL ? "? " : "", i);
        print_cddl_type(im, &f->v[i].type, out);
        fprintf(out, " ; %s\n", f->v[i].name);
        sep = "  , ";
    }
    fputs(" }\n", out);
}

static void print_enum(const struct fic_typedef *d, FILE *out)
{
    const char *sep = "";

    if (d->open) {
        fprintf(out, "%s\n", int_range(d->base));
        return;
    }
    for (size_t i = 0; i < d->nmembers; i++) {
        if (!d->members[i].name) continue;
        if (d->base >= FIC_I8)
            fprintf(out, "%s%" PRId64, sep, (int64_t)d->members[i].value);
        else
            fprintf(out, "%s%" PRIu64, sep, d->members[i].value);
        sep = " / ";
    }
    fputs(*sep ? "\n" : "never-crosses\n", out);
}

/* Strict flags have no bit but their own; without a member nothing but 0 is left. */
static void print_flags(const struct fic_typedef *d, FILE *out)
{
    const char *sep = "";

    for (size_t i = 0; !d->open && i < d->nmembers; i++)
        if (d->members[i].name) {
            fputs(*sep ? " / " : "uint .bits (", out);
            fprintf(out, "%" PRIu64, d->members[i].value);
            sep = "/";
        }
    fprintf(out, "%s\n", d->open ? int_range(d->base) : *sep ? ")" : "0");
}

static void print_typedef(const struct fic_image *im, const struct fic_typedef *d, FILE *out)
{
    const char *sep = "";

    print_rule_name(d->tname, out);
    fputs(" = ", out);
    if (d->kind == FIC_STRUCT) {
        print_map(im, &d->fields, out);
    } else if (d->kind == FIC_ENUM) {
        print_enum(d, out);
    } else if (d->kind == FIC_FLAGS) {
        print_flags(d, out);
    } else {
        for (size_t i = 0; i < d->nmembers; i++) {
            if (!d->members[i].name) continue;
            fprintf(out, "%s[%" PRIu64 ", ", sep, d->members[i].value);
            print_cddl_type(im, &d->members[i].field.type, out);
            fputc(']', out);
            sep = " / ";
        }
        fputs("\n", out);
    }
}

static void print_call(const struct fic_image *im, const char *name, const char *what,
                       const struct fic_fields *f, FILE *out)
{
    fprintf(out, "%s-%s = ", name, what);
    print_map(im, f, out);
}

static void print_choice(const struct fic_image *im, FILE *out)
{
    const char *sep = "";

    fputs("message = ", out);
    for (size_t i = 0; i < im->nmethods; i++) {
        const struct fic_method *m = &im->methods[i];
        if (!m->name) continue;
        fprintf(out, "%scall<%u, %s-args>", sep, m->ordinal, m->name);
        if (!m->oneway) fprintf(out, " / reply<%s-results>", m->name);
        sep = "\n    / ";
    }
    for (size_t i = 0; i < im->nevents; i++, sep = "\n    / ")
        fprintf(out, "%sevent<%u, %s-args>", sep, im->events[i].ordinal, im->events[i].name);
    fprintf(out, "%serror / cancel / drop\n", sep);
}

void fic_gen_cddl(const struct fic_image *im, FILE *out)
{
    fprintf(out, "; %s: messages of the remote encoding, deterministic CBOR\n", im->tname);
    print_choice(im, out);
    fputs("call<o, a> = {0 => 0, 1 => session, 2 => callid, 3 => export, 4 => o, 5 => a, "
          "? 6 => (0..4294967295)}\n"
          "reply<r> = {0 => 1, 1 => session, 2 => callid, 3 => 0, ? 4 => r}\n"
          "event<o, a> = {0 => 2, 1 => session, 3 => export, 4 => o, 5 => a}\n"
          "error = {0 => 1, 1 => session, 2 => callid, 3 => (1..4095), ? 5 => (0..4294967295)}\n"
          "cancel = {0 => 3, 1 => session, 2 => callid}\n"
          "drop = {0 => 4, 1 => session, 3 => export}\n"
          "session = uint .size 8\ncallid = uint .size 8\nexport = uint .size 4\n"
          "never-crosses = nil .and int ; memory and notifications stay on one machine\n\n",
          out);
    for (size_t i = 0; i < im->nmethods; i++) {
        const struct fic_method *m = &im->methods[i];
        if (!m->name) continue;
        print_call(im, m->name, "args", &m->args, out);
        if (!m->oneway) print_call(im, m->name, "results", &m->results, out);
    }
    for (size_t i = 0; i < im->nevents; i++)
        print_call(im, im->events[i].name, "args", &im->events[i].args, out);
    for (size_t i = 0; i < im->ntypes; i++)
        print_typedef(im, &im->types[i], out);
}
