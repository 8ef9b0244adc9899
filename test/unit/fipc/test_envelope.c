/* SPDX-License-Identifier: Apache-2.0 */
/* Envelopes of the remote encoding: the examples of the format, every kind there and back, and
 * everything that closes a session. */
#include "fipc/envelope.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t unhex(const char *text, uint8_t *out)
{
    size_t n = strlen(text) / 2;

    for (size_t i = 0; i < n; i++)
        ck_assert_int_eq(sscanf(text + 2 * i, "%2hhx", &out[i]), 1);
    return n;
}

static bool read_hex(struct fipc_envelope *e, const char *text)
{
    static uint8_t message[512];
    uint8_t *exact;
    size_t n = unhex(text, message);
    bool good;

    exact = malloc(n ? n : 1); /* so that a read beyond it is seen */
    memcpy(exact, message, n);
    good = fipc_envelope_read(e, exact, n);
    free(exact);
    return good;
}

static const struct example {
    const char *hex;
    struct fipc_envelope e;
} examples[] = {
    {"a6000001010209030704182005a20019200001191000",
     {.kind = FIPC_CALL, .session = 1, .callid = 9, .export = 7, .ordinal = 32, .args_len = 9}},
    {"a70000010102090307041820"
     "05a0061903e8",
     {.kind = FIPC_CALL,
      .session = 1,
      .callid = 9,
      .export = 7,
      .ordinal = 32,
      .args_len = 1,
      .has_deadline = true,
      .deadline = 1000}},
    {"a5000101010209030004a100426869",
     {.kind = FIPC_REPLY, .session = 1, .callid = 9, .args_len = 5}},
    {"a4000101010209"
     "0300",
     {.kind = FIPC_REPLY, .session = 1, .callid = 9}},
    {"a400010101020a031826", {.kind = FIPC_ERROR, .session = 1, .callid = 10, .error = 38}},
    {"a500010101020a031826051affffffff",
     {.kind = FIPC_ERROR,
      .session = 1,
      .callid = 10,
      .error = 38,
      .has_detail = true,
      .detail = UINT32_MAX}},
    {"a50002011bffffffffffffffff031affffffff04190fff05a0",
     {.kind = FIPC_EVENT,
      .session = UINT64_MAX,
      .export = UINT32_MAX,
      .ordinal = 4095,
      .args_len = 1}},
    {"a300030101021a00010000", {.kind = FIPC_CANCEL, .session = 1, .callid = 65536}},
    {"a3000401010305", {.kind = FIPC_DROP, .session = 1, .export = 5}},
};

START_TEST(there_and_back)
{
    const struct example *x = &examples[_i];
    uint8_t message[512], back[512];
    struct fipc_envelope e;
    size_t n = unhex(x->hex, message);

    ck_assert(fipc_envelope_read(&e, message, n));
    ck_assert_int_eq(e.kind, x->e.kind);
    ck_assert_uint_eq(e.session, x->e.session);
    ck_assert_uint_eq(e.callid, x->e.callid);
    ck_assert_uint_eq(e.export, x->e.export);
    ck_assert_uint_eq(e.ordinal, x->e.ordinal);
    ck_assert_uint_eq(e.error, x->e.error);
    ck_assert_int_eq(e.has_detail, x->e.has_detail);
    ck_assert_uint_eq(e.detail, x->e.detail);
    ck_assert_int_eq(e.has_deadline, x->e.has_deadline);
    ck_assert_uint_eq(e.deadline, x->e.deadline);
    ck_assert_uint_eq(e.args_len, x->e.args_len);
    ck_assert_uint_eq(fipc_envelope_write(&e, back, sizeof(back)), n);
    ck_assert_mem_eq(back, message, n);
    for (size_t k = 0; k < n; k++) {
        char cut[1024];

        ck_assert_uint_eq(fipc_envelope_write(&e, back, k), 0);
        memcpy(cut, x->hex, 2 * k);
        cut[2 * k] = 0;
        ck_assert_msg(!read_hex(&e, cut), "cut at %zu", k);
        ck_assert(fipc_envelope_read(&e, message, n));
    }
}
END_TEST

