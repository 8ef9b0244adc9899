/* SPDX-License-Identifier: MIT */
/*
 * Replaces arch/CPU/syscall_arch.h in the unpacked musl tree: every system call of the C library
 * becomes a call of one function, which the program's system glue provides. The numbers stay
 * Linux's own for the architecture; results are as Linux's, -errno on failure.
 */
#define __SYSCALL_LL_E(x) (x)
#define __SYSCALL_LL_O(x) (x)

long __os_syscall(long number, long a, long b, long c, long d, long e, long f);

static inline long __syscall0(long n) { return __os_syscall(n, 0, 0, 0, 0, 0, 0); }
static inline long __syscall1(long n, long a) { return __os_syscall(n, a, 0, 0, 0, 0, 0); }
static inline long __syscall2(long n, long a, long b) { return __os_syscall(n, a, b, 0, 0, 0, 0); }
static inline long __syscall3(long n, long a, long b, long c)
{
    return __os_syscall(n, a, b, c, 0, 0, 0);
}
static inline long __syscall4(long n, long a, long b, long c, long d)
{
    return __os_syscall(n, a, b, c, d, 0, 0);
}
static inline long __syscall5(long n, long a, long b, long c, long d, long e)
{
    return __os_syscall(n, a, b, c, d, e, 0);
}
static inline long __syscall6(long n, long a, long b, long c, long d, long e, long f)
{
    return __os_syscall(n, a, b, c, d, e, f);
}

#define IPC_64 0
