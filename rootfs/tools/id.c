/* SPDX-License-Identifier: Apache-2.0 */
/* id: prints the identity of the user. */
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Name of number `id` in a file of the form name:x:number:...; allocated, null = none. */
static char *id_name(const char *file, unsigned long id)
{
    struct in in;
    size_t length;
    char *line, *name = NULL;
    if (access(file, R_OK) != 0 || !in_open(&in, file)) return NULL;
    while (name == NULL && (line = in_line(&in, &length)) != NULL) {
        char *text = tool_alloc(length + 1);
        memcpy(text, line, length);
        text[length] = '\0';
        char *second = strchr(text, ':');
        char *third = second != NULL ? strchr(second + 1, ':') : NULL;
        if (third != NULL && strtoul(third + 1, NULL, 10) == id) {
            *second = '\0';
            name = text;
        } else {
            free(text);
        }
    }
    in_close(&in);
    return name;
}

static void id_print(const char *title, unsigned long id, const char *name)
{
    out_fmt("%s=%lu", title, id);
    if (name != NULL) out_fmt("(%s)", name);
}

int main(int argc, char **argv)
{
    bool user = false, group = false, names = false;
    int option;
    tool_begin(argc, argv,
               "id [-ugn]\nPrints user and group. -u, -g: only its number; -n: its name.\n");
    while ((option = tool_option(argc, argv, "ugn")) != -1) {
        if (option == '?') return tool_usage();
        user |= option == 'u';
        group |= option == 'g';
        names |= option == 'n';
    }
    unsigned long uid = getuid(), gid = getgid();
    char *user_name = id_name("/etc/passwd", uid), *group_name = id_name("/etc/group", gid);
    const char *name = user ? user_name : group_name;
    if ((user || group) && names && name != NULL) {
        out_str(name);
    } else if (user || group) {
        out_fmt("%lu", user ? uid : gid);
    } else {
        id_print("uid", uid, user_name);
        out_char(' ');
        id_print("gid", gid, group_name);
    }
    out_char('\n');
    return tool_end(0);
}
