/* SPDX-License-Identifier: Apache-2.0 */
/* Line editor: what each key does to the line. */
#include "edit.h"

#include <stdlib.h>
#include <string.h>

#define CTRL(c) ((c)&0x1f)
#define EDIT_LIMIT 65536 /* longer input is not typed by anybody */

void edit_begin(struct edit *edit, struct shell *shell)
{
    char *killed = edit->killed;
    *edit = (struct edit){.shell = shell, .history = shell->history.count, .killed = killed};
    buffer_str(&edit->line, "");
    buffer_str(&edit->search, "");
}

void edit_end(struct edit *edit)
{
    free(edit->line.text);
    free(edit->search.text);
    free(edit->saved);
    strings_free(&edit->candidates);
    edit->line = edit->search = (struct buffer){0};
    edit->saved = NULL;
}

static void edit_insert(struct edit *edit, const char *text, size_t length)
{
    if (edit->line.length + length > EDIT_LIMIT) return;
    buffer_add(&edit->line, text, length); /* makes room; then the tail moves */
    char *line = edit->line.text;
    memmove(line + edit->at + length, line + edit->at, edit->line.length - length - edit->at);
    memcpy(line + edit->at, text, length);
    edit->at += length;
}

static void edit_remove(struct edit *edit, size_t from, size_t to)
{
    char *line = edit->line.text;
    memmove(line + from, line + to, edit->line.length - to + 1);
    edit->line.length -= to - from;
    edit->at = from;
}

static void edit_kill(struct edit *edit, size_t from, size_t to)
{
    free(edit->killed);
    edit->killed = text_copy(edit->line.text + from, to - from);
    edit_remove(edit, from, to);
}

static void edit_replace(struct edit *edit, const char *text)
{
    edit->line.length = edit->at = 0;
    edit->line.text[0] = '\0';
    edit_insert(edit, text, strlen(text));
}

static bool is_tail(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

static size_t edit_left(const struct edit *edit)
{
    size_t at = edit->at;
    while (at > 0 && is_tail(edit->line.text[--at]))
        ;
    return at;
}

static size_t edit_right(const struct edit *edit)
{
    size_t at = edit->at;
    if (at < edit->line.length) at++;
    while (at < edit->line.length && is_tail(edit->line.text[at]))
        at++;
    return at;
}

static size_t edit_word_left(const struct edit *edit)
{
    size_t at = edit->at;
    while (at > 0 && edit->line.text[at - 1] == ' ')
        at--;
    while (at > 0 && edit->line.text[at - 1] != ' ')
        at--;
    return at;
}

static size_t edit_word_right(const struct edit *edit)
{
    size_t at = edit->at;
    while (at < edit->line.length && edit->line.text[at] == ' ')
        at++;
    while (at < edit->line.length && edit->line.text[at] != ' ')
        at++;
    return at;
}

static void edit_history(struct edit *edit, size_t to)
{
    const struct strings *history = &edit->shell->history;
    if (to > history->count) return;
    if (edit->history >= history->count) {
        free(edit->saved);
        edit->saved = text_copy(edit->line.text, edit->line.length);
    }
    edit->history = to;
    edit_replace(edit, to < history->count ? history->items[to] : edit->saved);
}

/* Shows the newest entry before `from` that contains the searched text. */
static void edit_find(struct edit *edit, size_t from)
{
    const struct strings *history = &edit->shell->history;
    if (from > history->count) from = history->count;
    while (from-- > 0)
        if (strstr(history->items[from], edit->search.text) != NULL) {
            edit->history = from;
            edit_replace(edit, history->items[from]);
            return;
        }
}

static bool edit_search_key(struct edit *edit, int key)
{
    if (key == CTRL('r')) {
        edit_find(edit, edit->history);
    } else if ((key == 127 || key == 8) && edit->search.length > 0) {
        edit->search.text[--edit->search.length] = '\0';
        edit_find(edit, edit->shell->history.count);
    } else if (key >= ' ' && key < 256 && key != 127) {
        char c = (char)key;
        buffer_add(&edit->search, &c, 1);
        edit_find(edit, edit->history + 1);
    } else {
        edit->searching = false;
        return key == CTRL('g') || key == 27 || key == 127 || key == 8;
    }
    return true;
}

static void edit_insert_escaped(struct edit *edit, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr(" \t'\"\\$`&|;()<>*?[#!", *text) != NULL) edit_insert(edit, "\\", 1);
        edit_insert(edit, text, 1);
    }
}

static size_t common_length(const struct strings *list)
{
    size_t length = strlen(list->items[0]);
    for (size_t i = 1; i < list->count; i++) {
        size_t n = 0;
        while (n < length && list->items[i][n] == list->items[0][n])
            n++;
        length = n;
    }
    return length;
}

static enum edit_result edit_complete(struct edit *edit)
{
    size_t start, before = edit->line.length;
    strings_free(&edit->candidates);
    complete_line(edit->shell, edit->line.text, edit->at, &start, &edit->candidates);
    if (edit->candidates.count == 0) return EDIT_MORE;
    char *common = text_copy(edit->candidates.items[0], common_length(&edit->candidates));
    size_t length = strlen(common);
    edit_remove(edit, start, edit->at);
    edit_insert_escaped(edit, common);
    bool one = edit->candidates.count == 1;
    if (one && (length == 0 || common[length - 1] != '/')) edit_insert(edit, " ", 1);
    free(common);
    return !one && edit->line.length <= before ? EDIT_LIST : EDIT_MORE;
}

