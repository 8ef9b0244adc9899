/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The capability manager's state and the functions that one of its files offers to another.
 *
 *   nuc.c      records, own slots, windows: the nucleus' objects
 *   pages.c    frames, and what is mapped in the manager's own space
 *   vm.c       address spaces of components: tables, shadows, mapping
 *   memory.c   what components do with their memory
 *   comp.c     components: from creation to start        reap.c   their end, in bounded steps
 *   thread.c   threads                                   fault.c  faults of components
 *   connect.c  connections     lanes.c  their memory     grant.c  tickets
 *   device.c   device grants    log.c   the log          console.c  last words
 *   serve_info.c  what others may see
 *   boot.c     taking over      serve.c the event loop and the Manager interface
 *
 * One thread, one event loop; nothing here ever waits for a component. Components are named by
 * index (0: the system itself) inside, and by number, never used twice, outside.
 */
#ifndef CAPMGR_MAIN_H
#define CAPMGR_MAIN_H

#include <string.h>

#include "boot/fdt.h"
#include "capmgr/account.h"
#include "capmgr/caps.h"
#include "capmgr/frames.h"
#include "capmgr/lane.h"
#include "capmgr/random.h"
#include "capmgr/session.h"
#include "capmgr/shadow.h"
#include "capmgr/space.h"
#include "capmgr/ticket.h"
#include "futura/bootinfo.h"
/* The FIPC runtime of the manager is built with its table of system calls (docs/decisions). */
#ifdef FIPC_TABLE
#include "fipc/sys.h"
#else
#include "futura/syscall.h"
#endif
#include "logring.h"
#include "manifest.h"
#include "startpage.h"

#define PAGE UINT64_C(4096)
#define COMPS 192u     /* components at a time, the system's index 0 included */
#define THREADS 4096u  /* threads at a time */
#define SESSIONS 2048u /* connections at a time */
#define NAME_MAX 63u
#define USES_MAX 32u
#define SERVICE_COMP                                                                               \
    48u /* service number of a component without a manifest entry: this + index                    \
         */
#define MANAGER_SLOTS 2u
#define MEMORY_PAGES 256u                 /* that one request may name; as in capmgr.fi */
#define MANAGER_AREA (1u + MANAGER_SLOTS) /* pages of each area of a component's manager lane */
#define BIT_MANAGER (UINT64_C(1) << 63)
#define SLOT_SELF 1u
#define SLOT_MANAGER 2u
#define SLOT_FAULT 3u
#define SLOT_FIRST 4u
#define BADGE_FAULT (UINT64_C(1) << 63)
#define CRASH_KEEP 31u
#define CAUSE_EXIT 1u /* numbers of futura.capmgr's Cause */
#define CAUSE_KILLED 2u
#define CAUSE_FAULT 3u
#define CAUSE_BUDGET 4u

/* The manager's own address space. */
#define OWN_FRAMES UINT64_C(0x1000000000)  /* storage of the page allocator */
#define OWN_SHADOWS UINT64_C(0x1100000000) /* entries of shadows */
#define OWN_LANES UINT64_C(0x1200000000)   /* OWN_LANE_STRIDE a component: area C, then area S */
#define OWN_LANE_STRIDE UINT64_C(0x10000)
#define OWN_LANE_S UINT64_C(0x8000)
#define OWN_REGS UINT64_C(0x1300000000) /* the page for thread_regs */
#define OWN_SCRATCH UINT64_C(0x1300001000)
#define OWN_LOG UINT64_C(0x1300200000)
#define LOG_BYTES 0x20000u
#define OWN_UART UINT64_C(0x1300400000)

enum comp_state {
    COMP_FREE = 0,
    COMP_NEW,     /* being loaded */
    COMP_RUNNING, /* started */
    COMP_DYING,   /* reap.c is at work */
    COMP_DEAD,    /* its creator may ask how it ended */
};

/* Facilities, numbered as in the Facility union; 0: none. */
enum facility {
    FACILITY_NONE,
    FACILITY_BOOT,
    FACILITY_PROCESS,
    FACILITY_INFO,
    FACILITY_LOG,
    FACILITY_POWER,
    FACILITY_CLOCK,
    FACILITY_SUPERVISE
};

struct death {
    uint32_t cause, kind, thread;
    int32_t code;
    uint64_t address, pc, sp, syndrome;
    uint64_t registers[CRASH_KEEP];
};

