/* SPDX-License-Identifier: Apache-2.0 */
/* Open files of a filesystem: handles that are never given twice, holders, tickets, rights. */
#include "fsopen.h"

#include <check.h>
#include <stdlib.h>

#define COUNT 4

static struct fsopen records[COUNT];
static struct fsopen_table t;
static int vfs, other; /* owners */

static void setup(void) { fsopen_init(&t, records, COUNT); }

START_TEST(handles)
{
    struct fsopen *o[COUNT];
    uint64_t old;

    ck_assert_ptr_null(fsopen_find(&t, 0));
    for (int i = 0; i < COUNT; i++) {
        o[i] = fsopen_take(&t, &vfs);
        ck_assert_ptr_nonnull(o[i]);
        ck_assert_uint_ne(o[i]->handle, 0);
        ck_assert_ptr_eq(fsopen_find(&t, o[i]->handle), o[i]);
        for (int k = 0; k < i; k++)
            ck_assert_uint_ne(o[i]->handle, o[k]->handle);
    }
    ck_assert_ptr_null(fsopen_take(&t, &vfs));
    old = o[2]->handle;
    ck_assert(fsopen_drop(o[2]));
    fsopen_free(&t, o[2]);
    ck_assert_ptr_null(fsopen_find(&t, old));
    ck_assert_ptr_eq(fsopen_take(&t, &other), o[2]);
    ck_assert_uint_ne(o[2]->handle, old);
    ck_assert_ptr_null(fsopen_find(&t, old));
    ck_assert_uint_eq(o[2]->how | o[2]->rights | o[2]->state, 0);
}
END_TEST

START_TEST(holders)
{
    struct fsopen *o = fsopen_take(&t, &vfs);

    fsopen_keep(o);
    ck_assert(!fsopen_drop(o));
    ck_assert(fsopen_drop(o));
    ck_assert_ptr_eq(fsopen_find(&t, o->handle), o); /* until it is freed */
    fsopen_free(&t, o);
    ck_assert(!fsopen_drop(o)); /* nobody is left to be dropped */
}
END_TEST

/* A ticket brings its holder along; a connection that is copied without one is a holder more. */
START_TEST(tickets)
{
    struct fsopen *o = fsopen_take(&t, &vfs);

    fsopen_depart(o);
    ck_assert(!fsopen_drop(o)); /* the opener goes; the ticket holds it */
    fsopen_arrive(o);
    fsopen_arrive(o);
    ck_assert(!fsopen_drop(o));
    ck_assert(fsopen_drop(o));
    fsopen_free(&t, o);
}
END_TEST

/* Fewer rights are a record of their own, which holds the first; nothing brings a right back. */
START_TEST(narrow)
{
    struct fsopen *o = fsopen_take(&t, NULL), *a, *b;
    uint32_t missing;

    o->how = FSC_O_READ | FSC_O_WRITE | FSC_O_APPEND;
    o->rights = FSOPEN_MODE | FSOPEN_SHARE;
    ck_assert_uint_eq(fsopen_rights(o), FSOPEN_RIGHTS & ~FSOPEN_RIGHT_OWNER);
    ck_assert_int_eq(fsopen_may_share(o, 0, &missing), FSC_OK);
    ck_assert_int_eq(fsopen_may_share(o, FSOPEN_RIGHT_READ, &missing), FSC_OK);
    ck_assert_int_eq(fsopen_may_share(o, FSOPEN_RIGHT_OWNER | FSOPEN_RIGHT_READ, &missing),
                     FSC_EPERM);
    ck_assert_uint_eq(missing, FSOPEN_RIGHT_OWNER);
    ck_assert_int_eq(fsopen_may_share(o, FSOPEN_RIGHTS + 1, &missing), FSC_EINVAL);
    fsopen_keep(o);
    a = fsopen_narrow(&t, o, FSOPEN_RIGHT_READ | FSOPEN_RIGHT_OWNER | FSOPEN_RIGHT_SHARE);
    ck_assert_uint_eq(fsopen_rights(a), FSOPEN_RIGHT_READ | FSOPEN_RIGHT_SHARE);
    ck_assert_uint_eq(a->how & FSC_O_APPEND, FSC_O_APPEND);
    ck_assert_int_eq(fsopen_may_write(a), FSC_EBADF);
    ck_assert_int_eq(fsopen_may_read(a, FSC_FILE), FSC_OK);
    ck_assert_int_eq(fsopen_may_set(a, FSC_SET_MODE), FSC_EPERM);
    fsopen_keep(a);
    b = fsopen_narrow(&t, a, FSOPEN_RIGHTS & ~FSOPEN_RIGHT_SHARE);
    ck_assert_uint_eq(fsopen_rights(b), FSOPEN_RIGHT_READ);
    ck_assert_int_eq(fsopen_may_share(b, 0, &missing), FSC_EPERM);
    ck_assert_uint_eq(missing, FSOPEN_RIGHT_SHARE);
    ck_assert_ptr_eq(fsopen_base(b), o);
    ck_assert_ptr_eq(fsopen_base(o), o);
    ck_assert(!fsopen_drop(o)); /* the opener goes; what was made of it holds it */
    ck_assert(!fsopen_drop(a));
    ck_assert(fsopen_drop(b) && b->origin == a);
    fsopen_free(&t, b);
    ck_assert(fsopen_drop(a) && a->origin == o);
    fsopen_free(&t, a);
    ck_assert(fsopen_drop(o) && o->origin == NULL);
}
END_TEST

