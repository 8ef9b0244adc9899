/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bounds of the nucleus. The target takes them from the ABI table; the explorer (test/model)
 * defines smaller ones on its command line, so that all states can be visited. No other file of
 * generic nucleus code has an #ifdef.
 */
#ifndef NUCLEUS_CONFIG_H
#define NUCLEUS_CONFIG_H

#include "types.h"

#ifndef CONFIG_DEBUG
#define CONFIG_DEBUG 0 /* 1: check the invariants after every system call */
#endif
#ifndef CONFIG_EARLY_UART
#define CONFIG_EARLY_UART 0 /* the board's console, for a tree that cannot be read; 0: silence */
#endif
#ifndef MAX_CORES
#define MAX_CORES FUT_MAX_CORES
#endif
#ifndef PRIORITIES
#define PRIORITIES FUT_PRIORITIES
#endif
#ifndef MAX_DOMAINS
#define MAX_DOMAINS FUT_MAX_DOMAINS
#endif
#ifndef MAX_THREADS
#define MAX_THREADS FUT_MAX_THREADS
#endif
#ifndef MAX_ENDPOINTS
#define MAX_ENDPOINTS FUT_MAX_ENDPOINTS
#endif
#ifndef MAX_SCS
#define MAX_SCS FUT_MAX_SCS
#endif
#ifndef MAX_REGIONS
#define MAX_REGIONS FUT_MAX_REGIONS
#endif
#ifndef MAX_IRQS
#define MAX_IRQS FUT_MAX_IRQS
#endif
#ifndef MAX_ASIDS
#define MAX_ASIDS FUT_MAX_ASIDS
#endif
#ifndef MAX_FRAMES
#define MAX_FRAMES 0x4000000u /* 256 GiB of RAM: the size of the frame window */
#endif
#ifndef PT_ENTRIES
#define PT_ENTRIES FUT_PT_ENTRIES
#endif
#ifndef USER_TOP
#define USER_TOP FUT_USER_TOP   /* the first address that is no user's */
#define ROOT_ENTRIES PT_ENTRIES /* of a root, that user addresses reach; the rest is arch's */
#endif
#ifndef PT_INDEX_BITS
#define PT_INDEX_BITS 9
#endif
#ifndef TABLE_STRIDE
#define TABLE_STRIDE FUT_TABLE_STRIDE
#endif
#ifndef TABLE_BITS
#define TABLE_BITS FUT_TABLE_BITS
#endif
#ifndef SLOTS_PER_PAGE
#define SLOTS_PER_PAGE 256u
#endif
#ifndef ROOT_DOMAIN
#define ROOT_DOMAIN FUT_ROOT_DOMAIN
#endif
#ifndef GENERATION_MAX
#define GENERATION_MAX 0xffffffffu
#endif
#ifndef SCAN_STEP
#define SCAN_STEP FUT_SCAN_STEP
#endif
#define RECORD_PAGE FUT_PAGE_SIZE /* bytes of a window page */

/* Between the first and the last frame of RAM there may be frames that are none (PCs). */
#ifndef PFN_IS_HOLE
#define PFN_IS_HOLE(pfn) false
#endif

/* I/O ports: may a region name these, and the access; processors without ports refuse both. */
#ifndef PORT_CHECK
#define PORT_CHECK(base, count) FUT_S_ARG
#define PORT_ACCESS(thread, slot) FUT_S_NOSYS
#endif

/* A physical address has 48 bits, so that every frame number fits into a leaf. */
#define PFN_END ((u64)1 << 36)

/* Debug builds note each record that an entry writes, and check it on the way out (spec/check.c).
 */
#if CONFIG_DEBUG
#define TOUCH(type, index) touch((type), (index))
#else
#define TOUCH(type, index) ((void)0)
#endif

/* Debug builds check everything after so many system calls. */
#define CHECK_PERIOD 1024u

/* The core that executes: one runs. The core number that arch/ keeps for each takes its place. */
#define THIS_CORE 0u

/* An endpoint capability names a gate: 2^GATE_ORDER consecutive records, one a core. */
#define GATE_ORDER 0u
#define GATE_MASK ((1u << GATE_ORDER) - 1)

/* The first endpoint records are the run queues: one list module serves both. */
#define RUN_QUEUES (MAX_CORES * PRIORITIES)

#endif
