/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The statements of accept/bulk.c: a row for each struct of a list, all or none; rows that a list
 * changes, finds and removes. The list is longer than what parameters of single values could bring.
 */
#include "bulk.weft.h"

#include "database.h"
#include <math.h>

enum { MANY = 70000 };

static change list[MANY];

static ARRAY(change) changes(size_t count)
{
    for (size_t i = 0; i < count; i++)
        list[i] = (change){.id = (int64_t)i + 1, .score = 0.5, .role = ROLE_ADMIN, .name = STR("")};
    return (ARRAY(change)){list, count};
}

static int64_t count_of(const weft_statement *statement)
{
    int64_t count = -1;
    assert_int_equal(
        weft_db_one(db, statement, NULL, weft_arena_current(), int64_t__from_row, &count),
        WEFT_DB_OK);
    return count;
}

/* A statement is known by its address: each has its own. */
#define COUNT_WHERE(condition)                                                                \
    count_of(({                                                                               \
        static const char sql[] = "SELECT count(*) FROM users WHERE " condition;              \
        static const weft_statement_sqlite sqlite = {.sql = sql};                             \
        static const uint32_t bigint[] = {20};                                                \
        static const weft_statement_postgres postgres = {.sql = sql, .column_types = bigint}; \
        static const weft_statement count = {.name = "count",                                 \
                                             .sql = sql,                                      \
                                             .columns = 1,                                    \
                                             .read_only = true,                               \
                                             .sqlite = &sqlite,                               \
                                             .postgres = &postgres};                          \
        &count;                                                                               \
    }))

static void a_row_for_each(void **state)
{
    (void)state;
    static new_user list[MANY];
    for (int i = 0; i < MANY; i++)
        list[i] = (new_user){
            .name = STR("A \"name\""),
            .mail = weft_arena_printf(weft_arena_current(), "User%d@x", i),
            .age = i % 2 ? SOME(int32_t, i) : NONE(int32_t),
        };
    int64_t count = 0;
    assert_int_equal(add_users(db, (ARRAY(new_user)){list, MANY}, &count), HTTP_OK);
    assert_int_equal(count, MANY);
    assert_int_equal(add_users(db, (ARRAY(new_user)){0}, &count), HTTP_OK);
    assert_int_equal(count, 0);
}

static void all_or_none(void **state)
{
    (void)state;
    new_user list[] = {{.name = STR("new"), .mail = STR("new@x")},
                       {.name = STR("old"), .mail = STR("USER7@x")}};
    int64_t count = 0;
    assert_int_equal(add_users(db, (ARRAY(new_user)){list, 2}, &count), HTTP_CONFLICT);
    list[1].mail = STR("other@x");
    assert_int_equal(add_users(db, (ARRAY(new_user)){list, 2}, &count), HTTP_OK);
    assert_int_equal(count, 2);
}

static void rows_come_back(void **state)
{
    (void)state;
    new_user list[] = {{.name = STR("x"), .mail = STR("user7@x")},
                       {.name = STR("y"), .mail = STR("fresh@x")}};
    ARRAY(int64_t) ids;
    assert_int_equal(put_users(db, STR("guest"), &(ARRAY(new_user)){list, 2}, &ids), WEFT_DB_OK);
    assert_true(ids.len == 2 && ids.at[0] == 8 && ids.at[1] > MANY);
}

static void a_change_for_each(void **state)
{
    (void)state;
    int64_t count = -1;
    ARRAY(change) all = changes(MANY);
    for (int i = 0; i < MANY; i += 2)
        list[i].age = SOME(int32_t, i);
    list[1].name = STR("Robert \\ \"Bob\" O'Neil, \xC3\xA9");
    assert_int_equal(change_users(db, &all, &count), HTTP_OK);
    assert_int_equal(count, MANY);
    assert_int_equal(COUNT_WHERE("role = 'admin' AND NOT active "
                                 "AND score = 0.5"),
                     MANY);
    assert_int_equal(COUNT_WHERE("age = id - 1 AND id % 2 = 1"), MANY / 2);
    assert_int_equal(COUNT_WHERE("age IS NULL AND id % 2 = 0 "
                                 "AND id <= 70000"),
                     MANY / 2);
    assert_int_equal(COUNT_WHERE("id = 2 AND "
                                 "name = 'Robert \\ \"Bob\" O''Neil, \xC3\xA9'"),
                     1);
}

static void none_one_and_a_stranger(void **state)
{
    (void)state;
    int64_t count = -1;
    assert_int_equal(change_users(db, &(ARRAY(change)){0}, &count), HTTP_OK);
    assert_int_equal(count, 0);
    assert_int_equal(change_users(db, &(ARRAY(change)){changes(1).at, 1}, &count), HTTP_OK);
    assert_int_equal(count, 1);
    list[0].id = -1;
    assert_int_equal(change_users(db, &(ARRAY(change)){list, 1}, &count), HTTP_OK);
    assert_int_equal(count, 0);
}

/* Twice in the list is one row and one change; which of the two is not said. */
static void twice_is_once(void **state)
{
    (void)state;
    int64_t count = -1;
    ARRAY(change) both = changes(3);
    list[1].id = 1;
    list[0].age = SOME(int32_t, 41);
    list[1].age = SOME(int32_t, 42);
    list[2].age = SOME(int32_t, 43);
    assert_int_equal(change_users(db, &both, &count), HTTP_OK);
    assert_int_equal(count, 2);
    assert_int_equal(COUNT_WHERE("id = 1 AND age IN (41, 42)"), 1);
    assert_int_equal(COUNT_WHERE("id = 3 AND age = 43"), 1);
}

