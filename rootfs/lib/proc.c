/* SPDX-License-Identifier: Apache-2.0 */
/* Text tables of /proc: reading, cells by name, aligned printing. Format: docs/proc.md. */
#include <errno.h>
#include <fcntl.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROC_LIMIT ((size_t)4 << 20) /* larger than any table of a sane system */

char *proc_path(const char *name)
{
    const char *root = getenv("FUTURA_PROC");
    return tool_join(root != NULL ? root : "/proc", name);
}

static char *proc_text(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return NULL;
    size_t used = 0, size = 4096;
    char *text = tool_alloc(size);
    ssize_t n;
    while ((n = read(fd, text + used, size - used - 1)) > 0) {
        used += (size_t)n;
        if (used + 1 == size && size < PROC_LIMIT)
            text = tool_resize(text, size *= 2);
        else if (used + 1 == size)
            break;
    }
    int saved = errno;
    close(fd);
    if (n < 0) {
        free(text);
        errno = saved;
        return NULL;
    }
    text[used] = '\0';
    return text;
}

static size_t count_char(const char *from, const char *to, char c)
{
    size_t n = 0;
    for (; from < to; from++)
        n += *from == c;
    return n;
}

/* Cuts one line into the table's cells; returns the start of the next line. */
static char *proc_cut(char *line, char **cells, size_t columns)
{
    char *end = line + strcspn(line, "\n");
    char *next = *end == '\n' ? end + 1 : end;
    *end = '\0';
    for (size_t i = 0; i < columns; i++) {
        cells[i] = line;
        line += strcspn(line, i + 1 < columns ? "\t" : "");
        if (*line == '\t') *line++ = '\0';
    }
    return next;
}

bool proc_read(struct proc_table *table, const char *name)
{
    char *path = proc_path(name);
    *table = (struct proc_table){.text = proc_text(path)};
    if (table->text == NULL) {
        tool_error(path);
        free(path);
        return false;
    }
    free(path);
    char *text = table->text, *end = text + strlen(text);
    table->columns = count_char(text, text + strcspn(text, "\n"), '\t') + 1;
    size_t lines = count_char(text, end, '\n') + 1;
    table->cells = tool_alloc(lines * table->columns * sizeof *table->cells);
    size_t row = 0;
    for (char *at = text; at < end; row++)
        at = proc_cut(at, table->cells + row * table->columns, table->columns);
    table->rows = row > 0 ? row - 1 : 0;
    if (row == 0) table->columns = 0;
    return true;
}

void proc_free(struct proc_table *table)
{
    free(table->text);
    free(table->cells);
    *table = (struct proc_table){0};
}

static size_t proc_column(const struct proc_table *table, const char *column)
{
    size_t i = 0;
    while (i < table->columns && strcmp(table->cells[i], column) != 0)
        i++;
    return i;
}

const char *proc_cell(const struct proc_table *table, size_t row, const char *column)
{
    size_t i = proc_column(table, column);
    return i < table->columns && row < table->rows ? table->cells[(row + 1) * table->columns + i]
                                                   : "";
}

uint64_t proc_cell_number(const struct proc_table *table, size_t row, const char *column)
{
    return strtoull(proc_cell(table, row, column), NULL, 10);
}

static bool text_number(const char *text)
{
    return *text != '\0' && text[strspn(text, "0123456789.-%+")] == '\0';
}

struct column {
    size_t index, width;
    bool right;
};

static struct column column_measure(const struct proc_table *table, size_t index)
{
    struct column column = {index, 0, table->rows > 0};
    for (size_t row = 0; row <= table->rows; row++) {
        const char *cell = table->cells[row * table->columns + index];
        size_t length = strlen(cell);
        column.width = length > column.width ? length : column.width;
        if (row > 0 && !text_number(cell)) column.right = false;
    }
    return column;
}

void proc_print(const struct proc_table *table, const char *const *names)
{
    struct column columns[PROC_COLUMNS];
    size_t count = 0;
    for (size_t i = 0; count < PROC_COLUMNS && (names ? names[i] != NULL : i < table->columns);
         i++) {
        size_t index = names != NULL ? proc_column(table, names[i]) : i;
        if (index < table->columns) columns[count++] = column_measure(table, index);
    }
    for (size_t row = 0; count > 0 && row <= table->rows; row++) {
        for (size_t i = 0; i < count; i++) {
            const char *cell = table->cells[row * table->columns + columns[i].index];
            int width = (int)columns[i].width;
            if (i > 0) out_str("  ");
            if (columns[i].right)
                out_fmt("%*s", width, cell);
            else
                out_fmt("%-*s", i + 1 < count ? width : 0, cell);
        }
        out_char('\n');
    }
}

int proc_show(const char *name)
{
    struct proc_table table;
    if (!proc_read(&table, name)) return 1;
    proc_print(&table, NULL);
    proc_free(&table);
    return 0;
}

int proc_write(const char *name, const char *text)
{
    char *path = proc_path(name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && fd_write(fd, text, strlen(text));
    if (!good) tool_error(path);
    if (fd >= 0 && close(fd) != 0 && good) {
        tool_error(path);
        good = false;
    }
    free(path);
    return good ? 0 : 1;
}

/* What /proc calls a component's file: its name, with the number behind it where there are more. */
static char *component_file(const struct proc_table *table, size_t row, bool shared)
{
    const char *name = proc_cell(table, row, "name"), *pid = proc_cell(table, row, "pid");
    size_t length = strlen(name), rest = strlen(pid);
    char *file = tool_alloc(length + rest + 2);
    memcpy(file, name, length + 1);
    if (shared) {
        file[length] = '.';
        memcpy(file + length + 1, pid, rest + 1);
    }
    return file;
}

size_t proc_count(const struct proc_table *table, const char *column, const char *text, size_t *row)
{
    size_t count = 0;
    for (size_t i = 0; i < table->rows; i++)
        if (strcmp(proc_cell(table, i, column), text) == 0) {
            *row = i;
            count++;
        }
    return count;
}

char *proc_component(const char *folder, const char *what)
{
    struct proc_table table;
    size_t row = 0, other = 0;
    char *path = NULL;
    if (!proc_read(&table, "tasks")) return NULL;
    size_t count = proc_count(&table, "name", what, &row);
    if (count == 0) count = proc_count(&table, "pid", what, &row);
    if (count == 1) {
        bool shared = proc_count(&table, "name", proc_cell(&table, row, "name"), &other) > 1;
        char *file = component_file(&table, row, shared);
        path = tool_join(folder, file);
        free(file);
    } else if (count > 1) {
        tool_fail(what, "several components have this name; give a number, as `ps` lists them");
    } else if (strcmp(what, "capmgr") == 0) {
        path = tool_join(folder, what); /* is no task, but offers interfaces */
    } else {
        tool_fail(what, "there is no component of this name or number; `ps` lists them");
    }
    proc_free(&table);
    return path;
}
