/* SPDX-License-Identifier: Apache-2.0 */
/* The lexer. It works on bytes; columns count bytes. */
#include "lex.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const keywords[] = {
    "array", "as",           "blocking",   "bool",   "bytes",     "cap",      "client",  "compose",
    "const", "enum",         "errors",     "event",  "flags",     "from",     "i16",     "i32",
    "i64",   "i8",           "idempotent", "import", "interface", "keep",     "library", "memory",
    "none",  "notification", "obj",        "oneway", "open",      "optional", "pool",    "reserved",
    "ring",  "ro",           "rw",         "server", "string",    "struct",   "u16",     "u32",
    "u64",   "u8",           "union",      "vector", "view"};

bool fic_is_keyword(const char *word)
{
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
        if (!strcmp(keywords[i], word)) return true;
    return false;
}

static bool is_low(int c) { return c >= 'a' && c <= 'z'; }
static bool is_cap(int c) { return c >= 'A' && c <= 'Z'; }
static bool is_digit(int c) { return c >= '0' && c <= '9'; }
static bool is_word(int c) { return is_low(c) || is_cap(c) || is_digit(c) || c == '_'; }

bool fic_is_lower(const char *s, size_t n)
{
    if (n == 0 || !is_low(s[0])) return false;
    for (size_t i = 1; i < n; i++)
        if (!is_low(s[i]) && !is_digit(s[i]) && s[i] != '_') return false;
    return true;
}

bool fic_is_upper(const char *s, size_t n)
{
    if (n == 0 || !is_cap(s[0])) return false;
    for (size_t i = 1; i < n; i++)
        if (!is_low(s[i]) && !is_cap(s[i]) && !is_digit(s[i])) return false;
    return true;
}

bool fic_is_caps(const char *s, size_t n)
{
    if (n == 0 || !is_cap(s[0])) return false;
    for (size_t i = 1; i < n; i++)
        if (!is_cap(s[i]) && !is_digit(s[i]) && s[i] != '_') return false;
    return true;
}

static int lex_wrong(struct fic_lexer *lx, const char *expected)
{
    if (!lx->failed) {
        fic_fail(lx->e, &lx->pos, NULL, "%s", expected);
        if (lx->p<lx->end && * lx->p> 0x20 && *lx->p < 0x7f)
            fic_found(lx->e, "'%c'", *lx->p);
        else if (lx->p < lx->end)
            fic_found(lx->e, "byte 0x%02x", (unsigned char)*lx->p);
        else
            fic_found(lx->e, "the end of the file");
    }
    lx->failed = true;
    lx->tok.kind = FIC_TK_END;
    lx->tok.text = "";
    return -1;
}

int fic_lex_fail(struct fic_lexer *lx, const char *fmt, ...)
{
    char text[256];
    va_list ap;

    if (lx->failed) return -1;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    fic_fail(lx->e, &lx->tok.pos, NULL, "%s", text);
    if (lx->tok.kind == FIC_TK_END)
        fic_found(lx->e, "the end of the file");
    else
        fic_found(lx->e, "'%s'", lx->tok.text);
    lx->failed = true;
    return -1;
}

static void step(struct fic_lexer *lx)
{
    if (*lx->p++ == '\n') {
        lx->pos.line++;
        lx->pos.column = 1;
    } else {
        lx->pos.column++;
    }
}

/* Length of the well-formed UTF-8 sequence at p, 0 if there is none. */
static size_t utf8_length(const unsigned char *p, const unsigned char *end)
{
    size_t n = p[0] < 0x80   ? 1
               : p[0] < 0xc2 ? 0
               : p[0] < 0xe0 ? 2
               : p[0] < 0xf0 ? 3
               : p[0] < 0xf5 ? 4
                             : 0;

    if (n == 0 || (size_t)(end - p) < n) return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    if (p[0] == 0xe0 && p[1] < 0xa0) return 0;
    if (p[0] == 0xed && p[1] > 0x9f) return 0;
    if (p[0] == 0xf0 && p[1] < 0x90) return 0;
    if (p[0] == 0xf4 && p[1] > 0x8f) return 0;
    return n;
}

/* Adds a line to tok.doc. Its room doubles, so that all lines together cost a few times the text.
 */
