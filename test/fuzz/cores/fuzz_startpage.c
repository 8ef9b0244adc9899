/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the start page decoder: what it accepts must encode to the same bytes. */
#include "startpage.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct startpage s;
    static uint8_t page[65536];

    if (size > sizeof(page) || startpage_decode(&s, data, size) != STARTPAGE_OK) return 0;
    startpage_find_use(&s, "tty");
    startpage_find_device(&s, "arm,pl011");
    startpage_find_window(&s, "boot");
    if (startpage_encode(&s, page, size) != STARTPAGE_OK || memcmp(page, data, size) != 0) abort();
    return 0;
}