struct comp {
    uint32_t number; /* never used twice */
    uint8_t state, reap;
    uint8_t priority; /* highest of its threads */
    uint8_t use_count;
    uint32_t creator,
        parent;              /* component indices: who holds the Child object; whose budget it is */
    uint32_t child, sibling; /* by parent */
    uint32_t manifest;       /* index, or CM_NONE */
    uint32_t threads, threads_max, thread_first;
    uint32_t threads_started;
    uint32_t domain, domain_slot; /* nucleus record, own slot */
    uint32_t endpoint, endpoint_slot;
    uint32_t bell; /* own slot of the capability for its bit 63; CM_NONE: none yet */
    caps_handle endpoint_cap;
    uint32_t root_frame;
    uint32_t upper;  /* list of page tables above the lowest level */
    uint32_t tables; /* pages of tables, charged */
    uint32_t reap_at;
    struct caps_walk reap_walk; /* over what was derived from its endpoint */
    uint32_t threads_ending;
    uint64_t ticks, calls;
    struct shadow_list shadows;
    struct space space;
    uint32_t lane[2][MANAGER_AREA]; /* frames of areas C and S */
    uint32_t start_frame;
    uint32_t lent_first; /* borrows of its memory */
    uint32_t irq_count;
    uint32_t irq[STARTPAGE_DEVICES * 4], irq_slot[STARTPAGE_DEVICES * 4];
    bool windows;  /* the boot archive and manifest are mapped in it */
    bool tree;     /* the device tree is, too */
    bool released; /* its creator's object is gone */
    bool vectors;
    struct death death;
    const struct manifest_use *use[USES_MAX];
    log_component log;
    char name[NAME_MAX + 1];
};

struct thread_rec {
    uint32_t comp, next, ordinal;
    uint32_t slot, sc, sc_slot; /* own slots of thread and context; record of the context */
    caps_handle cap;
    bool live;
};

/* What the FIPC layer keeps to answer later; serve.c knows what is in it. */
struct deferred {
    uint64_t word[8];
    bool used, redeem;
};

struct spec {
    uint8_t slots, req_class, rep_class, rings, depth_log2[8];
    uint32_t pool_pages;
    uint64_t notify_mask;
    uint16_t c_pages, s_pages;
    uint8_t pool_access;
};

struct areas {
    uint64_t c, s, p;
};

/* What the manager knows of a connection beyond its state. */
struct link {
    struct spec spec;
    struct areas client, server_areas;
    uint64_t label, cookie;
    uint64_t ticket; /* redeemed by it, of which the server has not heard; 0: none */
    uint32_t
        instance; /* with a cookie: component number of the server that it means something to */
    uint32_t client_number;   /* component number: the client may be long gone */
    uint32_t rights, lane;    /* lane: CM_NONE without one */
    uint32_t slot, doorbell;  /* in the client's table */
    uint32_t server_doorbell; /* in the server's table */
    uint32_t server;          /* component index of the server instance; CM_NONE */
    uint8_t identity[32];
    struct deferred answer;
};

extern const struct fut_bootinfo *boot;
extern struct manifest manifest;
extern bool has_manifest;
extern struct comp comps[COMPS];
extern struct thread_rec thread_recs[THREADS];
extern struct link links[SESSIONS];
extern struct caps caps;
extern struct frames frames;
extern struct accounts accounts;
extern struct shadow shadow;
extern struct space_pool regions;
extern struct tickets tickets;
extern struct sessions sessions;
extern struct lanes lanes;
extern struct random entropy;
extern uint32_t detail; /* of the error that the running call answers */

/* --- nuc.c --- */
void nuc_init(void);
uint32_t own_slot_take(void);
void own_slot_give(uint32_t slot); /* the slot is empty already */
void own_slot_clear(uint32_t slot);
/* Creates an object in a new record (or `*record`, if not CM_NONE) and a new own slot. */
enum cm_err nuc_create(uint32_t type, uint32_t *record, uint32_t *slot, const uint64_t argument[5]);
/* Kills (unless dead) and frees; the own slot is cleared. The record number goes back. */
void nuc_destroy(uint32_t type, uint32_t record, uint32_t slot);
void nuc_free_record(uint32_t type, uint32_t record);
fut_status nuc_cap_set(uint32_t domain_slot, uint32_t slot, uint32_t source, uint32_t rights,
                       uint64_t badge, uint32_t type);
void nuc_grow_vectors(uint32_t record);
uint32_t nuc_sync(void);
void nuc_notify(uint32_t comp); /* bit 63 of its first thread */
void nuc_drop_bell(struct comp *c);
bool nuc_cap_info(uint32_t domain_slot, uint32_t slot, uint64_t *key, uint64_t *badge);
void nuc_reset(uint32_t kind);
uint64_t nuc_ticks(void);