/* Each is one of the examples with one thing wrong. */
static const char *const wrong[] = {
    "a6000001010209030704182005a2001920000119100000", /* trailing */
    "a600000101020903070418200580",                   /* arguments that are no map */
    "a6000001010209030704182005a1184000",             /* a position above 63 */
    "a6000001010209030704182005a2010000"
    "00",                              /* positions out of order */
    "a6000001010209030704182005a1200", /* odd hex is cut: truncated */
    "a6000001010209030704191000"
    "05a0", /* ordinal 4096 */
    "a6000001010209031b0000000100000000"
    "04182005a0", /* export above 32 bits */
    "a5000001010209030704182"
    "0", /* a call without arguments */
    "a5000001010209041820"
    "05a0", /* without an export */
    "a60000010102180903070418"
    "2005a0", /* 9 not in its shortest form */
    "a6000101010209"
    "0300"
    "04a0"
    "05a0", /* a reply has no key 5 */
    "a500010101020a031826"
    "04a0", /* an error has no arguments */
    "a400010101020a"
    "03191000", /* error 4096 */
    "a400030101020a"
    "0300", /* a cancel has no key 3 */
    "a30005010102"
    "09", /* kind 5 */
    "a3000301010209"
    "ff",               /* a break behind */
    "bf000301010209ff", /* indefinite */
    "a3010100030209",   /* keys out of order */
    "a200030101",       /* no callid */
    "a1"
    "0003", /* nothing */
    "a0",
    "80",
    "",
    "a60000010102090307041820"
    "05a100f6f6", /* more than the map says */
    "a60000010102090307041820"
    "05a100fa00000000", /* a float */
    "a60000010102090307041820"
    "05a100c100", /* a tag */
    "a60000010102090307041820"
    "05a100818181818181818181818181818100", /* too deep */
};

START_TEST(closes_the_session)
{
    struct fipc_envelope e;

    ck_assert_msg(!read_hex(&e, wrong[_i]), "%s", wrong[_i]);
}
END_TEST

START_TEST(limits)
{
    static uint8_t message[FIPC_ENVELOPE_MAX + 2], args[FIPC_ENVELOPE_MAX + 2];
    struct fipc_envelope e = {.kind = FIPC_REPLY, .args = args}, back;
    size_t room = FIPC_ENVELOPE_MAX - 10, n; /* a reply's envelope takes ten bytes */

    /* {0: bytes}, as long as just fits. */
    args[0] = 0xa1, args[1] = 0x00, args[2] = 0x5a;
    for (unsigned over = 0; over < 2; over++) {
        uint32_t bytes = (uint32_t)(room - 7 + over);
        for (unsigned i = 0; i < 4; i++)
            args[3 + i] = (uint8_t)(bytes >> (24 - 8 * i));
        e.args_len = 7 + bytes;
        n = fipc_envelope_write(&e, message, sizeof(message));
        ck_assert_uint_eq(n, over ? 0 : FIPC_ENVELOPE_MAX);
        if (!over) ck_assert(fipc_envelope_read(&back, message, n));
    }
    memmove(message + 1, message, FIPC_ENVELOPE_MAX);
    ck_assert(!fipc_envelope_read(&back, message, FIPC_ENVELOPE_MAX + 1));
    e = (struct fipc_envelope){.kind = FIPC_ERROR, .error = 0};
    ck_assert_uint_eq(fipc_envelope_write(&e, message, sizeof(message)), 0);
    e = (struct fipc_envelope){.kind = FIPC_REPLY, .error = 5};
    ck_assert_uint_eq(fipc_envelope_write(&e, message, sizeof(message)), 0);
    e = (struct fipc_envelope){.kind = FIPC_CALL, .ordinal = 16};
    ck_assert_uint_eq(fipc_envelope_write(&e, message, sizeof(message)), 0);
    e = (struct fipc_envelope){.kind = FIPC_CALL, .ordinal = 4096, .args = args, .args_len = 1};
    ck_assert_uint_eq(fipc_envelope_write(&e, message, sizeof(message)), 0);
    e = (struct fipc_envelope){.kind = (enum fipc_envelope_kind)6};
    ck_assert_uint_eq(fipc_envelope_write(&e, message, sizeof(message)), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fipc envelope");
    TCase *t = tcase_create("envelope");

    tcase_add_loop_test(t, there_and_back, 0, sizeof(examples) / sizeof(examples[0]));
    tcase_add_loop_test(t, closes_the_session, 0, sizeof(wrong) / sizeof(wrong[0]));
    tcase_add_test(t, limits);
    return suite_run(s, t);
}
