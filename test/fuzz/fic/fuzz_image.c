/* SPDX-License-Identifier: Apache-2.0 */
/* Image bytes: what decodes goes through every reader of images. */
#include "compat.h"
#include "layout.h"
#include "print.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fic_image *im;
    struct fic_error e;
    struct fic_compat report;
    struct fic_library_name *libs;
    char *text;
    size_t len, n;
    FILE *f;

    if (fic_image_decode(data, size, &im, &e)) {
        if (!e.expected[0]) abort();
        return 0;
    }
    f = open_memstream(&text, &len);
    libs = fic_image_libraries(im, &n);
    for (size_t i = 0; i < n; i++)
        fic_decompile(im, libs, n, i, f);
    free(libs);
    fic_describe(im, f);
    fic_print_layout(im, f);
    fic_gen_cddl(im, f);
    if (fic_gen_markdown(im, NULL, 0, f, &e)) abort();
    fclose(f);
    free(text);
    if (!fic_compat(im, im, &report)) abort();
    fic_compat_free(&report);
    fic_image_free(im);
    return 0;
}
