/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets: capabilities on their way from one component to another as a data word.
 *
 *   ticket   63 ............ 20 19 .......... 0
 *            nonce (never 0)    index
 *
 * Parties are component numbers, which the caller never uses twice (so that a ticket for a dead
 * component's number cannot be redeemed by its successor). A ticket works once, for its redeemer
 * alone; it dies at redemption, when dropped, with its issuer, with its redeemer, and with what it
 * stands for. An issuer has at most TICKET_OUTSTANDING at a time for one asker (whom a ticket was
 * issued for first, whoever redeems it), so that one client cannot use up all that its server may
 * issue, and TICKET_ISSUED in all. Whom its asker serves and passes it on to is its asker then.
 *
 *   FREE --issue--> LIVE --spend, drop--> FREE
 *                    | hold (an object's: redeemed, its server has not heard of it yet)
 *                    v
 *                   HELD --settle (now it has)--> FREE
 *   LIVE, HELD --lose (nobody can redeem it any more)--> LOST --take_lost (its issuer)--> FREE
 *
 * Only an issuer that asked to be told (`ticket_tell`) has lost ones, of TICKET_OBJECT only; they
 * count as outstanding, so that a record is bounded even where the issuer never takes them.
 */
#ifndef CAPMGR_TICKET_H
#define CAPMGR_TICKET_H

#include "capmgr/caps.h"

#define TICKET_OUTSTANDING 64u
#define TICKET_ISSUED 192u
#define TICKET_HANDED 16u /* of them, by others in between, for one of their clients */
#define TICKET_PARTIES 256u

enum ticket_kind {
    TICKET_CONNECTION = 1, /* value: session index of the issuer's connection */
    TICKET_OBJECT = 2,     /* value: cookie of the issuer's object */
    TICKET_MEMORY = 3,     /* value: first address, count: pages */
    TICKET_NOTIFY = 4,     /* value: mask */
    TICKET_GRANT = 5,      /* value: account, count: pages; uses in `use` */
    TICKET_DEVICE = 6,     /* value: first address of registers, count: pages */
};

#define TICKET_USES 32u

struct ticket_what {
    uint8_t kind;
    uint8_t use_count;
    uint8_t use[TICKET_USES]; /* TICKET_GRANT: the issuer's uses */
    uint32_t rights, count;
    uint64_t label, value;
    caps_handle cap; /* capability that it would derive from; 0: none */
};

struct ticket {
    struct ticket_what what;
    uint64_t nonce;
    uint32_t issuer, redeemer; /* component numbers */
    uint32_t asker;            /* its first redeemer */
    uint32_t issuer_slot;
    uint64_t order;            /* TICKET_LOST: when, counted */
    uint64_t via;              /* the connection that it was issued over; 0: it was passed on */
    uint32_t next[2], prev[2]; /* in the lists of issuer (0) and redeemer (1) */
    uint8_t state;
};

enum ticket_state { TICKET_FREE = 0, TICKET_LIVE, TICKET_HELD, TICKET_LOST };

struct tickets {
    struct ticket *ticket;
    uint32_t count, free, used;
    uint64_t losses;
    /* Lists by party slot: issuers' and redeemers'. */
    uint32_t list[2][TICKET_PARTIES];
    uint8_t outstanding[TICKET_PARTIES]; /* of an issuer: its list */
    uint8_t lost[TICKET_PARTIES];        /* of an issuer */
    bool tell[TICKET_PARTIES];
};

void tickets_init(struct tickets *t, struct ticket *ticket, uint32_t count);

/* Parties are numbered by the owner below TICKET_PARTIES for lists (`slot`), and by component
 * number for identity. */
struct ticket_party {
    uint32_t slot;   /* where its list is; no two live components share one */
    uint32_t number; /* component number */
};

/* `via`: the badge of the connection between both. `nonce`: 44 random bits. CM_EAGAIN: the issuer
 * has too many, in all or for this redeemer, or no record is free; CM_EINVAL: the nonce is 0. */
enum cm_err ticket_issue(struct tickets *t, struct ticket_party issuer,
                         struct ticket_party redeemer, const struct ticket_what *what, uint64_t via,
                         uint64_t nonce, uint64_t *out);

/* What a ticket is, for its redeemer: NULL and *missing otherwise. `kind` 0: any. Valid until the
 * next operation. */
const struct ticket *ticket_look(const struct tickets *t, uint64_t ticket, uint32_t redeemer,
                                 uint32_t kind, enum cm_missing *missing);

/* Takes it out, after a look. */
bool ticket_spend(struct tickets *t, uint64_t ticket, uint32_t redeemer, struct ticket_what *what);

/* Gives it to another redeemer under another nonce. `down`: to a client, who has asked for it in
 * truth and is counted as its asker from now on; CM_EAGAIN: it has TICKET_HANDED of the issuer's.
 */
enum cm_err ticket_pass(struct tickets *t, uint64_t ticket, uint32_t redeemer,
                        struct ticket_party to, bool down, uint64_t nonce, uint64_t *out);

/* What became of a ticket that was dropped: its issuer's list, and whether that has one more that
 * is lost, of which it is to be told. */
struct ticket_end {
    struct ticket_what what;
    uint32_t issuer_slot;
    bool lost;
};

/* Drops it on behalf of its issuer (which is never told of that) or its redeemer. */
bool ticket_drop(struct tickets *t, uint64_t ticket, uint32_t party, struct ticket_end *end);

/* Removes one ticket of a dying component, as issuer or as redeemer; false when none is left. */
bool ticket_drop_next(struct tickets *t, uint32_t slot, struct ticket_end *end);

/* Removes one ticket of issuer `slot` that was issued over connection `via`; false: none is left.
 */
bool ticket_drop_via(struct tickets *t, uint32_t slot, uint64_t via, struct ticket_end *end);

/* After a look at a TICKET_OBJECT: it is redeemed, but its issuer does not know yet. */
bool ticket_hold(struct tickets *t, uint64_t ticket, uint32_t redeemer);
/* The issuer of a held ticket has been given its cookie. Nothing happens if the ticket is gone. */
void ticket_settle(struct tickets *t, uint64_t ticket);
/* It will not be given. True: `end` is filled. */
bool ticket_lose(struct tickets *t, uint64_t ticket, struct ticket_end *end);

/* From now on (until the slot is another component's: false) the issuer is told. */
void ticket_tell(struct tickets *t, uint32_t slot, bool tell);
/* The issuer's oldest lost one; false: there is none. */
bool ticket_take_lost(struct tickets *t, uint32_t slot, struct ticket_what *what);

/* Lists, counts and states agree; for tests. */
bool tickets_check(const struct tickets *t);

/* Removes every ticket of issuer `slot` for a connection, or for memory that overlaps [low, high).
 * They hold nothing that has to go back. */
void ticket_drop_connection(struct tickets *t, uint32_t slot, uint64_t session);
void ticket_drop_memory(struct tickets *t, uint32_t slot, uint64_t low, uint64_t high);

#endif
