/* SPDX-License-Identifier: Apache-2.0 */
/* `fic layout`: offsets, sizes and classes of every message and struct. */
#include "layout.h"
#include "print.h"

static void print_struct(const struct fic_image *im, const struct fic_fields *f,
                         const struct fic_struct_layout *l, FILE *out)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct fic_field_layout *x = &l->fields[i];
        fprintf(out, "    %4u  %3u  %-20s ", x->offset, x->size,
                *f->v[i].name ? f->v[i].name : "(reserved)");
        fic_print_type(im, &f->v[i].type, out);
        if (x->has) fprintf(out, "  has at %u", x->has);
        if (x->out_max)
            fprintf(out, "  stride %u, out of line at most %u", fic_stride(im, &f->v[i].type),
                    x->out_max);
        fputc('\n', out);
    }
}

static void print_message(const struct fic_image *im, const char *name, const char *what,
                          const struct fic_fields *f, FILE *out)
{
    struct fic_message_layout m;

    fic_layout_message(im, f, &m);
    fprintf(out,
            "%s %s: root %u bytes (%u words, %s), required %u words, lane at most %u, class %u\n",
            name, what, m.root.size, m.root_words, m.in_registers ? "registers" : "lane",
            m.required_words, m.lane_max, m.size_class);
    print_struct(im, f, &m.root, out);
}

static void print_types(const struct fic_image *im, FILE *out)
{
    for (size_t i = 0; i < im->ntypes; i++) {
        const struct fic_typedef *d = &im->types[i];
        struct fic_struct_layout s;
        struct fic_union_layout u;
        if (d->kind == FIC_STRUCT) {
            fic_layout_struct(im, d, &s);
            fprintf(out, "%sstruct %s: %u bytes, alignment %u\n", d->open ? "open " : "", d->tname,
                    s.size, s.align);
            print_struct(im, &d->fields, &s, out);
        } else if (d->kind == FIC_UNION) {
            fic_layout_union(im, d, &u);
            fprintf(out, "%sunion %s: %u bytes, alignment %u, payload at %u\n",
                    d->open ? "open " : "", d->tname, u.size, u.align, u.payload);
        }
    }
}

void fic_print_layout(const struct fic_image *im, FILE *out)
{
    struct fic_lane lane;

    fic_layout_lane(im, &im, 1, &lane);
    fprintf(out,
            "%s, tag 0x%02x: request class %u, reply class %u%s (alone, without its closure)\n",
            im->tname, im->tag, lane.req_class, lane.rep_class, lane.events ? ", events" : "");
    for (size_t i = 0; i < im->nmethods; i++) {
        const struct fic_method *m = &im->methods[i];
        if (!m->name) continue;
        print_message(im, m->name, m->oneway ? "one-way" : "request", &m->args, out);
        if (!m->oneway) print_message(im, m->name, "reply", &m->results, out);
    }
    for (size_t i = 0; i < im->nevents; i++)
        print_message(im, im->events[i].name, "event", &im->events[i].args, out);
    print_types(im, out);
}
