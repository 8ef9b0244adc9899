/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the capability manager for too much and for much, and says in the log what became of it. */
#include <string.h>

#include "capmgr.h"
#include "component.h"
#include "fs.h"
#include "futura/syscall.h"
#include "timer.h"

#define MANAGER ((capmgr_manager){&component_capmgr, 0})
#define PAGES 600u
#define LIMIT 256u /* MEMORY_PAGES */
#define POOL 3000u
#define SLOTS_MISSING 13u
#define LABEL UINT64_C(0x1234)

static void expect(bool right, const char *what)
{
    if (!right) component_fail("prober: FAILED: %s", what);
}

static void expect_error(fut_err e, fut_err wanted, uint32_t detail, const char *what)
{
    if (e != wanted || component_capmgr.detail != detail)
        component_fail("prober: FAILED: %s: error %u, detail %u", what, (unsigned)e,
                       component_capmgr.detail);
}

/* What touches page by page is limited; the library's pieces do all of it. */
static void probe_memory(void)
{
    uint32_t budget, before, after, lent;
    uint64_t at, ticket;

    expect(capmgr_manager_usage(MANAGER, &budget, &before, &lent) == FUT_OK, "usage");
    expect(capmgr_manager_alloc(MANAGER, PAGES, CAPMGR_MAP_FLAGS_WRITE, 0, &at) == FUT_OK, "alloc");
    for (uint32_t i = 0; i < PAGES; i++)
        *(volatile uint8_t *)(uintptr_t)(at + i * UINT64_C(4096)) = 1;
    expect_error(capmgr_manager_protect(MANAGER, at, LIMIT + 1, 0), FUT_EMSGSIZE, LIMIT,
                 "protect of too much");
    expect_error(capmgr_manager_ticket_memory(MANAGER, 4, at, LIMIT + 1, true, &ticket), FUT_EINVAL,
                 0, "a ticket for nobody");
    expect(component_protect(at, PAGES, 0) == FUT_OK, "protect in pieces");
    expect_error(capmgr_manager_free(MANAGER, at, LIMIT + 1), FUT_EMSGSIZE, LIMIT,
                 "free of too much");
    expect(component_free(at, PAGES) == FUT_OK, "free in pieces");
    expect(capmgr_manager_usage(MANAGER, &budget, &after, &lent) == FUT_OK, "usage");
    expect(after <= before + 1, "what is freed is not charged"); /* a page table may be new */
    component_log(COMPONENT_NOTICE, "prober: memory is limited");
}

static fut_err connect(uint8_t slots, uint32_t pool, uint32_t *slot, uint32_t *bell,
                       struct capmgr_areas *at)
{
    struct capmgr_spec spec = {.slots = slots,
                               .req_class = 1,
                               .rep_class = 1,
                               .c_pages = (uint16_t)(1 + slots),
                               .s_pages = (uint16_t)(1 + slots),
                               .pool_pages = pool,
                               .pool_access = 15};
    uint8_t identity[32] = {0}, theirs[32];
    bool known;

    return capmgr_manager_connect(MANAGER, 0, &spec, identity, slot, bell, at, theirs, &known);
}

static void probe_slots(void)
{
    struct capmgr_areas at;
    uint32_t slot, bell;

    expect_error(connect(3, 0, &slot, &bell, &at), FUT_EPERM, SLOTS_MISSING, "a slot too many");
    component_log(COMPONENT_NOTICE, "prober: slots are limited");
}

/* A lane that takes many pieces; closed, it is the server's burden, which does not acknowledge. */
static void probe_lane(void)
{
    uint32_t budget, before, after, lent, slot, bell, ticket_slot, ticket_bell;
    struct capmgr_areas at;
    uint64_t ticket;

    expect(capmgr_manager_usage(MANAGER, &budget, &before, &lent) == FUT_OK, "usage");
    expect(connect(2, POOL, &slot, &bell, &at) == FUT_OK, "a connection with a large pool");
    for (uint32_t i = 0; i < POOL; i++)
        *(volatile uint8_t *)(uintptr_t)(at.p + i * UINT64_C(4096)) = 1;
    expect_error(capmgr_manager_ticket_memory(MANAGER, slot, 0x10000000, LIMIT + 1, true, &ticket),
                 FUT_EMSGSIZE, LIMIT, "a ticket for too much");
    expect(capmgr_manager_close(MANAGER, slot) == FUT_OK, "close");
    expect(capmgr_manager_usage(MANAGER, &budget, &after, &lent) == FUT_OK, "usage");
    expect(after < before + 100, "a lane that is closed is not the client's");
    expect(connect(1, 0, &ticket_slot, &ticket_bell, &at) == FUT_OK, "another connection");
    expect(capmgr_manager_close(MANAGER, ticket_slot) == FUT_OK, "close");
    component_log(COMPONENT_NOTICE, "prober: lanes come and go");
}

