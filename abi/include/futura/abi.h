/* SPDX-License-Identifier: Apache-2.0 */
/* Made by abi/generate.awk from abi/abi.tab: do not edit. Plain defines, for C and assembly. */
#ifndef FUTURA_ABI_H
#define FUTURA_ABI_H

/* Limits and layout */
#define FUT_ABI_VERSION              1                    /* changes with every incompatible edit of this table */
#define FUT_PAGE_BITS                12                   /* a page is 4 KiB */
#define FUT_PAGE_SIZE                4096                 /* bytes */
#define FUT_PT_ENTRIES               512                  /* entries of a page table */
#define FUT_PT_LEVELS                4                    /* levels 0 (root) to 3 (leaves) */
#define FUT_USER_TOP                 0x0000fffffffff000   /* first address that is never mappable for a user (the top page) */
#define FUT_MAP_BATCH                32                   /* leaves one map, unmap, protect, map_copy or pt_sweep touches at most */
#define FUT_SCAN_STEP                64                   /* records one reply_scan looks at */
#define FUT_PRIORITIES               64                   /* 0 (lowest) to 63 */
#define FUT_MAX_CORES                8                    /* cores that the data structures provide for */
#define FUT_MAX_DOMAINS              16384                /* domain records */
#define FUT_MAX_THREADS              262144               /* thread records */
#define FUT_MAX_ENDPOINTS            1048576              /* endpoint records; the first MAX_CORES*PRIORITIES are run queues */
#define FUT_MAX_SCS                  262144               /* scheduling contexts */
#define FUT_MAX_REGIONS              262144               /* regions */
#define FUT_MAX_IRQS                 1024                 /* interrupt records (index = interrupt number of the controller) */
#define FUT_MAX_ASIDS                256                  /* address-space identifiers; 0 is shared and flushes on every load */
#define FUT_TABLE_BITS               12                   /* log2 of the largest capability table of an ordinary domain */
#define FUT_TABLE_STRIDE             4096                 /* slots between the tables of two domains */
#define FUT_ROOT_DOMAIN              16                   /* the record of capmgr's domain; its table spans the strides 16 to 31 */
#define FUT_ROOT_TABLE_BITS          16                   /* log2 of the size of capmgr's table */
#define FUT_TOKEN_INDEX_BITS         20                   /* a reply token is index | sequence << 20 */

/* Object types */
#define FUT_TYPE_NONE                0                    /* empty slot */
#define FUT_TYPE_ENDPOINT            1                    /* a gate: endpoint record + core number */
#define FUT_TYPE_NOTIFY              2                    /* a thread and a mask of its notification word (badge = mask) */
#define FUT_TYPE_THREAD              3                    /* a thread */
#define FUT_TYPE_DOMAIN              4                    /* a domain: address space and capability table */
#define FUT_TYPE_SC                  5                    /* a scheduling context */
#define FUT_TYPE_IRQ                 6                    /* an interrupt */
#define FUT_TYPE_REGION              7                    /* part of a range of frames (badge = offset:32 high, frames:32 low) */
#define FUT_TYPE_IOSPACE             8                    /* an I/O address space */
#define FUT_TYPE_CONTROL             9                    /* creation of objects, windows, timer, cores, reset */

/* Rights (four bits, meaning by type) */
#define FUT_RIGHT_ENDPOINT_CALL      1                    /* call, send */
#define FUT_RIGHT_ENDPOINT_RECV      2                    /* recv, reply_recv */
#define FUT_RIGHT_ENDPOINT_DRAIN     4                    /* ep_drain */
#define FUT_RIGHT_ENDPOINT_KILL      8                    /* obj_kill */
#define FUT_RIGHT_NOTIFY_SIGNAL      1                    /* notify */
#define FUT_RIGHT_THREAD_RUN         1                    /* thread_run, thread_stop, thread_cancel */
#define FUT_RIGHT_THREAD_REGS        2                    /* thread_regs, thread_debug */
#define FUT_RIGHT_THREAD_BIND        4                    /* thread_bind, irq_bind and minting of notifications */
#define FUT_RIGHT_THREAD_KILL        8                    /* obj_kill */
#define FUT_RIGHT_DOMAIN_SPACE       1                    /* map, unmap, protect, map_copy, pt_link */
#define FUT_RIGHT_DOMAIN_TABLE       2                    /* cap_set, cap_clear, cap_info */
#define FUT_RIGHT_DOMAIN_BIND        4                    /* thread_bind into it */
#define FUT_RIGHT_DOMAIN_KILL        8                    /* obj_kill, reply_scan, asid_assign */
#define FUT_RIGHT_SC_BIND            1                    /* thread_bind */
#define FUT_RIGHT_SC_SET             2                    /* sc_set */
#define FUT_RIGHT_SC_KILL            8                    /* obj_kill */
#define FUT_RIGHT_IRQ_BIND           1                    /* irq_bind */
#define FUT_RIGHT_IRQ_ACK            2                    /* irq_ack */
#define FUT_RIGHT_IRQ_KILL           8                    /* obj_kill */
#define FUT_RIGHT_REGION_WRITE       1                    /* writable mappings */
#define FUT_RIGHT_REGION_EXEC        2                    /* executable mappings */
#define FUT_RIGHT_REGION_RETYPE      4                    /* frame_type, pt_link, window_grow, obj_create of a domain */
#define FUT_RIGHT_REGION_RECLAIM     8                    /* pt_unlink, pt_sweep, pt_thaw, obj_kill */
#define FUT_RIGHT_CONTROL_CREATE     1                    /* obj_create (interrupts too), obj_free, window_grow */
#define FUT_RIGHT_CONTROL_TIMER      2                    /* timer_set */
#define FUT_RIGHT_CONTROL_CPU        4                    /* cpu_start */
#define FUT_RIGHT_CONTROL_RESET      8                    /* reset, debug_put */

