/* SPDX-License-Identifier: Apache-2.0 */
/* Copying files and trees, shared by cp and mv. */
#ifndef FUTURA_COPY_H
#define FUTURA_COPY_H

#include <stdbool.h>

struct copy {
    bool recursive; /* folders with all they contain; symbolic links stay links */
    bool preserve;  /* times and permissions */
    bool force;     /* remove a target that cannot be opened */
};

/* Copies `from` to the name `to` (not into it). 0, or 1 after messages. */
int copy_tree(const struct copy *copy, const char *from, const char *to);

#endif