static void edit_control(struct edit *edit, int key)
{
    switch (key) {
    case CTRL('a'):
    case KEY_HOME: edit->at = 0; break;
    case CTRL('e'):
    case KEY_END: edit->at = edit->line.length; break;
    case CTRL('b'):
    case KEY_LEFT: edit->at = edit_left(edit); break;
    case CTRL('f'):
    case KEY_RIGHT: edit->at = edit_right(edit); break;
    case KEY_WORD_LEFT: edit->at = edit_word_left(edit); break;
    case KEY_WORD_RIGHT: edit->at = edit_word_right(edit); break;
    case CTRL('p'):
    case KEY_UP: edit_history(edit, edit->history - 1); break; /* wraps to refused */
    case CTRL('n'):
    case KEY_DOWN: edit_history(edit, edit->history + 1); break;
    case 127:
    case 8: edit_remove(edit, edit_left(edit), edit->at); break;
    case CTRL('d'):
    case KEY_DELETE: edit_remove(edit, edit->at, edit_right(edit)); break;
    case CTRL('k'): edit_kill(edit, edit->at, edit->line.length); break;
    case CTRL('u'): edit_kill(edit, 0, edit->at); break;
    case CTRL('w'): edit_kill(edit, edit_word_left(edit), edit->at); break;
    case CTRL('y'):
        if (edit->killed != NULL) edit_insert(edit, edit->killed, strlen(edit->killed));
        break;
    default: break;
    }
}

enum edit_result edit_key(struct edit *edit, int key)
{
    if (edit->searching && edit_search_key(edit, key)) return EDIT_MORE;
    switch (key) {
    case '\r':
    case '\n': return EDIT_DONE;
    case CTRL('c'): return EDIT_CANCEL;
    case CTRL('l'): return EDIT_CLEAR;
    case '\t': return edit_complete(edit);
    case CTRL('r'):
        edit->searching = true;
        edit->search.length = 0;
        edit->search.text[0] = '\0';
        return EDIT_MORE;
    case CTRL('d'):
        if (edit->line.length == 0) return EDIT_END;
        break;
    default: break;
    }
    if (key >= ' ' && key < 256 && key != 127) {
        char c = (char)key;
        edit_insert(edit, &c, 1);
    } else {
        edit_control(edit, key);
    }
    return EDIT_MORE;
}

static int keys_sequence(const char *text)
{
    static const struct {
        const char *text;
        int key;
    } known[] = {
        {"[A", KEY_UP},
        {"[B", KEY_DOWN},
        {"[C", KEY_RIGHT},
        {"[D", KEY_LEFT},
        {"[H", KEY_HOME},
        {"[F", KEY_END},
        {"OA", KEY_UP},
        {"OB", KEY_DOWN},
        {"OC", KEY_RIGHT},
        {"OD", KEY_LEFT},
        {"OH", KEY_HOME},
        {"OF", KEY_END},
        {"[1~", KEY_HOME},
        {"[7~", KEY_HOME},
        {"[4~", KEY_END},
        {"[8~", KEY_END},
        {"[3~", KEY_DELETE},
        {"[1;5D", KEY_WORD_LEFT},
        {"[1;5C", KEY_WORD_RIGHT},
        {"b", KEY_WORD_LEFT},
        {"f", KEY_WORD_RIGHT},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].text, text) == 0) return known[i].key;
    return KEY_NONE;
}

int keys_byte(struct keys *keys, unsigned char byte)
{
    if (keys->count == 0 && byte != 27) return byte;
    keys->bytes[keys->count++] = (char)byte;
    if (keys->count == 1) return -1;
    bool opens = keys->count == 2 && (byte == '[' || byte == 'O');
    bool final = keys->count > 2 && byte >= 0x40 && byte <= 0x7e;
    bool two = keys->count == 2 && !opens;
    if (!final && !two && keys->count < sizeof keys->bytes - 1) return -1;
    keys->bytes[keys->count] = '\0';
    keys->count = 0;
    return keys_sequence(keys->bytes + 1);
}

size_t text_columns(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

/* The start of the character `columns` before `at`, or of the line. */
static size_t column_back(const char *line, size_t at, size_t columns)
{
    for (; at > 0 && columns > 0; columns--)
        do
            at--;
        while (at > 0 && ((unsigned char)line[at] & 0xc0) == 0x80);
    return at;
}

size_t edit_window(struct edit *edit, size_t room)
{
    const char *line = edit->line.text;
    size_t length = edit->line.length, end = edit->at;
    if (text_columns(line, length) <= room)
        edit->window = 0;
    else if (edit->at < edit->window)
        edit->window = column_back(line, edit->at, room / 2);
    else if (text_columns(line + edit->window, edit->at - edit->window) > room)
        edit->window = column_back(line, edit->at, edit->at == length ? room : room / 2);
    while (edit->window > 0 && ((unsigned char)line[edit->window] & 0xc0) == 0x80)
        edit->window--; /* another text stood here before */
    while (end < length && text_columns(line + edit->window, end + 1 - edit->window) <= room)
        end++;
    while (end < length && ((unsigned char)line[end] & 0xc0) == 0x80)
        end++;
    return end;
}
