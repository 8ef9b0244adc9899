/* SPDX-License-Identifier: Apache-2.0 */
/* Components as init makes them: binaries from the boot archive, arguments from the manifest, ends
 * into the log. */
#include <string.h>

#include "boot/cpio.h"
#include "capmgr.h"
#include "crash.h"
#include "futura/processor.h"
#include "init.h"
#include "spawn.h"
#include "supervise.h"

#define TEXT 4096u
#define NAME 64u

struct child {
    uint32_t object; /* of futura.capmgr/1.Child; 0: does not run */
    uint32_t number;
};

static struct child children[MANIFEST_COMPONENTS];
static capmgr_boot boot;
static const struct startpage_window *archive;

void children_init(void)
{
    uint32_t kind, object;
    fut_err e = component_facility("boot", &kind, &object);

    if (e == FUT_OK && kind != CAPMGR_FACILITY_BOOT) e = FUT_EPROTO;
    archive = startpage_find_window(&component_page, "boot");
    if (e != FUT_OK || archive == NULL)
        component_fail("the use \"boot\" of the capability manager: %s", fut_strerror(NULL, e));
    boot = (capmgr_boot){&component_capmgr, object};
}

const char *children_name(uint32_t index)
{
    static char name[NAME];
    struct scbor_str s = init_manifest.component[index].name;
    uint32_t n = s.len < NAME ? s.len : NAME - 1;

    memcpy(name, s.s, n);
    name[n] = 0;
    return name;
}

/* --- starting --- */

static fut_err archive_read(void *ctx, uint64_t offset, void *to, size_t n)
{
    const struct cpio_entry *entry = ctx;

    if (offset > entry->size || n > entry->size - offset) return FUT_EINVAL;
    memcpy(to, entry->data + offset, n);
    return FUT_OK;
}

/* Appends a string and its NUL; false when the block is full. */
static bool string_put(char *block, size_t *len, const char *prefix, struct scbor_str s)
{
    size_t n = strlen(prefix);

    if (n + s.len + 1 > TEXT - *len) return false;
    memcpy(block + *len, prefix, n);
    memcpy(block + *len + n, s.s, s.len);
    block[*len + n + s.len] = 0;
    *len += n + s.len + 1;
    return true;
}

static bool strings_make(const struct manifest_component *c, struct spawn_stack *stack)
{
    static char arguments[TEXT], environment[TEXT];
    size_t a = 0, e = 0;
    uint32_t i;
    bool fits = string_put(arguments, &a, "", c->name);

    for (i = 0; i < c->args.count && fits; i++)
        fits = string_put(arguments, &a, "", init_manifest.arg[c->args.first + i]);
    fits = fits && string_put(environment, &e, "PATH=/bin", scbor_str_of("")) &&
           string_put(environment, &e, "HOME=/", scbor_str_of(""));
    if (fits && init_options.tz[0] != 0)
        fits = string_put(environment, &e, "TZ=", scbor_str_of(init_options.tz));
    stack->arguments = (struct spawn_strings){arguments, a};
    stack->environment = (struct spawn_strings){environment, e};
    return fits;
}

/* The path of its binary in the archive; the boot option init= names another shell. False: it is
 * too long. */
static bool binary_path(const struct manifest_component *c, char *path, size_t cap)
{
    struct scbor_str s = c->binary;

    if (scbor_str_is(c->name, SUPERVISE_SHELL) && init_options.init[0] != 0)
        s = scbor_str_of(init_options.init);
    while (s.len != 0 && s.s[0] == '/')
        s.s++, s.len--;
    if (s.len >= cap) return false;
    memcpy(path, s.s, s.len);
    path[s.len] = 0;
    return true;
}

/* Servers and drivers are compiled without vectors, and their threads do without the state. */
static bool has_vectors(const char *path)
{
    return strncmp(path, "servers/", 8) != 0 && strncmp(path, "drivers/", 8) != 0;
}

static fut_err program_load(uint32_t index, uint32_t child, const char *path)
{
    struct spawn_file file = {.read = archive_read};
    struct spawn_stack stack;
    struct elf_image image;
    struct cpio_entry entry;
    enum elf_error why;
    enum cpio_error c = cpio_find((const void *)(uintptr_t)archive->area.address,
                                  archive->area.bytes, path, &entry);
    fut_err e;

    if (c != CPIO_OK) {
        component_log(COMPONENT_ERROR, "%s: %s", path, cpio_strerror(c));
        return FUT_ENOENT;
    }
    file.ctx = &entry;
    file.size = entry.size;
    e = spawn_check(&file, &image, &why);
    if (e != FUT_OK) {
        component_log(COMPONENT_ERROR, "%s: %s", path, elf_strerror(why));
        return e;
    }
    memset(&stack, 0, sizeof stack);
    if (!strings_make(&init_manifest.component[index], &stack)) return FUT_E2BIG;
    return spawn_start(child, &file, &image, &stack, has_vectors(path));
}