static void all_changes_or_none(void **state)
{
    (void)state;
    int64_t count = -1;
    ARRAY(change) some = changes(3);
    list[2].score = (double)INFINITY; /* null in JSON, and the column is NOT NULL */
    list[0].age = SOME(int32_t, 77);
    assert_int_equal(change_users(db, &some, &count), HTTP_UNPROCESSABLE_CONTENT);
    assert_int_equal(COUNT_WHERE("age = 77"), 0);
}

static void rows_are_found_by_a_list(void **state)
{
    (void)state;
    ARRAY(known) found;
    ARRAY(change) wanted = changes(2);
    list[0].age = SOME(int32_t, 30);
    int64_t count;
    assert_int_equal(change_users(db, &wanted, &count), HTTP_OK);
    list[0].name = STR("b");
    list[1] = (change){.id = 0, .name = STR("a")};
    assert_int_equal(find_ages(db, wanted, &found), WEFT_DB_OK);
    assert_int_equal(found.len, 2);
    assert_text(found.at[0].name, "a");
    assert_false(found.at[0].age.present);
    assert_text(found.at[1].name, "b");
    assert_true(found.at[1].age.present && found.at[1].age.value__ == 30);
}

static decimal decimal_of(const char *text)
{
    decimal value;
    assert_true(weft_decimal_from_text(weft_str_from(text), &value));
    return value;
}

static event event_of(unsigned char id, const char *at, const char *price)
{
    event made = {.id.at[15] = id, .price = decimal_of(price)};
    assert_true(weft_timestamp_from_text(weft_str_from(at), &made.at));
    return made;
}

/* Times, dates, UUIDs and decimals are compared with and become what single parameters store. */
static void types_travel(void **state)
{
    (void)state;
    event rows[] = {event_of(1, "2026-01-31T12:00:00Z", "1.10"),
                    event_of(2, "2026-01-31T12:00:00.25Z", "12345678901234567890.5"),
                    event_of(3, "2026-01-31T12:00:01.123456Z", "-0.001")};
    ARRAY(event) all = {rows, 3}, changed;
    int64_t count = -1;
    assert_int_equal(add_events(db, all, &count), WEFT_DB_OK);
    assert_int_equal(count, 3);
    assert_int_equal(add_events(db, all, &count), WEFT_DB_OK);
    assert_int_equal(count, 0);

    rows[2].price = decimal_of("99999999999999999999.25");
    rows[1].at.seconds++; /* no such row */
    rows[0].day = SOME(date, ((date){2026, 2, 28}));
    assert_int_equal(reprice(db, all, &changed), WEFT_DB_OK);
    assert_int_equal(changed.len, 2);
    for (size_t i = 0; i < changed.len; i++) {
        const event *to = &rows[changed.at[i].id.at[15] - 1], *is = &changed.at[i];
        assert_true(is->at.seconds == to->at.seconds && is->at.nanoseconds == to->at.nanoseconds);
        assert_true(weft_str_equal(is->price.text, to->price.text));
        assert_int_equal(is->day.present, to->day.present);
    }
    assert_int_equal(remove_events(db, decimal_of("0"), all, &count), WEFT_DB_OK);
    assert_int_equal(count, 2);
}

static void arrays_and_documents_travel(void **state)
{
    (void)state;
    str tags[] = {STR("a"), STR("b \"c\", {d}")};
    int16_t scores[] = {-1, 32767};
    member list[] = {{.tags = {tags, 2},
                      .scores = {scores, 2},
                      .home = STR("{\"street\": \"Main\"}"),
                      .who = {.name = STR("Ada"), .mail = STR("ada@x")}},
                     {.home = STR("{\"street\": \"High\"}"), .who = {.mail = STR("bob@x")}}};
    tagged row;
    assert_int_equal(add_members(db, (ARRAY(member)){list, 2}), WEFT_DB_OK);
    assert_int_equal(find_member(db, STR("Main"), STR("ada@x"), &row), WEFT_DB_OK);
    assert_true(row.tags.len == 2 && weft_str_equal(row.tags.at[1], tags[1]));
    assert_true(row.scores.len == 2 && row.scores.at[0] == -1 && row.scores.at[1] == 32767);
    assert_int_equal(find_member(db, STR("High"), STR("bob@x"), &row), WEFT_DB_OK);
    assert_true(row.tags.len == 0 && row.scores.len == 0);
}

static void lists_have_an_end(void **state)
{
    (void)state;
    int64_t count = -1;
    ARRAY(change) long_one = {list, WEFT_DB_LIST_MAX + 1};
    assert_int_equal(change_users(db, &long_one, &count), HTTP_INTERNAL_SERVER_ERROR);
    assert_text(weft_db_last_failure()->message,
                "the list in $1 has 1000001 items, and more than 1000000 are not taken at once: "
                "give it in parts, or COPY (weft/copy.h)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_for_each),
        cmocka_unit_test(all_or_none),
        cmocka_unit_test(rows_come_back),
        cmocka_unit_test(a_change_for_each),
        cmocka_unit_test(none_one_and_a_stranger),
        cmocka_unit_test(twice_is_once),
        cmocka_unit_test(all_changes_or_none),
        cmocka_unit_test(rows_are_found_by_a_list),
        cmocka_unit_test(types_travel),
        cmocka_unit_test(arrays_and_documents_travel),
        cmocka_unit_test(lists_have_an_end),
    };
    return cmocka_run_group_tests_name("bulk", tests, open_database, close_database);
}
