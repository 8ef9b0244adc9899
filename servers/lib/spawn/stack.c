/* SPDX-License-Identifier: Apache-2.0 */
/* Layout of a program's first stack: see spawn_stack.h. Low to high: vectors, handles, random,
 * directory, environment, arguments. */
#include "spawn_stack.h"

#include <string.h>

#define AUX_MAX 18u /* entries, the last one included */
#define ALIGN 16u

enum {
    AUX_NULL = 0,
    AUX_PHDR = 3,
    AUX_PHENT = 4,
    AUX_PHNUM = 5,
    AUX_PAGESZ = 6,
    AUX_ENTRY = 9,
    AUX_UID = 11,
    AUX_EUID = 12,
    AUX_GID = 13,
    AUX_EGID = 14,
    AUX_SECURE = 23,
    AUX_RANDOM = 25
};

/* The vectors under construction. */
struct vectors {
    uint8_t *to;
    size_t at;
};

/* Byte offsets in the area. */
struct places {
    size_t handles, random, directory, environment, arguments, size;
    size_t argc, envc;
};

static void word_put(struct vectors *v, uint64_t value)
{
    memcpy(v->to + v->at, &value, sizeof value);
    v->at += sizeof value;
}

static void aux_put(struct vectors *v, uint64_t type, uint64_t value)
{
    word_put(v, type);
    word_put(v, value);
}

static size_t strings_count(struct spawn_strings s)
{
    size_t i, n = 0;

    for (i = 0; i < s.len; i++)
        n += s.data[i] == 0;
    return n;
}

static int strings_are_whole(struct spawn_strings s)
{
    return s.len == 0 || s.data[s.len - 1] == 0;
}

static size_t aligned(size_t n) { return (n + ALIGN - 1) / ALIGN * ALIGN; }

/* No sum overflows: each length is at most SPAWN_STACK_MAX. */
static void places_find(const struct spawn_stack *s, struct places *p)
{
    p->argc = strings_count(s->arguments);
    p->envc = strings_count(s->environment);
    p->handles = aligned((1 + p->argc + 1 + p->envc + 1) * sizeof(uint64_t) +
                         AUX_MAX * 2 * sizeof(uint64_t));
    p->random = p->handles + s->handle_count * sizeof(struct spawn_handle);
    p->directory = p->random + sizeof s->random;
    p->environment = p->directory + s->directory_len + 1;
    p->arguments = p->environment + s->environment.len;
    p->size = aligned(p->arguments + s->arguments.len);
}

fut_err spawn_stack_size(const struct spawn_stack *s, size_t *size)
{
    struct places p;

    if (!strings_are_whole(s->arguments) || !strings_are_whole(s->environment)) return FUT_EINVAL;
    if (s->directory_len != 0 && memchr(s->directory, 0, s->directory_len) != NULL)
        return FUT_EINVAL;
    if (s->arguments.len > SPAWN_STACK_MAX || s->environment.len > SPAWN_STACK_MAX ||
        s->directory_len > SPAWN_STACK_MAX ||
        s->handle_count > SPAWN_STACK_MAX / sizeof(struct spawn_handle))
        return FUT_E2BIG;
    places_find(s, &p);
    if (p.size > SPAWN_STACK_MAX) return FUT_E2BIG;
    *size = p.size;
    return FUT_OK;
}

/* A pointer for each string of the block that lies at `address`, then NULL. */
static void strings_put(struct vectors *v, struct spawn_strings s, uint64_t address)
{
    size_t i;

    for (i = 0; i < s.len; i += strlen(s.data + i) + 1)
        word_put(v, address + i);
    word_put(v, 0);
}

static void aux_put_all(struct vectors *v, const struct spawn_stack *s, const struct places *p,
                        uint64_t base)
{
    aux_put(v, AUX_PHDR, s->image->phdr);
    aux_put(v, AUX_PHENT, s->image->phentsize);
    aux_put(v, AUX_PHNUM, s->image->phnum);
    aux_put(v, AUX_PAGESZ, SPAWN_PAGE);
    aux_put(v, AUX_ENTRY, s->image->entry);
    aux_put(v, AUX_UID, 0);
    aux_put(v, AUX_EUID, 0);
    aux_put(v, AUX_GID, 0);
    aux_put(v, AUX_EGID, 0);
    aux_put(v, AUX_SECURE, 0);
    aux_put(v, AUX_RANDOM, base + p->random);
    aux_put(v, SPAWN_AT_START, s->start_page);
    if (s->handle_count != 0) {
        aux_put(v, SPAWN_AT_HANDLES, base + p->handles);
        aux_put(v, SPAWN_AT_HANDLE_COUNT, s->handle_count);
    }
    if (s->directory_len != 0) aux_put(v, SPAWN_AT_CWD, base + p->directory);
    aux_put(v, AUX_NULL, 0);
}

static void block_put(uint8_t *to, const void *from, size_t n)
{
    if (n != 0) memcpy(to, from, n);
}

void spawn_stack_build(const struct spawn_stack *s, void *area, size_t size, uint64_t top)
{
    struct vectors v = {area, 0};
    uint64_t base = top - size;
    struct places p;

    places_find(s, &p);
    memset(area, 0, size);
    word_put(&v, p.argc);
    strings_put(&v, s->arguments, base + p.arguments);
    strings_put(&v, s->environment, base + p.environment);
    aux_put_all(&v, s, &p, base);
    block_put(v.to + p.handles, s->handles, s->handle_count * sizeof(struct spawn_handle));
    block_put(v.to + p.random, s->random, sizeof s->random);
    block_put(v.to + p.directory, s->directory, s->directory_len);
    block_put(v.to + p.environment, s->environment.data, s->environment.len);
    block_put(v.to + p.arguments, s->arguments.data, s->arguments.len);
}
