/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Console line discipline, OS-neutral: between a byte line (UART) and its readers and writers.
 *
 * Canonical mode with echo and editing, raw mode, signal characters, flow control, output
 * post-processing. Everything is bounded and nothing blocks: a read that finds no data waits as a
 * token and is completed later through `complete`. Single-threaded; operations must not call back
 * into the console.
 *
 * Modes follow POSIX termios in meaning, not in numbers. History is the shell's business.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONSOLE_LINE_MAX 1024u    /* bytes of one edited line, newline included */
#define CONSOLE_INPUT_SIZE 4096u  /* entries of input that wait to be read; a power of two */
#define CONSOLE_OUTPUT_SIZE 8192u /* bytes that wait to be sent; a power of two */
#define CONSOLE_ECHO_RESERVE 512u /* of these, kept for echo */
#define CONSOLE_READ_MAX 4096u    /* most bytes of one read */
#define CONSOLE_PENDING_MAX 16u   /* reads, and as many writers, that may wait */

/* Input modes. */
#define CONSOLE_ICRNL 1u  /* CR becomes NL */
#define CONSOLE_INLCR 2u  /* NL becomes CR */
#define CONSOLE_IGNCR 4u  /* CR is dropped */
#define CONSOLE_IXON 8u   /* STOP and START control output */
#define CONSOLE_IXANY 16u /* any character restarts output */
#define CONSOLE_IUTF8 32u /* erase removes whole UTF-8 characters */
#define CONSOLE_IFLAGS 63u

/* Output modes. */
#define CONSOLE_OPOST 1u  /* the others hold only with this one */
#define CONSOLE_ONLCR 2u  /* NL becomes CR NL */
#define CONSOLE_OCRNL 4u  /* CR becomes NL */
#define CONSOLE_OXTABS 8u /* TAB becomes spaces */
#define CONSOLE_OFLAGS 15u

/* Local modes. */
#define CONSOLE_ICANON 1u   /* lines with editing; else bytes as they come */
#define CONSOLE_ECHO 2u     /* input is echoed */
#define CONSOLE_ECHOE 4u    /* ERASE and WERASE wipe characters from the screen */
#define CONSOLE_ECHOK 8u    /* KILL wipes the line */
#define CONSOLE_ECHONL 16u  /* NL is echoed even without ECHO */
#define CONSOLE_ECHOCTL 32u /* control characters echo as ^X */
#define CONSOLE_ISIG 64u    /* INTR, QUIT, SUSP make signals */
#define CONSOLE_NOFLSH 128u /* signals do not discard input */
#define CONSOLE_IEXTEN 256u /* WERASE, REPRINT and LNEXT work */
#define CONSOLE_LFLAGS 511u

enum console_char {
    CONSOLE_VINTR,
    CONSOLE_VQUIT,
    CONSOLE_VSUSP,
    CONSOLE_VERASE,
    CONSOLE_VKILL,
    CONSOLE_VWERASE,
    CONSOLE_VEOF,
    CONSOLE_VEOL,
    CONSOLE_VREPRINT,
    CONSOLE_VLNEXT,
    CONSOLE_VSTART,
    CONSOLE_VSTOP,
    CONSOLE_VMIN, /* raw mode: bytes that complete a read; 0: a read never waits */
    CONSOLE_CHARS
};

/* A control character of 0 is disabled. */
struct console_modes {
    uint32_t iflag, oflag, lflag;
    uint8_t cc[CONSOLE_CHARS];
};

struct console_size {
    uint16_t rows, columns;
};

enum console_result {
    CONSOLE_OK = 0,      /* done; a length of 0 from a read is end of file */
    CONSOLE_PENDING,     /* the read or the wait was queued */
    CONSOLE_INTERRUPTED, /* a signal character came while the read waited */
    CONSOLE_CANCELLED,   /* console_cancel() ended the wait */
    CONSOLE_E_BUSY,      /* CONSOLE_PENDING_MAX wait already */
    CONSOLE_E_INVALID,   /* unknown mode bits, or a size of 0 */
};