static fut_err next_lost(uint64_t *cookie)
{
    struct fut_msg m;
    uint64_t label;
    fut_err e;

    while ((e = capmgr_manager_ticket_lost(MANAGER, cookie, &label)) == FUT_EAGAIN)
        (void)fut_sys_recv(0, FIPC_BIT_CAPMGR, 0, &m);
    return e == FUT_OK && label != LABEL ? FUT_EPROTO : e;
}

/* The issuer learns of tickets that nobody can redeem any more. */
static void probe_tickets(void)
{
    uint64_t cookie, label, ticket;
    struct capmgr_areas at;
    struct fipc_conn conn;
    uint32_t slot, bell;

    expect(component_connect("deaf", &timer_timer_iface, &timer_timer_lane, 1, 0, &conn) == FUT_OK,
           "a connection to reconnect");
    expect(capmgr_manager_ticket_lost(MANAGER, &cookie, &label) == FUT_EAGAIN, "none lost");
    expect(connect(1, 0, &slot, &bell, &at) == FUT_OK, "a connection");
    expect(capmgr_manager_ticket_object(MANAGER, slot, LABEL, 71, 0, &ticket) == FUT_OK, "ticket");
    expect(capmgr_manager_ticket_drop(MANAGER, ticket) == FUT_OK, "drop");
    expect(capmgr_manager_ticket_object(MANAGER, slot, LABEL, 72, 0, &ticket) == FUT_OK, "ticket");
    expect(capmgr_manager_close(MANAGER, slot) == FUT_OK, "close");
    expect(next_lost(&cookie) == FUT_OK && cookie == 72, "lost with the connection");
    expect(connect(1, 0, &slot, &bell, &at) == FUT_OK, "a connection");
    expect(capmgr_manager_ticket_object(MANAGER, slot, LABEL, 73, 0, &ticket) == FUT_OK, "ticket");
    (void)fut_sys_notify(bell);
    expect(next_lost(&cookie) == FUT_OK && cookie == 73, "lost with its holder");
    component_log(COMPONENT_NOTICE, "prober: lost tickets are told");
    expect(fipc_ping(&conn, timer_timer_iface.tag, 0) == FUT_EDEAD, "the server is dead");
    expect(fipc_reconnect(&conn) == FUT_ECONNREFUSED && fipc_reconnect(&conn) == FUT_ECONNREFUSED,
           "and not started again");
}

#define ALL 31u

static uint32_t file_rights(fs_file f)
{
    uint32_t rights = 0;

    expect(fs_file_access(f, &rights) == FUT_OK, "what a file's rights are");
    return rights;
}

/* Shares the file with these rights, and redeems it oneself. */
static fs_file file_shared(fs_file f, uint32_t rights, struct fipc_conn *conn)
{
    uint64_t ticket;

    expect(fipc_share(f.conn, fs_file_iface.tag, f.obj, rights, &ticket) == FUT_OK &&
               component_redeem(ticket, &fs_file_iface, &fs_file_lane, 1, 0, conn) == FUT_OK,
           "a file that is shared");
    return (fs_file){conn, 0};
}

/* What was dropped of a file's rights is refused to whoever redeemed the ticket, and cannot be had
 * again; whoever has all keeps all. */
static void probe_file(fs_file f, const char *where)
{
    struct fipc_conn all, one, two;
    uint16_t mode = 0600;
    uint32_t count;
    uint64_t ticket;
    uint8_t byte[1];
    size_t got;
    fs_file a = file_shared(f, 0, &all), r, w;

    expect(file_rights(f) == ALL && file_rights(a) == ALL, "all rights");
    expect(fipc_share(f.conn, fs_file_iface.tag, f.obj, ALL + 1, &ticket) == FUT_EINVAL,
           "a right that there is not");
    r = file_shared(a, FS_FILE_RIGHTS_READ | FS_FILE_RIGHTS_SHARE, &one);
    expect(file_rights(r) == (FS_FILE_RIGHTS_READ | FS_FILE_RIGHTS_SHARE), "two rights");
    expect(fs_file_read(r, 0, 1, byte, 1, &got) == FUT_OK && got == 1, "reading");
    expect(fs_file_write(r, 0, "x", 1, &count) == FUT_EBADF, "no writing");
    expect(fs_file_truncate(r, 0) != FUT_OK, "no cutting");
    expect(fs_file_set_attr(r, &mode, NULL, NULL, NULL, NULL) == FUT_EPERM, "no mode");
    expect(fipc_share(&one, fs_file_iface.tag, 0, FS_FILE_RIGHTS_WRITE, &ticket) == FUT_EPERM &&
               one.detail == FS_FILE_RIGHTS_WRITE,
           "no giving what it has not");
    w = file_shared(a, FS_FILE_RIGHTS_WRITE | FS_FILE_RIGHTS_MODE, &two);
    expect(fs_file_write(w, 0, "W", 1, &count) == FUT_OK && count == 1, "writing");
    expect(fs_file_read(w, 0, 1, byte, 1, &got) == FUT_EBADF, "no reading");
    expect(fs_file_set_attr(w, &mode, NULL, NULL, NULL, NULL) == FUT_OK, "mode");
    expect(fs_file_set_attr(w, NULL, &count, NULL, NULL, NULL) == FUT_EPERM, "no owner");
    expect(fipc_share(&two, fs_file_iface.tag, 0, 0, &ticket) == FUT_EPERM &&
               two.detail == FS_FILE_RIGHTS_SHARE,
           "no handing on");
    component_disconnect(&all);
    expect(fs_file_read(r, 0, 1, byte, 1, &got) == FUT_OK && got == 1 && byte[0] == 'W',
           "what one has is one's own");
    component_disconnect(&one);
    component_disconnect(&two);
    component_log(COMPONENT_NOTICE, "prober: rights of files %s are kept", where);
}

