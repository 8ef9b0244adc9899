/* SPDX-License-Identifier: Apache-2.0 */
/* Boot options: see bootopts.h. */
#include "bootopts.h"

/* A word or a part of one: not NUL-terminated. */
struct word {
    const char *s;
    size_t len;
};

static bool word_is(struct word w, const char *z)
{
    size_t i = 0;

    while (i < w.len && z[i] != 0 && w.s[i] == z[i])
        i++;
    return i == w.len && z[i] == 0;
}

/* Copies with a NUL; false (and an empty string) if it does not fit. */
static bool word_copy(struct word w, char out[BOOTOPTS_TEXT_MAX])
{
    out[0] = 0;
    if (w.len >= BOOTOPTS_TEXT_MAX) return false;
    for (size_t i = 0; i < w.len; i++)
        out[i] = w.s[i];
    out[w.len] = 0;
    return true;
}

static void complaint_add(struct bootopts *o, struct word w, const char *why)
{
    struct bootopts_complaint *c;

    if (o->complaint_count++ >= BOOTOPTS_COMPLAINTS) return;
    c = &o->complaint[o->complaint_count - 1];
    if (w.len >= BOOTOPTS_TEXT_MAX) w.len = BOOTOPTS_TEXT_MAX - 1;
    word_copy(w, c->word);
    for (size_t i = 0; i < w.len; i++) {
        if (c->word[i] < 0x20 || c->word[i] > 0x7e) c->word[i] = '?';
    }
    c->why = why;
}

int bootopts_level_parse(const char *s, size_t len)
{
    static const char *const names[] = {"debug", "info", "notice", "warning", "error"};
    struct word w = {s, len};

    if (len == 1 && s[0] >= '0' && s[0] <= '4') return s[0] - '0';
    for (int i = 0; i < 5; i++) {
        if (word_is(w, names[i])) return i;
    }
    return -1;
}

static const char *log_option_take(struct bootopts *o, struct word v)
{
    struct word component = {v.s, 0};
    int level;

    while (component.len < v.len && v.s[component.len] != ':')
        component.len++;
    if (component.len == v.len) {
        level = bootopts_level_parse(v.s, v.len);
        if (level < 0) return "unknown level; use debug, info, notice, warning, error or 0..4";
        o->has_level = true;
        o->level = (uint8_t)level;
        return NULL;
    }
    level = bootopts_level_parse(v.s + component.len + 1, v.len - component.len - 1);
    if (level < 0) return "unknown level; use debug, info, notice, warning, error or 0..4";
    if (o->component_count == BOOTOPTS_LEVELS) return "too many log= options";
    if (component.len == 0 || !word_copy(component, o->component[o->component_count].component))
        return "component name is empty or too long";
    o->component[o->component_count++].level = (uint8_t)level;
    return NULL;
}

static const char *text_option_take(char out[BOOTOPTS_TEXT_MAX], struct word v)
{
    if (v.len == 0) return "value is empty";
    for (size_t i = 0; i < v.len; i++) {
        if (v.s[i] < 0x20 || v.s[i] > 0x7e)
            return "value has a character that is not printable ASCII";
    }
    return word_copy(v, out) ? NULL : "value is too long";
}

static const char *zone_option_take(struct bootopts *o, struct word v)
{
    char tz[BOOTOPTS_TEXT_MAX];
    const char *why = text_option_take(tz, v);

    if (why == NULL) why = bootopts_zone_check(tz);
    if (why == NULL) (void)word_copy(v, o->tz);
    return why;
}

/* Returns why the option was refused, or NULL. */
static const char *option_take(struct bootopts *o, struct word name, struct word v)
{
    if (word_is(name, "log")) return log_option_take(o, v);
    if (word_is(name, "init")) return text_option_take(o->init, v);
    if (word_is(name, "tz")) return zone_option_take(o, v);
    if (word_is(name, "panic")) {
        if (!word_is(v, "halt") && !word_is(v, "reboot"))
            return "unknown value; use halt or reboot";
        o->panic = word_is(v, "halt") ? BOOTOPTS_PANIC_HALT : BOOTOPTS_PANIC_REBOOT;
        return NULL;
    }
    if (word_is(name, "isolate") && v.len == 0) return NULL; /* the nucleus' own, on x86-64 */
    return "unknown option";
}

static void word_take(struct bootopts *o, struct word w)
{
    struct word name = {w.s, 0}, value = {w.s + w.len, 0};
    const char *why;

    while (name.len < w.len && w.s[name.len] != '=')
        name.len++;
    if (name.len < w.len) {
        value.s = w.s + name.len + 1;
        value.len = w.len - name.len - 1;
    }
    if (value.len >= 2 && value.s[0] == '"' && value.s[value.len - 1] == '"') {
        value.s++;
        value.len -= 2;
    }
    why = option_take(o, name, value);
    if (why != NULL) complaint_add(o, w, why);
}

bool bootopts_parse(struct bootopts *o, const char *line, size_t len)
{
    size_t i = 0;

    *o = (struct bootopts){0};
    if (len > BOOTOPTS_LINE_MAX) {
        complaint_add(o, (struct word){line, len}, "command line is too long; the rest is ignored");
        len = BOOTOPTS_LINE_MAX;
    }
    while (i < len && line[i] != 0) {
        struct word w = {line + i, 0};
        bool quoted = false;

        for (; i < len && line[i] != 0; i++, w.len++) {
            if (line[i] == '"') quoted = !quoted;
            if (!quoted && (line[i] == ' ' || line[i] == '\t' || line[i] == '\n')) break;
        }
        if (w.len != 0)
            word_take(o, w);
        else
            i++;
    }
    return o->complaint_count == 0;
}
