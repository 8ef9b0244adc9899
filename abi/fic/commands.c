/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that work on interfaces. */
#include "compat.h"
#include "print.h"
#include "tool.h"
#include <stdlib.h>
#include <string.h>
#ifdef FIC_HAVE_GEN_C
#include "gen_c.h"
#endif

int fic_cmd_compile(struct fic_options *o)
{
    const char *dir = o->out ? o->out : ".";
    int status = 0;

    for (size_t k = 0; k < o->nfiles; k++) {
        struct fic_compiled *c;
        struct fic_error e;
        if (fic_compile_file(o, o->files[k], &c, &e)) return fic_report(&e);
        for (size_t i = 0; i < c->n && status == 0; i++) {
            const struct fic_image *im = c->images[i];
            char name[256];
            snprintf(name, sizeof(name), "%s.%s.cbor", im->library, im->name);
            status = fic_write_file(dir, name, im->bytes, im->size);
            snprintf(name, sizeof(name), "%s.%s.doc.cbor", im->library, im->name);
            if (status == 0 && c->docs[i].len)
                status = fic_write_file(dir, name, c->docs[i].bytes, c->docs[i].len);
            else if (status == 0)
                status = fic_remove_file(dir, name); /* docs of an earlier text */
        }
        fic_compiled_free(c);
        if (status) return status;
    }
    return 0;
}

/* Calls f with each image that a file holds: a .fi has one for each interface. */
static int each_image(struct fic_options *o, void (*f)(const struct fic_image *, FILE *))
{
    for (size_t k = 0; k < o->nfiles; k++) {
        struct fic_error e;
        if (fic_has_suffix(o->files[k], ".fi")) {
            struct fic_compiled *c;
            if (fic_compile_file(o, o->files[k], &c, &e)) return fic_report(&e);
            for (size_t i = 0; i < c->n; i++)
                f(c->images[i], stdout);
            fic_compiled_free(c);
        } else {
            struct fic_image *im;
            if (fic_image_load(o->files[k], &im, &e)) return fic_report(&e);
            f(im, stdout);
            fic_image_free(im);
        }
    }
    return fic_close_out(stdout, "output");
}

int fic_cmd_describe(struct fic_options *o) { return each_image(o, fic_describe); }

int fic_cmd_layout(struct fic_options *o) { return each_image(o, fic_print_layout); }

int fic_decompile_image(struct fic_options *o, const struct fic_image *im)
{
    size_t n;
    struct fic_library_name *libs = fic_image_libraries(im, &n);
    int status = 0;

    for (size_t i = 0; i < n && status == 0; i++) {
        char name[256];
        FILE *f;
        snprintf(name, sizeof(name), "%s.%u.fi", libs[i].name, libs[i].major);
        f = fic_open_out(o->out, name);
        if (!f) {
            status = 1;
            break;
        }
        if (!o->out && n > 1) fprintf(f, "// file %s\n", name);
        fic_decompile(im, libs, n, i, f);
        status = fic_close_out(f, name);
    }
    free(libs);
    return status;
}

int fic_cmd_compat(struct fic_options *o)
{
    struct fic_image *old, *new;
    struct fic_compat report;
    struct fic_error e;
    bool ok;

    if (o->nfiles != 2) {
        fputs("fic: compat needs two images\n", stderr);
        return 2;
    }
    if (fic_image_load(o->files[0], &old, &e)) return fic_report(&e);
    if (fic_image_load(o->files[1], &new, &e)) {
        fic_image_free(old);
        return fic_report(&e);
    }
    ok = fic_compat(old, new, &report);
    for (size_t i = 0; i < report.n; i++)
        printf("%s %s [%s]\n", report.v[i].rejected ? "rejected:" : "warning:", report.v[i].text,
               report.v[i].rule);
    printf("%s: %s\n", old->tname, ok ? "compatible" : "not compatible");
    fic_compat_free(&report);
    fic_image_free(old);
    fic_image_free(new);
    return ok ? 0 : 1;
}

