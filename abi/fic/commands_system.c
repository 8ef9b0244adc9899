/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that work on manifests, and those that take interfaces and manifests alike. */
#include "manifest.h"
#include "tool.h"
#include <stdlib.h>
#include <string.h>

int fic_decompile_image(struct fic_options *o, const struct fic_image *im);

static int load_system(struct fic_options *o, const char *path, struct fic_system **out,
                       struct fic_error *e)
{
    struct fic_folders folders = {o->dirs, o->ndirs};
    struct fic_imports imports = {fic_folders_read, &folders};
    struct fic_system_options so = {o->ndirs ? &imports : NULL, o->memory};
    struct fic_text t;
    int r;

    if (fic_text_load(path, &t, e)) return -1;
    if (fic_has_suffix(path, ".cbor"))
        r = fic_system_decode((const uint8_t *)t.text, t.len, out, e);
    else
        r = fic_system_parse(t.file, t.text, t.len, &so, out, e);
    free(t.text);
    free(t.file);
    return r;
}

int fic_cmd_manifest(struct fic_options *o)
{
    struct fic_folders folders = {o->dirs, o->ndirs};
    struct fic_imports imports = {fic_folders_read, &folders};
    struct fic_system *s;
    struct fic_error e;
    uint8_t *bytes = NULL;
    size_t len = 0;
    FILE *f = stdout;

    if (o->nfiles != 1) {
        fputs("fic: manifest takes one file\n", stderr);
        return 2;
    }
    if (load_system(o, o->files[0], &s, &e)) return fic_report(&e);
    if (o->ndirs && fic_system_identify(s, &imports, &e)) {
        fic_system_free(s);
        return fic_report(&e);
    }
    if (fic_system_encode(s, &bytes, &len, &e)) {
        fic_system_free(s);
        return fic_report(&e);
    }
    fic_system_free(s);
    if (o->out) f = fopen(o->out, "wb");
    if (!f) {
        perror(o->out);
        free(bytes);
        return 1;
    }
    fwrite(bytes, 1, len, f);
    free(bytes);
    return fic_close_out(f, o->out ? o->out : "output");
}

static int check_file(struct fic_options *o, const char *path, struct fic_error *e)
{
    struct fic_compiled *c;
    struct fic_system *s;
    struct fic_image *im;

    if (fic_has_suffix(path, ".fi")) {
        if (fic_compile_file(o, path, &c, e)) return -1;
        fic_compiled_free(c);
    } else if (fic_has_suffix(path, ".sys")) {
        if (load_system(o, path, &s, e)) return -1;
        fic_system_free(s);
    } else if (fic_image_load(path, &im, e) == 0) {
        fic_image_free(im);
    } else {
        struct fic_error second;
        if (load_system(o, path, &s, &second)) return -1;
        fic_system_free(s);
    }
    return 0;
}

int fic_cmd_check(struct fic_options *o)
{
    int status = 0;

    for (size_t i = 0; i < o->nfiles; i++) {
        struct fic_error e;
        if (check_file(o, o->files[i], &e))
            status = fic_report(&e);
        else
            printf("%s: fine\n", o->files[i]);
    }
    return status;
}

static int decompile_system(struct fic_options *o, const struct fic_system *s)
{
    FILE *f = o->out ? fopen(o->out, "wb") : stdout;

    if (!f) {
        perror(o->out);
        return 1;
    }
    fic_system_print(s, f);
    return fic_close_out(f, o->out ? o->out : "output");
}

int fic_cmd_decompile(struct fic_options *o)
{
    for (size_t k = 0; k < o->nfiles; k++) {
        struct fic_error e, second;
        struct fic_image *im;
        struct fic_system *s;
        int status;
        if (fic_image_load(o->files[k], &im, &e) == 0) {
            status = fic_decompile_image(o, im);
            fic_image_free(im);
        } else if (load_system(o, o->files[k], &s, &second) == 0) {
            status = decompile_system(o, s);
            fic_system_free(s);
        } else {
            status = fic_report(&e);
        }
        if (status) return status;
    }
    return 0;
}
