/* SPDX-License-Identifier: Apache-2.0 */
/* Released images and closures, read and compared with what is about to be built. */
#include "history.h"
#include "cbor.h"
#include "compat.h"
#include "sha256.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEX_LEN 64u
#define MAX_PATH 4096

struct fic_history_name fic_history_folder(const char *tname)
{
    struct fic_history_name out = {""};
    char lib[FIC_MAX_LIBRARY + 1];
    const char *name;
    uint32_t major;

    if (fic_tname_split(tname, lib, &major, &name) == 0)
        snprintf(out.s, sizeof(out.s), "%s.%s", lib, name);
    return out;
}

static int fail_at(struct fic_error *e, const char *path, const char *expected)
{
    struct fic_pos pos = {path, 0, 0};

    return fic_fail(e, &pos, NULL, "%s", expected);
}

static int entry_is_visible(const struct dirent *d) { return d->d_name[0] != '.'; }

/* Names in a folder, sorted so that what is made of them does not depend on the disk; -1: none. */
static int folder_list(const char *path, struct dirent ***names)
{
    return scandir(path, names, entry_is_visible, alphasort);
}

static void list_free(struct dirent **names, int n)
{
    while (n > 0)
        free(names[--n]);
    free(names);
}

/* The name without its suffix says what the content hashes to. */
static bool name_fits(const char *name, const struct fic_text *t, uint8_t digest[32])
{
    char hex[HEX_LEN + 1];

    fic_sha256(t->text, t->len, digest);
    for (unsigned i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return !memcmp(name, hex, HEX_LEN);
}

static bool released(const char *dir, const char *tname, const uint8_t *identity)
{
    char path[MAX_PATH];
    int n = snprintf(path, sizeof(path), "%s/%s/", dir, fic_history_folder(tname).s);

    for (unsigned i = 0; i < 32 && n > 0 && n < MAX_PATH - 8; i++)
        n += snprintf(path + n, sizeof(path) - (size_t)n, "%02x", identity[i]);
    snprintf(path + n, sizeof(path) - (size_t)n, ".cbor");
    return access(path, R_OK) == 0;
}

/* {tname => 32 bytes}, an interface of the folder of `own` among them, and every image that it
 * names is released. *mine: it is `own` itself, not another major version of it. */
static int closure_check(const char *dir, const char *path, const struct fic_text *t,
                         const char *own, bool *mine, struct fic_error *e)
{
    struct fic_cbor_order order = {0, 0};
    bool fits = false, all = true;
    struct fic_cbor c;
    size_t n;

    fic_cbor_start(&c, (const uint8_t *)t->text, t->len);
    *mine = false;
    n = fic_cbor_take_map(&c, 1, FIC_MAX_ITEMS);
    for (size_t i = 0; i < n && !c.wrong; i++) {
        char tname[FIC_MAX_TNAME + 1];
        const uint8_t *identity;
        size_t at = c.at, len, size;
        const char *key = fic_cbor_take_text(&c, FIC_MAX_TNAME, &len);
        fic_cbor_ascending(&c, &order, at);
        snprintf(tname, sizeof(tname), "%.*s", (int)len, key);
        identity = fic_cbor_take_bytes(&c, 32, &size);
        if (c.wrong || size != 32) return fail_at(e, path, "32 bytes for each interface");
        *mine |= !strcmp(tname, own);
        fits |= !strcmp(fic_history_folder(tname).s, fic_history_folder(own).s);
        all &= released(dir, tname, identity);
    }
    if (!fic_cbor_end(&c)) return fail_at(e, path, c.wrong);
    if (!fits) return fail_at(e, path, "a closure of the interface of its folder");
    return all ? 0 : fail_at(e, path, "a closure of released images only");
}

static void *grow(void *v, size_t n, size_t size)
{
    v = realloc(v, (n + 1) * size);
    if (!v) abort();
    return v;
}

static int load_image(struct fic_history *h, const char *path, const struct fic_text *t,
                      const struct fic_image *im, struct fic_error *e)
{
    struct fic_image *old;

    if (fic_image_decode((const uint8_t *)t->text, t->len, &old, e)) {
        snprintf(e->file, sizeof(e->file), "%.255s", path);
        return -1;
    }
    if (strcmp(old->library, im->library) || strcmp(old->name, im->name)) {
        fic_image_free(old);
        return fail_at(e, path, "an image of the interface of its folder");
    }
    if (old->major != im->major) { /* another interface, says the language */
        fic_image_free(old);
        return 0;
    }
    h->images = grow(h->images, h->n, sizeof(*h->images));
    h->images[h->n++] = old;
    return 0;
}

static int load_closure(struct fic_history *h, const char *dir, const char *path,
                        const struct fic_text *t, const uint8_t digest[32],
                        const struct fic_image *im, struct fic_error *e)
{
    bool mine;

    if (closure_check(dir, path, t, im->tname, &mine, e)) return -1;
    if (!mine) return 0;
    h->closures = grow(h->closures, h->nclosures, sizeof(*h->closures));
    memcpy(h->closures[h->nclosures++], digest, 32);
    return 0;
}

static int load_file(struct fic_history *h, const char *dir, const char *path, const char *name,
                     const struct fic_image *im, struct fic_error *e)
{
    const char *suffix = strlen(name) > HEX_LEN ? name + HEX_LEN : "";
    bool image = !strcmp(suffix, ".cbor");
    uint8_t digest[32];
    struct fic_text t;
    int r;

    if (!image && strcmp(suffix, ".closure"))
        return fail_at(e, path, "a file named <SHA-256>.cbor or <SHA-256>.closure");
    if (fic_text_load(path, &t, e)) return -1;
    if (!name_fits(name, &t, digest))
        r = fail_at(e, path, "a name that is the SHA-256 of the content");
    else if (image)
        r = load_image(h, path, &t, im, e);
    else
        r = load_closure(h, dir, path, &t, digest, im, e);
    free(t.text);
    free(t.file);
    return r;
}

int fic_history_load(const char *dir, const struct fic_image *im, struct fic_history **out,
                     struct fic_error *e)
{
    struct fic_history *h = calloc(1, sizeof(*h));
    char folder[MAX_PATH], path[2 * MAX_PATH];
    struct dirent **names = NULL;
    int n, r = 0;

    if (!h) abort();
    snprintf(folder, sizeof(folder), "%s/%s", dir, fic_history_folder(im->tname).s);
    n = folder_list(folder, &names);
    if (n < 0 && errno != ENOENT) r = fail_at(e, folder, "a folder that can be read");
    for (int i = 0; i < n && r == 0; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
        r = load_file(h, dir, path, names[i]->d_name, im, e);
    }
    list_free(names, n);
    if (r)
        fic_history_free(h);
    else
        *out = h;
    return r;
}

void fic_history_free(struct fic_history *h)
{
    if (!h) return;
    for (size_t i = 0; i < h->n; i++)
        fic_image_free(h->images[i]);
    free(h->images);
    free(h->closures);
    free(h);
}

/* The first rule that `im` breaks, where its text says so, or at the folder of what is released. */
static int broken(const char *dir, const struct fic_image *old, const struct fic_image *im,
                  const struct fic_compat *report, const struct fic_compiled *text,
                  struct fic_error *e)
{
    const struct fic_finding *f = report->v;
    char path[MAX_PATH];
    struct fic_pos pos = {path, 0, 0};

    while (!f->rejected)
        f++;
    snprintf(path, sizeof(path), "%s/%s", dir, fic_history_folder(im->tname).s);
    if (text) pos = fic_compiled_place(text, f->text);
    fic_fail(e, &pos, im->tname,
             "a version that may replace the released %02x%02x%02x%02x "
             "(an incompatible change needs a new major version)",
             old->identity[0], old->identity[1], old->identity[2], old->identity[3]);
    return fic_found(e, "%s [%s]", f->text, f->rule);
}

int fic_history_check(const char *dir, const struct fic_history *h, const struct fic_image *im,
                      const struct fic_compiled *text, struct fic_error *e)
{
    int r = 0;

    for (size_t i = 0; i < h->n && r == 0; i++) {
        struct fic_compat report;
        if (!fic_compat(h->images[i], im, &report))
            r = broken(dir, h->images[i], im, &report, text, e);
        fic_compat_free(&report);
    }
    return r;
}

/* A released interface that is gone may be so if its library has a new major version. */
static int check_gone(const char *dir, const char *folder, const struct fic_image *const *images,
                      size_t n, struct fic_error *e)
{
    const char *name = strrchr(folder, '.');
    char path[MAX_PATH];
    int r = -1;

    for (size_t i = 0; name && i < n && r; i++) {
        struct fic_image asked = {.library = images[i]->library, .major = images[i]->major};
        char tname[FIC_MAX_TNAME + 1];
        struct fic_history *h;
        if (strlen(asked.library) != (size_t)(name - folder) ||
            memcmp(asked.library, folder, (size_t)(name - folder)))
            continue;
        snprintf(tname, sizeof(tname), "%s/%u.%s", asked.library, asked.major, name + 1);
        asked.tname = tname;
        asked.name = name + 1;
        if (fic_history_load(dir, &asked, &h, e)) return -1;
        if (h->n == 0) r = 0; /* all of other major versions */
        fic_history_free(h);
    }
    snprintf(path, sizeof(path), "%s/%s", dir, folder);
    return r ? fail_at(e, path, "the interface, which is released and may not go") : 0;
}

int fic_history_complete(const char *dir, const struct fic_image *const *images, size_t n,
                         struct fic_error *e)
{
    struct dirent **names = NULL;
    int count = folder_list(dir, &names), r = 0;

    for (int i = 0; i < count && r == 0; i++) {
        bool found = !strcmp(names[i]->d_name, "README.md");
        for (size_t k = 0; k < n; k++)
            found |= !strcmp(names[i]->d_name, fic_history_folder(images[k]->tname).s);
        if (!found) r = check_gone(dir, names[i]->d_name, images, n, e);
    }
    list_free(names, count);
    return r;
}