/* --- pages.c --- */
void pages_init(void);
/* A frame of that type (level for PT), zeroed; CM_NONE when memory is used up. */
uint32_t page_take(uint32_t type, uint32_t level);
/* A run of 2^order frames (or less: *order says), each of that type. */
uint32_t page_take_run(uint32_t type, uint32_t *order);
uint32_t page_take_free(void); /* left FREE, for the nucleus */
void page_retire(uint32_t frame);
void page_give_free(uint32_t frame); /* FREE already */
bool pages_settle(void);             /* some of limbo; false: nothing to do */
bool own_map(uint64_t address, uint32_t frame, uint32_t flags);
void own_unmap(uint64_t address);
/* A frame mapped for the moment at OWN_SCRATCH. */
uint8_t *page_open(uint32_t frame);
void page_close(void);
extern uint32_t kernel_pages;
extern uint64_t ended_ticks; /* used by components that are gone */

/* --- vm.c --- */
void vm_init(void);
enum cm_err vm_map(struct comp *c, uint64_t address, uint32_t frame, uint32_t n, uint32_t entry);
enum cm_err vm_map_device(struct comp *c, uint64_t address, uint32_t region_slot, uint64_t offset,
                          uint32_t pages);
/* Takes `pages` mappings away; frames that are owned go back. The number that was owned. */
uint32_t vm_unmap(struct comp *c, uint64_t address, uint32_t pages);
/* New zeroed frames for a range; CM_ENOMEM after undoing. `entry`: SHADOW_ flags. */
enum cm_err vm_fill(struct comp *c, uint64_t address, uint32_t pages, uint32_t entry);
enum cm_err vm_protect(struct comp *c, uint64_t address, uint32_t entry);
uint32_t vm_get(const struct comp *c, uint64_t address);
/* At most CM_STEPS steps of emptying the whole space; true when it is empty. */
bool vm_reap(struct comp *c);
uint32_t comp_index(const struct comp *c);

/* --- comp.c --- */
void comps_init(void);
struct comp *comp_of_number(uint32_t number);
struct comp *comp_of_manifest(uint32_t manifest);
enum cm_err comp_create_manifest(uint32_t creator, uint32_t index, struct comp **out);
enum cm_err comp_create_child(uint32_t creator, uint32_t parent, struct ticket_what *grant,
                              const char *name, size_t len, uint8_t priority, struct comp **out);
enum cm_err comp_start(struct comp *c, uint64_t pc, uint64_t sp, bool vectors);
uint32_t comp_service(const struct comp *c);
uint32_t comp_restarts(const struct comp *c); /* starts of its manifest component after the first */
enum facility comp_facility(const struct manifest_use *use);
bool comp_is_below(const struct comp *c, uint32_t ancestor);
bool comp_open_windows(struct comp *c, bool tree);

/* --- thread.c --- */
enum cm_err thread_add(struct comp *c, uint64_t pc, uint64_t sp, uint64_t tls, uint64_t argument,
                       uint8_t priority, bool vectors, uint32_t *ordinal);
uint32_t thread_find(const struct comp *c, uint32_t ordinal);
uint32_t thread_of_record(const struct comp *c, uint32_t record);
void thread_remove(struct comp *c, uint32_t thread);
bool thread_step(void); /* of what is left to do for threads that ended; false: nothing */
bool thread_pending(void);
uint64_t thread_ticks(uint32_t thread);
uint64_t comp_ticks(const struct comp *c);
uint64_t comp_calls(const struct comp *c);
bool thread_registers(uint32_t thread, uint64_t *out, uint32_t count);
/* The thread must not run; its vector state stays. */
bool thread_registers_set(uint32_t thread, const uint64_t words[FUT_REG_WORDS]);

/* --- memory.c --- */
enum cm_err memory_alloc(struct comp *c, uint32_t pages, uint32_t map, uint64_t near, uint64_t *at);
enum cm_err memory_free(struct comp *c, uint64_t address, uint32_t pages);
enum cm_err memory_protect(struct comp *c, uint64_t address, uint32_t pages, uint32_t map);
enum cm_err memory_give(struct comp *from, uint64_t at, struct comp *to, uint64_t address,
                        uint32_t pages, uint32_t map);
enum cm_err memory_reserve(struct comp *c, uint64_t address, uint32_t pages, uint32_t map);
enum cm_err memory_populate(struct comp *c, uint64_t address, uint32_t pages, bool writable);
enum cm_err memory_borrow(struct comp *lender, uint64_t from, uint32_t pages, bool writable,
                          struct comp *borrower, uint64_t *at);