/* One output file an image, named <library>.<Interface><suffix>. */
static int each_file(struct fic_options *o, const char *suffix,
                     int (*f)(const char *path, const struct fic_image *, FILE *,
                              struct fic_error *))
{
    for (size_t k = 0; k < o->nfiles; k++) {
        struct fic_image *im;
        struct fic_error e;
        char name[256];
        FILE *out;
        int r;
        if (fic_has_suffix(o->files[k], ".doc.cbor")) continue;
        if (fic_image_load(o->files[k], &im, &e)) return fic_report(&e);
        snprintf(name, sizeof(name), "%s.%s%s", im->library, im->name, suffix);
        out = fic_open_out(o->out, name);
        r = out ? f(o->files[k], im, out, &e) : 0;
        fic_image_free(im);
        if (!out || fic_close_out(out, name)) return 1;
        if (r) return fic_report(&e);
    }
    return 0;
}

static int write_markdown(const char *path, const struct fic_image *im, FILE *out,
                          struct fic_error *e)
{
    struct fic_text t = {NULL, NULL, 0};
    struct fic_error ignored;
    char docs[1024];
    size_t n = strlen(path);
    int r;

    if (n > 5) snprintf(docs, sizeof(docs), "%.*s.doc.cbor", (int)(n - 5), path);
    if (n > 5) fic_text_load(docs, &t, &ignored);
    r = fic_gen_markdown(im, (const uint8_t *)t.text, t.len, out, e);
    free(t.text);
    free(t.file);
    return r;
}

static int write_cddl(const char *path, const struct fic_image *im, FILE *out, struct fic_error *e)
{
    (void)path, (void)e;
    fic_gen_cddl(im, out);
    return 0;
}

static int write_fuzz(const char *path, const struct fic_image *im, FILE *out, struct fic_error *e)
{
    (void)path, (void)e;
    fic_gen_fuzz(im, out);
    return 0;
}

int fic_cmd_markdown(struct fic_options *o) { return each_file(o, ".md", write_markdown); }

int fic_cmd_cddl(struct fic_options *o) { return each_file(o, ".cddl", write_cddl); }

int fic_cmd_fuzz(struct fic_options *o) { return each_file(o, ".fuzz.c", write_fuzz); }

/* Loads every image named; *n of them. 0, or 1 and it was reported. */
static int load_images(struct fic_options *o, struct fic_image **v, size_t *n)
{
    struct fic_error e;

    *n = 0;
    for (size_t k = 0; k < o->nfiles; k++) {
        if (fic_has_suffix(o->files[k], ".doc.cbor")) continue;
        if (fic_image_load(o->files[k], &v[*n], &e)) return fic_report(&e);
        ++*n;
    }
    return 0;
}

int fic_cmd_wireshark(struct fic_options *o)
{
    static struct fic_image *v[FIC_MAX_ARGS];
    size_t n;
    int status = load_images(o, v, &n);
    FILE *f = stdout;

    if (status == 0 && o->out) f = fopen(o->out, "wb");
    if (!f) {
        perror(o->out);
        status = 1;
    } else if (status == 0) {
        fic_gen_wireshark((const struct fic_image *const *)v, n, f);
        status = fic_close_out(f, o->out ? o->out : "output");
    }
    while (n)
        fic_image_free(v[--n]);
    return status;
}

int fic_cmd_gen_c(struct fic_options *o)
{
#ifdef FIC_HAVE_GEN_C
    static struct fic_image *v[FIC_MAX_ARGS];
    struct fic_error e;
    size_t n;
    int status = load_images(o, v, &n);

    if (status == 0 && o->out && fic_make_folders(o->out)) {
        perror(o->out);
        status = 1;
    }
    if (status == 0 &&
        fic_gen_c((const struct fic_image *const *)v, n, o->history, o->out ? o->out : ".", &e))
        status = fic_report(&e);
    while (n)
        fic_image_free(v[--n]);
    return status;
#else
    (void)o;
    fputs("fic: gen-c: this fic was built without its C generator\n", stderr);
    return 1;
#endif
}
