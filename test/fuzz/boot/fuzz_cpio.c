/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the cpio reader. */
#include "boot/cpio.h"

#include <stdlib.h>
#include <string.h>

/* Reading into it makes the sanitizer see every byte. */
volatile uint32_t fuzz_sink;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpio_entry e, found;
    uint32_t count = 0, listed = 0;
    enum cpio_error all;
    struct cpio c;

    all = cpio_check(data, size, &count);
    cpio_init(&c, data, size);
    while (cpio_next(&c, &e) == CPIO_OK) {
        listed++;
        if (strlen(e.name) != e.name_len || e.name[0] == '/' || strstr(e.name, "/../") != NULL)
            abort();
        if (e.data < data || e.size > (size_t)(data + size - e.data)) abort();
        for (uint32_t i = 0; i < e.size; i++)
            fuzz_sink += e.data[i];
        if (listed < 50 && cpio_find(data, size, e.name, &found) != CPIO_OK) abort();
    }
    if (listed != count || (all == CPIO_OK) != (cpio_next(&c, &e) == CPIO_END)) abort();
    return 0;
}
