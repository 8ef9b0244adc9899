/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that hold interfaces to what was released: `history` checks, `release` adds. */
#include "closure.h"
#include "history.h"
#include "sha256.h"
#include "tool.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_IMAGES 1024u

struct release {
    struct fic_compiled *libs[FIC_MAX_ARGS];
    size_t nlibs;
    const struct fic_image *images[MAX_IMAGES];
    const struct fic_compiled *of[MAX_IMAGES]; /* which of libs it is from */
    size_t n;
};

static void release_free(struct release *r)
{
    while (r->nlibs)
        fic_compiled_free(r->libs[--r->nlibs]);
}

static int release_compile(struct fic_options *o, struct release *r, struct fic_error *e)
{
    for (size_t k = 0; k < o->nfiles; k++) {
        struct fic_compiled *c;
        if (fic_compile_file(o, o->files[k], &c, e)) return -1;
        r->libs[r->nlibs++] = c;
        if (r->n + c->n > MAX_IMAGES)
            return fic_fail(e, NULL, c->library, "at most %u interfaces", MAX_IMAGES);
        for (size_t i = 0; i < c->n; i++) {
            r->of[r->n] = c;
            r->images[r->n++] = c->images[i];
        }
    }
    return 0;
}

/* Everything that is released, against what the files say now; then a line for each interface. */
static int release_check(const char *dir, const struct release *r, FILE *out, struct fic_error *e)
{
    if (fic_history_complete(dir, r->images, r->n, e)) return -1;
    for (size_t i = 0; i < r->n; i++) {
        struct fic_history *h;
        int bad;
        if (fic_history_load(dir, r->images[i], &h, e)) return -1;
        bad = fic_history_check(dir, h, r->images[i], r->of[i], e);
        if (!bad && out)
            fprintf(out, "%s: may replace %zu released images; %zu closures\n", r->images[i]->tname,
                    h->n, h->nclosures);
        fic_history_free(h);
        if (bad) return -1;
    }
    return 0;
}

/* Writes DIR/FOLDER/<sha256><suffix> unless it is there. 0, or 1 and it was reported. */
static int put_file(const char *dir, const struct fic_image *im, const char *suffix,
                    const void *data, size_t len)
{
    char folder[2048], name[96] = "", path[4096];
    uint8_t digest[32];

    fic_sha256(data, len, digest);
    for (unsigned i = 0; i < 32; i++)
        snprintf(name + 2 * i, sizeof(name) - 2 * i, "%02x", digest[i]);
    strcat(name, suffix);
    snprintf(folder, sizeof(folder), "%s/%s", dir, fic_history_folder(im->tname).s);
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (access(path, F_OK) == 0) return 0;
    printf("released %s as %s\n", im->tname, path);
    return fic_write_file(folder, name, data, len);
}

static int release_write(const char *dir, const struct release *r)
{
    struct fic_error e;
    int status = 0;

    for (size_t i = 0; i < r->n && status == 0; i++) {
        const struct fic_image **closure;
        struct fic_buf b = {0};
        size_t n;
        const char *missing = fic_closure(r->images, r->n, r->images[i], &closure, &n);
        if (missing) {
            fic_fail(&e, NULL, r->images[i]->tname, "the interface %s, an object of it", missing);
            status = fic_report(&e);
        } else {
            fic_closure_encode(closure, n, &b);
            status = put_file(dir, r->images[i], ".cbor", r->images[i]->bytes, r->images[i]->size);
        }
        if (status == 0) status = put_file(dir, r->images[i], ".closure", b.data, b.len);
        fic_buf_free(&b);
        free(closure);
    }
    return status;
}

static int history_read(struct fic_options *o, struct release *r)
{
    struct fic_error e;

    if (!o->history) {
        fputs("fic: name the folder of released interfaces with -H\n", stderr);
        return 2;
    }
    return release_compile(o, r, &e) || release_check(o->history, r, NULL, &e) ? fic_report(&e) : 0;
}

/* Nothing is written unless all of it is in order, so that the output says that it was. */
int fic_cmd_history(struct fic_options *o)
{
    static struct release r;
    struct fic_error e;
    int status = history_read(o, &r);

    if (status == 0 && o->out && !freopen(o->out, "w", stdout)) {
        perror(o->out);
        status = 1;
    }
    if (status == 0 && release_check(o->history, &r, stdout, &e)) status = fic_report(&e);
    release_free(&r);
    return status ? status : fic_close_out(stdout, "output");
}

int fic_cmd_release(struct fic_options *o)
{
    static struct release r;
    int status = history_read(o, &r);

    if (status == 0) status = release_write(o->history, &r);
    release_free(&r);
    return status ? status : fic_close_out(stdout, "output");
}