/* What init= names cannot be started: the next start takes the manifest's shell. */
static void option_forget(uint32_t index)
{
    if (init_options.init[0] == 0 ||
        !scbor_str_is(init_manifest.component[index].name, SUPERVISE_SHELL))
        return;
    component_log(COMPONENT_WARNING,
                  "boot option init=%s: it cannot be started; the manifest's shell is used",
                  init_options.init);
    init_options.init[0] = 0;
}

bool children_start(uint32_t index)
{
    struct child *c = &children[index];
    char path[128];
    fut_err e;

    if (!binary_path(&init_manifest.component[index], path, sizeof path)) {
        component_log(COMPONENT_ERROR, "%s: the path of its binary is too long",
                      children_name(index));
        return false;
    }
    e = capmgr_boot_create(boot, index, &c->object, &c->number);
    if (e != FUT_OK) {
        component_log(COMPONENT_ERROR, "%s cannot be created: %s (%u)", children_name(index),
                      fut_strerror(NULL, e), component_capmgr.detail);
        c->object = 0;
        return false;
    }
    e = program_load(index, c->object, path);
    if (e == FUT_OK) {
        component_log(COMPONENT_DEBUG, "%s started as component %u", children_name(index),
                      c->number);
        return true;
    }
    component_log(COMPONENT_ERROR, "%s cannot be started: %s (%u)", children_name(index),
                  fut_strerror(NULL, e), component_capmgr.detail);
    (void)fipc_release(&component_capmgr, capmgr_child_peer.tag, c->object);
    c->object = 0;
    option_forget(index);
    return false;
}

void children_give_up(uint32_t index)
{
    fut_err e = capmgr_boot_given_up(boot, index);

    if (e != FUT_OK)
        component_log(COMPONENT_WARNING, "%s: its clients are not told: %s", children_name(index),
                      fut_strerror(NULL, e));
}

/* --- ends --- */

static unsigned severity_of(const struct capmgr_death *d)
{
    if (d->cause == CAPMGR_CAUSE_EXIT) return d->code == 0 ? COMPONENT_INFO : COMPONENT_WARNING;
    return d->cause == CAPMGR_CAUSE_KILLED ? COMPONENT_WARNING : COMPONENT_ERROR;
}

/* One log entry a line. */
static void death_log(uint32_t index, const struct capmgr_death *d)
{
    static char text[CRASH_TEXT_MAX];
    struct crash crash = {.component = children_name(index)};
    char *line, *end;

    crash.kind = d->cause == CAPMGR_CAUSE_EXIT     ? CRASH_EXITED
                 : d->cause == CAPMGR_CAUSE_KILLED ? CRASH_KILLED
                                                   : d->kind;
    crash.address = d->cause == CAPMGR_CAUSE_EXIT ? (uint64_t)(uint32_t)d->code : d->address;
    crash.pc = d->pc;
    crash.sp = d->sp;
    crash.syndrome = d->syndrome;
    crash.machine = FUT_PROCESSOR_ELF;
    crash.has_registers = d->cause == CAPMGR_CAUSE_FAULT || d->cause == CAPMGR_CAUSE_BUDGET;
    memcpy(crash.x, d->registers, sizeof crash.x);
    if (d->cause == CAPMGR_CAUSE_BUDGET)
        component_log(COMPONENT_ERROR, "%s used up its memory budget", crash.component);
    (void)crash_format(&crash, text, sizeof text);
    for (line = text; *line != 0; line = end) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = 0;
        else
            end = line + strlen(line);
        component_log(severity_of(d), "%s", line);
    }
}

bool children_next_death(uint32_t *index)
{
    static struct capmgr_death death;
    static _Alignas(16) uint8_t memory[1024];
    struct fipc_arena arena;
    uint32_t i;
    fut_err e;

    for (i = 0; i < init_manifest.component_count; i++) {
        if (children[i].object == 0) continue;
        fipc_arena_init(&arena, memory, sizeof memory);
        e = capmgr_child_ended((capmgr_child){&component_capmgr, children[i].object}, &death,
                               &arena);
        if (e == FUT_EAGAIN) continue;
        if (e == FUT_OK)
            death_log(i, &death);
        else
            component_log(COMPONENT_ERROR, "%s is lost: %s", children_name(i),
                          fut_strerror(NULL, e));
        (void)fipc_release(&component_capmgr, capmgr_child_peer.tag, children[i].object);
        children[i].object = 0;
        *index = i;
        return true;
    }
    return false;
}