static void probe_pipe(struct fipc_conn *conn)
{
    struct fipc_conn end;
    uint32_t reader, writer, count, ready, rights;
    uint64_t ticket;
    uint8_t byte[1];
    size_t got;

    expect(fs_directory_pipe((fs_directory){conn, 0}, &reader, &writer) == FUT_OK &&
               fs_pipe_write((fs_pipe){conn, writer}, "p", 1, &count) == FUT_OK,
           "a pipe");
    expect(fipc_share(conn, fs_pipe_iface.tag, reader, 4, &ticket) == FUT_EINVAL,
           "a right of a pipe that there is not");
    expect(fipc_share(conn, fs_pipe_iface.tag, reader, FS_PIPE_RIGHTS_SHARE, &ticket) == FUT_OK &&
               component_redeem(ticket, &fs_pipe_iface, &fs_pipe_lane, 1, 0, &end) == FUT_OK,
           "an end to hand on");
    expect(fs_pipe_read((fs_pipe){&end, 0}, 1, byte, 1, &got) == FUT_EBADF &&
               fs_pipe_poll((fs_pipe){&end, 0}, &ready) == FUT_OK,
           "not to be read");
    component_disconnect(&end);
    expect(fipc_share(conn, fs_pipe_iface.tag, reader, FS_PIPE_RIGHTS_USE, &ticket) == FUT_OK &&
               component_redeem(ticket, &fs_pipe_iface, &fs_pipe_lane, 1, 0, &end) == FUT_OK &&
               fs_pipe_access((fs_pipe){&end, 0}, &rights) == FUT_OK &&
               rights == FS_PIPE_RIGHTS_USE,
           "an end to read");
    expect(fipc_share(&end, fs_pipe_iface.tag, 0, 0, &ticket) == FUT_EPERM &&
               end.detail == FS_PIPE_RIGHTS_SHARE,
           "not to hand on");
    expect(fs_pipe_read((fs_pipe){&end, 0}, 1, byte, 1, &got) == FUT_OK && byte[0] == 'p', "read");
    component_disconnect(&end);
    component_log(COMPONENT_NOTICE, "prober: rights of pipes are kept");
}

/* Files of vfs, the same file at the filesystem itself, pipes. */
static void probe_rights(void)
{
    static const char path[] = "/probed";
    struct fipc_conn conn, volume, mine;
    uint64_t ticket, terminal, number;
    struct fs_opened node;
    uint32_t object;
    fs_file f;

    expect(component_connect("root", &fs_directory_iface, &fs_directory_lane, 1, 0, &conn) == 0 &&
               fs_directory_open((fs_directory){&conn, 0}, path, sizeof path - 1,
                                 FS_OPEN_FLAGS_READ | FS_OPEN_FLAGS_WRITE | FS_OPEN_FLAGS_CREATE,
                                 0600, &node) == 0,
           "a file");
    f = (fs_file){&conn, node.u.file};
    expect(fs_file_write(f, 0, "0123", 4, &object) == FUT_OK, "content");
    probe_file(f, "at vfs");
    probe_pipe(&conn);
    expect(fs_file_direct(f, &number, &object, &ticket, &terminal) == FUT_OK && ticket != 0 &&
               component_redeem(ticket, &fs_volume_iface, &fs_volume_lane, 1, 0, &volume) == 0 &&
               fs_file_direct(f, &number, &object, &ticket, &terminal) == FUT_OK && object != 0,
           "the file without vfs");
    probe_file((fs_file){&volume, object}, "at the filesystem");
    (void)file_shared(f, 0, &mine);
    expect(fipc_reconnect(&mine) == FUT_EOPNOTSUPP, "a ticket works once");
    component_disconnect(&mine);
    component_disconnect(&volume);
    component_disconnect(&conn);
}

