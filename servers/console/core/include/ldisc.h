/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Console line discipline, OS-neutral: between a byte line (UART) and its readers and writers.
 *
 * Canonical mode with echo and editing, raw mode, signal characters, flow control, output
 * post-processing. Everything is bounded and nothing blocks: a read that finds no data waits as a
 * token and is completed later through `complete`. Single-threaded; operations must not call back
 * into the discipline.
 *
 * Modes follow POSIX termios in meaning, not in numbers. History is the shell's business.
 */
#ifndef LDISC_H
#define LDISC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LDISC_LINE_MAX 4096u    /* bytes of one edited line, newline included; as Linux has it */
#define LDISC_INPUT_SIZE 8192u  /* entries of input that wait to be read; a power of two */
#define LDISC_OUTPUT_SIZE 8192u /* bytes that wait to be sent; a power of two */
#define LDISC_ECHO_RESERVE 512u /* of these, kept for echo */
#define LDISC_READ_MAX 4096u    /* most bytes of one read */
#define LDISC_PENDING_MAX 16u   /* reads, and as many writers, that may wait */

/* Input modes. */
#define LDISC_ICRNL 1u  /* CR becomes NL */
#define LDISC_INLCR 2u  /* NL becomes CR */
#define LDISC_IGNCR 4u  /* CR is dropped */
#define LDISC_IXON 8u   /* STOP and START control output */
#define LDISC_IXANY 16u /* any character restarts output */
#define LDISC_IUTF8 32u /* erase removes whole UTF-8 characters */
#define LDISC_IFLAGS 63u

/* Output modes. */
#define LDISC_OPOST 1u  /* the others hold only with this one */
#define LDISC_ONLCR 2u  /* NL becomes CR NL */
#define LDISC_OCRNL 4u  /* CR becomes NL */
#define LDISC_OXTABS 8u /* TAB becomes spaces */
#define LDISC_OFLAGS 15u

/* Local modes. */
#define LDISC_ICANON 1u   /* lines with editing; else bytes as they come */
#define LDISC_ECHO 2u     /* input is echoed */
#define LDISC_ECHOE 4u    /* ERASE and WERASE wipe characters from the screen */
#define LDISC_ECHOK 8u    /* KILL wipes the line */
#define LDISC_ECHONL 16u  /* NL is echoed even without ECHO */
#define LDISC_ECHOCTL 32u /* control characters echo as ^X */
#define LDISC_ISIG 64u    /* INTR, QUIT, SUSP make signals */
#define LDISC_NOFLSH 128u /* signals do not discard input */
#define LDISC_IEXTEN 256u /* WERASE, REPRINT and LNEXT work */
#define LDISC_LFLAGS 511u

enum ldisc_char {
    LDISC_VINTR,
    LDISC_VQUIT,
    LDISC_VSUSP,
    LDISC_VERASE,
    LDISC_VKILL,
    LDISC_VWERASE,
    LDISC_VEOF,
    LDISC_VEOL,
    LDISC_VREPRINT,
    LDISC_VLNEXT,
    LDISC_VSTART,
    LDISC_VSTOP,
    LDISC_VMIN, /* raw mode: bytes that complete a read; 0: a read never waits */
    LDISC_CHARS
};

/* A control character of 0 is disabled. */
struct ldisc_modes {
    uint32_t iflag, oflag, lflag;
    uint8_t cc[LDISC_CHARS];
};

struct ldisc_size {
    uint16_t rows, columns;
};

enum ldisc_result {
    LDISC_OK = 0,      /* done; a length of 0 from a read is end of file */
    LDISC_PENDING,     /* the read or the wait was queued */
    LDISC_INTERRUPTED, /* a signal character came while the read waited */
    LDISC_CANCELLED,   /* ldisc_cancel() ended the wait */
    LDISC_E_BUSY,      /* LDISC_PENDING_MAX wait already */
    LDISC_E_INVALID,   /* unknown mode bits, or a size of 0 */
};

enum ldisc_signal { LDISC_SIG_INTR = 1, LDISC_SIG_QUIT, LDISC_SIG_SUSP };

/* What waits: kind of a completion. */
enum ldisc_wait { LDISC_WAIT_READ, LDISC_WAIT_ROOM };

#define LDISC_POLL_IN 1u
#define LDISC_POLL_OUT 2u

