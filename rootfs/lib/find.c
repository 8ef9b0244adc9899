/* SPDX-License-Identifier: Apache-2.0 */
/* Looking programs up along PATH. */
#include <errno.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool program_usable(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *tool_find_in(const char *path, const char *name)
{
    if (strchr(name, '/') != NULL) {
        char *copy = tool_alloc(strlen(name) + 1);
        return strcpy(copy, name);
    }
    while (*name != '\0') {
        size_t length = strcspn(path, ":");
        char *folder = tool_alloc(length + 2);
        memcpy(folder, length > 0 ? path : ".", length > 0 ? length : 1);
        folder[length > 0 ? length : 1] = '\0';
        char *file = tool_join(folder, name);
        free(folder);
        if (program_usable(file)) return file;
        free(file);
        if (path[length] == '\0') break;
        path += length + 1;
    }
    errno = ENOENT;
    return NULL;
}

char *tool_find(const char *name)
{
    const char *path = getenv("PATH");
    return tool_find_in(path != NULL ? path : "/bin", name);
}
