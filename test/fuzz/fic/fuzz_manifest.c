/* SPDX-License-Identifier: Apache-2.0 */
/* Manifest texts: what is accepted must survive encoding, decoding and printing unchanged. */
#include "manifest.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fic_system *s, *back, *again;
    struct fic_error e;
    uint8_t *a, *b;
    size_t na, nb, len;
    char *text;
    FILE *f;

    if (fic_system_parse("fuzz.sys", (const char *)data, size, NULL, &s, &e)) {
        if (!e.line || !e.column || !e.expected[0]) abort();
        return 0;
    }
    if (fic_system_encode(s, &a, &na, &e) == 0) {
        if (fic_system_decode(a, na, &back, &e)) abort();
        f = open_memstream(&text, &len);
        fic_system_print(back, f);
        fclose(f);
        if (fic_system_parse("again.sys", text, len, NULL, &again, &e)) abort();
        if (fic_system_encode(again, &b, &nb, &e)) abort();
        if (na != nb || memcmp(a, b, na)) abort();
        fic_system_free(again);
        fic_system_free(back);
        free(text);
        free(a);
        free(b);
    }
    fic_system_free(s);
    return 0;
}
