/* SPDX-License-Identifier: Apache-2.0 */
/* See json_cbor.h. */
#include "json_cbor.h"
#include "fipc/cbor.h"
#include "layout.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint8_t *json_hex(const char *hex, size_t *n)
{
    size_t len = strlen(hex);
    uint8_t *out = malloc(len / 2 + 1);

    *n = len / 2;
    for (size_t i = 0; i < *n; i++) {
        unsigned byte;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1) {
            free(out);
            return NULL;
        }
        out[i] = (uint8_t)byte;
    }
    return out;
}

static bool value_put(const struct fic_image *im, const struct fic_type *t, const cJSON *v,
                      struct fic_buf *out);

static bool int_put(const cJSON *v, struct fic_buf *out)
{
    if (cJSON_IsString(v) && v->valuestring[0] == '-')
        fic_cbor_int(out, strtoll(v->valuestring, NULL, 10));
    else if (cJSON_IsString(v))
        fic_cbor_uint(out, strtoull(v->valuestring, NULL, 10));
    else if (cJSON_IsNumber(v))
        fic_cbor_int(out, (int64_t)v->valuedouble);
    else
        return false;
    return true;
}

static bool enum_put(const struct fic_typedef *d, const cJSON *v, struct fic_buf *out)
{
    for (size_t i = 0; i < d->nmembers; i++)
        if (d->members[i].name && cJSON_IsString(v) &&
            !strcmp(d->members[i].name, v->valuestring)) {
            if (fic_int_signed(d->base))
                fic_cbor_int(out, (int64_t)d->members[i].value);
            else
                fic_cbor_uint(out, d->members[i].value);
            return true;
        }
    return int_put(v, out);
}

static bool flags_put(const struct fic_typedef *d, const cJSON *v, struct fic_buf *out)
{
    const cJSON *x;
    uint64_t bits = 0;

    if (!cJSON_IsArray(v)) return int_put(v, out);
    cJSON_ArrayForEach(x, v) for (size_t i = 0; i < d->nmembers;
                                  i++) if (d->members[i].name &&
                                           !strcmp(d->members[i].name, x->valuestring)) bits |=
        1ull << d->members[i].value;
    fic_cbor_uint(out, bits);
    return true;
}

static bool union_put(const struct fic_image *im, const struct fic_typedef *d, const cJSON *v,
                      struct fic_buf *out)
{
    for (size_t i = 0; i < d->nmembers && v && v->child; i++)
        if (d->members[i].name && !strcmp(d->members[i].name, v->child->string)) {
            fic_cbor_head(out, FIC_CB_ARRAY, 2);
            fic_cbor_uint(out, d->members[i].value);
            return value_put(im, &d->members[i].field.type, v->child, out);
        }
    return false;
}

bool json_to_cbor(const struct fic_image *im, const struct fic_fields *f, const cJSON *value,
                  struct fic_buf *out)
{
    size_t n = 0;

    for (size_t i = 0; i < f->n; i++)
        n += cJSON_GetObjectItemCaseSensitive(value, f->v[i].name) != NULL;
    if ((int)n != cJSON_GetArraySize(value)) return false;
    fic_cbor_head(out, FIC_CB_MAP, n);
    for (size_t i = 0; i < f->n; i++) {
        const cJSON *v = cJSON_GetObjectItemCaseSensitive(value, f->v[i].name);
        if (!v) continue;
        fic_cbor_uint(out, i);
        if (!value_put(im, &f->v[i].type, v, out)) return false;
    }
    return true;
}

static bool bytes_put(const cJSON *v, struct fic_buf *out)
{
    size_t n;
    uint8_t *p = cJSON_IsString(v) ? json_hex(v->valuestring, &n) : NULL;

    if (!p) return false;
    fic_cbor_bytes(out, p, n);
    free(p);
    return true;
}

static bool list_put(const struct fic_image *im, const struct fic_type *t, const cJSON *v,
                     struct fic_buf *out)
{
    const cJSON *x;

    fic_cbor_head(out, FIC_CB_ARRAY, (uint64_t)cJSON_GetArraySize(v));
    cJSON_ArrayForEach(x, v) if (!value_put(im, t->elem, x, out)) return false;
    return true;
}

static bool value_put(const struct fic_image *im, const struct fic_type *t, const cJSON *v,
                      struct fic_buf *out)
{
    const struct fic_typedef *d;

    switch (t->kind) {
    case FIC_BOOL: fic_cbor_bool(out, cJSON_IsTrue(v)); return cJSON_IsBool(v);
    case FIC_STRING:
        fic_cbor_head(out, FIC_CB_TEXT, strlen(v->valuestring));
        fic_buf_add(out, v->valuestring, strlen(v->valuestring));
        return true;
    case FIC_BYTES: return bytes_put(v, out);
    case FIC_ARRAY:
        if (t->elem->kind == FIC_U8) return bytes_put(v, out);
        return list_put(im, t, v, out);
    case FIC_VECTOR: return list_put(im, t, v, out);
    case FIC_NAMED: break;
    default: return int_put(v, out);
    }
    d = fic_named(im, t);
    if (d->kind == FIC_ENUM) return enum_put(d, v, out);
    if (d->kind == FIC_FLAGS) return flags_put(d, v, out);
    return d->kind == FIC_UNION ? union_put(im, d, v, out) : json_to_cbor(im, &d->fields, v, out);
}

/* --- and back --- */

