/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking over from the nucleus: memory, the manifest, and the one component that the manager starts
 * itself: init.
 */
#include "boot/cpio.h"
#include "boot/elf.h"
#include "bootopts.h"
#include "futura/processor.h"
#include "main.h"

#define INIT_STACK_PAGES 1u
#define INIT_PAGES 2048u /* without a manifest entry */

const struct fut_bootinfo *boot;
struct manifest manifest;
bool has_manifest;
struct random entropy;
uint32_t detail;
uint32_t manager_slot;
const uint8_t *archive, *manifest_image;
size_t archive_size, manifest_size;

static struct bootopts options;

static void boot_seed(void)
{
    uint64_t ticks = nuc_ticks();

    random_init(&entropy);
    random_stir(&entropy, boot->entropy, boot->entropy_size, boot->entropy_size >= 16);
    random_stir(&entropy, &ticks, sizeof(ticks), false);
    if (!entropy.seeded)
        log_say(LOG_WARNING, "the board gave no seed: random numbers wait for a driver");
}

static void boot_read_manifest(void)
{
    struct manifest_fault fault;
    struct cpio_entry entry;
    enum manifest_error e;
    char why[192] = "system.cbor: ";

    if (cpio_find(archive, archive_size, "system.cbor", &entry) != CPIO_OK) {
        log_say(LOG_ERROR, "the boot archive has no system.cbor");
        return;
    }
    manifest_image = entry.data;
    manifest_size = entry.size;
    e = manifest_decode(&manifest, entry.data, entry.size, &fault);
    if (e != MANIFEST_OK) {
        (void)manifest_explain(&manifest, &fault, why + strlen(why), sizeof(why) - strlen(why));
        log_say(LOG_ERROR, why);
        memset(&manifest, 0, sizeof(manifest));
        return;
    }
    has_manifest = true;
    accounts.account[0].limit -= manifest.reserve_pages < accounts.account[0].limit
                                     ? (uint32_t)manifest.reserve_pages
                                     : accounts.account[0].limit;
}

static void boot_endpoint(void)
{
    uint32_t record = CM_NONE;
    struct fut_msg m;

    if (nuc_create(FUT_TYPE_ENDPOINT, &record, &manager_slot, NULL) != CM_OK)
        die("no endpoint for the manager");
    /* The nucleus delivers faults only to an endpoint that another domain has received on. */
    (void)fut_sys_recv(manager_slot, 0, FUT_RECV_POLL, &m);
}

/* --- init --- */

static uint32_t init_index(void)
{
    uint32_t i;

    for (i = 0; has_manifest && i < manifest.component_count; i++) {
        if (scbor_str_is(manifest.component[i].name, "init")) return i;
    }
    return CM_NONE;
}

/* Copies one page's worth of a segment into a new frame of the component. */
static enum cm_err load_page(struct comp *c, uint64_t page, const struct elf_segment *s,
                             const uint8_t *file, uint32_t entry)
{
    uint32_t frame = page_take(FUT_FRAME_USER, 0);
    uint64_t low = page > s->vaddr ? page : s->vaddr, high = s->vaddr + s->filesz;
    uint8_t *to;

    if (frame == CM_NONE) return CM_ENOMEM;
    high = high < page + PAGE ? high : page + PAGE;
    to = page_open(frame);
    if (low < high) memcpy(to + (low - page), file + s->offset + (low - s->vaddr), high - low);
    page_close();
    return vm_map(c, page, frame, 1, entry);
}

static enum cm_err load_segment(struct comp *c, const struct elf_segment *s, const uint8_t *file)
{
    uint64_t first = s->vaddr - s->vaddr % PAGE;
    uint64_t end = (s->vaddr + s->memsz + PAGE - 1u) / PAGE * PAGE, page;
    uint32_t map = ((s->flags & ELF_W) != 0 ? 1u : 0) | ((s->flags & ELF_X) != 0 ? 2u : 0);
    enum cm_err e = memory_reserve(c, first, (uint32_t)((end - first) / PAGE), map);

    for (page = first; page < end && e == CM_OK; page += PAGE) {
        if (page >= s->vaddr + s->filesz) break; /* zeroed at first touch */
        e = load_page(c, page, s, file,
                      ((map & 1u) != 0 ? SHADOW_WRITE : 0) | ((map & 2u) != 0 ? SHADOW_EXEC : 0));
    }
    return e;
}

/* The smallest stack that a C library accepts: one argument, no environment, the auxiliary vector.
 */
