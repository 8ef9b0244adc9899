/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the line discipline: what its files share. */
#ifndef LDISC_IMPL_H
#define LDISC_IMPL_H

#include "ldisc.h"

/* Marks of an input entry. */
#define ENTRY_BYTE 0x0ffu /* the byte */
#define ENTRY_END 0x100u  /* a line ends with this byte */
#define ENTRY_EOF 0x200u  /* no byte: end of file was typed here */

#define CH_BS 0x08u
#define CH_BEL 0x07u
#define CH_ESC 0x1bu
#define CH_DEL 0x7fu

static inline bool modes_have(const struct ldisc *c, uint32_t local)
{
    return (c->modes.lflag & local) == local;
}

/* ldisc.c: the queue of input */
bool input_push(struct ldisc *c, uint16_t entry);
void input_flush(struct ldisc *c);
bool input_is_ready(const struct ldisc *c, size_t max);
size_t input_take(struct ldisc *c, uint8_t *buf, size_t max);
void input_mark_end(struct ldisc *c);

/* ldisc_edit.c: the line being edited, and its echo */
void edit_input(struct ldisc *c, uint8_t byte);
bool edit_commit(struct ldisc *c, uint16_t mark);
void edit_echo(struct ldisc *c, uint8_t byte);

/* ldisc_output.c: post-processing and sending */
bool output_put(struct ldisc *c, uint8_t byte, uint32_t reserve);
void output_pump(struct ldisc *c);
uint32_t column_after(uint32_t column, uint8_t byte, bool caret);

/* ldisc.c */
void readers_serve(struct ldisc *c);
void readers_interrupt(struct ldisc *c);
void writers_serve(struct ldisc *c);

#endif
