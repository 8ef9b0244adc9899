/* SPDX-License-Identifier: Apache-2.0 */
/* The line editor without a terminal: keys in, text and cursor out. */
#ifndef FSH_EDIT_H
#define FSH_EDIT_H

#include "shell.h"

enum key {
    KEY_LEFT = 256,
    KEY_RIGHT,
    KEY_UP,
    KEY_DOWN,
    KEY_HOME,
    KEY_END,
    KEY_DELETE,
    KEY_WORD_LEFT,
    KEY_WORD_RIGHT,
    KEY_NONE, /* a sequence that means nothing here */
};

enum edit_result {
    EDIT_MORE,   /* go on */
    EDIT_DONE,   /* the line is complete */
    EDIT_CANCEL, /* Ctrl-C */
    EDIT_END,    /* Ctrl-D on an empty line */
    EDIT_LIST,   /* go on, after showing the candidates */
    EDIT_CLEAR,  /* go on, after clearing the screen */
};

struct edit {
    struct shell *shell;
    struct buffer line;
    size_t at;      /* cursor, in bytes; always at the start of a character */
    size_t window;  /* first byte on the screen, see edit_window */
    size_t history; /* entry shown; history.count = the new line */
    char *saved;    /* the new line while an old one is shown */
    char *killed;   /* text of the last Ctrl-K, Ctrl-U or Ctrl-W */
    bool searching;
    struct buffer search;
    struct strings candidates;
};

void edit_begin(struct edit *edit, struct shell *shell);
enum edit_result edit_key(struct edit *edit, int key);
void edit_end(struct edit *edit);

/* Columns that `length` bytes of UTF-8 take. */
size_t text_columns(const char *text, size_t length);
/* What of the line is shown in `room` columns: from edit->window, which stays where it is while the
 * cursor is in view, to the result, in bytes. There is a column for the cursor behind it. */
size_t edit_window(struct edit *edit, size_t room);

/* Turns the bytes of a terminal into keys. */
struct keys {
    char bytes[8];
    size_t count;
};
/* Key completed by `byte`, or -1 if the sequence goes on. */
int keys_byte(struct keys *keys, unsigned char byte);

#endif
