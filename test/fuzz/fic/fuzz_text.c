/* SPDX-License-Identifier: Apache-2.0 */
/* Interface texts: whatever compiles must decode, decompile and compile to the same image again;
 * compared with itself it must be compatible. */
#include "compat.h"
#include "compile.h"
#include "print.h"
#include <stdlib.h>
#include <string.h>

static void check_image(const struct fic_image *im)
{
    struct fic_compat report;
    struct fic_compiled *c;
    struct fic_error e;
    const struct fic_image *again;
    char *text;
    size_t len, n;
    struct fic_library_name *libs = fic_image_libraries(im, &n);
    FILE *f = open_memstream(&text, &len);

    fic_decompile(im, libs, n, 0, f);
    fclose(f);
    if (n != 1) abort(); /* nothing can be imported here */
    if (fic_compile("again.fi", text, len, NULL, &c, &e)) abort();
    again = fic_compiled_find(c, im->name);
    if (!again || memcmp(again->identity, im->identity, 32)) abort();
    if (!fic_compat(im, again, &report) || report.n) abort();
    fic_compat_free(&report);
    fic_compiled_free(c);
    free(libs);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fic_compiled *c;
    struct fic_error e;

    if (fic_compile("fuzz.fi", (const char *)data, size, NULL, &c, &e)) {
        if (!e.line || !e.column || !e.expected[0]) abort();
        return 0;
    }
    for (size_t i = 0; i < c->n; i++)
        check_image(c->images[i]);
    fic_compiled_free(c);
    return 0;
}
