/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a URL says about the pool, and what is left of it for libpq.
 */
#include "fixture.h"

#include <weft/pool.h>

#include "db/postgres/execute.h"

static char why[WEFT__WHY_SIZE];

static weft_database_options read_url(const char *text, const char *left)
{
    weft_database_options none = {0}, options;
    char *url = NULL;
    why[0] = '\0';
    if (!weft__pg_options(text, &none, &options, &url, why, sizeof why))
        fail_msg("%s: %s", text, why);
    assert_string_equal(url, left);
    free(url);
    return options;
}

static void refused(const char *text, const char *expected)
{
    weft_database_options none = {0}, options;
    char *url = NULL;
    assert_false(weft__pg_options(text, &none, &options, &url, why, sizeof why));
    assert_string_equal(why, expected);
}

static void defaults(void **state)
{
    (void)state;
    weft_database_options o = read_url("postgres://h/db", "postgres://h/db");
    assert_int_equal(o.max_connections, WEFT_DB_CONNECTIONS_MAX);
    assert_int_equal(o.min_connections, WEFT_DB_CONNECTIONS_MIN);
    assert_int_equal(o.shared, WEFT_DB_SHARED);
    assert_int_equal(o.acquire_timeout, WEFT_DB_ACQUIRE_TIMEOUT);
    assert_int_equal(o.connect_timeout, WEFT_DB_CONNECT_TIMEOUT);
    assert_int_equal(o.idle_timeout, WEFT_DB_IDLE_TIMEOUT);
    assert_int_equal(o.max_lifetime, WEFT_DB_MAX_LIFETIME);
    assert_int_equal(o.statement_timeout, WEFT_DB_STATEMENT_TIMEOUT);
    assert_int_equal(o.slow_statement, WEFT_DB_SLOW_STATEMENT);
    assert_int_equal(o.pgbouncer, WEFT_DB_DETECT);
}

static void ours_are_taken_out(void **state)
{
    (void)state;
    weft_database_options o = read_url(
        "postgresql://u:p@a,b:5433/db?max_connections=20&target_session_attrs=read-write&shared=4&"
        "connect_timeout=3&acquire_timeout=500&pgbouncer=on",
        "postgresql://u:p@a,b:5433/db?target_session_attrs=read-write&connect_timeout=3");
    assert_int_equal(o.max_connections, 20);
    assert_int_equal(o.shared, 4);
    assert_int_equal(o.acquire_timeout, 500 * WEFT_MILLISECOND);
    assert_int_equal(o.pgbouncer, WEFT_DB_ON);
    assert_int_equal(o.connect_timeout, 3 * WEFT_SECOND);
    o = read_url(
        "postgres:///db?min_connections=3&idle_timeout=1&max_lifetime=2&statement_timeout=3&"
        "slow_statement=4",
        "postgres:///db");
    assert_int_equal(o.min_connections, 3);
    assert_int_equal(o.idle_timeout, 1 * WEFT_MILLISECOND);
    assert_int_equal(o.max_lifetime, 2 * WEFT_MILLISECOND);
    assert_int_equal(o.statement_timeout, 3 * WEFT_MILLISECOND);
    assert_int_equal(o.slow_statement, 4 * WEFT_MILLISECOND);
    read_url("postgres:///db?pgbouncer=detect&", "postgres:///db");
    read_url("postgres:///db?pgbouncer=off&sslmode=require", "postgres:///db?sslmode=require");
}

static void given_ones_go_before_the_url(void **state)
{
    (void)state;
    weft_database_options given = {.max_connections = 7}, options;
    char *url;
    assert_true(weft__pg_options("postgres:///db?max_connections=9&shared=3", &given, &options,
                                 &url, why, sizeof why));
    assert_int_equal(options.max_connections, 7);
    assert_int_equal(options.shared, 3);
    free(url);
}

/* libpq's unit, libpq's variable. */
static void connect_timeout_is_in_seconds(void **state)
{
    (void)state;
    assert_int_equal(
        read_url("postgres:///db?connect_timeout=0", "postgres:///db?connect_timeout=0")
            .connect_timeout,
        WEFT_NEVER);
    assert_int_equal(setenv("PGCONNECT_TIMEOUT", "7", 1), 0);
    assert_int_equal(read_url("postgres:///db", "postgres:///db").connect_timeout, 7 * WEFT_SECOND);
    assert_int_equal(
        read_url("postgres:///db?connect_timeout=3", "postgres:///db?connect_timeout=3")
            .connect_timeout,
        3 * WEFT_SECOND);
    weft_database_options given = {.connect_timeout = 2500 * WEFT_MILLISECOND}, options;
    char *url;
    assert_true(weft__pg_options("postgres:///db?connect_timeout=9", &given, &options, &url, why,
                                 sizeof why));
    assert_int_equal(options.connect_timeout, 2500 * WEFT_MILLISECOND);
    free(url);
    assert_int_equal(unsetenv("PGCONNECT_TIMEOUT"), 0);
    refused("postgres:///db?connect_timeout=500ms",
            "the parameter connect_timeout of the database URL is not a number of seconds");
}

static void mistakes(void **state)
{
    (void)state;
    static const char *const numbers[] = {"many", "", "0", "10001", "1x", "99999999999999999999"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char url[96];
        snprintf(url, sizeof url, "postgres://h/db?max_connections=%s", numbers[i]);
        refused(url, "the parameter max_connections of the database URL is not a number from 1 to "
                     "10000");
    }
    refused("postgres://h/db?statement_timeout=604800001",
            "the parameter statement_timeout of the database URL is not a number from 1 to "
            "604800000");
    refused("postgres://h/db?pgbouncer=yes",
            "the parameter pgbouncer of the database URL is not on, off or detect");
    refused("postgres://h/db?min_connections=5&max_connections=4",
            "min_connections=5 is more than max_connections=4");
    refused("postgres://h/db?max_conections=5",
            "the database URL has a parameter that neither Weft nor libpq knows: invalid URI query "
            "parameter: \"max_conections\"");
    refused("postgres://u:secret%zz@h/db",
            "the database URL cannot be read: write postgres://user:password@host:5432/name, with "
            "special characters as %40 and so on");
    assert_null(strstr(why, "secret"));
}

static int load(void **state)
{
    (void)state;
    return weft__libpq_load(why, sizeof why) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(ours_are_taken_out),
        cmocka_unit_test(given_ones_go_before_the_url),
        cmocka_unit_test(connect_timeout_is_in_seconds),
        cmocka_unit_test(mistakes),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