static enum cm_err load_stack(struct comp *c, const struct elf_image *image, const char *name,
                              uint64_t *sp)
{
    static const uint64_t at_null = 0, at_phdr = 3, at_phent = 4, at_phnum = 5, at_pagesz = 6,
                          at_entry = 9, at_random = 25, at_start = 0x46555401;
    uint64_t page = SPACE_STACK_TOP - PAGE, text = PAGE - 128u;
    uint64_t vector[] = {1,        page + text,      0,         0,
                         at_phdr,  image->phdr,      at_phent,  56,
                         at_phnum, image->phnum,     at_pagesz, PAGE,
                         at_entry, image->entry,     at_random, page + text + 64u,
                         at_start, SPACE_START_PAGE, at_null,   0};
    uint32_t frame = page_take(FUT_FRAME_USER, 0);
    uint64_t at = text - (sizeof(vector) + 15u) / 16u * 16u;
    uint8_t *to;

    if (frame == CM_NONE || account_charge(&accounts, comp_index(c), 1) != CM_OK) return CM_ENOMEM;
    to = page_open(frame);
    memcpy(to + at, vector, sizeof(vector));
    memcpy(to + text, name, strlen(name) + 1u);
    random_take(&entropy, to + text + 64u, 16);
    page_close();
    *sp = page + at;
    return vm_map(c, page, frame, 1, SHADOW_WRITE);
}

static enum cm_err load_program(struct comp *c, const struct cpio_entry *file, const char *name)
{
    struct elf_rules rules = {FUT_PROCESSOR_ELF, 4096, SPACE_PROGRAM, SPACE_PROGRAM_TOP};
    static struct elf_image image;
    uint64_t sp = 0;
    uint32_t i;
    enum cm_err e = CM_OK;
    enum elf_error error = elf_read(&image, file->data, file->size, file->size, &rules);

    if (error != ELF_OK) {
        log_say2(LOG_ERROR, "init: ", elf_strerror(error), 0);
        return CM_EINVAL;
    }
    for (i = 0; i < image.count && e == CM_OK; i++)
        e = load_segment(c, &image.segment[i], file->data);
    if (e == CM_OK) e = load_stack(c, &image, name, &sp);
    return e == CM_OK ? comp_start(c, image.entry, sp, false) : e;
}

static void boot_init(void)
{
    uint32_t index = init_index();
    struct cpio_entry file;
    struct comp *c = NULL;
    char path[128] = "servers/init";
    struct scbor_str binary;
    enum cm_err e;

    if (!has_manifest) die("nothing can be started without a manifest");
    if (index == CM_NONE) die("the manifest has no component init");
    binary = manifest.component[index].binary;
    if (binary.len < sizeof(path)) {
        memcpy(path, binary.s, binary.len);
        path[binary.len] = 0;
    }
    if (cpio_find(archive, archive_size, path, &file) != CPIO_OK)
        die("the boot archive has no init");
    e = comp_create_manifest(0, index, &c);
    if (e == CM_OK) e = load_program(c, &file, "init");
    if (e != CM_OK) {
        log_say2(LOG_ERROR, "init cannot be started: ", "error", e);
        die("init cannot be started");
    }
}

/* log=LEVEL and log=COMPONENT:LEVEL hold from the first entry on. */
static void boot_read_options(void)
{
    uint32_t i;

    (void)bootopts_parse(&options, boot->command_line, strlen(boot->command_line));
    if (options.has_level) (void)log_set_default_level(&logring, (enum log_severity)options.level);
    for (i = 0; i < options.component_count; i++) {
        const struct bootopts_level *l = &options.component[i];

        (void)log_set_level(&logring, log_register(&logring, l->component, strlen(l->component)),
                            (enum log_severity)l->level);
    }
}

/* The boot option panic= says how the system ends. Before it is read, it halts. */
static _Noreturn void boot_end(void)
{
    for (;;)
        nuc_reset(options.panic == BOOTOPTS_PANIC_REBOOT ? FUT_RESET_REBOOT : FUT_RESET_OFF);
}

/* Without init nothing is supervised any more. */
void boot_ended(const struct comp *c)
{
    log_say2(LOG_ERROR, "the system ends with ", c->name, c->number);
    console_last_words(NULL);
    boot_end();
}

void die(const char *why)
{
    console_last_words(why);
    boot_end();
}

void capmgr_main(const struct fut_bootinfo *info)
{
    const struct fdt *tree;

    boot = info;
    if (info->magic != FUT_BOOTINFO_MAGIC || info->version != FUT_BOOTINFO_VERSION)
        boot_end(); /* nothing in it can be relied on, not even where the console is */
    archive = (const uint8_t *)(uintptr_t)boot->cpio_address;
    archive_size = boot->cpio_size;
    pages_init();
    nuc_init();
    log_start();
    boot_read_options();
    boot_seed();
    vm_init();
    comps_init();
    grants_init();
    sessions_start();
    lanes_start();
    boot_read_manifest();
    tree = device_init();
    if (tree == NULL) log_say(LOG_WARNING, "no device tree: no device can be granted");
    facts_log(tree);
    boot_endpoint();
    if (!serve_init()) die("the manager's interface cannot be served");
    boot_init();
    serve();
}
