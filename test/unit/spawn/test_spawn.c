/* SPDX-License-Identifier: Apache-2.0 */
/* The first stack of programs as a C library reads it, and the loader's pure parts. */
#include <stdlib.h>
#include <string.h>

#include "../cores/suite.h"
#include "futura/abi.h"
#include "loader_core.h"
#include "spawn_stack.h"

#define TOP UINT64_C(0x30200000)

static struct elf_image image;
static struct spawn_stack stack;
static uint8_t *area;
static size_t size;

static void setup(void)
{
    static const char arguments[] = "ls\0-l\0", environment[] = "PATH=/bin\0HOME=/";

    memset(&stack, 0, sizeof stack);
    image = (struct elf_image){.entry = 0x401000, .phdr = 0x400040, .phnum = 4, .phentsize = 56};
    stack.image = &image;
    stack.start_page = 0x30000000;
    stack.arguments = (struct spawn_strings){arguments, sizeof arguments - 1};
    stack.environment = (struct spawn_strings){environment, sizeof environment};
    memset(stack.random, 0xa5, sizeof stack.random);
    free(area);
    area = NULL;
}

static void build(void)
{
    ck_assert_uint_eq(spawn_stack_size(&stack, &size), FUT_OK);
    ck_assert_uint_eq(size % 16, 0);
    area = malloc(size); /* exactly: the sanitizer sees a byte too many */
    ck_assert_ptr_nonnull(area);
    spawn_stack_build(&stack, area, size, TOP);
}

static uint64_t word(size_t index)
{
    uint64_t value;

    ck_assert_uint_lt(index * 8, size);
    memcpy(&value, area + index * 8, 8);
    return value;
}

static const char *text(uint64_t address)
{
    ck_assert_uint_ge(address, TOP - size);
    ck_assert_uint_lt(address, TOP);
    ck_assert_ptr_nonnull(memchr(area + (address - (TOP - size)), 0, TOP - address));
    return (const char *)area + (address - (TOP - size));
}

/* The auxiliary entry of a type; `missing` where there is none. */
static uint64_t aux(uint64_t type, uint64_t missing)
{
    size_t at = 1;

    for (int blocks = 0; blocks < 2; at++)
        blocks += word(at) == 0;
    for (; word(at) != 0; at += 2)
        if (word(at) == type) return word(at + 1);
    return missing;
}

START_TEST(strings_are_where_the_pointers_say)
{
    build();
    ck_assert_uint_eq(word(0), 2);
    ck_assert_str_eq(text(word(1)), "ls");
    ck_assert_str_eq(text(word(2)), "-l");
    ck_assert_uint_eq(word(3), 0);
    ck_assert_str_eq(text(word(4)), "PATH=/bin");
    ck_assert_str_eq(text(word(5)), "HOME=/");
    ck_assert_uint_eq(word(6), 0);
}
END_TEST

START_TEST(auxiliary_vector_describes_the_image)
{
    build();
    ck_assert_uint_eq(aux(3, 0), 0x400040);
    ck_assert_uint_eq(aux(4, 0), 56);
    ck_assert_uint_eq(aux(5, 0), 4);
    ck_assert_uint_eq(aux(6, 0), 4096);
    ck_assert_uint_eq(aux(9, 0), 0x401000);
    ck_assert_uint_eq(aux(SPAWN_AT_START, 0), 0x30000000);
    ck_assert_mem_eq(area + (aux(25, 0) - (TOP - size)), stack.random, 16);
    ck_assert_uint_eq(aux(SPAWN_AT_HANDLES, 7), 7);
    ck_assert_uint_eq(aux(SPAWN_AT_CWD, 7), 7);
}
END_TEST

START_TEST(handles_and_directory_are_announced)
{
    static const struct spawn_handle handles[2] = {{0, 1, 0, 0, 0, 0}, {1, 2, 2, 0, 77, 4096}};
    char directory[] = {'/', 't', 'm', 'p'};

    stack.handles = handles;
    stack.handle_count = 2;
    stack.directory = directory;
    stack.directory_len = sizeof directory;
    build();
    ck_assert_uint_eq(aux(SPAWN_AT_HANDLE_COUNT, 0), 2);
    ck_assert_uint_eq(aux(SPAWN_AT_HANDLES, 1) % 8, 0);
    ck_assert_mem_eq(area + (aux(SPAWN_AT_HANDLES, 0) - (TOP - size)), handles, sizeof handles);
    ck_assert_str_eq(text(aux(SPAWN_AT_CWD, 0)), "/tmp");
}
END_TEST

