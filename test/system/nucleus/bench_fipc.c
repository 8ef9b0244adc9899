/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What generated stubs and the interface runtime add to a system call, a side at a time.
 *
 *   client = (stub, against a raw server) - (raw call, against the same)
 *   server = (raw call, against the runtime's server) - (raw call, against a raw server)
 *
 * A raw call is the svc and the ten moves that fill its registers; a raw server is the same for
 * reply_recv, and the branch back. The client's stub counts from its first instruction to its
 * return. Taken off the server: its handler, which does nothing; off both: copies of the payload.
 * Client and server are in two address spaces, with a real lane between them.
 */
#include "bench.h"
#include "demo.h"
#include "fipc/client.h"
#include "fipc/lane.h"
#include "fipc/server.h"
#include "fs.h"
#include <string.h>

#define SERVE 4
#define ROUNDS 1000
#define BADGE 7u
#define STATE_VA 0xc0000000ull
#define C_VA 0xc1000000ull
#define S_VA 0xc2000000ull
#define STATE_PAGES 24u
#define FILE_OBJECT 1u
#define READ_BYTES 64u
static const char path[] = "/etc/motd";
#define PATH_BYTES (sizeof(path) - 1)

/* What lies at STATE_VA of a child. */
struct state {
    u64 w[5]; /* a raw server's answer */
    struct fipc_server server;
    struct fipc_session session[1];
    struct fipc_object object[4];
    u8 arena[FS_ARENA];
};
_Static_assert(sizeof(struct state) <= STATE_PAGES * 4096, "the state fits its pages");

/* ---- servers ---- */

CHILD static void child_raw(u64 at)
{
    const u64 *w = (const u64 *)at;

    __asm__ volatile("ldp x20, x21, [%[w]]\n\tldp x22, x23, [%[w], #16]\n\tldr x24, [%[w], #32]\n\t"
                     "mov x9, #0\n\t"
                     "1: mov x0, x20\n\tmov x1, x21\n\tmov x2, x22\n\tmov x3, x23\n\t"
                     "mov x4, x24\n\tmov x5, #0\n\tmov x6, #0\n\tmov x7, #0\n\t"
                     "mov x8, %[slot]\n\tmov x9, x9\n\tsvc %[number]\n\tb 1b" ::[w] "r"(w),
                     [slot] "i"(SERVE), [number] "i"(FUT_SYS_REPLY_RECV)
                     : "memory");
    __builtin_unreachable();
}

CHILD static fut_err on_add(void *self, struct fipc_req *r, uint32_t a, uint32_t b, uint32_t *sum)
{
    (void)self;
    (void)r;
    *sum = a + b;
    return FUT_OK;
}

CHILD static fut_err on_read(void *self, struct fipc_req *r, uint64_t offset, uint32_t count,
                             struct fipc_out *data)
{
    (void)self;
    (void)r;
    (void)offset;
    data->len = count;
    return FUT_OK;
}

CHILD static fut_err on_open(void *self, struct fipc_req *r, const uint8_t *name, size_t len,
                             uint32_t how, uint16_t mode, struct fs_opened *node)
{
    (void)self;
    (void)r;
    (void)name;
    (void)len;
    (void)how;
    (void)mode;
    node->tag = FS_OPENED_FILE;
    node->u.file = FILE_OBJECT;
    return FUT_OK;
}

/* Tables are read by children: they lie in the section that children share. */
#define SHARED __attribute__((section(".child.rodata"), used))
SHARED static const struct demo_echo_ops echo_ops = {.add = on_add};
SHARED static const struct fs_file_ops file_ops = {.read = on_read};
SHARED static const struct fs_directory_ops directory_ops = {.open = on_open};
SHARED static const struct fipc_binding echo_binding = {&demo_echo_iface, &echo_ops, NULL};
SHARED static const struct fipc_binding file_binding = {&fs_file_iface, &file_ops, NULL};
SHARED static const struct fipc_binding directory_binding = {&fs_directory_iface, &directory_ops,
                                                             NULL};

CHILD static void serve(const struct fipc_binding *root, const struct fipc_lane_spec *spec)
{
    struct state *s = (struct state *)STATE_VA;
    struct fipc_server_config config = {.slot = SERVE,
                                        .sessions = s->session,
                                        .nsessions = 1,
                                        .objects = s->object,
                                        .nobjects = 4,
                                        .arena = s->arena,
                                        .arena_size = sizeof(s->arena)};
    struct fipc_session_config open = {.badge = BADGE,
                                       .spec = spec,
                                       .c = (void *)C_VA,
                                       .s = (void *)S_VA,
                                       .root = root,
                                       .self = s};
    struct fipc_session *n;
    uint32_t number;

    if (fipc_server_init(&s->server, &config) == FUT_OK &&
        fipc_session_open(&s->server, &open, &n) == FUT_OK &&
        fipc_object_add(n, &file_binding, s, &number) == FUT_OK && number == FILE_OBJECT)
        fipc_server_run(&s->server);
    __builtin_trap();
}

CHILD static void child_echo(u64 unused)
{
    (void)unused;
    serve(&echo_binding, &demo_echo_lane);
}

CHILD static void child_directory(u64 unused)
{
    (void)unused;
    serve(&directory_binding, &fs_directory_lane);
}

/* ---- the lane ---- */

struct lane {
    u64 c[24], s[24];
    struct fipc_lane_layout layout;
};

static void lane_make(struct lane *l, const struct fipc_lane_spec *spec)
{
    check_is(fipc_lane_compute(spec, &l->layout), FUT_OK, "lane");
    check_is(l->layout.c_pages <= 24 && l->layout.s_pages <= 24, 1, "pages of the lane");
    for (u32 i = 0; i < l->layout.c_pages; i++) {
        l->c[i] = frame_new(FUT_FRAME_USER, 0);
        space_map(SLOT_SELF, C_VA + i * 4096ull, l->c[i], FUT_MAP_WRITE);
    }
    for (u32 i = 0; i < l->layout.s_pages; i++) {
        l->s[i] = frame_new(FUT_FRAME_USER, 0);
        space_map(SLOT_SELF, S_VA + i * 4096ull, l->s[i], 0);
    }
}

static void lane_unmap(const struct lane *l)
{
    u64 removed;

    for (u32 i = 0; i < l->layout.c_pages; i++)
        fut_sys_unmap(SLOT_SELF, C_VA + i * 4096ull, 1, &removed);
    for (u32 i = 0; i < l->layout.s_pages; i++)
        fut_sys_unmap(SLOT_SELF, S_VA + i * 4096ull, 1, &removed);
}

static u32 next_asid = 20;

/* A server in a domain of its own; *call is the client's capability with the session's badge. */
static struct task server_start(void (*entry)(u64), const struct lane *l, const u64 answer[5],
                                u32 *call)
{
    u32 domain = domain_new(0, 0), record, ep = endpoint_new(&record);
    struct task t;

    EXPECT(fut_sys_asid_assign(domain, next_asid++), FUT_S_OK);
    give(domain, SERVE, ep, FUT_RIGHT_ENDPOINT_RECV, 0);
    *call = slot_new();
    give(SLOT_SELF, *call, ep, FUT_RIGHT_ENDPOINT_CALL, BADGE);
    for (u32 i = 0; i < STATE_PAGES; i++) {
        u64 frame = frame_new(FUT_FRAME_USER, 0);

        space_map(domain, STATE_VA + i * 4096ull, frame, FUT_MAP_WRITE);
        if (i == 0 && answer != NULL) memcpy(window_of(frame), answer, 40);
    }
    for (u32 i = 0; i < l->layout.c_pages; i++)
        space_map(domain, C_VA + i * 4096ull, l->c[i], 0);
    for (u32 i = 0; i < l->layout.s_pages; i++)
        space_map(domain, S_VA + i * 4096ull, l->s[i], FUT_MAP_WRITE);
    t = task_new(domain, entry, STATE_VA, PRIORITY_SUITE + 1, 0);
    task_run(&t);
    return t;
}

/* ---- clients ---- */

/* The words' call, its result in them; the instructions from the first move to the svc's return. */
static u64 raw_call(u32 slot, u64 w[5], u32 *status)
{
    register u64 x9 __asm__("x9") = slot;
    register u64 x11 __asm__("x11");
    register u64 x13 __asm__("x13");
    register u64 x14 __asm__("x14");
    register u64 from __asm__("x19");
    register u64 *at __asm__("x20") = w;

    __asm__ volatile("ldp x21, x22, [%[at]]\n\tldp x23, x24, [%[at], #16]\n\t"
                     "ldr x25, [%[at], #32]\n\tmov x26, x9\n\t" BENCH_READ(
                         "%[from]") "mov x0, x21\n\tmov x1, x22\n\tmov x2, x23\n\tmov x3, x24\n\t"
                                    "mov x4, x25\n\tmov x5, #0\n\tmov x6, #0\n\tmov x7, #0\n\t"
                                    "mov x8, x26\n\tmov x9, #0\n\tsvc %[number]\n\t" BENCH_READ(
                                        "%[to]") "stp x0, x1, [%[at]]\n\tstp x2, x3, [%[at], "
                                                 "#16]\n\tstr x4, [%[at], #32]"
                     : "+r"(x9), [status] "=r"(x11), [to] "=r"(x13), "=r"(x14), [from] "=&r"(from)
                     : [at] "r"(at), [number] "i"(FUT_SYS_CALL)
                     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x10", "x12", "x15",
                       "x16", "x17", "x18", "x21", "x22", "x23", "x24", "x25", "x26", "cc",
                       "memory");
    *status = (u32)x11;
    return x13 - from;
}

/* The median of a statement that calls through a pointer. */
#define MEDIAN(out, statement)                                                                     \
    do {                                                                                           \
        bench_begin();                                                                             \
        for (u32 round = 0; round < ROUNDS; round++) {                                             \
            u64 before = ticks();                                                                  \
            statement;                                                                             \
            bench_add(before, ticks());                                                            \
        }                                                                                          \
        (out) = bench_median();                                                                    \
    } while (0)

/* What stands in for a function to find what the call of it costs its caller: one instruction. */
void bench_return(void);
__asm__(".text\nbench_return:\n\tret\n");

/* Sets `out` to the instructions of `function` from its first to its return, called as `fn(...)`.
 */
#define BODY(out, function, ...)                                                                   \
    do {                                                                                           \
        __typeof__(&(function)) volatile fn = (function);                                          \
        u64 with, without;                                                                         \
                                                                                                   \
        MEDIAN(with, (void)fn(__VA_ARGS__));                                                       \
        fn = (__typeof__(&(function)))(void *)bench_return;                                        \
        MEDIAN(without, (void)fn(__VA_ARGS__));                                                    \
        (out) = with - without + 1;                                                                \
    } while (0)

static u64 copy_cost(size_t n)
{
    u8 *to = (u8 *)BENCH_SHARED;
    u64 cost;

    if (n == 0) return 0;
    BODY(cost, memcpy, to, to + 2048, n);
    return cost + 1; /* and the branch to it */
}

/* Round trip of fixed words to a server: svc, moves, and what the server does. */
static u64 raw_trip(u32 call, const u64 request[5], const u64 answer[5])
{
    u64 w[5];
    u32 s, bad = 0;

    bench_begin();
    for (u32 i = 0; i < ROUNDS; i++) {
        memcpy(w, request, sizeof(w));
        bench_add(0, raw_call(call, w, &s));
        bad |= s;
        for (u32 k = 0; k < 5; k++)
            bad |= w[k] != answer[k];
    }
    check_is(bad, 0, "raw calls and their answers");
    return bench_median();
}

/* One method: the words on the wire, and what each side's stub adds to them. */
struct method {
    const char *client, *server;
    void (*serve)(u64);
    const struct fipc_lane_spec *spec;
    u64 request[5], answer[5];
    u64 request_copy, answer_copy;       /* bytes that are copied out of line */
    u64 (*stub)(struct fipc_conn *conn); /* the client's stub in all */
    u64 (*handler)(void);
};

static u64 stub_add(struct fipc_conn *conn)
{
    demo_echo o = {conn, 0};
    uint32_t sum = 0;
    u64 spent;

    BODY(spent, demo_echo_add, o, 2, 40, &sum);
    check_is(demo_echo_add(o, 2, 40, &sum), FUT_OK, "Echo.add");
    check_is(sum, 42, "the sum");
    return spent;
}

static u64 stub_read(struct fipc_conn *conn)
{
    fs_file o = {conn, FILE_OBJECT};
    u8 data[READ_BYTES];
    size_t len = 0;
    u64 spent;

    BODY(spent, fs_file_read, o, 8192, READ_BYTES, data, sizeof(data), &len);
    check_is(fs_file_read(o, 8192, READ_BYTES, data, sizeof(data), &len), FUT_OK, "File.read");
    check_is(len, READ_BYTES, "the length");
    return spent;
}

static u64 stub_open(struct fipc_conn *conn)
{
    fs_directory o = {conn, 0};
    struct fs_opened node = {0};
    u64 spent;

    BODY(spent, fs_directory_open, o, path, PATH_BYTES, 1, 0, &node);
    check_is(fs_directory_open(o, path, PATH_BYTES, 1, 0, &node), FUT_OK, "Directory.open");
    check_is(node.tag == FS_OPENED_FILE && node.u.file == FILE_OBJECT, 1, "the node");
    return spent;
}

static u64 handler_add(void)
{
    uint32_t sum;
    u64 spent;

    BODY(spent, on_add, NULL, NULL, 2, 40, &sum);
    return spent;
}

static u64 handler_read(void)
{
    struct fipc_out data = {0};
    u64 spent;

    BODY(spent, on_read, NULL, NULL, 8192, READ_BYTES, &data);
    return spent;
}

static u64 handler_open(void)
{
    struct fs_opened node;
    u64 spent;

    BODY(spent, on_open, NULL, NULL, (const u8 *)path, PATH_BYTES, 1, 0, &node);
    return spent;
}

/* The copy in the lane that a raw client's words speak of. */
static void half_fill(const struct lane *l)
{
    u8 *half = (u8 *)C_VA + l->layout.req_base + FIPC_HALF_DATA;

    if (l->layout.req_size) memcpy(half, path, PATH_BYTES);
}

static void method_measure(const struct method *m)
{
    struct fipc_areas areas = {.c = (void *)C_VA, .s = (const void *)S_VA};
    static struct fipc_conn conn;
    struct lane l;
    struct task raw, runtime;
    u64 both, client, server;
    u32 call;

    lane_make(&l, m->spec);
    half_fill(&l);
    raw = server_start(child_raw, &l, m->answer, &call);
    both = raw_trip(call, m->request, m->answer);
    areas.slot = call;
    check_is(fipc_conn_init(&conn, NULL, &areas, m->spec), FUT_OK, "connection");
    client = m->stub(&conn) - both - copy_cost(m->request_copy) - copy_cost(m->answer_copy);
    fut_sys_obj_kill(raw.thread);
    runtime = server_start(m->serve, &l, NULL, &call);
    server =
        raw_trip(call, m->request, m->answer) - both - copy_cost(m->request_copy) - m->handler();
    fut_sys_obj_kill(runtime.thread);
    lane_unmap(&l);
    bench_number(m->client, client, ROUNDS - BENCH_WARM);
    bench_number(m->server, server, ROUNDS - BENCH_WARM);
}

void bench_fipc(void)
{
    static const struct method methods[] = {
        {"fipc.echo_add.client",
         "fipc.echo_add.server",
         child_echo,
         &demo_echo_lane,
         {0x00000000a8010010, 0x0000002800000002},
         {0x10000, 42},
         0,
         0,
         stub_add,
         handler_add},
        {"fipc.file_read.client",
         "fipc.file_read.server",
         child_directory,
         &fs_directory_lane,
         {0x00000001d8021020, 8192, READ_BYTES},
         {0x11000, 1ull << 48 | READ_BYTES},
         0,
         READ_BYTES,
         stub_read,
         handler_read},
        {"fipc.directory_open.client",
         "fipc.directory_open.server",
         child_directory,
         &fs_directory_lane,
         {0x000000001e021020, 1ull << 48 | PATH_BYTES, 1},
         {0x10000, (u64)FILE_OBJECT << 32 | FS_OPENED_FILE},
         PATH_BYTES,
         0,
         stub_open,
         handler_open},
    };

    bench_shared_map(SLOT_SELF);
    for (u32 i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        method_measure(&methods[i]);
}