void memory_unlend(struct comp *lender, uint64_t address, uint32_t pages);
/* Ends one loan of the component's, as lender or as borrower; false: it has none. */
bool memory_end_loan(struct comp *c);
bool memory_touch(struct comp *c, uint64_t address, bool write, bool exec, bool *budget);

/* --- connect.c --- */
void sessions_start(void);
enum cm_err connect_use(struct comp *c, uint32_t use, const struct spec *spec,
                        const uint8_t identity[32], uint32_t *session);
enum cm_err connect_ticket(struct comp *c, uint64_t ticket, uint64_t label, const struct spec *spec,
                           const uint8_t identity[32], uint32_t *session);
enum cm_err connect_close(struct comp *c, uint32_t slot);
enum cm_err connect_accept(struct comp *c, uint32_t *session);
enum cm_err connect_accepted(struct comp *c, uint64_t badge, uint32_t error, uint64_t mask,
                             const uint8_t identity[32], bool known);
enum cm_err connect_closed(struct comp *c, uint64_t *badge);
enum cm_err connect_ack(struct comp *c, uint64_t badge);
enum cm_err connect_refuse_client(struct comp *c, uint64_t badge);
uint32_t connect_by_slot(const struct comp *c, uint32_t slot); /* session index or CM_NONE */
bool connect_is_waited_for(const struct comp *c);
bool connect_reap_client(struct comp *c); /* one step; false: none left */
bool connect_reap_server(struct comp *c);
void connect_refuse(uint32_t service); /* the service will not come back */
bool connect_step(void);               /* of what is left to do for connections; false: nothing */
bool connect_pending(void);
void connect_started(struct comp *c);
void connect_leave(struct comp *c, uint32_t session);
/* Reports servers that owe their word for too long. When (ticks) to look again; 0: when the keeper
 * of the clock is rung. */
uint64_t connect_watch(struct comp *keeper);

/* --- lanes.c --- */
enum lane_news { LANE_NO_NEWS, LANE_IS_MADE, LANE_HAS_FAILED, LANE_IS_CLEAR };
void lanes_start(void);
/* Does a piece of work on a lane. MADE: all of it is there; FAILED: no memory, drop it; CLEAR: it
 * can be made again. */
enum lane_news lane_piece(uint32_t lane);
/* As many as an ordinary lane has, so that its work is done within the request. */
enum lane_news lane_hurry(uint32_t lane);
uint32_t spec_pages(const struct spec *spec);
/* Starts making a session's lane. CM_ENOMEM: no addresses; CM_EAGAIN: not yet. */
enum cm_err lane_begin(struct link *l, struct comp *client, struct comp *server);

/* --- grant.c --- */
void grants_init(void);
enum cm_err grant_issue(struct comp *c, uint64_t peer, const struct ticket_what *what,
                        uint64_t *ticket);
/* Peers are slots of the caller's connections, or badges, which are larger, of its clients. */
bool grant_is_client(uint64_t peer);
struct comp *grant_peer(struct comp *c, uint64_t peer);
uint32_t grant_session(struct comp *c, uint64_t peer);
/* `down`: to a client of c's. */
enum cm_err grant_pass(struct comp *c, uint64_t ticket, struct comp *to, bool down, uint64_t *out);
/* A ticket is gone unredeemed: what it held goes back, and its issuer is told. */
void grant_ended(const struct ticket_end *end);
/* A connection is over: tickets that `c` issued over it go. */
void grant_forget_via(const struct comp *c, uint64_t badge);
enum cm_err grant_lost(struct comp *c, uint64_t *cookie, uint64_t *label);
enum cm_err grant_component(struct comp *c, uint64_t peer, uint32_t pages, const uint32_t *uses,
                            uint32_t count, uint64_t *ticket);
enum cm_err grant_notify(struct comp *c, uint64_t ticket, uint32_t *slot);
enum cm_err grant_memory(struct comp *c, uint64_t ticket, bool writable, uint64_t *at,
                         uint32_t *pages);

enum cm_err grant_child(struct comp *c, uint64_t ticket, const char *name, size_t len,
                        uint8_t priority, struct comp **child, uint32_t *parent);
enum cm_err grant_drop(struct comp *c, uint64_t ticket);

/* --- slots of components (grant.c) --- */
/* Derives from `parent` into a free slot of c's table and tells the nucleus. `tag`: connection + 1
 * if the slot is a connection's (then it stays taken when the object dies), else 0. */
