/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions with filesystems. Invariants: a place of the table is free exactly when its connection
 * has no slot; a dead session is closed when its last file is released. */
#include "fsclient.h"

#include "capmgr.h"
#include "component.h"

static struct fsclient_volume volumes[FSCLIENT_VOLUMES];

static struct fsclient_volume *volume_find(uint64_t number)
{
    for (unsigned i = 0; i < FSCLIENT_VOLUMES; i++)
        if (volumes[i].conn.slot != 0 && volumes[i].number == number && !volumes[i].dead)
            return &volumes[i];
    return NULL;
}

static void volume_close_dead(struct fsclient_volume *v)
{
    if (v->dead && v->files == 0 && v->conn.slot != 0) component_disconnect(&v->conn);
}

/* Sessions whose filesystem died unnoticed make room. */
static void volumes_tidy(void)
{
    for (unsigned i = 0; i < FSCLIENT_VOLUMES; i++) {
        struct fsclient_volume *v = &volumes[i];

        if (v->conn.slot == 0 || v->files != 0) continue;
        (void)fsclient_error(v, fipc_ping(&v->conn, fs_volume_peer.tag, 0));
        volume_close_dead(v);
    }
}

/* NULL: the table is full, or capmgr or the filesystem refused; then files stay at vfs. */
static struct fsclient_volume *volume_make(uint64_t number, uint64_t ticket)
{
    struct fsclient_volume *v = NULL;

    volumes_tidy();
    for (unsigned i = 0; i < FSCLIENT_VOLUMES && v == NULL; i++)
        if (volumes[i].conn.slot == 0) v = &volumes[i];
    if (v != NULL &&
        component_redeem(ticket, &fs_volume_peer, &fs_volume_lane, 1, 0, &v->conn) == FUT_OK) {
        v->number = number;
        v->files = 0;
        v->dead = false;
        return v;
    }
    (void)capmgr_manager_ticket_drop((capmgr_manager){&component_capmgr, 0}, ticket);
    return NULL;
}

fut_err fsclient_direct(fs_file file, struct fsclient_place *place)
{
    uint64_t number, session, terminal;
    uint32_t object;
    fut_err e = fs_file_direct(file, &number, &object, &session, &terminal);

    *place = (struct fsclient_place){NULL, 0, 0};
    if (e == FUT_OK && session != 0) {
        if (volume_make(number, session) == NULL) return FUT_OK;
        e = fs_file_direct(file, &number, &object, &session, &terminal);
        if (e == FUT_OK && session != 0)
            (void)capmgr_manager_ticket_drop((capmgr_manager){&component_capmgr, 0}, session);
    }
    if (e == FUT_ESTALE || (e >= FUT_TRANSPORT_FIRST && e <= FUT_TRANSPORT_LAST)) return e;
    if (e != FUT_OK) return FUT_OK;
    place->terminal = terminal;
    if (object == 0) return FUT_OK;
    place->volume = fsclient_opened(number);
    place->object = object;
    return place->volume != NULL ? FUT_OK : FUT_ESTALE;
}

struct fsclient_volume *fsclient_opened(uint64_t number)
{
    struct fsclient_volume *v = volume_find(number);

    if (v != NULL) v->files++;
    return v;
}

void fsclient_release(struct fsclient_volume *v, uint32_t object)
{
    if (!v->dead) (void)fsclient_error(v, fipc_release(&v->conn, fs_file_peer.tag, object));
    v->files--;
    volume_close_dead(v);
}

fut_err fsclient_error(struct fsclient_volume *v, fut_err e)
{
    if (e != FUT_EDEAD && e != FUT_EUNKNOWN) return e;
    v->dead = true;
    return FUT_ESTALE;
}