/* Statuses (in a register of their own; no server can forge one) */
#define FUT_S_OK                     0                    /* done; for call: replied */
#define FUT_S_EMPTY                  1                    /* a slot named holds no capability */
#define FUT_S_TYPE                   2                    /* a slot named holds another type */
#define FUT_S_RIGHT                  3                    /* the capability lacks the right */
#define FUT_S_DEAD                   4                    /* the object is dead; a queued call was not delivered */
#define FUT_S_NOREPLY                5                    /* the call was delivered and its server died: outcome unknown */
#define FUT_S_CANCEL_SEND            6                    /* cancelled while queued: not delivered */
#define FUT_S_CANCEL_WAIT            7                    /* cancelled while waiting for the reply: outcome unknown */
#define FUT_S_STALE                  8                    /* the reply token is not (or no longer) valid for this domain */
#define FUT_S_AGAIN                  9                    /* nothing there now: no receiver (send), nothing to receive (POLL) */
#define FUT_S_ARG                    10                   /* an argument is out of its range */
#define FUT_S_BUSY                   11                   /* slot or record in use, or object still referred to */
#define FUT_S_STATE                  12                   /* the object is in a state that forbids it */
#define FUT_S_QUIESCE                13                   /* every core must pass an epoch first: sync */
#define FUT_S_OVERFLOW               14                   /* a count or generation is at its maximum */
#define FUT_S_TABLE                  15                   /* a page table is missing (result 0: its level) or a window page is not backed */
#define FUT_S_FROZEN                 16                   /* the page table is frozen by a sweep */
#define FUT_S_FRAME                  17                   /* a frame has a type that forbids it */
#define FUT_S_CORE                   18                   /* the object belongs to another core */
#define FUT_S_NOSYS                  19                   /* no such system call, or not on this board */
#define FUT_S_LIMIT                  20                   /* a batch or scan is longer than the bound */
#define FUT_S_MAPPED                 21                   /* a leaf or table entry is already present */
#define FUT_S_MORE                   22                   /* done in part: call again */
#define FUT_S_CANCEL_RECV            23                   /* cancelled while receiving */

/* Frame types */
#define FUT_FRAME_RESERVED           0                    /* the nucleus, firmware, or no memory at all */
#define FUT_FRAME_FREE               1                    /* content unreadable until typed (and zeroed) */
#define FUT_FRAME_USER               2                    /* write-back memory */
#define FUT_FRAME_USER_NC            3                    /* uncached memory */
#define FUT_FRAME_PT                 4                    /* page table (its level beside it) */
#define FUT_FRAME_IOPT               5                    /* I/O page table */
#define FUT_FRAME_KOBJ               6                    /* backs a window of the nucleus */
#define FUT_FRAME_DEVICE             7                    /* never in the table: the type of MMIO regions */

