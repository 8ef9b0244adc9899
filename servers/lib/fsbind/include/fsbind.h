/* SPDX-License-Identifier: Apache-2.0 */
/* What the file servers' mains share: attributes between the cores' structs and futura.fs, the
 * cores' environment. */
#ifndef FSBIND_H
#define FSBIND_H

#include "fipc/server.h"
#include "fs.h"
#include "fscore.h"

void fsbind_attr(struct fs_attr *to, const struct fsc_attr *from);
void fsbind_attr_back(struct fsc_attr *to, const struct fs_attr *from);
void fsbind_statfs(struct fs_statfs *to, const struct fsc_statfs *from);

/* Directory entries as the interface wants them: names are copied into the request's arena. NULL:
 * no room. */
struct fs_dirent *fsbind_dirents(struct fipc_req *r, const struct fsc_dirent *from, uint32_t count);

/* Memory from malloc, time from the wall clock (seconds since start where nobody set it),
 * randomness from capmgr. */
extern const struct fsc_env fsbind_env;

#endif
