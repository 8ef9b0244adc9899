/* SPDX-License-Identifier: Apache-2.0 */
/* Every generated validator of the system's interfaces: hostile words and a hostile half, up to the
 * handler's door, where all is refused. Input: interface, ordinal (from 16), root words, SLOT,
 * w1..w4, half. */
#include "block.h"
#include "capmgr.h"
#include "console.h"
#include "demo.h"
#include "fipc/server.h"
#include "fs.h"
#include "loader.h"
#include "timer.h"
#include "tty.h"
#include "vnode.h"
#include <stdlib.h>
#include <string.h>

static const struct fipc_iface *const interfaces[] = {
    &block_disk_iface,   &capmgr_manager_iface,   &capmgr_boot_iface,     &capmgr_process_iface,
    &capmgr_child_iface, &capmgr_info_iface,      &capmgr_log_iface,      &capmgr_power_iface,
    &capmgr_clock_iface, &console_terminal_iface, &demo_echo_iface,       &fs_node_iface,
    &fs_file_iface,      &fs_directory_iface,     &loader_loader_iface,   &loader_process_iface,
    &timer_timer_iface,  &tty_port_iface,         &vnode_filesystem_iface};
#define HEAD 36u

static fut_err refuse(void) { return FUT_ENOENT; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t arena_memory[1 << 19], reply[69568];
    static void (*ops[256])(void); /* any handler table, as functions that refuse */
    const struct fipc_iface *iface;
    struct fipc_arena arena;
    struct fipc_req *r;
    uint8_t *half;

    if (size < HEAD) return 0;
    r = calloc(1, sizeof(*r));
    half = malloc(size - HEAD + 1);
    if (!r || !half) abort();
    for (size_t i = 0; i < 256; i++)
        ops[i] = (void (*)(void))refuse;
    iface = interfaces[data[0] % (sizeof(interfaces) / sizeof(interfaces[0]))];
    if (iface->arena > sizeof(arena_memory)) abort();
    fipc_arena_init(&arena, arena_memory, iface->arena); /* what is promised must do */
    r->m.w[0] = (16u + data[1]) | (uint64_t)data[2] << FIPC_W0_WORDS_SHIFT;
    r->slot = FIPC_SLOT_NONE;
    memcpy(&r->m.w[1], data + 4, 32);
    r->arena = &arena;
    r->in = (struct fipc_in){.bad = FUT_EBADMSG, .arena = &arena};
    if (data[3] & 1) {
        memcpy(half, data + HEAD, size - HEAD);
        r->in.data = half;
        r->in.limit = (uint32_t)(size - HEAD) & ~7u;
        r->reply.out.data = reply;
        r->reply.out.limit = sizeof(reply);
        r->slot = 0;
    }
    if (fipc_serve(iface, ops, r) == FUT_ENOMEM) abort(); /* the arena was too small */
    free(half);
    free(r);
    return 0;
}
