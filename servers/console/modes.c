/* SPDX-License-Identifier: Apache-2.0 */
/* Translation of modes by tables; see modes.h. */
#include "modes.h"

struct pair {
    uint32_t wire, line;
};

static const struct pair input_pairs[] = {{CONSOLE_INPUT_ICRNL, LDISC_ICRNL},
                                          {CONSOLE_INPUT_INLCR, LDISC_INLCR},
                                          {CONSOLE_INPUT_IGNCR, LDISC_IGNCR},
                                          {CONSOLE_INPUT_IXON, LDISC_IXON},
                                          {0, 0}};
static const struct pair output_pairs[] = {
    {CONSOLE_OUTPUT_OPOST, LDISC_OPOST}, {CONSOLE_OUTPUT_ONLCR, LDISC_ONLCR}, {0, 0}};
static const struct pair local_pairs[] = {
    {CONSOLE_LOCAL_ICANON, LDISC_ICANON},   {CONSOLE_LOCAL_ECHO, LDISC_ECHO},
    {CONSOLE_LOCAL_ECHOE, LDISC_ECHOE},     {CONSOLE_LOCAL_ECHOK, LDISC_ECHOK},
    {CONSOLE_LOCAL_ISIG, LDISC_ISIG},       {CONSOLE_LOCAL_ECHONL, LDISC_ECHONL},
    {CONSOLE_LOCAL_ECHOCTL, LDISC_ECHOCTL}, {0, 0}};

static uint32_t flags_to_wire(const struct pair *p, uint32_t line)
{
    uint32_t wire = 0;

    for (; p->wire != 0; p++) {
        if ((line & p->line) != 0) wire |= p->wire;
    }
    return wire;
}

static uint32_t flags_from_wire(const struct pair *p, uint32_t wire, uint32_t line)
{
    for (; p->wire != 0; p++)
        line = (wire & p->wire) != 0 ? line | p->line : line & ~p->line;
    return line;
}

void modes_to_wire(const struct ldisc_modes *from, struct console_modes *to)
{
    *to = (struct console_modes){.input = flags_to_wire(input_pairs, from->iflag),
                                 .output = flags_to_wire(output_pairs, from->oflag),
                                 .local = flags_to_wire(local_pairs, from->lflag),
                                 .interrupt = from->cc[LDISC_VINTR],
                                 .quit = from->cc[LDISC_VQUIT],
                                 .erase = from->cc[LDISC_VERASE],
                                 .kill = from->cc[LDISC_VKILL],
                                 .eof = from->cc[LDISC_VEOF],
                                 .suspend = from->cc[LDISC_VSUSP],
                                 .word_erase = from->cc[LDISC_VWERASE],
                                 .min = from->cc[LDISC_VMIN],
                                 .time = 0};
}

bool modes_from_wire(const struct console_modes *from, struct ldisc_modes *to)
{
    if (from->time != 0) return false;
    to->iflag = flags_from_wire(input_pairs, from->input, to->iflag);
    to->oflag = flags_from_wire(output_pairs, from->output, to->oflag);
    to->lflag = flags_from_wire(local_pairs, from->local, to->lflag);
    to->cc[LDISC_VINTR] = from->interrupt;
    to->cc[LDISC_VQUIT] = from->quit;
    to->cc[LDISC_VERASE] = from->erase;
    to->cc[LDISC_VKILL] = from->kill;
    to->cc[LDISC_VEOF] = from->eof;
    to->cc[LDISC_VSUSP] = from->suspend;
    to->cc[LDISC_VWERASE] = from->word_erase;
    to->cc[LDISC_VMIN] = from->min;
    return true;
}
