/* SPDX-License-Identifier: Apache-2.0 */
/* Files: whole texts, and imports found in folders. */
#include "compile.h"
#include "lex.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *s)
{
    char *p = malloc(strlen(s) + 1);

    if (!p) abort();
    return strcpy(p, s);
}

int fic_text_load(const char *path, struct fic_text *out, struct fic_error *e)
{
    struct fic_pos pos = {path, 0, 0};
    FILE *f = fopen(path, "rb");
    char *text = malloc(FIC_MAX_TEXT + 2);
    size_t n;

    if (!text) abort();
    if (!f) {
        free(text);
        return fic_fail(e, &pos, NULL, "a readable file");
    }
    n = fread(text, 1, FIC_MAX_TEXT + 1, f);
    text[n] = '\0';
    if (ferror(f) || n > FIC_MAX_TEXT) {
        fclose(f);
        free(text);
        return fic_fail(e, &pos, NULL, "a readable file of at most 1 MiB");
    }
    fclose(f);
    *out = (struct fic_text){copy(path), text, n};
    return 0;
}

int fic_folders_read(void *ctx, const char *library, unsigned major, unsigned attempt,
                     struct fic_text *out)
{
    const struct fic_folders *f = ctx;
    const char *dot = strrchr(library, '.');
    struct fic_error ignored;

    /* Candidates that do not exist do not count, so that attempts have no gaps. */
    for (size_t i = 0; i < f->n; i++) {
        for (unsigned k = 0; k < 3; k++) {
            char path[1024];
            if (k == 0)
                snprintf(path, sizeof(path), "%s/%s.fi", f->dirs[i], dot ? dot + 1 : library);
            else if (k == 1)
                snprintf(path, sizeof(path), "%s/%s.fi", f->dirs[i], library);
            else
                snprintf(path, sizeof(path), "%s/%s.%u.fi", f->dirs[i], library, major);
            if (fic_text_load(path, out, &ignored)) continue;
            if (attempt == 0) return 1;
            attempt--;
            free(out->text);
            free(out->file);
        }
    }
    return 0;
}
