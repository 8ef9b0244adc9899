/* SPDX-License-Identifier: Apache-2.0 */
/* Layout: offsets, has bytes, slices, classes, lanes. */
#include "fic_test.h"
#include "layout.h"

static const struct fic_image *named(const struct fic_compiled *c, const char *interface)
{
    const struct fic_image *im = fic_compiled_find(c, interface);
    ck_assert_ptr_nonnull(im);
    return im;
}

/* Layout of the arguments of ordinal 16 of `interface X` with these declarations and arguments. */
static struct fic_message_layout args_of(const char *decls, const char *args)
{
    struct fic_message_layout l;
    struct fic_compiled *c;
    char text[2048];

    snprintf(text, sizeof(text), "library t.a 1; %s interface X { 16: m(%s); }", decls, args);
    c = compile_text(text);
    fic_layout_message(named(c, "X"), &named(c, "X")->methods[0].args, &l);
    fic_compiled_free(c);
    return l;
}

START_TEST(test_scalars)
{
    struct fic_message_layout l =
        args_of("", "a: u8, b: u16, c: u32, d: u64, e: bool, f: obj<X>, g: cap<memory>");

    ck_assert_uint_eq(l.root.fields[0].offset, 0);
    ck_assert_uint_eq(l.root.fields[1].offset, 2);
    ck_assert_uint_eq(l.root.fields[2].offset, 4);
    ck_assert_uint_eq(l.root.fields[3].offset, 8);
    ck_assert_uint_eq(l.root.fields[4].offset, 16);
    ck_assert_uint_eq(l.root.fields[5].offset, 20);
    ck_assert_uint_eq(l.root.fields[6].offset, 24);
    ck_assert_uint_eq(l.root.size, 32);
    ck_assert_uint_eq(l.required_words, 4);
    ck_assert(l.in_registers);
    ck_assert_uint_eq(l.lane_max, 0);
    ck_assert_uint_eq(l.size_class, 0);
}
END_TEST

START_TEST(test_optional)
{
    struct fic_message_layout l = args_of(
        "struct T { s: i64; n: u32; }", "a: u8, optional b: u16, optional c: T, "
                                        "optional d: string<4>, optional e: obj<X>, reserved: u32");

    ck_assert_uint_eq(l.root.fields[1].offset, 2);
    ck_assert_uint_eq(l.root.fields[1].has, 4);
    ck_assert_uint_eq(l.root.fields[1].end, 6);
    ck_assert_uint_eq(l.root.fields[2].offset, 8);
    ck_assert_uint_eq(l.root.fields[2].size, 16);
    ck_assert_uint_eq(l.root.fields[2].has, 24);
    ck_assert_uint_eq(l.root.fields[2].end, 32);
    ck_assert_uint_eq(l.root.fields[3].offset, 32);
    ck_assert_uint_eq(l.root.fields[3].has, 0);
    ck_assert_uint_eq(l.root.fields[4].offset, 40);
    ck_assert_uint_eq(l.root.fields[4].has, 0);
    ck_assert_uint_eq(l.root.fields[5].offset, 44);
    ck_assert_uint_eq(l.root.fields[5].has, 48); /* where the optional field's was */
    ck_assert_uint_eq(l.root.required, 1);
    ck_assert_uint_eq(l.required_words, 1);
    ck_assert(!l.in_registers);
    ck_assert_uint_eq(l.lane_max, 56 + 8);
}
END_TEST

START_TEST(test_retired)
{
    struct fic_message_layout before = args_of("", "optional a: u32, b: u64");
    struct fic_message_layout after = args_of("", "reserved: u32, b: u64");

    ck_assert_uint_eq(before.root.fields[1].offset, after.root.fields[1].offset);
    ck_assert_uint_eq(before.root.size, after.root.size);
}
END_TEST

START_TEST(test_unions)
{
    struct fic_message_layout l =
        args_of("union U { 1: a: u8; 2: b: u64; } open union O { 1: a: u64; }", "u: U, o: O");

    ck_assert_uint_eq(l.root.fields[0].size, 16);
    ck_assert_uint_eq(l.root.fields[0].align, 8);
    ck_assert_uint_eq(l.root.fields[1].offset, 16);
    ck_assert_uint_eq(l.root.fields[1].size, 16);
    ck_assert_uint_eq(l.root.fields[1].out_max, 8);
}
END_TEST

