/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The component of the demonstration that watches: again and again it sleeps by the timer, reads a
 * file, and measures how long the servers took. Once a reading it rewrites /witness:
 *     READINGS LONGEST_MS
 */
#include <stdio.h>
#include <time.h>

#include "component.h"

#define PERIOD_NS 10000000

static unsigned file_read(const char *path)
{
    FILE *file = fopen(path, "r");
    char text[256];
    size_t n;

    if (file == NULL) component_fail("%s cannot be read", path);
    n = fread(text, 1, sizeof text, file);
    fclose(file);
    return (unsigned)n;
}

/* The whole line in one write, and always as long: nobody reads half of it. */
static void report(FILE *file, unsigned readings, uint64_t longest)
{
    rewind(file);
    fprintf(file, "%10u %10u\n", readings, (unsigned)(longest / 1000000u));
    fflush(file);
}

int main(void)
{
    uint64_t longest = 0, before, took;
    unsigned readings;
    FILE *file;

    component_start();
    file = fopen("/witness", "w");
    if (file == NULL) component_fail("/witness cannot be written");
    for (readings = 1;; readings++) {
        before = component_now_ns();
        nanosleep(&(struct timespec){.tv_nsec = PERIOD_NS}, NULL);
        if (file_read("/etc/motd") == 0) component_fail("/etc/motd is empty");
        took = component_now_ns() - before - PERIOD_NS;
        if (took > longest) longest = took;
        report(file, readings, longest);
    }
}
