/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a handler leaves open is ended before its response is sent; a database's result that TRY
 * passed on becomes a status.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <weft/cursor.h>
#include <weft/glue.h>
#include <weft/test.h>
#include <weft/transaction.h>

static weft_database *db;
static weft_transaction *of_layer;

static const weft_statement insert = {.name = "insert_row", .sql = "INSERT INTO t VALUES (1)"};
static const weft_statement select_all = {
    .name = "select_all", .sql = "SELECT i FROM t", .columns = 1, .read_only = true};

static weft_db_result decode(const weft_row *row, weft_arena *arena, void *into)
{
    (void)arena;
    return weft_row_i64(row, 0, INT64_MIN, INT64_MAX, into);
}

static int64_t count_rows(void)
{
    static const weft_statement count = {
        .name = "count_rows", .sql = "SELECT count(*) FROM t", .columns = 1, .read_only = true};
    int64_t rows = -1;
    assert_int_equal(weft_db_one(db, &count, NULL, weft_arena_current(), decode, &rows),
                     WEFT_DB_OK);
    return rows;
}

/* ---- handlers, as the generator would call them ---------------------------------------------- */

static weft_http_status forget(weft_request *req, weft_response *res)
{
    (void)req, (void)res;
    weft_transaction *tx;
    weft_cursor *rows;
    WEFT_TRY(weft_transaction_begin(db, NULL, &tx));
    WEFT_TRY(weft_db_run(weft_within(tx), &insert, NULL, NULL));
    WEFT_TRY(weft_db_open(weft_within(tx), &select_all, NULL, decode, &rows));
    return WEFT_HTTP_NO_CONTENT;
}

static weft_http_status fail_half_way(weft_request *req, weft_response *res)
{
    (void)req, (void)res;
    weft_transaction *tx;
    WEFT_TRY(weft_transaction_begin(db, NULL, &tx));
    WEFT_TRY(weft_db_run(weft_within(tx), &insert, NULL, NULL));
    WEFT_TRY(weft_db_run(weft_within(tx), &insert, NULL, NULL)); /* a key that is taken */
    WEFT_TRY(weft_transaction_commit(tx));
    return WEFT_HTTP_NO_CONTENT;
}

static weft_http_status fail_half_way_call(weft_request *req, weft_response *res)
{
    return weft_answer_status(fail_half_way(req, res));
}

/* A transaction around handlers, which is its layer's to end. */
static weft_http_status surround(const weft_layer *layer, weft_request *req, weft_response *res,
                                 weft_next *next)
{
    (void)layer;
    WEFT_TRY(weft_transaction_begin(db, NULL, &of_layer));
    weft_http_status status = weft_next_run(next, req, res);
    WEFT_TRY(weft_transaction_commit(of_layer));
    return status;
}

static weft_http_status insert_in_layer(weft_request *req, weft_response *res)
{
    (void)req, (void)res;
    WEFT_TRY(weft_db_run(weft_within(of_layer), &insert, NULL, NULL));
    return WEFT_HTTP_NO_CONTENT;
}

static const weft_layer layers[] = {{.name = "surround", .run = surround}, {0}};

#define ROW(p, fn, ...)                                                                     \
    {                                                                                       \
        .method = "POST", .path = (p), .handler_name = #fn, .call = (fn), .file = __FILE__, \
        .line = __LINE__, ##__VA_ARGS__                                                     \
    }
static const weft_route table[] = {
    ROW("/forget", forget),
    ROW("/fail", fail_half_way_call),
    ROW("/layer", insert_in_layer, .layers = layers),
};

/* ---- the tests ------------------------------------------------------------------------------- */

static int status_of(const char *target)
{
    const weft_router router = {.routes = {table, sizeof table / sizeof table[0]}};
    weft_test *test = weft_test_open(&router);
    assert_non_null(test);
    int status = ask(test, "POST", target)->status;
    weft_test_close(test);
    return status;
}

static void what_a_handler_leaves_open_is_rolled_back(void **state)
{
    (void)state;
    assert_int_equal(status_of("/forget"), 204);
    assert_int_equal(count_rows(), 0);
    assert_int_equal(weft_db_run(db, &insert, NULL, NULL),
                     WEFT_DB_OK); /* nobody holds the writer */
}

static void a_failure_that_is_passed_on_is_a_status(void **state)
{
    (void)state;
    assert_int_equal(status_of("/fail"), 409);
    assert_int_equal(count_rows(), 0);
}

static void a_layers_transaction_is_its_own(void **state)
{
    (void)state;
    assert_int_equal(status_of("/layer"), 204);
    assert_int_equal(count_rows(), 1);
}

static char path[] = "sqlite:/tmp/weft-handles-XXXXXX";

static int open_db(void **state)
{
    (void)state;
    static const weft_statement create = {.name = "create",
                                          .sql = "CREATE TABLE t (i INTEGER PRIMARY KEY)"};
    strcpy(path + strlen(path) - 6, "XXXXXX");
    int fd = mkstemp(path + strlen("sqlite:"));
    assert_true(fd >= 0 && close(fd) == 0);
    db = weft_database_open(path);
    assert_non_null(db);
    return weft_db_run(db, &create, NULL, NULL) == WEFT_DB_OK ? 0 : -1;
}

static int close_db(void **state)
{
    (void)state;
    weft_database_close(db);
    return unlink(path + strlen("sqlite:"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_db, close_db)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_a_handler_leaves_open_is_rolled_back),
        CASE(a_failure_that_is_passed_on_is_a_status),
        CASE(a_layers_transaction_is_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
