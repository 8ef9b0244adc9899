/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the text of /proc comes from: the capability manager's facilities `info`, `log` and
 * `power`, and the servers that procfs may call. One source file each: system.c (tasks, memory,
 * uptime, ...), log.c, graph.c (who may reach whom, capabilities), interfaces.c.
 */
#ifndef PROCFS_SOURCE_H
#define PROCFS_SOURCE_H

#include "capmgr.h"
#include "component.h"
#include "procfs.h"

#define SOURCE_COMPONENTS 256u
#define SOURCE_MANIFEST_NONE 0xffffffffu

/* A component as the last refresh found it; the name is copied. */
struct source_component {
    struct capmgr_component info;
    char name[PROCFS_COMPONENT_NAME];
};
extern struct source_component source_list[SOURCE_COMPONENTS];
extern uint32_t source_count;

/* What procfs_core calls. */
extern const struct procfs_source source;

/* Opens the facilities; fails the component without `info`. */
void source_start(void);

/* Asks the capability manager which components live now. Keeps the old list on an error. */
void source_refresh(void);

/* Memory for one answer of the capability manager: valid until the next call. */
struct fipc_arena *source_arena(void);

extern capmgr_info source_info;

/* The component of that number, or NULL; its name, "" if it is none of the list's. */
const struct source_component *source_find(uint32_t number);
const char *source_name(uint32_t number);

/* Who gave a component its uses: "manifest", or its parent's name. */
const char *source_origin(const struct source_component *c);

/* Calls `each` for all uses of a component; stops at an error, which is answered. */
fut_err source_uses(uint32_t component, void (*each)(void *ctx, const struct capmgr_use *use),
                    void *ctx);

/* The parts; answers of procfs_source.text and .write. */
int source_log_text(struct procfs_text *t);
int source_levels_text(struct procfs_text *t);
int source_levels_write(const char *data, uint32_t len);
int source_graph_text(struct procfs_text *t);
int source_caps_text(uint32_t component, struct procfs_text *t);
int source_interfaces_text(uint32_t component, struct procfs_text *t);

#endif
