/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of the shell and the environment made from them. */
#include "shell.h"

#include <ctype.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>

size_t vars_name_length(const char *text)
{
    size_t n = 0;
    if (isdigit((unsigned char)text[0])) return 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_')
        n++;
    return n;
}

static struct variable *vars_find(const struct variables *vars, const char *name)
{
    for (size_t i = 0; i < vars->count; i++)
        if (strcmp(vars->items[i].name, name) == 0) return &vars->items[i];
    return NULL;
}

static struct variable *vars_make(struct variables *vars, const char *name)
{
    struct variable *var = vars_find(vars, name);
    if (var != NULL) return var;
    if (vars->count == vars->room) {
        size_t room = vars->room == 0 ? 16 : vars->room * 2;
        vars->items = tool_resize(vars->items, room * sizeof *vars->items);
        vars->room = room;
    }
    var = &vars->items[vars->count++];
    *var = (struct variable){.name = text_copy(name, strlen(name))};
    return var;
}

const char *vars_get(const struct variables *vars, const char *name)
{
    const struct variable *var = vars_find(vars, name);
    return var != NULL ? var->value : NULL;
}

void vars_set(struct variables *vars, const char *name, const char *value)
{
    struct variable *var = vars_make(vars, name);
    char *copy = text_copy(value, strlen(value)); /* value may be the old one */
    free(var->value);
    var->value = copy;
}

void vars_export(struct variables *vars, const char *name)
{
    vars_make(vars, name)->exported = true;
}

void vars_unset(struct variables *vars, const char *name)
{
    struct variable *var = vars_find(vars, name);
    if (var == NULL) return;
    free(var->name);
    free(var->value);
    *var = vars->items[--vars->count];
}

void vars_import(struct variables *vars, char **environ)
{
    for (; environ != NULL && *environ != NULL; environ++) {
        size_t length = vars_name_length(*environ);
        if (length == 0 || (*environ)[length] != '=') continue;
        char *name = text_copy(*environ, length);
        vars_set(vars, name, *environ + length + 1);
        vars_export(vars, name);
        free(name);
    }
}

static bool overridden(const struct strings *extra, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; extra != NULL && i < extra->count; i++)
        if (strncmp(extra->items[i], name, length) == 0 && extra->items[i][length] == '=')
            return true;
    return false;
}

void vars_environ(const struct variables *vars, const struct strings *extra, struct strings *out)
{
    for (size_t i = 0; i < vars->count; i++) {
        const struct variable *var = &vars->items[i];
        if (!var->exported || var->value == NULL || overridden(extra, var->name)) continue;
        struct buffer entry = {0};
        buffer_str(&entry, var->name);
        buffer_str(&entry, "=");
        buffer_str(&entry, var->value);
        strings_take(out, entry.text);
    }
    for (size_t i = 0; extra != NULL && i < extra->count; i++)
        strings_add(out, extra->items[i]);
    strings_add(out, ""); /* makes sure that the array exists; removed again */
    free(out->items[--out->count]);
    out->items[out->count] = NULL;
}

void vars_free(struct variables *vars)
{
    for (size_t i = 0; i < vars->count; i++) {
        free(vars->items[i].name);
        free(vars->items[i].value);
    }
    free(vars->items);
    *vars = (struct variables){0};
}
