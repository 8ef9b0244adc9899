/* SPDX-License-Identifier: Apache-2.0 */
/* What may be written into the writable files: words, host names, log levels. */
#include "procfs.h"

#include <string.h>

static const char *const severities[] = {"debug", "info", "notice", "warning", "error"};
#define SEVERITIES (sizeof severities / sizeof severities[0])

static size_t trimmed(const char *data, size_t len)
{
    return len != 0 && data[len - 1] == '\n' ? len - 1 : len;
}

bool procfs_word_is(const char *data, size_t len, const char *word)
{
    len = trimmed(data, len);
    return len == strlen(word) && memcmp(data, word, len) == 0;
}

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

size_t procfs_hostname_length(const char *data, size_t len)
{
    len = trimmed(data, len);
    if (len == 0 || len > PROCFS_HOSTNAME_MAX) return 0;
    if (!is_alphanumeric(data[0]) || !is_alphanumeric(data[len - 1])) return 0;
    for (size_t i = 0; i < len; i++)
        if (!is_alphanumeric(data[i]) && data[i] != '-' && data[i] != '.') return 0;
    return len;
}

int procfs_severity_find(const char *name, size_t len)
{
    for (size_t i = 0; i < SEVERITIES; i++)
        if (strlen(severities[i]) == len && memcmp(name, severities[i], len) == 0) return (int)i;
    return -1;
}

const char *procfs_severity_name(unsigned severity)
{
    return severity < SEVERITIES ? severities[severity] : "";
}

int procfs_level_read(const char *data, size_t len, size_t *at, const char **name, size_t *name_len,
                      unsigned *severity)
{
    const char *line = data + *at, *end = memchr(line, '\n', len - *at), *tab;
    int found;

    if (!end) return FSC_EINVAL;
    tab = memchr(line, '\t', (size_t)(end - line));
    if (!tab || tab == line) return FSC_EINVAL;
    found = procfs_severity_find(tab + 1, (size_t)(end - tab - 1));
    if (found < 0) return FSC_EINVAL;
    *name = line;
    *name_len = (size_t)(tab - line);
    *severity = (unsigned)found;
    *at += (size_t)(end - line) + 1;
    return FSC_OK;
}