struct ldisc_ops {
    /* Ends the wait `token` of `owner`. `data` is borrowed until return. Returns false if the
     * reader is gone; read data is then kept for the next reader. */
    bool (*complete)(void *ctx, enum ldisc_wait kind, uint64_t owner, uint64_t token,
                     enum ldisc_result result, const uint8_t *data, size_t len);
    /* Sends bytes down the line; returns how many were taken. */
    size_t (*transmit)(void *ctx, const uint8_t *data, size_t len);
    void (*signal)(void *ctx, enum ldisc_signal signal);
};

struct ldisc_pending {
    uint64_t owner, token;
    size_t max;
};

struct ldisc_queue {
    struct ldisc_pending entry[LDISC_PENDING_MAX];
    uint32_t count;
};

/* All state; fields are private to the core. About 32 KiB. */
struct ldisc {
    const struct ldisc_ops *ops;
    void *ctx;
    struct ldisc_modes modes;
    struct ldisc_size size;
    uint16_t input[LDISC_INPUT_SIZE]; /* a byte and ENTRY_* marks */
    uint32_t in_head, in_tail;
    uint8_t line[LDISC_LINE_MAX];   /* the line being edited */
    uint32_t line_len, line_column; /* its length; the column where it starts */
    uint8_t output[LDISC_OUTPUT_SIZE];
    uint32_t out_head, out_tail;
    uint32_t column, escape; /* cursor column; state inside an escape sequence */
    bool stopped, literal;   /* output stopped by STOP; LNEXT was typed */
    struct ldisc_queue readers, writers;
    uint8_t scratch[LDISC_READ_MAX];
    uint64_t dropped; /* input bytes lost because a buffer was full */
};

/* Default modes: canonical, echo, signals, flow control, CR to NL, NL to CR NL; 24 x 80. */
void ldisc_init(struct ldisc *c, const struct ldisc_ops *ops, void *ctx);

void ldisc_modes_get(const struct ldisc *c, struct ldisc_modes *out);

/* LDISC_E_INVALID for unknown bits. `flush` discards input that was not read. Reads that wait are
 * judged anew. */
enum ldisc_result ldisc_modes_set(struct ldisc *c, const struct ldisc_modes *m, bool flush);
void ldisc_size_get(const struct ldisc *c, struct ldisc_size *out);
enum ldisc_result ldisc_size_set(struct ldisc *c, const struct ldisc_size *s);

/* Bytes from the line. May complete reads, send echo and raise signals. */
void ldisc_input(struct ldisc *c, const uint8_t *data, size_t len);

/* The line can take bytes again. May complete waits for room. */
void ldisc_output_ready(struct ldisc *c);

/* Reads up to `max` (1..LDISC_READ_MAX) bytes: LDISC_OK with *len, or LDISC_PENDING, and then
 * `complete` is called once for `token` unless ldisc_drop() forgets it. */
enum ldisc_result ldisc_read(struct ldisc *c, uint64_t owner, uint64_t token, uint8_t *buf,
                             size_t max, size_t *len);

/* Puts data of a read whose reply was refused back in front of the input. */
void ldisc_give_back(struct ldisc *c, const uint8_t *data, size_t len);

/* Queues output; returns how many bytes of `data` were taken, 0 when there is no room or output is
 * stopped and the buffer is full. */
size_t ldisc_write(struct ldisc *c, const uint8_t *data, size_t len);

/* Waits until there is room: LDISC_OK if there is, else LDISC_PENDING. */
enum ldisc_result ldisc_wait_room(struct ldisc *c, uint64_t owner, uint64_t token);

/* Ends a wait with LDISC_CANCELLED; false if there is no such token. */
bool ldisc_cancel(struct ldisc *c, uint64_t owner, uint64_t token);

/* Forgets all waits of a session that is gone, without completing them. */
void ldisc_drop(struct ldisc *c, uint64_t owner);

/* Bytes that a read of LDISC_READ_MAX would bring without waiting: in canonical mode the first line
 * (0 also for an end of file, which ldisc_poll() tells), in raw mode all that is queued, or 0 while
 * less than VMIN is. */
size_t ldisc_available(const struct ldisc *c);

uint32_t ldisc_poll(const struct ldisc *c); /* LDISC_POLL_*, a sum */

/* Bytes of output that were not sent yet; for a drain. */
size_t ldisc_output_count(const struct ldisc *c);

#endif