static int lex_doc_line(struct fic_lexer *lx, const char *line, size_t n)
{
    size_t len = lx->tok.doc ? lx->doc_len + 1 + n : n;

    if (len > FIC_MAX_DOC) return lex_wrong(lx, "a doc comment of at most 64 KiB");
    if (!lx->tok.doc || len >= lx->doc_room) {
        char *bigger = fic_arena_alloc(lx->arena, lx->tok.doc ? 2 * len + 1 : len + 1);
        if (lx->tok.doc) memcpy(bigger, lx->doc, lx->doc_len);
        lx->doc_room = lx->tok.doc ? 2 * len + 1 : len + 1;
        lx->doc = bigger;
    }
    if (lx->tok.doc) lx->doc[lx->doc_len] = '\n';
    memcpy(lx->doc + len - n, line, n);
    lx->doc[len] = '\0';
    lx->doc_len = len;
    lx->tok.doc = lx->doc;
    return 0;
}

/* A comment up to the end of its line; the text of a doc comment is added to tok.doc. */
static int lex_comment(struct fic_lexer *lx)
{
    bool doc =
        lx->end - lx->p >= 3 && lx->p[2] == '/' && !(lx->end - lx->p >= 4 && lx->p[3] == '/');
    const char *start;

    for (int i = 0; i < (doc ? 3 : 2); i++)
        step(lx);
    if (doc && lx->p < lx->end && *lx->p == ' ') step(lx);
    start = lx->p;
    while (lx->p < lx->end && *lx->p != '\n') {
        size_t n = utf8_length((const unsigned char *)lx->p, (const unsigned char *)lx->end);
        if (n == 0 || *lx->p == '\r' || *lx->p == '\0') return lex_wrong(lx, "UTF-8 text");
        lx->p += n;
        lx->pos.column += (unsigned)n;
    }
    if (!doc) return 0;
    return lex_doc_line(lx, start, (size_t)(lx->p - start));
}

static int skip_space(struct fic_lexer *lx)
{
    while (lx->p < lx->end) {
        if (*lx->p == ' ' || *lx->p == '\n') {
            step(lx);
        } else if (*lx->p == '/' && lx->end - lx->p >= 2 && lx->p[1] == '/') {
            if (lex_comment(lx)) return -1;
        } else {
            return 0;
        }
    }
    return 0;
}

static int lex_suffix(struct fic_lexer *lx, uint64_t *scale)
{
    static const struct {
        const char *text;
        enum fic_unit unit;
        uint64_t scale;
    } units[] = {{"KiB", FIC_UNIT_SIZE, 1024},
                 {"MiB", FIC_UNIT_SIZE, 1048576},
                 {"ms", FIC_UNIT_MS, 1},
                 {"s", FIC_UNIT_S, 1000}};
    const char *start = lx->p;
    size_t n;

    *scale = 1;
    while (lx->p < lx->end && is_word(*lx->p))
        step(lx);
    n = (size_t)(lx->p - start);
    if (n == 0) return 0;
    for (size_t i = 0; i < (lx->manifest ? 4u : 2u); i++)
        if (n == strlen(units[i].text) && !memcmp(units[i].text, start, n)) {
            lx->tok.unit = units[i].unit;
            *scale = units[i].scale;
            return 0;
        }
    lx->pos.column -= (unsigned)n;
    lx->p = start;
    return lex_wrong(lx, lx->manifest ? "a number, perhaps with KiB, MiB, ms or s"
                                      : "a number, perhaps with KiB or MiB");
}