/* Connects to the use "root" as its interface says, but for the pool. */
static fut_err connect_root(uint32_t pool, uint8_t access, uint32_t *slot)
{
    struct fipc_lane_spec lane = fs_directory_lane;
    struct fipc_lane_layout layout;
    struct capmgr_spec spec = {.slots = 1, .pool_pages = pool, .pool_access = access};
    struct capmgr_areas at;
    uint8_t theirs[32];
    uint32_t bell;
    bool known;

    lane.slots = 1;
    if (lane.nrings != 0 || fipc_lane_compute(&lane, &layout) != FUT_OK) return FUT_EPROTO;
    spec.req_class = lane.req_class;
    spec.rep_class = lane.rep_class;
    spec.c_pages = (uint16_t)layout.c_pages;
    spec.s_pages = (uint16_t)layout.s_pages;
    spec.depth_log2[FIPC_EVENT_RING] = lane.events ? 6 : 0;
    return capmgr_manager_connect(MANAGER, 1, &spec, fs_directory_iface.closure, slot, &bell, &at,
                                  theirs, &known);
}

/* What the server's version of the interface cannot serve is refused as that. */
static void probe_version(void)
{
    struct fipc_lane_spec wide = timer_timer_lane;
    struct fipc_conn conn;

    wide.req_class = 3;
    expect(component_connect("timer", &timer_timer_iface, &wide, 1, 0, &conn) == FUT_EVERSION,
           "larger halves than the interface has");
    component_log(COMPONENT_NOTICE, "prober: versions are told");
}

/* The interface says who may do what in a pool. */
static void probe_pool(void)
{
    uint32_t slot;

    expect(connect_root(0, 0, &slot) == FUT_OK, "a plain specification");
    expect(capmgr_manager_close(MANAGER, slot) == FUT_OK, "close");
    expect(connect_root(0, CAPMGR_POOL_ACCESS_CLIENT_WRITE, &slot) != FUT_OK,
           "access to a pool that there is not");
    expect(connect_root(1, 0, &slot) != FUT_OK, "a pool that there is not");
    component_log(COMPONENT_NOTICE, "prober: pools are as declared");
}

/* A lane with nonsense in it: the server refuses the client, whose other connection goes on. */
static void probe_broken(void)
{
    struct fipc_conn good, bad, next;
    struct fipc_call sleep;
    uint64_t ns;

    expect(component_connect("timer", &timer_timer_iface, &timer_timer_lane, 1, 0, &good) == 0 &&
               component_connect("timer", &timer_timer_iface, &timer_timer_lane, 2, 0, &bad) == 0 &&
               timer_timer_now((timer_timer){&bad, 0}, &ns) == FUT_OK,
           "two connections");
    expect(timer_timer_sleep_begin((timer_timer){&bad, 0}, UINT64_MAX, &sleep) == FUT_OK,
           "a sleep");
    expect(timer_timer_now((timer_timer){&bad, 0}, &ns) == FUT_OK, "the time");
    ((volatile uint32_t *)(void *)(bad.c + FIPC_C_SUBMIT))[1] = 77;
    fipc_ring_server(&bad);
    expect(timer_timer_now((timer_timer){&bad, 0}, &ns) == FUT_EDEAD, "a client that is refused");
    expect(timer_timer_sleep_end(&sleep) == FUT_ECANCELED, "its sleep ends");
    expect(fut_sys_notify(bad.doorbell) != FUT_S_OK, "its doorbell is gone");
    expect(timer_timer_now((timer_timer){&good, 0}, &ns) == FUT_OK, "the other connection");
    expect(component_connect("timer", &timer_timer_iface, &timer_timer_lane, 1, 0, &next) == 0 &&
               next.slot != bad.slot && next.doorbell != bad.slot && next.slot != bad.doorbell,
           "slots stay taken until the connection is closed");
    component_disconnect(&bad);
    expect(timer_timer_now((timer_timer){&next, 0}, &ns) == FUT_OK, "the next connection");
    component_disconnect(&next);
    component_disconnect(&good);
    component_log(COMPONENT_NOTICE, "prober: broken lanes are refused");
}

int main(void)
{
    struct fut_msg m;
    uint64_t end;

    component_start();
    probe_memory();
    probe_slots();
    probe_rights();
    probe_pool();
    probe_version();
    probe_broken();
    probe_lane();
    /* As long as deaf lives, it is reported. */
    for (end = component_now_ns() + UINT64_C(1500000000); component_now_ns() < end;)
        fut_sys_yield();
    probe_tickets();
    component_log(COMPONENT_NOTICE, "prober: the end");
    for (;;)
        (void)fut_sys_recv(0, 0, 0, &m);
}