enum console_signal { CONSOLE_SIG_INTR = 1, CONSOLE_SIG_QUIT, CONSOLE_SIG_SUSP };

/* What waits: kind of a completion. */
enum console_wait { CONSOLE_WAIT_READ, CONSOLE_WAIT_ROOM };

#define CONSOLE_POLL_IN 1u
#define CONSOLE_POLL_OUT 2u

struct console_ops {
    /* Ends the wait `token` of `owner`. `data` is borrowed until return. Returns false if the
     * reader is gone; read data is then kept for the next reader. */
    bool (*complete)(void *ctx, enum console_wait kind, uint64_t owner, uint64_t token,
                     enum console_result result, const uint8_t *data, size_t len);
    /* Sends bytes down the line; returns how many were taken. */
    size_t (*transmit)(void *ctx, const uint8_t *data, size_t len);
    void (*signal)(void *ctx, enum console_signal signal);
};

struct console_pending {
    uint64_t owner, token;
    size_t max;
};

struct console_queue {
    struct console_pending entry[CONSOLE_PENDING_MAX];
    uint32_t count;
};

/* All state; fields are private to the core. About 20 KiB. */
struct console {
    const struct console_ops *ops;
    void *ctx;
    struct console_modes modes;
    struct console_size size;
    uint16_t input[CONSOLE_INPUT_SIZE]; /* a byte and ENTRY_* marks */
    uint32_t in_head, in_tail;
    uint8_t line[CONSOLE_LINE_MAX]; /* the line being edited */
    uint32_t line_len, line_column; /* its length; the column where it starts */
    uint8_t output[CONSOLE_OUTPUT_SIZE];
    uint32_t out_head, out_tail;
    uint32_t column, escape; /* cursor column; state inside an escape sequence */
    bool stopped, literal;   /* output stopped by STOP; LNEXT was typed */
    struct console_queue readers, writers;
    uint8_t scratch[CONSOLE_READ_MAX];
    uint64_t dropped; /* input bytes lost because a buffer was full */
};

/* Default modes: canonical, echo, signals, flow control, CR to NL, NL to CR NL; 24 x 80. */
void console_init(struct console *c, const struct console_ops *ops, void *ctx);

void console_modes_get(const struct console *c, struct console_modes *out);

/* CONSOLE_E_INVALID for unknown bits. `flush` discards input that was not read. Reads that wait are
 * judged anew. */
enum console_result console_modes_set(struct console *c, const struct console_modes *m, bool flush);
void console_size_get(const struct console *c, struct console_size *out);
enum console_result console_size_set(struct console *c, const struct console_size *s);

/* Bytes from the line. May complete reads, send echo and raise signals. */
void console_input(struct console *c, const uint8_t *data, size_t len);

/* The line can take bytes again. May complete waits for room. */
void console_output_ready(struct console *c);

/* Reads up to `max` (1..CONSOLE_READ_MAX) bytes: CONSOLE_OK with *len, or CONSOLE_PENDING, and then
 * `complete` is called once for `token` unless console_drop() forgets it. */
enum console_result console_read(struct console *c, uint64_t owner, uint64_t token, uint8_t *buf,
                                 size_t max, size_t *len);

/* Puts data of a read whose reply was refused back in front of the input. */
void console_give_back(struct console *c, const uint8_t *data, size_t len);

/* Queues output; returns how many bytes of `data` were taken, 0 when there is no room or output is
 * stopped and the buffer is full. */
size_t console_write(struct console *c, const uint8_t *data, size_t len);

/* Waits until there is room: CONSOLE_OK if there is, else CONSOLE_PENDING. */
enum console_result console_wait_room(struct console *c, uint64_t owner, uint64_t token);

/* Ends a wait with CONSOLE_CANCELLED; false if there is no such token. */
bool console_cancel(struct console *c, uint64_t owner, uint64_t token);

/* Forgets all waits of a session that is gone, without completing them. */
void console_drop(struct console *c, uint64_t owner);

uint32_t console_poll(const struct console *c); /* CONSOLE_POLL_*, a sum */

/* Bytes of output that were not sent yet; for a drain. */
size_t console_output_count(const struct console *c);

#endif