static int digit_value(char c, unsigned base)
{
    if (is_digit(c)) return c - '0';
    return base == 16 && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int lex_number(struct fic_lexer *lx)
{
    const char *start = lx->p;
    unsigned base = 10;
    uint64_t v = 0, scale;
    bool zero = *lx->p == '0';

    if (zero && lx->end - lx->p >= 2 && lx->p[1] == 'x') {
        base = 16;
        step(lx);
        step(lx);
        if (lx->p >= lx->end || digit_value(*lx->p, 16) < 0)
            return lex_wrong(lx, "a hexadecimal digit in lower case");
    }
    while (lx->p < lx->end && (digit_value(*lx->p, base) >= 0 || *lx->p == '_')) {
        unsigned d = *lx->p == '_' ? 0 : (unsigned)digit_value(*lx->p, base);
        if (*lx->p == '_' && (lx->end - lx->p < 2 || digit_value(lx->p[1], base) < 0))
            return lex_wrong(lx, "'_' between digits only");
        if (zero && base == 10 && lx->p != start)
            return lex_wrong(lx, "no digits after a leading 0");
        if (*lx->p != '_' && v > (UINT64_MAX - d) / base)
            return lex_wrong(lx, "a number of at most 64 bits");
        if (*lx->p != '_') v = v * base + d;
        step(lx);
    }
    lx->tok.text = start;
    if (lex_suffix(lx, &scale)) return -1;
    if (v > UINT64_MAX / scale) return lex_wrong(lx, "a number of at most 64 bits");
    lx->tok.kind = FIC_TK_NUMBER;
    lx->tok.value = v * scale;
    lx->tok.text = fic_arena_text(lx->arena, start, (size_t)(lx->p - start));
    return 0;
}

static int lex_string(struct fic_lexer *lx)
{
    char *out;
    size_t n = 0, room = 0;

    for (const char *q = lx->p + 1; q < lx->end && *q != '"' && *q != '\n'; q++) {
        room++;
        if (*q == '\\' && q + 1 < lx->end) q++;
    }
    out = fic_arena_alloc(lx->arena, room + 1);
    step(lx);
    while (lx->p < lx->end && *lx->p != '"') {
        if (*lx->p == '\\') {
            step(lx);
            if (lx->p >= lx->end || (*lx->p != '"' && *lx->p != '\\'))
                return lex_wrong(lx, "'\"' or '\\' after '\\'");
        }
        if (*lx->p < 0x20 || *lx->p > 0x7e) return lex_wrong(lx, "printable ASCII or '\"'");
        out[n++] = *lx->p;
        step(lx);
    }
    if (lx->p >= lx->end) return lex_wrong(lx, "'\"' at the end of the string");
    step(lx);
    lx->tok.kind = FIC_TK_STRING;
    lx->tok.text = out;
    return 0;
}

static int lex_punct(struct fic_lexer *lx)
{
    static const char single[] = "{}()<>[],;:=.-/";
    size_t n = 1;

    if (*lx->p == '\0' || !strchr(single, *lx->p)) return lex_wrong(lx, "a declaration");
    if (lx->end - lx->p >= 2 &&
        ((lx->p[0] == '-' && lx->p[1] == '>') || (lx->p[0] == '.' && lx->p[1] == '.')))
        n = 2;
    lx->tok.kind = FIC_TK_PUNCT;
    lx->tok.text = fic_arena_text(lx->arena, lx->p, n);
    while (n--)
        step(lx);
    return 0;
}

int fic_lex_next(struct fic_lexer *lx)
{
    const char *start;

    if (lx->failed) return -1;
    memset(&lx->tok, 0, sizeof(lx->tok));
    lx->tok.text = "";
    if (skip_space(lx)) return -1;
    lx->tok.pos = lx->pos;
    if (lx->p >= lx->end) return 0;
    if (is_digit(*lx->p)) return lex_number(lx);
    if (lx->manifest && *lx->p == '"') return lex_string(lx);
    if (!is_low(*lx->p) && !is_cap(*lx->p)) return lex_punct(lx);
    start = lx->p;
    lx->tok.kind = is_low(*start) ? FIC_TK_LOWER : FIC_TK_CAPITAL;
    while (lx->p < lx->end && is_word(*lx->p)) {
        if (lx->tok.kind == FIC_TK_LOWER && is_cap(*lx->p))
            return lex_wrong(lx, "a name in lower case");
        step(lx);
    }
    lx->tok.text = fic_arena_text(lx->arena, start, (size_t)(lx->p - start));
    return 0;
}

int fic_lex_start(struct fic_lexer *lx, struct fic_arena *a, const char *file, const char *text,
                  size_t len, bool manifest, struct fic_error *e)
{
    *lx =
        (struct fic_lexer){.arena = a, .p = text, .end = text + len, .manifest = manifest, .e = e};
    lx->pos = (struct fic_pos){file, 1, 1};
    if (len > FIC_MAX_TEXT) return lex_wrong(lx, "a file of at most 1 MiB");
    return fic_lex_next(lx);
}

bool fic_lex_is(const struct fic_lexer *lx, const char *word)
{
    return (lx->tok.kind == FIC_TK_LOWER || lx->tok.kind == FIC_TK_PUNCT) &&
           !strcmp(lx->tok.text, word);
}

bool fic_lex_accept(struct fic_lexer *lx, const char *word)
{
    return fic_lex_is(lx, word) && fic_lex_next(lx) == 0;
}

int fic_lex_expect(struct fic_lexer *lx, const char *word)
{
    if (!fic_lex_is(lx, word)) return fic_lex_fail(lx, "'%s'", word);
    return fic_lex_next(lx);
}
