/* SPDX-License-Identifier: Apache-2.0 */
/*
 * int __set_thread_area(void *) for musl: the thread pointer is fs base, which a program may set by
 * itself. On a processor without the instruction the capability manager carries it out.
 */
    .global __set_thread_area
    .hidden __set_thread_area
    .type __set_thread_area, @function
__set_thread_area:
    wrfsbase %rdi
    xor %eax, %eax
    ret
    .section .note.GNU-stack, "", @progbits
