/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/log and /proc/log.levels, by the facility futura.capmgr/1.Log. */
#include <string.h>

#include "source.h"

#define CALLS_MAX 4096u /* a log that grows as fast as it is read is cut off here */

static int log_facility(capmgr_log *log)
{
    static uint32_t object; /* 0: not opened yet */
    uint32_t kind;
    fut_err e;

    if (object == 0) {
        e = component_facility("log", &kind, &object);
        if (e == FUT_OK && kind != CAPMGR_FACILITY_LOG) e = FUT_EPROTO;
        if (e != FUT_OK) {
            object = 0;
            return (int)e;
        }
    }
    *log = (capmgr_log){&component_capmgr, object};
    return FSC_OK;
}

static void put_entry(struct procfs_text *t, const struct capmgr_entry *e)
{
    procfs_put_u64(t, e->at);
    procfs_put(t, "\t");
    procfs_put(t, procfs_severity_name(e->severity));
    procfs_put(t, "\t");
    procfs_put_cell(t, e->name.data, e->name.len);
    procfs_put(t, "\t");
    procfs_put_cell(t, (const char *)e->text.data, e->text.len);
    procfs_put(t, "\n");
}

int source_log_text(struct procfs_text *t)
{
    const struct capmgr_entry *entries;
    uint64_t sequence = 0, next;
    capmgr_log log;
    size_t n, i;
    int e = log_facility(&log);

    if (e != FSC_OK) return e;
    procfs_put(t, "time_ns\tseverity\tcomponent\tmessage\n");
    for (unsigned calls = 0; calls < CALLS_MAX && !t->overflow; calls++, sequence = next) {
        e = (int)capmgr_log_read(log, sequence, &entries, &n, &next, source_arena());
        if (e != FSC_OK || n == 0) return e;
        for (i = 0; i < n; i++)
            put_entry(t, &entries[i]);
        if (next <= sequence) return FSC_OK;
    }
    return FSC_OK;
}

/* Levels belong to names: of several instances the first is shown. */
static bool name_is_shown_before(uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (strcmp(source_list[i].name, source_list[index].name) == 0) return true;
    return false;
}

int source_levels_text(struct procfs_text *t)
{
    procfs_put(t, "component\tlevel\n");
    for (uint32_t i = 0; i < source_count; i++) {
        if (name_is_shown_before(i)) continue;
        procfs_put_cell(t, source_list[i].name, strlen(source_list[i].name));
        procfs_put(t, "\t");
        procfs_put(t, procfs_severity_name(source_list[i].info.level));
        procfs_put(t, "\n");
    }
    return FSC_OK;
}

static bool name_is_known(const char *name, size_t len)
{
    for (uint32_t i = 0; i < source_count; i++)
        if (strlen(source_list[i].name) == len && memcmp(source_list[i].name, name, len) == 0)
            return true;
    return false;
}

/* All lines are checked before the first one counts. */
int source_levels_write(const char *data, uint32_t len)
{
    size_t at, name_len;
    unsigned severity;
    const char *name;
    capmgr_log log;
    int e = log_facility(&log);

    source_refresh();
    for (at = 0; e == FSC_OK && at < len;) {
        e = procfs_level_read(data, len, &at, &name, &name_len, &severity);
        if (e == FSC_OK && !name_is_known(name, name_len)) e = FSC_EINVAL;
    }
    for (at = 0; e == FSC_OK && at < len;) {
        e = procfs_level_read(data, len, &at, &name, &name_len, &severity);
        if (e == FSC_OK) e = (int)capmgr_log_level(log, name, name_len, (uint8_t)severity);
    }
    return e;
}