START_TEST(owners)
{
    struct fsopen *a = fsopen_take(&t, &vfs), *b = fsopen_take(&t, &other),
                  *c = fsopen_take(&t, &vfs);
    uint32_t at = 0;

    b->owner = &vfs;
    a->owner = NULL;
    ck_assert_ptr_eq(fsopen_of(&t, &vfs, &at), b);
    ck_assert_ptr_eq(fsopen_of(&t, &vfs, &at), c);
    ck_assert_ptr_null(fsopen_of(&t, &vfs, &at));
    at = 0;
    ck_assert_ptr_null(fsopen_of(&t, &other, &at));
}
END_TEST

START_TEST(rights)
{
    struct fsopen o = {.how = FSC_O_READ};

    ck_assert_int_eq(fsopen_may_read(&o, FSC_FILE), FSC_OK);
    ck_assert_int_eq(fsopen_may_read(&o, FSC_DIR), FSC_EISDIR);
    ck_assert_int_eq(fsopen_may_write(&o), FSC_EBADF);
    ck_assert_int_eq(fsopen_may_cut(&o, FSC_FILE), FSC_EINVAL);
    o.how = FSC_O_WRITE;
    ck_assert_int_eq(fsopen_may_read(&o, FSC_FILE), FSC_EBADF);
    ck_assert_int_eq(fsopen_may_write(&o), FSC_OK);
    ck_assert_int_eq(fsopen_may_cut(&o, FSC_FILE), FSC_OK);
    ck_assert_int_eq(fsopen_may_cut(&o, FSC_CHAR), FSC_EINVAL);
    ck_assert_int_eq(fsopen_may_set(&o, FSC_SET_MODE), FSC_EPERM);
    o.rights = FSOPEN_MODE;
    ck_assert_int_eq(fsopen_may_set(&o, FSC_SET_MODE | FSC_SET_MTIME), FSC_OK);
    ck_assert_int_eq(fsopen_may_set(&o, FSC_SET_MODE | FSC_SET_UID), FSC_EPERM);
    o.rights = FSOPEN_OWNER;
    ck_assert_int_eq(fsopen_may_set(&o, FSC_SET_GID), FSC_OK);
    ck_assert_int_eq(fsopen_may_set(&o, FSC_SET_GID | FSC_SET_ATIME), FSC_EPERM);
    ck_assert_int_eq(fsopen_may_set(&o, 0), FSC_OK);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fsopen");
    TCase *cases = tcase_create("cases");
    SRunner *r;
    int failed;

    tcase_add_checked_fixture(cases, setup, NULL);
    tcase_add_test(cases, handles);
    tcase_add_test(cases, holders);
    tcase_add_test(cases, tickets);
    tcase_add_test(cases, narrow);
    tcase_add_test(cases, owners);
    tcase_add_test(cases, rights);
    suite_add_tcase(s, cases);
    r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
