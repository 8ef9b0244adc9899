/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The structured log: one ring of records {number, time, component, severity, text}.
 *
 * OS-neutral, no allocation: the ring's memory belongs to the caller. Writing never fails for lack
 * of room, the oldest records go; a reader that falls behind learns how many it lost. Text is made
 * printable UTF-8 when it is written, so that readers need not distrust it. Single-threaded.
 */
#ifndef LOGRING_H
#define LOGRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_COMPONENTS 64u
#define LOG_NAME_MAX 31u
#define LOG_TEXT_MAX 512u  /* longer texts are cut */
#define LOG_RING_MIN 4096u /* least size of a ring; a power of two */

enum log_severity { LOG_DEBUG = 0, LOG_INFO, LOG_NOTICE, LOG_WARNING, LOG_ERROR, LOG_SEVERITIES };

/* Number of a component in this log; 0 is "?", for what could not be registered. */
typedef uint16_t log_component;

struct log_source {
    char name[LOG_NAME_MAX + 1];
    uint8_t level;    /* records below it are not kept */
    bool has_level;   /* `level` was set for it, else it follows the default */
    uint64_t written; /* records kept */
};

/* Fields are private. */
struct logring {
    uint8_t *data;
    uint32_t size;
    uint64_t head, tail; /* free-running byte positions */
    uint64_t next_number, first_number;
    uint8_t default_level;
    struct log_source source[LOG_COMPONENTS];
    uint32_t source_count;
};

/* A reader's place. Zero it to begin with the oldest record. Not to be taken from a client. */
struct log_cursor {
    uint64_t number, position;
};

struct log_record {
    uint64_t number;  /* counts from 0 over all records ever kept */
    uint64_t time_ns; /* monotonic */
    log_component component;
    uint8_t severity;
    uint64_t lost; /* records that went between the cursor and this one */
    uint32_t len;
    char text[LOG_TEXT_MAX + 1]; /* NUL-terminated UTF-8 without control characters */
};

/* `size` is a power of two, at least LOG_RING_MIN; `memory` is 8-byte aligned. false otherwise. */
bool log_init(struct logring *l, void *memory, uint32_t size, enum log_severity level);

/* Finds or registers a component by name (cut to LOG_NAME_MAX); 0 when the table is full. */
log_component log_register(struct logring *l, const char *name, size_t len);
const char *log_component_name(const struct logring *l, log_component c);

/* Least severity kept: of all components without one of their own, or of one component. */
bool log_set_default_level(struct logring *l, enum log_severity level);
bool log_set_level(struct logring *l, log_component c, enum log_severity level);
enum log_severity log_level(const struct logring *l, log_component c);

/* Keeps a record; false if its severity is below the component's level. Control characters and
 * malformed UTF-8 become '?', newlines at the end go, those inside become spaces. */
bool log_write(struct logring *l, log_component c, enum log_severity severity, uint64_t time_ns,
               const char *text, size_t len);

/* Keeps each non-empty line of `text` as a record: for what was said before the log existed.
 * Returns the number of records. */
uint32_t log_import(struct logring *l, log_component c, enum log_severity severity,
                    uint64_t time_ns, const char *text, size_t len);

/* Copies the next record and moves the cursor; false at the end. */
bool log_read(const struct logring *l, struct log_cursor *at, struct log_record *out);

/* A cursor at record `number`, or at the oldest one if that is younger (the next log_read() then
 * says how many are lost), or at the end. For numbers that come from a client: walks the ring. */
void log_seek(const struct logring *l, struct log_cursor *at, uint64_t number);

/* A cursor from which the last `records` records follow (or as many as there are). */
void log_seek_last(const struct logring *l, struct log_cursor *at, uint64_t records);

/* "[    1.234567] component: warning: text" with a newline; returns the length without the NUL,
 * cut to fit `cap`. "info" is not spelled out. */
size_t log_format(const struct logring *l, const struct log_record *r, char *out, size_t cap);

const char *log_severity_name(enum log_severity severity);

#endif
