/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endpoints and the rendezvous: call, send, recv, reply, reply_recv, notify; draining and scanning
 * for the dead.
 *
 *      caller                        endpoint                       server
 *      call ---- receiver waits? --> words, badge, token ---------> READY
 *           `--- else WAIT_SEND on the list                          recv takes the first sender
 *      WAIT_REPLY <----------------- reply(token): words ---------- (any thread of the server's
 * domain)
 *
 * Message words travel between saved registers, so no call can fault. Each call first checks (no
 * effect), then commits (cannot fail). Keeps invariants 6 (never senders and receivers at once), 7
 * (a queued thread's endpoint and core match), 8 and 10 (who waits for a reply waits for a live or
 * unscanned domain; tokens are unique).
 */
#include "nucleus.h"

#define MESSAGE_WORDS 5
#define MESSAGE_WORDS_LONG 8
#define SYSCALL_NUMBER_WORD 6
#define PC_WORD 7

static void message_copy(u32 from, u32 to, u32 words)
{
    u32 i;

    for (i = 0; i < MESSAGE_WORDS_LONG; i++)
        threads[to].reg[REG_X0 + i] = i < words ? threads[from].reg[REG_X0 + i] : 0;
}

/* The words of what `from` sends, into the registers of `to`. */
static void message_words(u32 from, u32 to)
{
    if (threads[from].kind == MESSAGE_FAULT) {
        threads[to].reg[REG_X0] = threads[from].fault_kind;
        threads[to].reg[REG_X0 + 1] = threads[from].fault_address;
        threads[to].reg[REG_X0 + 2] = threads[from].reg[REG_PC];
        threads[to].reg[REG_X0 + 3] = threads[from].fault_syndrome;
        threads[to].reg[REG_X0 + 4] = from;
        threads[to].reg[REG_X0 + 5] = threads[from].reg[REG_SP];
        threads[to].reg[REG_X0 + 6] = 0;
        threads[to].reg[REG_X0 + 7] = 0;
    } else if (threads[from].kind == MESSAGE_FOREIGN) {
        message_copy(from, to, SYSCALL_NUMBER_WORD);
        threads[to].reg[REG_X0 + SYSCALL_NUMBER_WORD] = threads[from].reg[REG_X8];
        threads[to].reg[REG_X0 + PC_WORD] = threads[from].reg[REG_PC];
    } else {
        message_copy(from, to, MESSAGE_WORDS);
    }
}

/* What a receiver gets beside the words. */
static void receive_finish(u32 to, u64 badge, u64 token, u64 bits)
{
    TOUCH(FUT_TYPE_THREAD, to);
    threads[to].reg[REG_X8] = badge;
    threads[to].reg[REG_X9] = token;
    threads[to].reg[REG_X10] = bits;
    threads[to].reg[REG_X11] = threads[to].late;
    threads[to].late = 0;
    threads[to].pending &= ~bits;
}

static u32 wait_state(u32 kind)
{
    if (kind == MESSAGE_FAULT) return THREAD_WAIT_FAULT;
    return kind == MESSAGE_FOREIGN ? THREAD_WAIT_FOREIGN : THREAD_WAIT_REPLY;
}

/* thread_set_state, but in this file: the compiler takes it into the way of a call. */
static void state_set(u32 thread, u32 base)
{
    TOUCH(FUT_TYPE_THREAD, thread);
    threads[thread].state = (threads[thread].state & ~(u32)THREAD_STATE_MASK) | base;
}

/* Hand the message of `from` to the receiver `to`; from waits for the reply and lends its context.
 */
static void deliver(u32 from, u32 to, u64 badge, u64 bits)
{
    threads[from].token = threads[from].token + ((u64)1 << FUT_TOKEN_INDEX_BITS);
    message_words(from, to);
    receive_finish(to, badge, threads[from].token, bits);
    state_set(from, wait_state(threads[from].kind));
    threads[from].wait_domain = threads[to].domain;
    sc_lend(from, to);
}

/* A receiver leaves its endpoint: it was chosen for a message. */
static u32 endpoint_take(u32 endpoint)
{
    u32 first = endpoints[endpoint].head;

    list_remove(first);
    if (endpoints[endpoint].head == NIL) endpoints[endpoint].kind = ENDPOINT_IDLE;
    return first;
}

/* The receiver got its message and may run: first of its priority, since its caller gives it the
 * processor. */
static void receiver_ready(u32 thread)
{
    state_set(thread, THREAD_READY);
    threads[thread].fastprio = 0;
    if ((threads[thread].state & THREAD_STOPPED) != 0) return;
    if (sc_usable(threads[thread].sc))
        ready_push_front(thread);
    else
        state_set(thread, THREAD_WAIT_BUDGET);
}

static void send_or_queue(u32 thread, u32 endpoint, u64 badge, u32 kind)
{
    u32 receiver;

    threads[thread].kind = (u8)kind;
    if (endpoints[endpoint].kind == ENDPOINT_RECEIVERS) {
        receiver = endpoint_take(endpoint);
        deliver(thread, receiver, badge, threads[receiver].pending & threads[receiver].mask);
        receiver_ready(receiver);
        return;
    }
    threads[thread].badge = badge;
    state_set(thread, THREAD_WAIT_SEND);
    list_push_back(endpoint, thread);
    endpoints[endpoint].kind = ENDPOINT_SENDERS;
}

/* The record of a gate that belongs to the thread's core. */
static u32 gate_record(u64 key, u32 thread)
{
    return key_object(key) + (threads[thread].core & GATE_MASK);
}

/* The endpoint that a slot names on the thread's core. */
static status endpoint_target(u32 thread, u64 slot, u32 right, u32 *endpoint, u64 *badge)
{
    u32 at = cap_slot(thread, slot);
    u64 key = slots[at].key;
    status s = cap_check(key, FUT_TYPE_ENDPOINT, right);

    *endpoint = gate_record(key, thread);
    *badge = slots[at].badge;
    if (s != FUT_S_OK) return s;
    return (u32)endpoints[*endpoint].key == threads[thread].core ? FUT_S_OK : FUT_S_CORE;
}

status ipc_call(u32 thread, u64 slot)
{
    u32 endpoint;
    u64 badge;
    status s = endpoint_target(thread, slot, FUT_RIGHT_ENDPOINT_CALL, &endpoint, &badge);

    if (s != FUT_S_OK) return s;
    threads[thread].calls++;
    send_or_queue(thread, endpoint, badge, MESSAGE_CALL);
    return FUT_S_OK;
}

status ipc_send(u32 thread, u64 slot)
{
    u32 endpoint, receiver;
    u64 badge, bits;
    status s = endpoint_target(thread, slot, FUT_RIGHT_ENDPOINT_CALL, &endpoint, &badge);

    if (s != FUT_S_OK) return s;
    if (endpoints[endpoint].kind != ENDPOINT_RECEIVERS) return FUT_S_AGAIN;
    receiver = endpoint_take(endpoint);
    bits = threads[receiver].pending & threads[receiver].mask;
    message_copy(thread, receiver, MESSAGE_WORDS);
    receive_finish(receiver, badge, threads[thread].token,
                   bits); /* a token that is spent: nobody waits */
    receiver_ready(receiver);
    return FUT_S_OK;
}

/* Notification bits alone end a receive. */
static void receive_bits(u32 thread, u64 bits)
{
    u32 i;

    for (i = 0; i < MESSAGE_WORDS_LONG; i++)
        threads[thread].reg[REG_X0 + i] = 0;
    receive_finish(thread, 0, 0, bits);
}

static void receive_block(u32 thread, u32 endpoint, u64 mask)
{
    threads[thread].mask = mask;
    state_set(thread, THREAD_WAIT_RECV);
    if (endpoint != NIL) {
        list_push_front(endpoint, thread);
        endpoints[endpoint].kind = ENDPOINT_RECEIVERS;
    }
    thread_refresh_fastprio(thread);
}

/* Giving back the context of its last caller may have parked the running thread at home, which was
 * used up; the context of its next caller lets it go on. */
static void budget_regain(u32 thread)
{
    if (thread_base_state(thread) == THREAD_WAIT_BUDGET && sc_usable(threads[thread].sc))
        state_set(thread, THREAD_READY);
}

/* Commit of a receive: a queued message, bits, or waiting. endpoint NIL: bits only. */
static status receive(u32 thread, u32 endpoint, u64 mask, bool poll)
{
    u64 bits = threads[thread].pending & mask;
    u32 sender;

    if (threads[thread].lender != NIL && threads[thread].sc != NIL) sc_return(threads[thread].sc);
    if (endpoint != NIL) {
        TOUCH(FUT_TYPE_ENDPOINT, endpoint);
        endpoints[endpoint].served = domains[threads[thread].domain].instance;
        if (endpoints[endpoint].kind == ENDPOINT_SENDERS) {
            sender = endpoint_take(endpoint);
            deliver(sender, thread, threads[sender].badge, bits);
            budget_regain(thread);
            return FUT_S_OK;
        }
    }
    if (bits != 0) {
        receive_bits(thread, bits);
        return FUT_S_OK;
    }
    if (poll) return FUT_S_AGAIN;
    receive_block(thread, endpoint, mask);
    return FUT_S_OK;
}

status ipc_recv(u32 thread, u64 slot, u64 mask, u64 flags)
{
    u32 endpoint = NIL;
    u64 badge;
    status s = FUT_S_OK;

    if (flags > FUT_RECV_POLL) return FUT_S_ARG;
    if (slot != 0) s = endpoint_target(thread, slot, FUT_RIGHT_ENDPOINT_RECV, &endpoint, &badge);
    if (s != FUT_S_OK) return s;
    return receive(thread, endpoint, mask, flags == FUT_RECV_POLL);
}

/* Does somebody wait for a reply under this token from the thread's domain? */
static bool token_valid(u32 thread, u64 token, u32 *waiter)
{
    u32 index = (u32)token & ((1u << FUT_TOKEN_INDEX_BITS) - 1);
    u32 base;

    *waiter = index;
    if (index == NIL || index >= MAX_THREADS) return false;
    base = thread_base_state(index);
    if (base != THREAD_WAIT_REPLY && base != THREAD_WAIT_FAULT && base != THREAD_WAIT_FOREIGN)
        return false;
    return threads[index].token == token && threads[index].wait_domain == threads[thread].domain;
}

/* Commit of a reply: words to the waiter, by what it waits for. */
static void answer(u32 thread, u32 waiter)
{
    u32 base = thread_base_state(waiter);

    threads[waiter].wait_domain = NIL;
    if (base == THREAD_WAIT_REPLY) {
        message_copy(thread, waiter, MESSAGE_WORDS);
        threads[waiter].reg[REG_X8] = 0;
        threads[waiter].reg[REG_X9] = 0;
        threads[waiter].reg[REG_X10] = 0;
        thread_result(waiter, FUT_S_OK);
    } else if (base == THREAD_WAIT_FOREIGN) {
        if ((threads[thread].reg[REG_X0 + 1] & FUT_FOREIGN_KEEP) == 0)
            threads[waiter].reg[REG_X0] = threads[thread].reg[REG_X0];
    } else if (threads[thread].reg[REG_X0] != FUT_FAULT_RESUME) {
        sc_reclaim(waiter); /* a reply gives the context back, whatever it says */
        thread_fault(waiter);
        return;
    }
    thread_wake(waiter);
}

status ipc_reply(u32 thread, u64 token)
{
    u32 waiter;

    if (!token_valid(thread, token, &waiter)) return FUT_S_STALE;
    answer(thread, waiter);
    return FUT_S_OK;
}

status ipc_reply_recv(u32 thread, u64 slot, u64 token)
{
    u32 endpoint, waiter;
    u64 badge;
    status s = endpoint_target(thread, slot, FUT_RIGHT_ENDPOINT_RECV, &endpoint, &badge);

    if (s != FUT_S_OK) return s;
    threads[thread].late = 0;
    if (token_valid(thread, token, &waiter))
        answer(thread, waiter);
    else if (token != 0)
        threads[thread].late = FUT_S_STALE;
    return receive(thread, endpoint, ~(u64)0, false);
}

void notify_thread(u32 thread, u64 mask)
{
    u64 bits;

    threads[thread].pending |= mask;
    bits = threads[thread].pending & threads[thread].mask;
    if (thread_base_state(thread) != THREAD_WAIT_RECV || bits == 0) {
        thread_refresh_fastprio(thread);
        return;
    }
    thread_leave(thread);
    receive_bits(thread, bits);
    thread_wake(thread);
}

status ipc_notify(u32 thread, u64 slot)
{
    u32 at = cap_slot(thread, slot);
    u64 key = slots[at].key;
    status s = cap_check(key, FUT_TYPE_NOTIFY, FUT_RIGHT_NOTIFY_SIGNAL);

    if (s != FUT_S_OK) return s;
    notify_thread(key_object(key), slots[at].badge);
    return FUT_S_OK;
}

/* End a wait with a status. A fault or foreign call that nobody will answer leaves its thread
 * FAULTED. */
void ipc_abort(u32 thread, status result)
{
    u32 base = thread_base_state(thread);
    bool plain = base == THREAD_WAIT_RECV || base == THREAD_WAIT_REPLY ||
                 (base == THREAD_WAIT_SEND && threads[thread].kind == MESSAGE_CALL);

    thread_leave(thread);
    threads[thread].wait_domain = NIL;
    threads[thread].fastprio = 0;
    if (!plain) {
        sc_reclaim(thread);
        thread_fault(thread);
        return;
    }
    if (base == THREAD_WAIT_RECV) receive_bits(thread, 0);
    thread_result(thread, result);
    thread_wake(thread);
}

status ep_drain(u32 thread, u64 slot)
{
    u64 key = slots[cap_slot(thread, slot)].key;
    status s = cap_check(key, FUT_TYPE_ENDPOINT, FUT_RIGHT_ENDPOINT_DRAIN);
    u32 endpoint = gate_record(key, thread);

    /* Killed and not yet freed: the capability that it was killed with may still drain it. */
    if (s == FUT_S_DEAD && endpoint < MAX_ENDPOINTS && endpoints[endpoint].live == 2 &&
        (u32)(endpoints[endpoint].key >> 32) == key_generation(key) + 1)
        s = FUT_S_OK;
    if (s != FUT_S_OK) return s;
    if (endpoints[endpoint].head == NIL) return FUT_S_OK;
    ipc_abort(endpoints[endpoint].head, FUT_S_DEAD);
    return endpoints[endpoint].head == NIL ? FUT_S_OK : FUT_S_MORE;
}

status reply_scan(u32 thread, u64 slot, u64 first)
{
    u32 domain, i, t, records = window_records(FUT_TYPE_THREAD);
    status s = cap_named(thread, slot, FUT_TYPE_DOMAIN, FUT_RIGHT_DOMAIN_KILL, &domain);

    if (s != FUT_S_OK) return s;
    if (domains[domain].state != DOMAIN_DYING || domains[domain].threads != 0) return FUT_S_STATE;
    if (first != domains[domain].scan) return FUT_S_ARG;
    TOUCH(FUT_TYPE_DOMAIN, domain);
    t = domains[domain].scan;
    for (i = 0; i < SCAN_STEP && t < records; i++, t++)
        if (threads[t].wait_domain == domain && t != NIL) ipc_abort(t, FUT_S_NOREPLY);
    domains[domain].scanned = t >= records;
    domains[domain].scan = t >= records ? 0 : t;
    threads[thread].reg[REG_X0] = domains[domain].scan;
    return FUT_S_OK;
}

/* A fault or a foreign call goes out on the thread's fault endpoint, found in its domain's own
 * table. */
bool ep_deliver(u32 sender, u64 key, u64 badge, u32 kind)
{
    u32 endpoint = gate_record(key, sender);

    if (cap_check(key, FUT_TYPE_ENDPOINT, FUT_RIGHT_ENDPOINT_CALL) != FUT_S_OK ||
        (u32)endpoints[endpoint].key != threads[sender].core ||
        endpoints[endpoint].served == domains[threads[sender].domain].instance)
        return false;
    send_or_queue(sender, endpoint, badge, kind);
    return true;
}
