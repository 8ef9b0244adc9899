/* SPDX-License-Identifier: Apache-2.0 */
/* Made by abi/generate.awk from abi/abi.tab: do not edit. Bit n of a set stands for status n. */
#ifndef FUTURA_OUTCOMES_H
#define FUTURA_OUTCOMES_H

/* listed: how the call can end; unseen: what of it no program can reach, by kind of build. */
struct fut_outcome {
    const char *name;
    unsigned listed, unseen_release, unseen_debug;
};

/* clang-format off */
static const char *const fut_status_names[] = {
    [0] = "OK",
    [1] = "EMPTY",
    [2] = "TYPE",
    [3] = "RIGHT",
    [4] = "DEAD",
    [5] = "NOREPLY",
    [6] = "CANCEL_SEND",
    [7] = "CANCEL_WAIT",
    [8] = "STALE",
    [9] = "AGAIN",
    [10] = "ARG",
    [11] = "BUSY",
    [12] = "STATE",
    [13] = "QUIESCE",
    [14] = "OVERFLOW",
    [15] = "TABLE",
    [16] = "FROZEN",
    [17] = "FRAME",
    [18] = "CORE",
    [19] = "NOSYS",
    [20] = "LIMIT",
    [21] = "MAPPED",
    [22] = "MORE",
    [23] = "CANCEL_RECV",
};

/* By number of the call. */
static const struct fut_outcome fut_outcomes[] = {
    [1] = {"call", 0x400ff, 0x40000, 0x40000},
    [2] = {"reply_recv", 0x84011f, 0x40000, 0x40000},
    [3] = {"recv", 0x84061f, 0x40000, 0x40000},
    [4] = {"reply", 0x101, 0x0, 0x0},
    [5] = {"send", 0x4021f, 0x40000, 0x40000},
    [6] = {"notify", 0x1f, 0x0, 0x0},
    [7] = {"irq_ack", 0x101f, 0x0, 0x0},
    [8] = {"yield", 0x1, 0x0, 0x0},
    [9] = {"clock", 0x1, 0x0, 0x0},
    [16] = {"cap_set", 0xbc1f, 0x0, 0x0},
    [17] = {"cap_clear", 0x41f, 0x0, 0x0},
    [18] = {"cap_info", 0x41f, 0x0, 0x0},
    [19] = {"obj_create", 0xabc1f, 0x0, 0x0},
    [20] = {"obj_kill", 0x101f, 0x0, 0x0},
    [21] = {"obj_free", 0x7c0f, 0x4000, 0x4000},
    [22] = {"ep_drain", 0x40001f, 0x0, 0x0},
    [23] = {"reply_scan", 0x141f, 0x0, 0x0},
    [24] = {"asid_assign", 0x1c1f, 0x0, 0x0},
    [25] = {"thread_bind", 0x4941f, 0x40000, 0x40000},
    [26] = {"thread_run", 0x101f, 0x0, 0x0},
    [27] = {"thread_stop", 0x101f, 0x0, 0x0},
    [28] = {"thread_cancel", 0x101f, 0x0, 0x0},
    [29] = {"thread_regs", 0x2141f, 0x0, 0x0},
    [30] = {"thread_debug", 0x141f, 0x0, 0x0},
    [31] = {"sc_set", 0x41f, 0x0, 0x0},
    [32] = {"frame_type", 0x22c1f, 0x0, 0x0},
    [33] = {"frame_info", 0x417, 0x0, 0x0},
    [34] = {"window_grow", 0x52241f, 0x0, 0x0},
    [35] = {"pt_link", 0x23bc1f, 0x10000, 0x10000},
    [36] = {"pt_unlink", 0x21c1f, 0x0, 0x0},
    [37] = {"pt_sweep", 0x2041f, 0x0, 0x0},
    [38] = {"pt_thaw", 0x2141f, 0x0, 0x0},
    [39] = {"map", 0x33d41f, 0x4000, 0x4000},
    [40] = {"map_copy", 0x31d41f, 0x4000, 0x4000},
    [41] = {"unmap", 0x10841f, 0x0, 0x0},
    [42] = {"protect", 0x13941f, 0x0, 0x0},
    [43] = {"icache_sync", 0x20417, 0x0, 0x0},
    [44] = {"io_link", 0x80000, 0x0, 0x0},
    [45] = {"io_map", 0x80000, 0x0, 0x0},
    [46] = {"io_unmap", 0x80000, 0x0, 0x0},
    [47] = {"io_port", 0x80000, 0x0, 0x0},
    [48] = {"irq_bind", 0x41f, 0x0, 0x0},
    [49] = {"timer_set", 0x1f, 0x0, 0x0},
    [50] = {"cpu_start", 0x80000, 0x0, 0x0},
    [51] = {"sync", 0x1, 0x0, 0x0},
    [52] = {"reset", 0x40f, 0x1, 0x1},
    [53] = {"debug_put", 0x8000f, 0x1, 0x80000},
};
/* clang-format on */

#endif
