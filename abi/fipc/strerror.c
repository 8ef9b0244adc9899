/* SPDX-License-Identifier: Apache-2.0 */
/* Names and meanings of errors. Kept out of codec.c and server.c so that components that never
 * print do not carry the strings. */
#include "fipc/iface.h"
#include "futura/errors.h"

struct fut_error_text {
    uint16_t number;
    const char *name, *text;
};

static const struct fut_error_text texts[] = {
#define FUT_ERROR_TEXT(name, number, text) {number, #name, text},
    FUT_ERRORS(FUT_ERROR_TEXT)
#undef FUT_ERROR_TEXT
};

static const struct fut_error_text *error_find(fut_err e)
{
    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].number == e) return &texts[i];
    return NULL;
}

const char *fut_errname(const struct fipc_iface *iface, fut_err e)
{
    const struct fut_error_text *t;

    if (e >= FUT_INTERFACE_FIRST && iface)
        for (unsigned i = 0; i < iface->nerrors; i++)
            if (iface->errors[i].code == e) return iface->errors[i].name;
    t = error_find(e);
    return t ? t->name : NULL;
}

const char *fut_strerror(const struct fipc_iface *iface, fut_err e)
{
    const struct fut_error_text *t = error_find(e);
    const char *name;

    if (e == FUT_OK) return "success";
    if (t) return t->text;
    name = fut_errname(iface, e);
    return name ? name : "unknown error";
}
