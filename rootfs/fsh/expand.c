/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expansion of raw words: tilde, parameters, command substitution, arithmetic, splitting into
 * fields, patterns, removal of quotes. A mask beside the text of a field says which bytes were
 * quoted; only unquoted ones split and match.
 */
#include "shell.h"

#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum target { TO_FIELDS, TO_TEXT, TO_PATTERN };

struct field {
    struct shell *shell;
    enum target target;
    struct strings *out;
    struct buffer text, mask;
    bool present; /* a field has begun, be it empty: "" is one */
};

static bool expand_into(struct field *field, const char *raw, size_t length, bool quoted);

static void field_put(struct field *field, char c, bool quoted)
{
    buffer_add(&field->text, &c, 1);
    buffer_add(&field->mask, quoted ? "q" : "-", 1);
    field->present = true;
}

static void field_put_text(struct field *field, const char *text, bool quoted)
{
    for (; *text != '\0'; text++)
        field_put(field, *text, quoted);
}

/* Text with a backslash before each quoted special byte. */
static char *field_pattern(const struct field *field, bool *special)
{
    struct buffer pattern = {0};
    buffer_str(&pattern, "");
    *special = false;
    for (size_t i = 0; i < field->text.length; i++) {
        bool active = strchr("*?[", field->text.text[i]) != NULL;
        bool quoted = field->mask.text[i] == 'q';
        if (active && !quoted) *special = true;
        if ((quoted && strchr("*?[]-!^", field->text.text[i]) != NULL) ||
            field->text.text[i] == '\\')
            buffer_str(&pattern, "\\");
        buffer_add(&pattern, field->text.text + i, 1);
    }
    return pattern.text;
}

static void field_clear(struct field *field)
{
    field->text.length = field->mask.length = 0;
    field->present = false;
}

static void field_finish(struct field *field)
{
    if (!field->present) return;
    bool special;
    char *pattern = field_pattern(field, &special);
    if (!special || glob_paths(pattern, field->out) == 0)
        strings_add_mem(field->out, field->text.text != NULL ? field->text.text : "",
                        field->text.length);
    free(pattern);
    field_clear(field);
}

/* The result of an expansion: split where it was not quoted. */
static void field_put_value(struct field *field, const char *value, bool quoted)
{
    if (quoted || field->target != TO_FIELDS) {
        field_put_text(field, value, quoted);
        return;
    }
    const char *ifs = vars_get(&field->shell->variables, "IFS");
    if (ifs == NULL) ifs = " \t\n";
    for (; *value != '\0'; value++) {
        if (strchr(ifs, *value) == NULL) {
            field_put(field, *value, false);
            continue;
        }
        if (strchr(" \t\n", *value) == NULL)
            field->present = true; /* a colon ends a field even if it is empty */
        field_finish(field);
    }
}

static void field_put_number(struct field *field, long value, bool quoted)
{
    char digits[24];
    size_t at = sizeof digits - 1;
    unsigned long rest = value < 0 ? 0 - (unsigned long)value : (unsigned long)value;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0) digits[--at] = '-';
    field_put_value(field, digits + at, quoted);
}

static void expand_arguments(struct field *field, char which, bool quoted)
{
    const struct strings *arguments = &field->shell->arguments;
    for (size_t i = 1; i < arguments->count; i++) {
        if (i > 1 && (which == '*' || field->target != TO_FIELDS)) {
            field_put_value(field, " ", quoted);
        } else if (i > 1) {
            field_finish(field);
        }
        if (quoted) field->present = true;
        field_put_value(field, arguments->items[i], quoted);
    }
}

/* Value of a parameter as allocated text; null = unset. */
static char *parameter_value(struct shell *shell, const char *name)
{
    long number;
    switch (name[0]) {
    case '?': number = shell->status; break;
    case '#': number = shell->arguments.count > 0 ? (long)shell->arguments.count - 1 : 0; break;
    case '$': number = getpid(); break;
    case '!':
        if (shell->last_async == 0) return NULL;
        number = shell->last_async;
        break;
    default:
        if (name[0] >= '0' && name[0] <= '9') {
            size_t index = strtoul(name, NULL, 10);
            const char *text =
                index < shell->arguments.count ? shell->arguments.items[index] : NULL;
            return text != NULL ? text_copy(text, strlen(text)) : NULL;
        }
        {
            const char *value = vars_get(&shell->variables, name);
            return value != NULL ? text_copy(value, strlen(value)) : NULL;
        }
    }
    struct strings unused = {0};
    struct field digits = {.shell = shell, .target = TO_TEXT, .out = &unused};
    field_put_number(&digits, number, true);
    free(digits.mask.text);
    return digits.text.text;
}

/* ${x#p} ${x##p} ${x%p} ${x%%p}: shortest or longest match cut from front or back. */
static void value_trim(char *value, const char *pattern, bool front, bool longest)
{
    size_t length = strlen(value);
    for (size_t i = 0; i <= length; i++) {
        size_t cut = front == longest ? length - i : i; /* front part's length */
        char kept = value[cut];
        bool matches;
        value[cut] = front ? '\0' : kept;
        matches = glob_match(pattern, front ? value : value + cut);
        value[cut] = kept;
        if (!matches) continue;
        if (front)
            memmove(value, value + cut, length - cut + 1);
        else
            value[cut] = '\0';
        return;
    }
}

