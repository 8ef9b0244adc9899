/* SPDX-License-Identifier: Apache-2.0 */
/* Names in generated C. */
#include "gen_c_impl.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct gen_name gen_snake(const char *camel)
{
    struct gen_name out = {""};
    size_t n = 0;

    for (size_t i = 0; camel[i] && n + 2 < sizeof(out.s); i++) {
        bool upper = isupper((unsigned char)camel[i]);
        bool after =
            i && (islower((unsigned char)camel[i - 1]) || isdigit((unsigned char)camel[i - 1]));
        bool before = i && camel[i + 1] && islower((unsigned char)camel[i + 1]);
        if (upper && (after || (before && isupper((unsigned char)camel[i - 1])))) out.s[n++] = '_';
        out.s[n++] = (char)tolower((unsigned char)camel[i]);
    }
    return out;
}

struct gen_name gen_upper(const char *snake)
{
    struct gen_name out = {""};

    for (size_t i = 0; snake[i] && i + 1 < sizeof(out.s); i++)
        out.s[i] = (char)toupper((unsigned char)snake[i]);
    return out;
}

struct gen_name gen_join(const char *a, const char *b)
{
    struct gen_name out;
    size_t n = strlen(a), m = strlen(b);

    memset(&out, 0, sizeof(out));
    if (n + m + 2 > sizeof(out.s)) abort(); /* the language's limits exclude it */
    memcpy(out.s, a, n);
    out.s[n] = '_';
    memcpy(out.s + n + 1, b, m);
    return out;
}

struct gen_name gen_lib_short(const char *library)
{
    const char *dot = strrchr(library, '.');
    struct gen_name out = {""};

    strncpy(out.s, dot ? dot + 1 : library, sizeof(out.s) - 1);
    return out;
}

struct gen_name gen_type_name(const char *tname)
{
    char lib[FIC_MAX_LIBRARY + 1];
    const char *name = tname;
    uint32_t major;

    if (fic_tname_split(tname, lib, &major, &name) != 0)
        abort(); /* a checked image has valid ones */
    return gen_join(gen_lib_short(lib).s, gen_snake(name).s);
}

static bool is_keyword(const char *name)
{
    static const char *const words[] = {
        "auto",     "break",  "case",    "char",     "const",    "continue", "default",  "do",
        "double",   "else",   "enum",    "extern",   "float",    "for",      "goto",     "if",
        "inline",   "int",    "long",    "register", "restrict", "return",   "short",    "signed",
        "sizeof",   "static", "struct",  "switch",   "typedef",  "union",    "unsigned", "void",
        "volatile", "while",  "bool",    "true",     "false",    "asm",      "typeof",   "linux",
        "unix",     "errno",  "stdin",   "stdout",   "stderr",   "memcpy",   "memset",   "memcmp",
        "size_t",   "int8_t", "int16_t", "int32_t",  "int64_t",  "uint8_t",  "uint16_t", "uint32_t",
        "uint64_t"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (!strcmp(words[i], name)) return true;
    return false;
}

struct gen_name gen_member(const char *name)
{
    struct gen_name out = {""};

    snprintf(out.s, sizeof(out.s), "%s%s", name, is_keyword(name) ? "_" : "");
    return out;
}

bool gen_once(struct gen *g, const char *name)
{
    char **grown;

    for (size_t i = 0; i < g->nemitted; i++)
        if (!strcmp(g->emitted[i], name)) return false;
    grown = realloc(g->emitted, (g->nemitted + 1) * sizeof(*grown));
    if (!grown) abort();
    g->emitted = grown;
    g->emitted[g->nemitted] = strdup(name);
    if (!g->emitted[g->nemitted++]) abort();
    return true;
}

void gen_forget(struct gen *g)
{
    for (size_t i = 0; i < g->nemitted; i++)
        free(g->emitted[i]);
    free(g->emitted);
    g->emitted = NULL;
    g->nemitted = 0;
}