START_TEST(nothing_at_all_is_a_stack_too)
{
    stack.arguments.len = stack.environment.len = 0;
    build();
    ck_assert_uint_eq(word(0), 0);
    ck_assert_uint_eq(word(1), 0);
    ck_assert_uint_eq(word(2), 0);
    ck_assert_uint_eq(aux(6, 0), 4096);
}
END_TEST

START_TEST(malformed_strings_are_refused)
{
    stack.arguments.len--; /* loses the last NUL */
    stack.arguments.len--;
    ck_assert_uint_eq(spawn_stack_size(&stack, &size), FUT_EINVAL);
    setup();
    stack.environment.len--;
    ck_assert_uint_eq(spawn_stack_size(&stack, &size), FUT_EINVAL);
    setup();
    stack.directory = "/a\0b";
    stack.directory_len = 4;
    ck_assert_uint_eq(spawn_stack_size(&stack, &size), FUT_EINVAL);
}
END_TEST

START_TEST(too_much_is_e2big_and_the_most_fits)
{
    static char empty[40 << 10];

    stack.arguments = (struct spawn_strings){empty, 32 << 10}; /* 32 Ki pointers of 8 bytes */
    ck_assert_uint_eq(spawn_stack_size(&stack, &size), FUT_E2BIG);
    stack.arguments.len = 28 << 10;
    build();
    ck_assert_uint_eq(word(0), 28 << 10);
    stack.arguments.len = 0;
    stack.handle_count = UINT32_MAX;
    ck_assert_uint_eq(spawn_stack_size(&stack, &size), FUT_E2BIG);
}
END_TEST

START_TEST(status_is_that_of_wait)
{
    ck_assert_uint_eq(loader_status(LOADER_EXIT, 3, 0, 0), 0x300);
    ck_assert_uint_eq(loader_status(LOADER_EXIT, 3, 0, 15), 0x300);
    ck_assert_uint_eq(loader_status(LOADER_EXIT, -1, 0, 0), 0xff00);
    ck_assert_uint_eq(loader_status(LOADER_EXIT, 256, 0, 0), 0);
    ck_assert_uint_eq(loader_status(LOADER_KILLED, 0, 0, 0), 9);
    ck_assert_uint_eq(loader_status(LOADER_KILLED, 0, 0, 15), 15);
    ck_assert_uint_eq(loader_status(LOADER_FAULT, 0, FUT_FAULT_READ, 0), 11);
    ck_assert_uint_eq(loader_status(LOADER_FAULT, 0, FUT_FAULT_UNDEFINED, 0), 4);
    ck_assert_uint_eq(loader_status(LOADER_FAULT, 0, FUT_FAULT_ALIGN, 0), 7);
    ck_assert_uint_eq(loader_status(LOADER_BUDGET, 0, FUT_FAULT_WRITE, 0), 9);
    ck_assert_uint_eq(loader_status(99, 0, 0, 0), 9);
}
END_TEST

START_TEST(names_and_paths)
{
    char name[LOADER_NAME_MAX + 1], path[200];

    ck_assert(loader_path_is_good("/bin/ls", 7));
    ck_assert(!loader_path_is_good("bin/ls", 6));
    ck_assert(!loader_path_is_good("/bin\0ls", 7));
    ck_assert(!loader_path_is_good("", 0));
    ck_assert_uint_eq(loader_name("/bin/ls", 7, name), 2);
    ck_assert_str_eq(name, "ls");
    ck_assert_uint_eq(loader_name("/bin/", 5, name), 1);
    ck_assert_str_eq(name, "?");
    ck_assert_uint_eq(loader_name("/a\xff"
                                  "b",
                                  4, name),
                      3);
    ck_assert_str_eq(name, "a?b");
    memset(path, 'x', sizeof path);
    path[0] = '/';
    ck_assert_uint_eq(loader_name(path, sizeof path, name), LOADER_NAME_MAX);
    ck_assert_uint_eq(strlen(name), LOADER_NAME_MAX);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {strings_are_where_the_pointers_say,
                                  auxiliary_vector_describes_the_image,
                                  handles_and_directory_are_announced,
                                  nothing_at_all_is_a_stack_too,
                                  malformed_strings_are_refused,
                                  too_much_is_e2big_and_the_most_fits,
                                  status_is_that_of_wait,
                                  names_and_paths};

    return suite_run("spawn", tests, TEST_COUNT(tests), setup);
}