/* Flags */
#define FUT_MAP_WRITE                1                    /* map, protect: writable */
#define FUT_MAP_EXEC                 2                    /* map, protect: executable; never together with MAP_WRITE */
#define FUT_MAP_COPY_RO              4                    /* map_copy: the source loses write as well */
#define FUT_RECV_POLL                1                    /* recv: do not wait */
#define FUT_BIND_VECTORS             1                    /* thread_bind: the thread may use vector registers */
#define FUT_DOMAIN_FOREIGN           1                    /* obj_create(domain): every system call is reflected */
#define FUT_SC_ROUND_ROBIN           0                    /* budget is a time slice, refilled at its end */
#define FUT_SC_CAPPED                1                    /* at the end the thread waits for sc_set */
#define FUT_REGION_RAM               0                    /* kind of region */
#define FUT_REGION_MMIO              1                    /* kind of region */
#define FUT_REGION_PORT              2                    /* kind of region: I/O ports (x86-64; base: the first port, frames: their number); only io_port uses it */
#define FUT_IO_PORT_WRITE            256                  /* io_port: write, beside the width */
#define FUT_RESET_OFF                0                    /* reset: power off */
#define FUT_RESET_REBOOT             1                    /* reset: restart */
#define FUT_REGS_READ                0                    /* thread_regs: record to frame */
#define FUT_REGS_WRITE               1                    /* thread_regs: frame to record */
#define FUT_IRQ_EDGE                 1                    /* irq_bind: edge triggered */
#define FUT_RECORD_SCAN              0                    /* reply_scan starts here */

/* Fault messages (w0 = kind, w1 = address, w2 = pc, w3 = syndrome, w4 = thread index, w5 = sp) */
#define FUT_FAULT_READ               1                    /* data read at w1 */
#define FUT_FAULT_WRITE              2                    /* data write at w1 */
#define FUT_FAULT_EXEC               3                    /* instruction fetch at w1 */
#define FUT_FAULT_UNDEFINED          4                    /* undefined or trapped instruction */
#define FUT_FAULT_ALIGN              5                    /* alignment */
#define FUT_FAULT_DEBUG              6                    /* breakpoint instruction or single step (there are no breakpoint registers) */
#define FUT_FAULT_VECTOR             8                    /* vector use by a thread without vector state */
#define FUT_FAULT_OTHER              9                    /* anything else */
#define FUT_FAULT_RESUME             0                    /* reply w0: resume at the saved pc */
#define FUT_FOREIGN_KEEP             1                    /* reply w1 to a foreign call: leave x0 as thread_regs set it */

/* Saved registers (thread_regs: 64-bit words of the frame) */
#define FUT_REG_X0                   0                    /* x0 to x30 in words 0 to 30 */
#define FUT_REG_SP                   31                   /* stack pointer */
#define FUT_REG_PC                   32                   /* program counter */
#define FUT_REG_PSTATE               33                   /* condition flags only */
#define FUT_REG_TLS                  34                   /* thread pointer */
#define FUT_REG_WORDS                35                   /* words of the general state */
#define FUT_REG_CALLS                35                   /* calls that the thread has made (not written back) */
#define FUT_REG_VECTOR               64                   /* first word of the vector state: 32 × 128 bits, then fpcr, fpsr */

/* Slots of capmgr at boot */
#define FUT_BOOT_SLOT_DOMAIN         1                    /* its own domain, all rights */
#define FUT_BOOT_SLOT_THREAD         2                    /* its first thread */
#define FUT_BOOT_SLOT_SC             3                    /* that thread's scheduling context */
#define FUT_BOOT_SLOT_CONTROL        4                    /* control, all rights */
#define FUT_BOOT_SLOT_RAM            5                    /* region over all RAM */
#define FUT_BOOT_SLOT_FIRST          6                    /* first empty slot */