struct operation {
    char name[64], op; /* op: - + = ? # % or 0 */
    bool colon, twice;
    const char *word;
    size_t word_length;
};

static bool expand_trim(struct field *field, const struct operation *op, char *value, bool quoted)
{
    char *pattern = expand_pattern(field->shell, op->word, op->word_length);
    if (pattern == NULL) return false;
    if (value != NULL) value_trim(value, pattern, op->op == '#', op->twice);
    free(pattern);
    field_put_value(field, value != NULL ? value : "", quoted);
    return true;
}

static bool expand_assign_default(struct field *field, const struct operation *op, bool quoted)
{
    char *word = text_copy(op->word, op->word_length);
    char *value = expand_text(field->shell, word);
    free(word);
    if (value == NULL) return false;
    if (vars_name_length(op->name) == 0) {
        shell_fail(op->name, "cannot be assigned");
        free(value);
        return false;
    }
    vars_set(&field->shell->variables, op->name, value);
    field_put_value(field, value, quoted);
    free(value);
    return true;
}

static bool expand_operation(struct field *field, const struct operation *op, bool quoted)
{
    char *value = parameter_value(field->shell, op->name);
    bool usable = value != NULL && !(op->colon && *value == '\0'), good = true;
    if (op->op == '#' || op->op == '%') {
        good = expand_trim(field, op, value, quoted);
    } else if (op->op == '+') {
        good = !usable || expand_into(field, op->word, op->word_length, quoted);
    } else if (usable || op->op == '\0') {
        if (value == NULL && field->shell->option_unset) {
            shell_fail(op->name, "variable is not set");
            good = false;
        }
        field_put_value(field, value != NULL ? value : "", quoted);
    } else if (op->op == '-') {
        good = expand_into(field, op->word, op->word_length, quoted);
    } else if (op->op == '=') {
        good = expand_assign_default(field, op, quoted);
    } else {
        char *word = text_copy(op->word, op->word_length);
        shell_fail(op->name, *word != '\0' ? word : "variable is not set");
        free(word);
        good = false;
    }
    free(value);
    return good;
}

static size_t parameter_name(const char *at)
{
    size_t length = vars_name_length(at);
    if (length == 0 && *at >= '0' && *at <= '9') length = strspn(at, "0123456789");
    if (length == 0 && *at != '\0' && strchr("?#$!@*", *at) != NULL) length = 1;
    return length;
}

static bool operation_parse(const char *at, const char *end, struct operation *op)
{
    size_t length = parameter_name(at);
    if (length == 0 || length >= sizeof op->name || at + length > end) return false;
    memcpy(op->name, at, length);
    op->name[length] = '\0';
    at += length;
    if (at == end) return true;
    if (*at == ':') {
        op->colon = true;
        at++;
    }
    if (at == end || strchr(op->colon ? "-+=?" : "-+=?#%", *at) == NULL) return false;
    op->op = *at++;
    if (at < end && *at == op->op && (op->op == '#' || op->op == '%')) {
        op->twice = true;
        at++;
    }
    op->word = at;
    op->word_length = (size_t)(end - at);
    return true;
}

/* ${...}; `at` after the brace, `end` at the closing one. */
static bool expand_braces(struct field *field, const char *at, const char *end, bool quoted)
{
    struct operation op = {.word = ""};
    if (end - at == 1 && (*at == '@' || *at == '*')) {
        expand_arguments(field, *at, quoted);
        return true;
    }
    if (*at == '#' && end - at > 1 && operation_parse(at + 1, end, &op) && op.op == '\0') {
        char *value = parameter_value(field->shell, op.name);
        field_put_number(field, value != NULL ? (long)strlen(value) : 0, quoted);
        free(value);
        return true;
    }
    op = (struct operation){.word = ""};
    if (operation_parse(at, end, &op)) return expand_operation(field, &op, quoted);
    char *text = text_copy(at, (size_t)(end - at));
    shell_fail(text, "bad substitution");
    free(text);
    return false;
}

static bool expand_arith(struct field *field, const char *at, const char *end, bool quoted)
{
    char *raw = text_copy(at, (size_t)(end - at));
    struct field inner = {.shell = field->shell, .target = TO_TEXT};
    long value = 0;
    bool good = expand_into(&inner, raw, strlen(raw), true);
    if (good)
        good = arith_evaluate(field->shell, inner.text.text != NULL ? inner.text.text : "", &value);
    if (good) field_put_number(field, value, quoted);
    free(raw);
    free(inner.text.text);
    free(inner.mask.text);
    return good;
}

static bool expand_command(struct field *field, const char *at, const char *end, bool quoted)
{
    char *output = field->shell->substitute(field->shell, at, (size_t)(end - at));
    if (output == NULL) return false;
    size_t length = strlen(output);
    while (length > 0 && output[length - 1] == '\n')
        output[--length] = '\0';
    field_put_value(field, output, quoted);
    free(output);
    return true;
}

