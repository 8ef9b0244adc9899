/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nucleus' half of every address space on x86-64 (48 bits, 4 KiB pages). Used by C, assembly
 * and the linker script, so plain numbers only. Everything with a symbol lies in the top 2 GiB,
 * where the kernel code model reaches it.
 *
 *      0xffff800000000000   all RAM, never executable: frame f at RAM_WINDOW + f * 4096
 *      0xffffffff80000000   the image   2 MiB      0xffffffff88000000   devices of the nucleus
 *      0xffffffff81000000   scs        16 MiB      0xffffffff90000000   threads   256 MiB
 *      0xffffffff82000000   regions     8 MiB      0xffffffffa0000000   vectors   256 MiB
 *      0xffffffff83000000   domains     2 MiB      0xffffffffb0000000   frames    256 MiB
 *      0xffffffff84000000   endpoints  64 MiB      0xffffffffc0000000   slots       1 GiB
 *
 * Entries 256 (RAM) and 511 (the rest) of every root are the same for ever (invariant 19); on a
 * processor that lets users read what is only protected, a user's root has of all this the part of
 * the image that entries need (image_shared_*, kernel_map.c), and the nucleus a root of its own.
 * The top 2 GiB have two fixed level-2 tables. Every 2 MiB of them start with one shared level-3
 * table that maps one frame of zeros, read-only.
 */
#ifndef X86_64_LAYOUT_H
#define X86_64_LAYOUT_H

#define RAM_WINDOW 0xffff800000000000
#define RAM_ROOT_ENTRY 256
#define TOP_ROOT_ENTRY 511
#define TOP_WINDOW 0xffffffff80000000 /* the first byte that the two level-2 tables cover */
#define TOP_TABLES 2
#define IMAGE_BASE 0xffffffff80000000
#define IMAGE_PHYSICAL 0x200000
#define IMAGE_SIZE_MAX 0x200000
#define SCS_WINDOW 0xffffffff81000000
#define REGIONS_WINDOW 0xffffffff82000000
#define DOMAINS_WINDOW 0xffffffff83000000
#define ENDPOINTS_WINDOW 0xffffffff84000000
#define DEVICE_WINDOW 0xffffffff88000000
#define THREADS_WINDOW 0xffffffff90000000
#define VECTORS_WINDOW 0xffffffffa0000000
#define FRAMES_WINDOW 0xffffffffb0000000
#define SLOTS_WINDOW 0xffffffffc0000000
#define DEVICE_LAPIC DEVICE_WINDOW
#define DEVICE_SLEEP (DEVICE_WINDOW + 0x1000)
#define DEVICE_IOAPIC (DEVICE_WINDOW + 0x2000) /* one page each */

#define LOADER_PVH 0 /* the protocol by which the image was entered */
#define LOADER_MULTIBOOT 1

#define KERNEL_STACK_SIZE 4096
#define FAULT_STACK_SIZE 1024 /* of each entry that has a stack of its own */
#define FAULT_STACKS 4
#define ENTRY_STACK_SIZE                                                                           \
    256 /* where a thread's interrupts and exceptions arrive, and it is left                       \
         */

/* Entries of page tables. */
#define PTE_PRESENT (1 << 0)
#define PTE_WRITE (1 << 1)
#define PTE_USER (1 << 2)
#define PTE_UNCACHED (3 << 3) /* PWT and PCD: strong uncacheable after reset of the PAT */
#define PTE_ACCESSED (1 << 5)
#define PTE_DIRTY (1 << 6)
#define PTE_LARGE (1 << 7)
#define PTE_GLOBAL (1 << 8)
#define PTE_NX_BIT 63

/* Selectors, in the order that syscall and sysret want. */
#define SELECTOR_CODE 0x08
#define SELECTOR_DATA 0x10
#define SELECTOR_USER_BASE 0x1b /* what STAR holds: data 8 further, code 16 further */
#define SELECTOR_USER_DATA 0x23
#define SELECTOR_USER_CODE 0x2b
#define SELECTOR_TSS 0x30

/* Vectors: exceptions, then the interrupts of the I/O APICs in their order, then the local APIC. */
#define VECTOR_DEBUG 1
#define VECTOR_NMI 2
#define VECTOR_DOUBLE 8
#define VECTOR_MACHINE 18
#define VECTOR_FIRST 32
#define VECTOR_LINES 200
#define MESSAGE_FIRST 152          /* of these the interrupts that are messages, of no I/O APIC */
#define MESSAGE_ADDRESS 0xfee00000 /* where they are written; the local APIC's number << 12 */
#define VECTOR_TIMER 0xfe
#define VECTOR_SPURIOUS 0xff

/* Flags: what user mode may change by itself, and what syscall clears. */
#define FLAGS_IF (1 << 9)
#define FLAGS_TF (1 << 8)
#define FLAGS_RESUME 0x202  /* interrupts on, and the bit that is always set */
#define FLAGS_USER 0x244dd5 /* arithmetic, TF, DF, NT, AC, ID */
#define FLAGS_CLEARED 0x257fd5

/* Words of a thread's saved registers beside the ABI's. */
#define REG_RAX 12
#define REG_RCX 13
#define REG_RDX 14
#define REG_RBX 15
#define REG_RBP 16
#define REG_RSI 17
#define REG_RDI 18
#define REG_R8 19
#define REG_GS_BASE 27
#define REG_KIND 28

/* How a thread's words and its registers belong together (REG_KIND). */
#define KIND_FULL 0    /* the registers are as they are saved */
#define KIND_NARROW 1  /* words 0-4, 9 and 11 go to their registers */
#define KIND_WIDE 2    /* the other words as well */
#define KIND_FOREIGN 3 /* word 0 goes to rax */

/* struct core, through gs. */
#define CORE_USER_RSP 0
#define CORE_REG 8
#define CORE_STACK 16
#define CORE_SMAP 24
#define CORE_KERNEL_ROOT 32
#define CORE_USER_ROOT 40

#endif
