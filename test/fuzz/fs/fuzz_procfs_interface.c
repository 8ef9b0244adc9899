/* SPDX-License-Identifier: Apache-2.0 */
/* A hostile interface image, as a server's `describe` may answer it: the text stays in its buffer,
 * every line has all its fields, and nothing is kept of an image that is refused. */
#include "procfs.h"

#include <stdlib.h>
#include <string.h>

#define FIELDS 8u

static void check_lines(const char *text, uint32_t len)
{
    unsigned tabs = 0;

    if (len != 0 && text[len - 1] != '\n') abort();
    for (uint32_t i = 0; i < len; i++) {
        tabs += text[i] == '\t';
        if (text[i] != '\n') continue;
        if (tabs != FIELDS - 1) abort();
        tabs = 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char buffer[65536];
    struct procfs_text t = {.data = buffer, .cap = sizeof buffer};
    int e = procfs_put_interface(&t, data, size, "describe");

    if (t.len > t.cap || (e != FSC_OK && t.len != 0 && !t.overflow)) abort();
    if (e == FSC_OK && !t.overflow) check_lines(buffer, t.len);
    return 0;
}