static bool expand_backquote(struct field *field, const char *at, const char *end, bool quoted)
{
    struct buffer text = {0};
    buffer_str(&text, "");
    for (; at < end; at++) {
        if (*at == '\\' && at + 1 < end && strchr("\\`$", at[1]) != NULL) at++;
        buffer_add(&text, at, 1);
    }
    bool good = expand_command(field, text.text, text.text + text.length, quoted);
    free(text.text);
    return good;
}

/* What begins with a dollar sign and ends at `end`. */
static bool expand_dollar(struct field *field, const char *at, const char *end, bool quoted)
{
    if (at[1] == '{') return expand_braces(field, at + 2, end - 1, quoted);
    if (at[1] == '(' && at[2] == '(' && end - at >= 5 && end[-2] == ')')
        return expand_arith(field, at + 3, end - 2, quoted);
    return expand_command(field, at + 2, end - 1, quoted);
}

/* $name and the one-character parameters; number of bytes used after the dollar sign, 0 = none. */
static size_t expand_simple(struct field *field, const char *at, size_t left, bool quoted,
                            bool *good)
{
    struct operation op = {.word = ""};
    size_t length = parameter_name(at);
    if (*at >= '0' && *at <= '9') length = 1;
    if (length > left) length = left;
    if (length == 1 && (*at == '@' || *at == '*')) {
        expand_arguments(field, *at, quoted);
    } else if (length >= sizeof op.name) {
        shell_fail(NULL, "a variable's name is too long");
        *good = false;
    } else if (length > 0) {
        memcpy(op.name, at, length);
        *good = expand_operation(field, &op, quoted);
    }
    return length;
}

static const char *expand_tilde(struct field *field, const char *at, const char *end)
{
    const char *home = vars_get(&field->shell->variables, "HOME");
    if (home == NULL || (at + 1 < end && at[1] != '/')) return at;
    field_put_text(field, home, true);
    return at + 1;
}

static bool expand_quotes(struct field *field, const char *at, const char *after)
{
    /* "$@" without arguments is no field at all, unlike "" */
    bool all = after - at == 4 && strncmp(at, "\"$@\"", 4) == 0;
    field->present |= !all || field->shell->arguments.count > 1;
    if (*at == '"') return expand_into(field, at + 1, (size_t)(after - at) - 2, true);
    for (at++; at < after - 1; at++)
        field_put(field, *at, true);
    return true;
}

static void expand_backslash(struct field *field, const char *at, bool quoted)
{
    if (at[1] == '\n') return;
    if (quoted && strchr("$`\"\\", at[1]) == NULL) field_put(field, '\\', true);
    field_put(field, at[1], true);
}

/* One construct that begins with $ ` " ' \ and ends before `after`. */
static bool expand_construct(struct field *field, const char *at, const char *after, bool quoted)
{
    switch (*at) {
    case '\\': expand_backslash(field, at, quoted); return true;
    case '`': return expand_backquote(field, at + 1, after - 1, quoted);
    case '$': return expand_dollar(field, at, after, quoted);
    default: return expand_quotes(field, at, after);
    }
}

static bool expand_into(struct field *field, const char *raw, size_t length, bool quoted)
{
    const char *at = raw, *end = raw + length;
    bool good = true;
    if (!quoted && length > 0 && *at == '~') at = expand_tilde(field, at, end);
    while (at < end && good) {
        bool opens = strchr(quoted ? "\\`$\"" : "\\`$\"'", *at) != NULL && *at != '\0';
        if (*at == '$' && at + 1 < end && at[1] != '{' && at[1] != '(') {
            size_t used = expand_simple(field, at + 1, (size_t)(end - at) - 1, quoted, &good);
            if (used == 0) field_put(field, '$', quoted);
            at += used + 1;
            continue;
        }
        bool deep = false;
        const char *after = opens ? lex_skip(at, &deep) : NULL;
        if (after == NULL || after > end || (*at == '$' && after - at < 3)) {
            field_put(field, *at++, quoted);
            continue;
        }
        good = expand_construct(field, at, after, quoted);
        at = after;
    }
    return good;
}

bool expand_word(struct shell *shell, const char *raw, struct strings *out)
{
    struct field field = {.shell = shell, .target = TO_FIELDS, .out = out};
    bool good = expand_into(&field, raw, strlen(raw), false);
    if (good) field_finish(&field);
    free(field.text.text);
    free(field.mask.text);
    return good;
}

char *expand_text(struct shell *shell, const char *raw)
{
    struct field field = {.shell = shell, .target = TO_TEXT};
    buffer_str(&field.text, "");
    bool good = expand_into(&field, raw, strlen(raw), false);
    free(field.mask.text);
    if (good) return field.text.text;
    free(field.text.text);
    return NULL;
}

char *expand_pattern(struct shell *shell, const char *raw, size_t length)
{
    struct field field = {.shell = shell, .target = TO_PATTERN};
    char *pattern = NULL;
    bool special;
    if (expand_into(&field, raw, length, false)) pattern = field_pattern(&field, &special);
    free(field.text.text);
    free(field.mask.text);
    return pattern;
}