static cJSON *value_take(const struct fic_image *im, const struct fic_type *t,
                         struct fipc_cbor_reader *r);

static cJSON *fields_take(const struct fic_image *im, const struct fic_fields *f,
                          struct fipc_cbor_reader *r)
{
    cJSON *out = cJSON_CreateObject();
    size_t n = fipc_cbor_open(r, FIPC_CBOR_MAP, f->n);

    for (size_t i = 0; i < n; i++) {
        size_t k = (size_t)fipc_cbor_uint(r, f->n - 1);
        cJSON_AddItemToObject(out, f->v[k].name, value_take(im, &f->v[k].type, r));
    }
    fipc_cbor_close(r);
    return out;
}

static cJSON *bytes_take(struct fipc_cbor_reader *r)
{
    struct fipc_cbor_item it = fipc_cbor_next(r);
    char *hex = malloc(2 * (size_t)it.value + 1);
    cJSON *out;

    hex[0] = 0;
    for (size_t i = 0; i < it.value; i++)
        sprintf(hex + 2 * i, "%02x", it.data[i]);
    out = cJSON_CreateString(hex);
    free(hex);
    return out;
}

static cJSON *text_take(struct fipc_cbor_reader *r)
{
    struct fipc_cbor_item it = fipc_cbor_next(r);
    char *text = strndup((const char *)it.data, (size_t)it.value);
    cJSON *out = cJSON_CreateString(text);

    free(text);
    return out;
}

static cJSON *int_json(bool wide, const struct fipc_cbor_item *it)
{
    char text[32];

    if (!wide)
        return cJSON_CreateNumber(it->kind == FIPC_CBOR_UINT ? (double)it->value
                                                             : -1 - (double)it->value);
    if (it->kind == FIPC_CBOR_UINT)
        snprintf(text, sizeof(text), "%llu", (unsigned long long)it->value);
    else
        snprintf(text, sizeof(text), "%lld", -1 - (long long)it->value);
    return cJSON_CreateString(text);
}

static cJSON *enum_take(const struct fic_typedef *d, struct fipc_cbor_reader *r)
{
    struct fipc_cbor_item it = fipc_cbor_next(r);
    uint64_t raw = it.kind == FIPC_CBOR_UINT ? it.value : ~it.value, named = 0;
    cJSON *list;

    for (size_t i = 0; i < d->nmembers; i++) {
        if (!d->members[i].name) continue;
        if (d->kind == FIC_ENUM && d->members[i].value == raw)
            return cJSON_CreateString(d->members[i].name);
        if (d->kind == FIC_FLAGS) named |= 1ull << d->members[i].value;
    }
    if (d->kind == FIC_ENUM || (raw & ~named)) return int_json(true, &it);
    list = cJSON_CreateArray();
    for (size_t i = 0; i < d->nmembers; i++)
        if (d->members[i].name && (raw >> d->members[i].value & 1))
            cJSON_AddItemToArray(list, cJSON_CreateString(d->members[i].name));
    return list;
}

static cJSON *union_take(const struct fic_image *im, const struct fic_typedef *d,
                         struct fipc_cbor_reader *r)
{
    cJSON *out = cJSON_CreateObject();
    uint64_t tag;

    fipc_cbor_open(r, FIPC_CBOR_ARRAY, 2);
    tag = fipc_cbor_uint(r, 255);
    for (size_t i = 0; i < d->nmembers; i++)
        if (d->members[i].name && d->members[i].value == tag)
            cJSON_AddItemToObject(out, d->members[i].name,
                                  value_take(im, &d->members[i].field.type, r));
    fipc_cbor_close(r);
    return out;
}

static cJSON *list_take(const struct fic_image *im, const struct fic_type *t,
                        struct fipc_cbor_reader *r)
{
    cJSON *out = cJSON_CreateArray();
    size_t n = fipc_cbor_open(r, FIPC_CBOR_ARRAY, t->count);

    for (size_t i = 0; i < n; i++)
        cJSON_AddItemToArray(out, value_take(im, t->elem, r));
    fipc_cbor_close(r);
    return out;
}

static cJSON *value_take(const struct fic_image *im, const struct fic_type *t,
                         struct fipc_cbor_reader *r)
{
    const struct fic_typedef *d;
    struct fipc_cbor_item it;

    switch (t->kind) {
    case FIC_BOOL: return cJSON_CreateBool(fipc_cbor_bool(r));
    case FIC_STRING: return text_take(r);
    case FIC_BYTES: return bytes_take(r);
    case FIC_ARRAY: return t->elem->kind == FIC_U8 ? bytes_take(r) : list_take(im, t, r);
    case FIC_VECTOR: return list_take(im, t, r);
    case FIC_NAMED: break;
    default:
        it = fipc_cbor_next(r);
        return int_json(t->kind == FIC_U64 || t->kind == FIC_I64 || t->kind == FIC_CAP, &it);
    }
    d = fic_named(im, t);
    if (d->kind == FIC_ENUM || d->kind == FIC_FLAGS) return enum_take(d, r);
    return d->kind == FIC_UNION ? union_take(im, d, r) : fields_take(im, &d->fields, r);
}

cJSON *json_from_cbor(const struct fic_image *im, const struct fic_fields *f, const uint8_t *cbor,
                      size_t n)
{
    struct fipc_cbor_reader r;

    fipc_cbor_read(&r, cbor, n);
    return fields_take(im, f, &r);
}
