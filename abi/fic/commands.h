/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of fic, as main.c dispatches them. */
#ifndef FIC_COMMANDS_H
#define FIC_COMMANDS_H
#include <stdbool.h>
#include <stddef.h>

#define FIC_MAX_ARGS 256
#define FIC_MAX_DIRS 16

struct fic_options {
    const char *files[FIC_MAX_ARGS];
    size_t nfiles; /* at least 1 */
    const char *dirs[FIC_MAX_DIRS + 1];
    size_t ndirs;
    const char *out;           /* -o, or NULL */
    const char *history;       /* -H, or NULL */
    unsigned long long memory; /* -m: bytes of the board, or 0 */
};

struct fic_command {
    const char *name;
    int (*run)(struct fic_options *o); /* exit status */
    const char *usage, *what;
};

int fic_cmd_compile(struct fic_options *o);
int fic_cmd_decompile(struct fic_options *o);
int fic_cmd_describe(struct fic_options *o);
int fic_cmd_layout(struct fic_options *o);
int fic_cmd_compat(struct fic_options *o);
int fic_cmd_manifest(struct fic_options *o);
int fic_cmd_check(struct fic_options *o);
int fic_cmd_markdown(struct fic_options *o);
int fic_cmd_cddl(struct fic_options *o);
int fic_cmd_wireshark(struct fic_options *o);
int fic_cmd_fuzz(struct fic_options *o);
int fic_cmd_gen_c(struct fic_options *o);
int fic_cmd_history(struct fic_options *o);
int fic_cmd_release(struct fic_options *o);

#endif
