/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile CBOR: what is taken must come back byte for byte, since both forms are canonical. Input:
 * method, CBOR. */
#include "image.h"
#include "probe.h"
#include "transcode.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fic_image *image;
    static uint8_t half[FIC_HALF_MAX];
    const struct fic_method *m;
    struct fic_local local = {.half = half};
    struct fic_transcode_error te;
    struct fic_buf out = {0};
    struct fic_error e;

    if (!image &&
        fic_image_decode(probe_probe_iface.image, probe_probe_iface.image_size, &image, &e))
        abort();
    if (size < 1) return 0;
    m = &image->methods[data[0] % image->nmethods];
    if (!m->name) return 0;
    if (fic_cbor_to_local(image, &m->args, data + 1, size - 1, NULL, &local, &te)) return 0;
    if (fic_local_to_cbor(image, &m->args, &local, NULL, &out, &te)) abort();
    if (out.len != size - 1 || (out.len && memcmp(out.data, data + 1, out.len))) abort();
    fic_buf_free(&out);
    return 0;
}
