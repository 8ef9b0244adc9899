/* SPDX-License-Identifier: Apache-2.0 */
/* The one number space of errors (FIPC.md 3.5). 1..199 are Linux's generic values, so that the
 * Linux personality needs no table; 200..207 are made only by the client runtime and say whether a
 * call ran; 256..4095 belong to the interface that answers. Every function that can fail answers
 * with a `fut_err`; 0 is success. */
#ifndef FUTURA_ERRORS_H
#define FUTURA_ERRORS_H
#include <stdint.h>

typedef uint32_t fut_err;

/* X(name, number, meaning). */
#define FUT_ERRORS(X)                                                                              \
    X(EPERM, 1, "not permitted")                                                                   \
    X(ENOENT, 2, "no such file or directory")                                                      \
    X(ESRCH, 3, "no such process")                                                                 \
    X(EINTR, 4, "interrupted")                                                                     \
    X(EIO, 5, "input/output error")                                                                \
    X(ENXIO, 6, "no such device or address")                                                       \
    X(E2BIG, 7, "argument list too long")                                                          \
    X(ENOEXEC, 8, "not an executable file")                                                        \
    X(EBADF, 9, "no such object")                                                                  \
    X(ECHILD, 10, "no child processes")                                                            \
    X(EAGAIN, 11, "try again")                                                                     \
    X(ENOMEM, 12, "out of memory")                                                                 \
    X(EACCES, 13, "permission denied")                                                             \
    X(EFAULT, 14, "bad address")                                                                   \
    X(EBUSY, 16, "busy")                                                                           \
    X(EEXIST, 17, "exists already")                                                                \
    X(EXDEV, 18, "not on the same file system")                                                    \
    X(ENODEV, 19, "no such device")                                                                \
    X(ENOTDIR, 20, "not a directory")                                                              \
    X(EISDIR, 21, "is a directory")                                                                \
    X(EINVAL, 22, "invalid argument")                                                              \
    X(ENFILE, 23, "too many open files in the system")                                             \
    X(EMFILE, 24, "too many open files")                                                           \
    X(ENOTTY, 25, "not a terminal")                                                                \
    X(EFBIG, 27, "file too large")                                                                 \
    X(ENOSPC, 28, "no space left")                                                                 \
    X(ESPIPE, 29, "cannot seek")                                                                   \
    X(EROFS, 30, "read-only file system")                                                          \
    X(EMLINK, 31, "too many links")                                                                \
    X(EPIPE, 32, "broken pipe")                                                                    \
    X(EDOM, 33, "argument out of domain")                                                          \
    X(ERANGE, 34, "result out of range")                                                           \
    X(EDEADLK, 35, "would deadlock")                                                               \
    X(ENAMETOOLONG, 36, "name too long")                                                           \
    X(ENOSYS, 38, "not implemented")                                                               \
    X(ENOTEMPTY, 39, "directory not empty")                                                        \
    X(ELOOP, 40, "too many symbolic links")                                                        \
    X(ENODATA, 61, "no data")                                                                      \
    X(ETIME, 62, "timer expired")                                                                  \
    X(EPROTO, 71, "the peer broke the protocol")                                                   \
    X(EBADMSG, 74, "malformed message")                                                            \
    X(EOVERFLOW, 75, "value too large")                                                            \
    X(EILSEQ, 84, "invalid byte sequence")                                                         \
    X(EMSGSIZE, 90, "message too long")                                                            \
    X(EPROTONOSUPPORT, 93, "protocol not supported")                                               \
    X(EOPNOTSUPP, 95, "operation not supported")                                                   \
    X(EADDRINUSE, 98, "address in use")                                                            \
    X(EADDRNOTAVAIL, 99, "address not available")                                                  \
    X(ENETDOWN, 100, "network is down")                                                            \
    X(ENETUNREACH, 101, "network unreachable")                                                     \
    X(ECONNABORTED, 103, "connection aborted")                                                     \
    X(ECONNRESET, 104, "connection reset")                                                         \
    X(ENOBUFS, 105, "no buffer space")                                                             \
    X(EISCONN, 106, "connected already")                                                           \
    X(ENOTCONN, 107, "not connected")                                                              \
    X(ETIMEDOUT, 110, "timed out")                                                                 \
    X(ECONNREFUSED, 111, "connection refused")                                                     \
    X(EHOSTDOWN, 112, "host is down")                                                              \
    X(EHOSTUNREACH, 113, "host unreachable")                                                       \
    X(EALREADY, 114, "in progress already")                                                        \
    X(EINPROGRESS, 115, "in progress")                                                             \
    X(ESTALE, 116, "the object is gone")                                                           \
    X(EDQUOT, 122, "quota exceeded")                                                               \
    X(ECANCELED, 125, "cancelled")                                                                 \
    X(EDEAD, 200, "the server was gone before it received the call")                               \
    X(EUNKNOWN, 201, "the server died or the call was cancelled: its outcome is unknown")          \
    X(ENOTSENT, 202, "cancelled before the server received the call")                              \
    X(ENOSLOT, 203, "every slot of the connection is in use")                                      \
    X(EVERSION, 204, "client and server speak incompatible versions")

enum {
    FUT_OK = 0,
#define FUT_ERROR_ENUM(name, number, text) FUT_##name = number,
    FUT_ERRORS(FUT_ERROR_ENUM)
#undef FUT_ERROR_ENUM
        FUT_ENOTSUP = FUT_EOPNOTSUPP,
    FUT_EWOULDBLOCK = FUT_EAGAIN,
    FUT_TRANSPORT_FIRST = 200, /* a reply that carries one of these is EPROTO */
    FUT_TRANSPORT_LAST = 207,
    FUT_INTERFACE_FIRST = 256,
    FUT_ERROR_LAST = 4095
};

struct fipc_iface;

/* What an error means, in a few words; never NULL. iface: the interface that answered, whose own
 * errors (from 256) are then named; NULL is fine. Unknown numbers yield "unknown error". */
const char *fut_strerror(const struct fipc_iface *iface, fut_err e);

/* The error's name, as "ENOENT" or "TOO_LOUD"; NULL if it has none. */
const char *fut_errname(const struct fipc_iface *iface, fut_err e);

#endif
