/* SPDX-License-Identifier: Apache-2.0 */
/* Files in and out, for the commands. */
#include "tool.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int fic_report(const struct fic_error *e)
{
    char text[1024];

    fic_error_format(e, text, sizeof(text));
    fprintf(stderr, "fic: %s\n", text);
    return 1;
}

bool fic_has_suffix(const char *path, const char *suffix)
{
    size_t n = strlen(path), k = strlen(suffix);

    return n >= k && !strcmp(path + n - k, suffix);
}

int fic_make_folders(const char *dir)
{
    char path[2048];

    snprintf(path, sizeof(path), "%s", dir);
    for (char *p = path + 1; *p; p++) {
        if (*p != '/') continue;
        *p = '\0';
        if (mkdir(path, 0777) && errno != EEXIST) return -1;
        *p = '/';
    }
    return mkdir(path, 0777) && errno != EEXIST ? -1 : 0;
}

FILE *fic_open_out(const char *dir, const char *name)
{
    char path[2048];
    FILE *f;

    if (!dir) return stdout;
    if (fic_make_folders(dir)) {
        fprintf(stderr, "fic: %s: %s\n", dir, strerror(errno));
        return NULL;
    }
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    f = fopen(path, "wb");
    if (!f) fprintf(stderr, "fic: %s: %s\n", path, strerror(errno));
    return f;
}

int fic_close_out(FILE *f, const char *name)
{
    int bad = ferror(f);

    if (f == stdout)
        bad |= fflush(f);
    else
        bad |= fclose(f);
    if (bad) fprintf(stderr, "fic: %s: cannot write\n", name);
    return bad ? 1 : 0;
}

int fic_write_file(const char *dir, const char *name, const void *data, size_t len)
{
    FILE *f = fic_open_out(dir, name);

    if (!f) return 1;
    fwrite(data, 1, len, f);
    return fic_close_out(f, name);
}

int fic_remove_file(const char *dir, const char *name)
{
    char path[2048];

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    if (remove(path) == 0 || errno == ENOENT) return 0;
    fprintf(stderr, "fic: %s: %s\n", path, strerror(errno));
    return 1;
}

int fic_compile_file(struct fic_options *o, const char *path, struct fic_compiled **out,
                     struct fic_error *e)
{
    const char *dirs[FIC_MAX_DIRS + 1];
    struct fic_folders folders = {dirs, 0};
    struct fic_imports imports = {fic_folders_read, &folders};
    struct fic_text t;
    char own[1024];
    char *slash;
    int r;

    snprintf(own, sizeof(own), "%s", path);
    slash = strrchr(own, '/');
    if (slash)
        *slash = '\0';
    else
        strcpy(own, ".");
    dirs[folders.n++] = own;
    for (size_t i = 0; i < o->ndirs; i++)
        dirs[folders.n++] = o->dirs[i];
    if (fic_text_load(path, &t, e)) return -1;
    r = fic_compile(t.file, t.text, t.len, &imports, out, e);
    free(t.text);
    free(t.file);
    return r;
}
