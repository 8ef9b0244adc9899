/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader: offers futura.loader/1.Loader. A program is a component that capmgr makes of its
 * parent's grant; the loader fills it and is told of its end. It gives nobody any authority of its
 * own.
 */
#include <string.h>

#include "capmgr.h"
#include "loader.h"
#include "loader_core.h"
#include "parts.h"

#define SESSIONS 64
#define OBJECTS 256
#define HANDLES 16
#define PRIORITY 10 /* of programs; EPERM where the parent's own is lower */
#define MANAGER ((capmgr_manager){&component_capmgr, 0})

static struct fipc_server server;
static capmgr_process facility;

/* What `start` was given, in the shape that spawn takes. */
struct start {
    struct spawn_file file;
    struct elf_image image;
    struct spawn_stack stack;
    struct spawn_handle handles[HANDLES];
    uint64_t grant; /* 0: spent */
    char name[LOADER_NAME_MAX + 1];
    size_t name_len;
};

/* Each error of the interface has the reason in its detail: an enum elf_error. */
static fut_err elf_failed(struct fipc_req *r, enum elf_error why)
{
    r->detail = why;
    switch (why) {
    case ELF_E_SHORT:
    case ELF_E_MAGIC:
    case ELF_E_CLASS:
    case ELF_E_TYPE:
    case ELF_E_HEADER:
    case ELF_E_DYNAMIC: return LOADER_LOADER_NOT_EXECUTABLE;
    case ELF_E_MACHINE: return LOADER_LOADER_WRONG_MACHINE;
    default: return LOADER_LOADER_BAD_SEGMENT;
    }
}

static fut_err handles_read(struct start *s, const struct loader_handle *handles, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        const struct loader_handle *h = &handles[i];

        if (h->kind < LOADER_HANDLE_KIND_TERMINAL || h->kind > LOADER_HANDLE_KIND_PIPE)
            return FUT_EINVAL;
        if ((h->kind != LOADER_HANDLE_KIND_TERMINAL) != (h->ticket != 0)) return FUT_EINVAL;
        s->handles[i] = (struct spawn_handle){h->fd, h->kind, h->mode, 0, h->ticket, h->offset};
    }
    s->stack.handles = s->handles;
    s->stack.handle_count = (uint32_t)n;
    return FUT_OK;
}

/* Checks everything that needs no component, so that a bad request costs none. */
static fut_err start_check(struct start *s, struct fipc_req *r, const uint8_t *path, size_t len)
{
    enum elf_error why = ELF_OK;
    size_t size;
    fut_err e;

    if (!loader_path_is_good(path, len)) return FUT_EINVAL;
    if (s->stack.directory_len != 0 &&
        !loader_path_is_good(s->stack.directory, s->stack.directory_len))
        return FUT_EINVAL;
    s->name_len = loader_name(path, len, s->name);
    e = spawn_stack_size(&s->stack, &size);
    if (e == FUT_OK) e = image_open(path, len, &s->file);
    if (e == FUT_OK) e = spawn_check(&s->file, &s->image, &why);
    return why != ELF_OK ? elf_failed(r, why) : e;
}

static fut_err handles_pass(struct start *s, uint32_t child)
{
    uint64_t tickets[HANDLES];
    size_t i, n = s->stack.handle_count;
    fut_err e;

    for (i = 0; i < n; i++)
        tickets[i] = s->handles[i].ticket;
    e = capmgr_child_pass_all((capmgr_child){&component_capmgr, child}, tickets, n, tickets, n, &n);
    for (i = 0; e == FUT_OK && i < n; i++)
        s->handles[i].ticket = tickets[i];
    return e;
}

/* Makes the component and its process object. */
static fut_err start_create(struct start *s, struct fipc_req *r, uint32_t *child, uint32_t *process,
                            uint32_t *number)
{
    uint32_t parent;
    fut_err e = capmgr_process_create(facility, s->grant, s->name, s->name_len, PRIORITY, child,
                                      number, &parent);

    if (e != FUT_EPERM && e != FUT_EAGAIN)
        s->grant = 0; /* a ticket is good for one attempt that gets as far as a component */
    if (e != FUT_OK) {
        r->detail = component_capmgr.detail;
        return e;
    }
    e = process_add(r->session, *child, process);
    if (e != FUT_OK) (void)fipc_release(&component_capmgr, capmgr_child_peer.tag, *child);
    return e;
}

