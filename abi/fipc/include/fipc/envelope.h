/* SPDX-License-Identifier: Apache-2.0 */
/* What goes between two machines (FIPC.md 5): the envelope of a call, reply, error, event, cancel
 * or drop, in deterministic CBOR. The arguments inside are a map by position, which `fic`
 * transcodes.
 *
 *     if (!fipc_envelope_read(&e, message, len)) close the session;
 *     if (e.kind == FIPC_CALL) ... e.session, e.callid, e.export, e.ordinal, e.args, e.args_len ...
 */
#ifndef FIPC_ENVELOPE_H
#define FIPC_ENVELOPE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIPC_ENVELOPE_MAX 131072u /* bytes of a message */
#define FIPC_POSITIONS 64u        /* arguments have positions below */

enum fipc_envelope_kind { FIPC_CALL, FIPC_REPLY, FIPC_EVENT, FIPC_CANCEL, FIPC_DROP, FIPC_ERROR };

/* Fields that a kind does not have are zero. */
struct fipc_envelope {
    enum fipc_envelope_kind kind;
    uint64_t session;
    uint64_t callid;   /* CALL, REPLY, ERROR, CANCEL */
    uint32_t export;   /* CALL, EVENT, DROP */
    uint16_t ordinal;  /* CALL, EVENT: 0..4095 */
    uint16_t error;    /* ERROR: 1..4095 */
    bool has_detail;   /* ERROR */
    bool has_deadline; /* CALL */
    uint32_t detail;
    uint32_t deadline;   /* ms */
    const uint8_t *args; /* CALL, REPLY, EVENT: the encoded map; NULL in a reply: it has none */
    size_t args_len;
};

/* Takes a message apart; `args` points into it. False: it is longer than FIPC_ENVELOPE_MAX, no
 * envelope, deeper than 16 levels, or not deterministic: the session is to be closed. `*e` is then
 * unspecified. */
bool fipc_envelope_read(struct fipc_envelope *e, const void *message, size_t len);

/* Writes the envelope; its arguments must be an encoded map. The length, or 0: it does not fit in
 * `size` or FIPC_ENVELOPE_MAX, or a field is out of its range. */
size_t fipc_envelope_write(const struct fipc_envelope *e, void *message, size_t size);

#endif
