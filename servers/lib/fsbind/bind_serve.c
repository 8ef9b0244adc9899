/* SPDX-License-Identifier: Apache-2.0 */
/* The server of a filesystem: sessions of vfs and of clients, and tickets for open files. */
#include "bind.h"
#include "component.h"
#include "vnode.h"

#define MAX(a, b) ((a) > (b) ? (a) : (b))

const struct fsbind_ops *bind_ops;
struct fsopen_table bind_files;
uint64_t bind_born;

static struct fipc_server server;
static struct fsopen records[BIND_FILES];

/* Clients with a Volume session, so that finding one does not go through all sessions. */
static struct client {
    uint32_t component; /* 0: free */
    struct fipc_session *session;
} clients[BIND_SESSIONS];
static uint32_t clients_end; /* behind the last that is taken */

struct fipc_session *bind_session(uint32_t component)
{
    if (component == 0) return NULL;
    for (uint32_t i = 0; i < clients_end; i++)
        if (clients[i].component == component) return clients[i].session;
    return NULL;
}

static fut_err opened(struct fipc_server *s, struct fipc_session *session)
{
    uint32_t i = 0;

    (void)s;
    if (session->root.binding != &bind_volume) return FUT_OK;
    while (i < BIND_SESSIONS && clients[i].component != 0)
        i++;
    if (i == BIND_SESSIONS) return FUT_ENFILE;
    clients[i] = (struct client){session->component, session};
    if (i >= clients_end) clients_end = i + 1;
    return FUT_OK;
}

/* A session of vfs holds files by their handles, one of a client by its objects. */
static void closed(struct fipc_server *s, struct fipc_session *session)
{
    struct fsopen *o;
    uint32_t i = 0;

    (void)s;
    while ((o = fsopen_of(&bind_files, session, &i)) != NULL) {
        o->owner = NULL;
        bind_drop(o);
    }
    for (i = 0; i < clients_end; i++)
        if (clients[i].session == session) clients[i] = (struct client){0, NULL};
    while (clients_end != 0 && clients[clients_end - 1].component == 0)
        clients_end--;
}

/* ---- tickets ---- */

/* An open file is handed on: the ticket holds it. */
static fut_err share(struct fipc_session *session, uint32_t object,
                     const struct fipc_binding *binding, void *self, uint32_t rights,
                     uint64_t *ticket)
{
    (void)object;
    if (binding != &bind_file) return FUT_EOPNOTSUPP;
    return fsbind_share(session, binding, self, rights, ticket);
}

static fut_err shared(uint64_t label, uint64_t cookie, uint32_t rights,
                      struct component_offer *offer)
{
    struct fsopen *o;

    if (label == fs_volume_iface.label) {
        if (rights != COMPONENT_ALL_RIGHTS) return FUT_EINVAL; /* it declares none */
        offer->root = &bind_volume;
        return FUT_OK;
    }
    o = label == fs_file_iface.label ? fsopen_find(&bind_files, cookie) : NULL;
    if (o == NULL) return FUT_EPERM;
    offer->root = &bind_file;
    offer->self = o = fsbind_shared(&bind_files, o, rights, bind_drop);
    return o != NULL ? FUT_OK : FUT_ENFILE;
}

/* ---- the server ---- */

static const struct component_offer offers[] = {{"root", &bind_vnode, NULL}};

static void notified(struct fipc_server *s, uint64_t bits)
{
    if ((bits & FIPC_BIT_CAPMGR) != 0) component_serve(s, offers, 1);
}

void fsbind_serve(const struct fsbind_ops *ops)
{
    static struct fipc_session sessions[BIND_SESSIONS];
    static struct fipc_object objects[BIND_FILES];
    static _Alignas(16) uint8_t arena[MAX(VNODE_ARENA, FS_FILE_ARENA)];
    static const struct fipc_server_hooks hooks = {
        .notified = notified, .opened = opened, .closed = closed, .share = share};
    const struct fipc_server_config config = {.slot = 1,
                                              .sessions = sessions,
                                              .nsessions = BIND_SESSIONS,
                                              .objects = objects,
                                              .nobjects = BIND_FILES,
                                              .objects_per_session = BIND_OBJECTS_EACH,
                                              .doorbells = FIPC_BIT_DOORBELL,
                                              .arena = arena,
                                              .arena_size = sizeof arena,
                                              .hooks = &hooks};

    bind_ops = ops;
    bind_born = component_now_ns();
    fsopen_init(&bind_files, records, BIND_FILES);
    component_shared = shared;
    component_run(&server, &config, offers, 1);
}