static fut_err start_run(struct start *s, struct fipc_req *r, uint32_t *process, uint32_t *number)
{
    uint32_t child;
    fut_err e = start_create(s, r, &child, process, number);

    if (e != FUT_OK) return e;
    e = handles_pass(s, child);
    if (e == FUT_OK) e = spawn_start(child, &s->file, &s->image, &s->stack, true);
    if (e != FUT_OK) {
        r->detail = component_capmgr.detail;
        (void)fipc_object_drop(r->session, *process); /* which ends the child: it was not started */
    }
    return e;
}

/* Tickets that reached nobody go back to their issuers. Those that were passed on go with the
 * child; capmgr says EPERM for them, which is fine. */
static void start_undo(const struct start *s, const struct loader_handle *handles, size_t n)
{
    uint64_t tickets[1 + HANDLES] = {s->grant};
    size_t i;

    for (i = 0; i < n && i < HANDLES; i++)
        tickets[1 + i] = handles[i].ticket;
    (void)capmgr_manager_tickets_drop(MANAGER, tickets, 1 + i);
}

static void start_log(const uint8_t *path, size_t len, uint32_t number)
{
    char text[128];

    if (len >= sizeof text) len = sizeof text - 1;
    memcpy(text, path, len);
    text[len] = 0;
    component_log(COMPONENT_DEBUG, "started %s as %u", text, (unsigned)number);
}

static fut_err on_start(void *self, struct fipc_req *r, const uint8_t *path, size_t path_len,
                        const uint8_t *arguments, size_t arguments_len, const uint8_t *environment,
                        size_t environment_len, const uint8_t *directory, size_t directory_len,
                        uint64_t grant, const struct loader_handle *handles, size_t handles_n,
                        uint32_t *process, uint32_t *number)
{
    static struct start s;
    fut_err e;

    (void)self;
    memset(&s, 0, sizeof s);
    s.grant = grant;
    s.stack.arguments = (struct spawn_strings){(const char *)arguments, arguments_len};
    s.stack.environment = (struct spawn_strings){(const char *)environment, environment_len};
    s.stack.directory = (const char *)directory;
    s.stack.directory_len = directory_len;
    e = handles_read(&s, handles, handles_n);
    if (e == FUT_OK) e = start_check(&s, r, path, path_len);
    if (e == FUT_OK) e = start_run(&s, r, process, number);
    image_close();
    if (e == FUT_OK) start_log(path, path_len, *number);
    if (e != FUT_OK) start_undo(&s, handles, handles_n);
    return e;
}

static const struct loader_loader_ops ops = {.start = on_start};
static const struct fipc_binding root = {&loader_loader_iface, &ops, NULL};
static const struct component_offer offers[] = {{"loader", &root, NULL}};

/* Bit 63 stands for connections and for ends of programs alike. */
static void on_notified(struct fipc_server *s, uint64_t bits)
{
    if ((bits & FIPC_BIT_CAPMGR) == 0) return;
    processes_look();
    component_serve(s, offers, 1);
}

static void on_closed(struct fipc_server *s, struct fipc_session *session)
{
    (void)s;
    processes_close(session);
}

static void on_cancelled(struct fipc_server *s, struct fipc_session *session, uint32_t slot,
                         uint32_t seq)
{
    (void)s;
    processes_cancel(session, slot, seq);
}

static void facility_open(void)
{
    uint32_t kind, object;
    fut_err e = component_facility("process", &kind, &object);

    if (e == FUT_OK && kind != CAPMGR_FACILITY_PROCESS) e = FUT_EPROTO;
    if (e != FUT_OK)
        component_fail("the use \"process\" of the capability manager: %s", fut_strerror(NULL, e));
    facility = (capmgr_process){&component_capmgr, object};
}

int main(void)
{
    static struct fipc_session sessions[SESSIONS];
    static struct fipc_object objects[OBJECTS];
    static _Alignas(16) uint8_t arena[LOADER_ARENA];
    static const struct fipc_server_hooks hooks = {
        .notified = on_notified, .closed = on_closed, .cancelled = on_cancelled};
    struct fipc_server_config config = {.slot = 1,
                                        .sessions = sessions,
                                        .nsessions = SESSIONS,
                                        .objects = objects,
                                        .nobjects = OBJECTS,
                                        .arena = arena,
                                        .arena_size = sizeof arena,
                                        .doorbells = FIPC_BIT_DOORBELL,
                                        .hooks = &hooks};

    component_start();
    facility_open();
    component_run(&server, &config, offers, 1);
}