/* System calls */
#define FUT_SYS_CALL                 1                    /* ENDPOINT (CALL) */
#define FUT_SYS_REPLY_RECV           2                    /* ENDPOINT (RECV) */
#define FUT_SYS_RECV                 3                    /* ENDPOINT (RECV); slot 0: bits only */
#define FUT_SYS_REPLY                4                    /* - */
#define FUT_SYS_SEND                 5                    /* ENDPOINT (CALL) */
#define FUT_SYS_NOTIFY               6                    /* NOTIFY (SIGNAL) */
#define FUT_SYS_IRQ_ACK              7                    /* IRQ (ACK) */
#define FUT_SYS_YIELD                8                    /* - */
#define FUT_SYS_CLOCK                9                    /* - */
#define FUT_SYS_CAP_SET              16                   /* DOMAIN (TABLE) */
#define FUT_SYS_CAP_CLEAR            17                   /* DOMAIN (TABLE) */
#define FUT_SYS_CAP_INFO             18                   /* DOMAIN (TABLE) */
#define FUT_SYS_OBJ_CREATE           19                   /* CONTROL (CREATE) */
#define FUT_SYS_OBJ_KILL             20                   /* any (KILL; REGION: RECLAIM) */
#define FUT_SYS_OBJ_FREE             21                   /* CONTROL (CREATE) */
#define FUT_SYS_EP_DRAIN             22                   /* ENDPOINT (DRAIN) */
#define FUT_SYS_REPLY_SCAN           23                   /* DOMAIN (KILL) */
#define FUT_SYS_ASID_ASSIGN          24                   /* DOMAIN (KILL) */
#define FUT_SYS_THREAD_BIND          25                   /* THREAD (BIND) */
#define FUT_SYS_THREAD_RUN           26                   /* THREAD (RUN) */
#define FUT_SYS_THREAD_STOP          27                   /* THREAD (RUN) */
#define FUT_SYS_THREAD_CANCEL        28                   /* THREAD (RUN) */
#define FUT_SYS_THREAD_REGS          29                   /* THREAD (REGS) */
#define FUT_SYS_THREAD_DEBUG         30                   /* THREAD (REGS) */
#define FUT_SYS_SC_SET               31                   /* SC (SET) */
#define FUT_SYS_FRAME_TYPE           32                   /* REGION (RETYPE) */
#define FUT_SYS_FRAME_INFO           33                   /* REGION (none) */
#define FUT_SYS_WINDOW_GROW          34                   /* CONTROL (CREATE) */
#define FUT_SYS_PT_LINK              35                   /* DOMAIN (SPACE) */
#define FUT_SYS_PT_UNLINK            36                   /* REGION (RECLAIM) */
#define FUT_SYS_PT_SWEEP             37                   /* REGION (RECLAIM) */
#define FUT_SYS_PT_THAW              38                   /* REGION (RECLAIM) */
#define FUT_SYS_MAP                  39                   /* DOMAIN (SPACE) */
#define FUT_SYS_MAP_COPY             40                   /* DOMAIN (SPACE) */
#define FUT_SYS_UNMAP                41                   /* DOMAIN (SPACE) */
#define FUT_SYS_PROTECT              42                   /* DOMAIN (SPACE) */
#define FUT_SYS_ICACHE_SYNC          43                   /* REGION (none) */
#define FUT_SYS_IO_LINK              44                   /* IOSPACE */
#define FUT_SYS_IO_MAP               45                   /* IOSPACE */
#define FUT_SYS_IO_UNMAP             46                   /* IOSPACE */
#define FUT_SYS_IO_PORT              47                   /* REGION (WRITE to write) */
#define FUT_SYS_IRQ_BIND             48                   /* IRQ (BIND) */
#define FUT_SYS_TIMER_SET            49                   /* CONTROL (TIMER) */
#define FUT_SYS_CPU_START            50                   /* CONTROL (CPU) */
#define FUT_SYS_SYNC                 51                   /* - */
#define FUT_SYS_RESET                52                   /* CONTROL (RESET) */
#define FUT_SYS_DEBUG_PUT            53                   /* CONTROL (RESET) */

/* Outcomes: every status that a call can end with */

/* Outcomes that no program can reach here, and why (the nucleus suite must provoke all others) */

/* Record fields that assembly uses */
#define FUT_OFF_THREAD_CAPS          0                    /* first slot of the capability table (index) */
#define FUT_OFF_THREAD_CAPS_MASK     4                    /* its size - 1 */
#define FUT_OFF_THREAD_TOKEN         8                    /* index | sequence << 20 */
#define FUT_OFF_THREAD_FASTPRIO      16                   /* priority + 1 when a fast delivery may take the thread */
#define FUT_OFF_THREAD_PRIO          17                   /* priority */
#define FUT_OFF_THREAD_NEXT          20                   /* list link */
#define FUT_OFF_THREAD_PREV          24                   /* list link */
#define FUT_OFF_THREAD_SC            28                   /* scheduling context that it runs on */
#define FUT_OFF_THREAD_STATE         32                   /* state */
#define FUT_OFF_THREAD_WAIT_DOMAIN   36                   /* domain that a reply must come from; it is not freed before */
#define FUT_OFF_THREAD_DOMAIN        40                   /* domain */
#define FUT_OFF_THREAD_ROOT          48                   /* table root and ASID in one word */
#define FUT_OFF_THREAD_PENDING       56                   /* notification word */
#define FUT_OFF_THREAD_REG           128                  /* saved registers */
#define FUT_OFF_ENDPOINT_KEY         0                    /* generation << 32 | core */
#define FUT_OFF_ENDPOINT_HEAD        8                    /* first waiter */
#define FUT_OFF_ENDPOINT_TAIL        12                   /* last waiter */
#define FUT_SIZE_SLOT                16                   /* bytes of a record */
#define FUT_SIZE_THREAD              1024                 /* bytes of a record */
#define FUT_SIZE_ENDPOINT            64                   /* bytes of a record */
#define FUT_SIZE_FRAME               16                   /* bytes of a record */

#define FUT_SYS_MAX 53

#endif
