/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image's first instructions: the note of the PVH boot protocol, and the way to long mode and the high half.
 *
 * Entered by the loader in 32-bit protected mode without paging, where the image's physical addresses say, with ebx the
 * address of the start information. A processor that cannot run the nucleus is told so on the console.
 */
#include "../../arch/x86_64/layout.h"

#define PHYSICAL(symbol) ((symbol) - IMAGE_BASE + IMAGE_PHYSICAL)
#define NOTE_ENTRY 18
#define CPUID_LONG_MODE (1 << 29)
#define CPUID_NX (1 << 20)
#define CR0_BOOT 0x80010033 /* paging, write protection, numeric errors, monitor, protected mode */
#define CR4_BOOT 0x6a0      /* PAE, global pages, FXSAVE and its exceptions */
#define EFER 0xc0000080
#define EFER_BOOT 0x901 /* syscall, long mode, no-execute */
#define CONSOLE_DATA 0x3f8
#define CONSOLE_STATUS 0x3fd

    .section .note.Xen, "a", @note
    .balign 4
    .long   4, 4, NOTE_ENTRY
    .asciz  "Xen"
    .long   PHYSICAL(_start)

    .section .init.head, "ax"
    .code32
    .global _start, boot_enter
_start:
    mov     $LOADER_PVH, %edi
boot_enter: /* edi: the protocol */
    cli
    cld
    mov     %ebx, %ebp
    mov     $0x80000000, %eax
    cpuid
    cmp     $0x80000001, %eax
    jb      boot_refused
    mov     $0x80000001, %eax
    cpuid
    and     $(CPUID_LONG_MODE | CPUID_NX), %edx
    cmp     $(CPUID_LONG_MODE | CPUID_NX), %edx
    jne     boot_refused

/* First tables: the low 4 MiB where they lie, the image where it is linked; 2 MiB an entry. */
    movl    $PHYSICAL(boot_low_l1) + 3, PHYSICAL(boot_root)
    movl    $PHYSICAL(boot_high_l1) + 3, PHYSICAL(boot_root) + 8 * TOP_ROOT_ENTRY
    movl    $PHYSICAL(boot_low_l2) + 3, PHYSICAL(boot_low_l1)
    movl    $PHYSICAL(boot_high_l2) + 3, PHYSICAL(boot_high_l1) + 8 * 510
    movl    $0x83, PHYSICAL(boot_low_l2)
    movl    $IMAGE_PHYSICAL + 0x83, PHYSICAL(boot_low_l2) + 8
    movl    $IMAGE_PHYSICAL + 0x83, PHYSICAL(boot_high_l2)

    mov     $CR4_BOOT, %eax
    mov     %eax, %cr4
    mov     $PHYSICAL(boot_root), %eax
    mov     %eax, %cr3
    mov     $EFER, %ecx
    mov     $EFER_BOOT, %eax
    xor     %edx, %edx
    wrmsr
    mov     $CR0_BOOT, %eax
    mov     %eax, %cr0
    lgdt    PHYSICAL(boot_gdt_register)
    ljmp    $SELECTOR_CODE, $PHYSICAL(boot_long)

/* esi: the text */
boot_refused:
    mov     $PHYSICAL(boot_refusal), %esi
1:  mov     $1000000, %ecx
2:  mov     $CONSOLE_STATUS, %edx
    in      %dx, %al
    test    $0x20, %al
    jnz     3f
    loop    2b
3:  lodsb
    test    %al, %al
    jz      4f
    mov     $CONSOLE_DATA, %edx
    out     %al, %dx
    jmp     1b
4:  hlt
    jmp     4b

    .code64
boot_long:
    movabs  $boot_high, %rax
    jmp     *%rax
boot_high:
    mov     $SELECTOR_DATA, %eax
    mov     %eax, %ss
    mov     $boot_stack_top, %rsp
    rdtsc
    shl     $32, %rdx
    lea     (%rax, %rdx), %rcx
    mov     %edi, %r8d
    mov     %ebp, %edi
    mov     $IMAGE_PHYSICAL, %esi
    mov     %r8d, %edx
    xor     %ebp, %ebp
    call    boot_main
    ud2

/* boot_switch(root): another root. */
    .global boot_switch
boot_switch:
    mov     %rdi, %cr3
    ret

    .balign 8
boot_gdt:
    .quad   0, 0x00af9b000000ffff, 0x00cf93000000ffff
boot_gdt_register:
    .word   . - boot_gdt - 1
    .long   PHYSICAL(boot_gdt)
boot_refusal:
    .asciz  "futura: boot: this processor has no long mode or no execute protection\r\n"

    .section .init.bss, "aw", %nobits
    .balign 4096
    .global boot_root
boot_root:
    .skip   4096
boot_low_l1:
    .skip   4096
boot_low_l2:
    .skip   4096
boot_high_l1:
    .skip   4096
boot_high_l2:
    .skip   4096
    .skip   16384
    .balign 4096
boot_stack_top:
    .section .note.GNU-stack, "", %progbits
