/* SPDX-License-Identifier: Apache-2.0 */
/* Manifest images: what decodes encodes to the same bytes, so that there is one form. */
#include "manifest.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fic_system *s;
    struct fic_error e;
    uint8_t *out;
    size_t len;

    if (fic_system_decode(data, size, &s, &e)) {
        if (!e.expected[0]) abort();
        return 0;
    }
    if (fic_system_encode(s, &out, &len, &e)) abort();
    if (len != size || memcmp(out, data, len)) abort();
    free(out);
    fic_system_free(s);
    return 0;
}