enum cm_err slot_fill(struct comp *c, caps_handle parent, uint32_t own_slot, uint32_t rights,
                      uint64_t badge, uint8_t type, uint32_t tag, uint32_t *slot);
/* Empties a slot, and what came of its capability; its number stays taken. */
void slot_void(struct comp *c, uint32_t slot);
/* The number is free too. */
void slot_clear(struct comp *c, uint32_t slot);

/* --- device.c --- */
const struct fdt *device_init(void);
const struct fdt *device_tree(void);                        /* NULL: there is none, or not yet */
bool device_is_archive(const struct manifest_component *m); /* it is granted the boot archive */
enum cm_err device_grant(struct comp *c, uint32_t *which);
void device_describe(struct comp *c, struct startpage *s);
void device_bind(struct comp *c); /* its interrupts, to its first thread */
void device_release(struct comp *c);
/* Number `index` of a component's grants of I/O ports or of all others; false: no more. */
bool device_next(const struct comp *c, bool ports, uint32_t index, uint64_t *base, uint64_t *size);
/* Windows of the bridge that device `device` of c's manifest entry is; whether the pages from
 * `address` lie in one; and gives such pages to a component, alone, until it ends. */
enum cm_err device_window(const struct comp *c, uint32_t device, uint32_t index,
                          struct fdt_pci_window *out);
bool device_window_holds(const struct comp *c, uint32_t device, uint64_t address, uint32_t pages);
enum cm_err device_lend(struct comp *c, uint64_t address, uint32_t pages, uint64_t *at);

/* --- reap.c --- */
void caps_forget(caps_handle root); /* everything derived from it, and it, leaves the tree */
void reap_begin(struct comp *c, uint32_t cause, int32_t code);
bool reap_step(void); /* false: nothing to do */
bool reap_pending(void);
void reap_finish_creator(struct comp *c);

/* --- fault.c --- */
/* Handles a fault message; true: answer it (resume), false: the component dies. */
bool fault_handle(uint64_t badge, const struct fut_msg *m);

/* --- log.c --- */
extern struct logring logring;
extern uint32_t log_watcher;
void log_start(void);
void log_say(enum log_severity severity, const char *text);
void log_say2(enum log_severity severity, const char *a, const char *b, uint64_t number);
/* "NAME (component N) text A more B" */
void log_about(enum log_severity severity, const struct comp *c, const char *text, uint64_t a,
               const char *more, uint64_t b);
void log_of(struct comp *c, enum log_severity severity, const char *text, size_t len);
uint64_t log_ns(uint64_t ticks);
/* What was found at boot; `tree` NULL: there is none. */
struct fdt;
void facts_log(const struct fdt *tree);
void log_place(uint64_t sequence, struct log_cursor *at); /* a cursor at or before that record */

/* --- console.c --- */
void console_put(const char *text, size_t len);
/* The system ends: in release builds the end of the log, if no component drives the console; then
 * why, if it is not NULL. */
void console_last_words(const char *why);

/* --- ARCHITECTURE/uart.c --- */
/* Takes the console's registers. Its driver, if there is one, does not run any more: nobody has a
 * higher priority than the manager, which goes on to the system's end. False: the board names none,
 * or there is no memory to map it with. */
bool uart_open(void);
void uart_put(uint8_t byte); /* nothing before it is open */

/* --- ARCHITECTURE/emulate.c --- */
/* Carries out an instruction that the thread's processor lacks; false: it is none of those. */
bool emulate(struct comp *c, const struct fut_msg *m);

/* --- transport.c --- */
const void *transport_table(void); /* a struct fipc_transport */

/* --- boot.c --- */
void capmgr_main(const struct fut_bootinfo *info);
_Noreturn void die(const char *why); /* says why where it can, and ends the system as panic= says */
void boot_ended(const struct comp *c); /* what the manager started itself has ended */
extern const uint8_t *archive;
extern size_t archive_size;
extern const uint8_t *manifest_image;
extern size_t manifest_size;

/* --- serve.c --- */
_Noreturn void serve(void);
bool serve_init(void);
void serve_answer_connect(uint32_t session, uint32_t error, uint32_t error_detail,
                          const uint8_t identity[32], bool known);
void serve_forget(struct comp *c); /* the component is gone: its calls need no answer */
void serve_ended(struct comp *c);  /* a component ended: whoever waits for that is answered */
extern uint32_t manager_slot;      /* own slot of the manager's endpoint */
bool serve_attach(struct comp *c); /* its manager lane is mapped: make its FIPC session */

#endif
