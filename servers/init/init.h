/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of init's main: see README.md. */
#ifndef INIT_H
#define INIT_H

#include <stdbool.h>
#include <stdint.h>

#include "bootopts.h"
#include "component.h"
#include "manifest.h"

/* What init was told; valid after init_read. */
extern struct manifest init_manifest;
extern struct bootopts init_options;

/* children.c: what runs. `starter` finds the Boot facility; fails init where it is missing. */
void children_init(void);
/* Creates, loads and starts component `index`; false (and a log entry) if that failed. */
bool children_start(uint32_t index);
/* One component that has ended, reported in the log; false: none. */
bool children_next_death(uint32_t *index);
/* Nobody will start it again. */
void children_give_up(uint32_t index);
/* The manifest's name of a component, NUL-terminated; valid until the next call. */
const char *children_name(uint32_t index);

/* ticker.c: BIT_TICK rings at init's first thread when the time has come. */
#define BIT_TICK (1ull << 0)
void ticker_start(void);
/* Replaces what was asked for before; UINT64_MAX: nothing. Nanoseconds, as component_now_ns. */
void ticker_set(uint64_t when);

#endif