START_TEST(test_out_of_line)
{
    struct fic_message_layout l =
        args_of("open struct S { a: u64; n: bytes<9>; }",
                "v: vector<string<5>, 3>, s: vector<S, 2>, a: array<S, 2>");

    ck_assert_uint_eq(l.root.fields[0].size, 8);
    ck_assert_uint_eq(l.root.fields[0].align, 4);
    ck_assert_uint_eq(l.root.fields[0].out_max, 3 * 8 + 3 * 8);
    ck_assert_uint_eq(l.root.fields[1].out_max, 2 * 8 + 2 * (16 + 16));
    ck_assert_uint_eq(l.root.fields[2].size, 16);
    ck_assert_uint_eq(l.root.fields[2].out_max, 2 * (16 + 16));
}
END_TEST

START_TEST(test_file_system)
{
    struct fic_compiled *c = compile_repo("abi/interfaces/fs.fi");
    const struct fic_image *file = named(c, "File"), *dir = named(c, "Directory");
    struct fic_message_layout l;

    fic_layout_message(file, &fic_image_method(file, 32)->args, &l);
    ck_assert_uint_eq(l.root_words, 2);
    fic_layout_message(file, &fic_image_method(file, 32)->results, &l);
    ck_assert_uint_eq(l.root_words, 1);
    ck_assert_uint_eq(l.size_class, 3);
    fic_layout_message(dir, &fic_image_method(dir, 32)->args, &l);
    ck_assert_uint_eq(l.root_words, 2);
    ck_assert_uint_eq(l.root.fields[1].offset, 8);
    ck_assert_uint_eq(l.size_class, 2);
    fic_layout_message(dir, &fic_image_method(dir, 32)->results, &l);
    ck_assert_uint_eq(l.root_words, 1);
    fic_compiled_free(c);
}
END_TEST

START_TEST(test_classes)
{
    ck_assert_uint_eq(fic_size_class(0), 0);
    ck_assert_uint_eq(fic_size_class(1), 1);
    ck_assert_uint_eq(fic_size_class(4032), 1);
    ck_assert_uint_eq(fic_size_class(4033), 2);
    ck_assert_uint_eq(fic_size_class(16320), 2);
    ck_assert_uint_eq(fic_size_class(16321), 3);
    ck_assert_uint_eq(fic_size_class(69568), 3);
    ck_assert_uint_eq(fic_size_class(69569), 4);
}
END_TEST

START_TEST(test_lanes)
{
    struct fic_compiled *c = compile_repo("abi/interfaces/block.fi");
    const struct fic_image *disk = named(c, "Disk");
    struct fic_lane lane;

    fic_layout_lane(disk, &disk, 1, &lane);
    ck_assert(lane.needed && !lane.slots && !lane.events);
    ck_assert_uint_eq(fic_lane_pages_c(disk, &lane, 4), 1 + 2); /* 256 entries of 32 bytes */
    ck_assert_uint_eq(fic_lane_pages_s(disk, &lane, 4), 1 + 1);
    fic_compiled_free(c);
    c = compile_text("library t.a 1; interface X { 16: m(a: u64) -> (b: u64); }"
                     "interface Y { 16: blocking m(); 17: event e(); }");
    disk = named(c, "X");
    fic_layout_lane(disk, &disk, 1, &lane);
    ck_assert(!lane.needed);
    ck_assert_uint_eq(fic_lane_pages_c(disk, &lane, 4), 0);
    disk = named(c, "Y");
    fic_layout_lane(disk, &disk, 1, &lane);
    ck_assert(lane.needed && lane.slots && lane.events);
    ck_assert_uint_eq(fic_lane_pages_c(disk, &lane, 3), 1 + 3);
    ck_assert_uint_eq(fic_lane_pages_s(disk, &lane, 3), 2 + 3);
    fic_compiled_free(c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fic layout");
    TCase *t = tcase_create("layout");

    tcase_add_test(t, test_scalars);
    tcase_add_test(t, test_optional);
    tcase_add_test(t, test_retired);
    tcase_add_test(t, test_unions);
    tcase_add_test(t, test_out_of_line);
    tcase_add_test(t, test_file_system);
    tcase_add_test(t, test_classes);
    tcase_add_test(t, test_lanes);
    suite_add_tcase(s, t);
    return run_suite(s);
}
