/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the line discipline: the input is a list of operations on one console. */
#include "ldisc.h"

#include <stdlib.h>
#include <string.h>

/* Reading into it makes the sanitizer see every byte. */
volatile uint32_t fuzz_sink;

struct fuzz {
    const uint8_t *data;
    size_t size;
    size_t takes; /* bytes that the line takes per call */
    bool refuse;
    uint64_t token;
};

static uint8_t fuzz_byte(struct fuzz *f)
{
    if (f->size == 0) return 0;
    f->size--;
    return *f->data++;
}

static bool on_complete(void *ctx, enum ldisc_wait kind, uint64_t owner, uint64_t token,
                        enum ldisc_result result, const uint8_t *data, size_t len)
{
    struct fuzz *f = ctx;

    for (size_t i = 0; i < len; i++)
        fuzz_sink += data[i];
    if (kind == LDISC_WAIT_ROOM && len != 0) abort();
    if (result != LDISC_OK && len != 0) abort();
    if (owner > 3 || token > f->token) abort();
    return !f->refuse;
}

static size_t on_transmit(void *ctx, const uint8_t *data, size_t len)
{
    const struct fuzz *f = ctx;

    for (size_t i = 0; i < len; i++)
        fuzz_sink += data[i];
    return len < f->takes ? len : f->takes;
}

static void on_signal(void *ctx, enum ldisc_signal signal)
{
    (void)ctx;
    if (signal < LDISC_SIG_INTR || signal > LDISC_SIG_SUSP) abort();
}

static const struct ldisc_ops ops = {on_complete, on_transmit, on_signal};

/* Passes `n` bytes of the input, or fewer, to the console as typed or written data. */
static void bytes_pass(struct ldisc *c, struct fuzz *f, size_t n, bool write)
{
    uint8_t *copy;

    if (n > f->size) n = f->size;
    copy = malloc(n != 0 ? n : 1);
    if (n != 0) memcpy(copy, f->data, n);
    f->data += n;
    f->size -= n;
    if (write) {
        if (ldisc_write(c, copy, n) > n) abort();
    } else {
        ldisc_input(c, copy, n);
    }
    free(copy);
}

static void modes_change(struct ldisc *c, struct fuzz *f)
{
    struct ldisc_modes m;

    ldisc_modes_get(c, &m);
    m.iflag = fuzz_byte(f) & LDISC_IFLAGS;
    m.oflag = fuzz_byte(f) & LDISC_OFLAGS;
    m.lflag = (fuzz_byte(f) | (uint32_t)fuzz_byte(f) << 8) & LDISC_LFLAGS;
    m.cc[fuzz_byte(f) % LDISC_CHARS] = fuzz_byte(f);
    if (ldisc_modes_set(c, &m, (fuzz_byte(f) & 1) != 0) != LDISC_OK) abort();
}

static void read_start(struct ldisc *c, struct fuzz *f)
{
    size_t max = 1 + (size_t)fuzz_byte(f) * 16, len = 0;
    uint8_t *buf = malloc(max);
    uint64_t owner = fuzz_byte(f) & 3;

    if (max <= LDISC_READ_MAX && ldisc_read(c, owner, ++f->token, buf, max, &len) == LDISC_OK) {
        if (len > max) abort();
        if (f->refuse) ldisc_give_back(c, buf, len);
    }
    free(buf);
}

static void step(struct ldisc *c, struct fuzz *f)
{
    switch (fuzz_byte(f) % 9) {
    case 0: bytes_pass(c, f, 1 + fuzz_byte(f) % 64, false); break;
    case 1: bytes_pass(c, f, (size_t)fuzz_byte(f) * 32, false); break;
    case 2: bytes_pass(c, f, (size_t)fuzz_byte(f) * 64, true); break;
    case 3: modes_change(c, f); break;
    case 4: read_start(c, f); break;
    case 5: ldisc_cancel(c, fuzz_byte(f) & 3, fuzz_byte(f)); break;
    case 6: ldisc_drop(c, fuzz_byte(f) & 3); break;
    case 7:
        f->takes = (size_t)fuzz_byte(f) * 4;
        f->refuse = (fuzz_byte(f) & 1) != 0;
        ldisc_output_ready(c);
        break;
    default: ldisc_wait_room(c, fuzz_byte(f) & 3, ++f->token); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ldisc c;
    struct fuzz f = {.data = data, .size = size, .takes = SIZE_MAX};

    ldisc_init(&c, &ops, &f);
    while (f.size != 0) {
        step(&c, &f);
        if (c.in_head - c.in_tail > LDISC_INPUT_SIZE || c.line_len > LDISC_LINE_MAX ||
            c.out_head - c.out_tail > LDISC_OUTPUT_SIZE || c.readers.count > LDISC_PENDING_MAX ||
            c.writers.count > LDISC_PENDING_MAX)
            abort();
    }
    return 0;
}
