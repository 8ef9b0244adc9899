/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes time zones and formatting: eight bytes of time, then TZ, a NUL, and a format. */
#include "tz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data + 8;
    char format[64] = {0}, out[100];
    size_t len = 0, at = 0;
    struct tz_time t;
    int64_t sec, back;
    struct tz z;

    if (size < 8) return 0;
    memcpy(&sec, data, 8);
    size -= 8;
    while (len < size && text[len] != 0)
        len++;
    if (tz_parse(&z, text, len, &at) != TZ_OK && at > len) abort();
    if (len < size) strncpy(format, text + len + 1, size - len - 1 < 63 ? size - len - 1 : 63);
    for (int i = 0; i < 2; i++, sec %= INT64_C(5000000000)) {
        tz_local(&z, sec, &t);
        if (t.year >= 0 && t.year <= 9999 &&
            (!tz_seconds(&t, &back) || (sec > TZ_EARLIEST && sec < TZ_LATEST && back != sec)))
            abort();
        if (tz_format(&t, format, out, sizeof(out)) >= sizeof(out)) abort();
    }
    return 0;
}
