/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What weftgen's SQL checker claims about result columns, against what SQLite gives: a table of
 * statements, and random ones that run on data full of NULL. A column that is said to be never NULL
 * must never be, and one that is said to be INTEGER, REAL or TEXT must be that. The seed is fixed;
 * WEFT_SQL_STATEMENTS and WEFT_SQL_SEED change how many and which.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "check/sql.h"

/* `c` stays empty; `d` has no NULL allowed at all. */
static const char schema_sql[] =
    "CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, t TEXT, r REAL NOT NULL) STRICT;"
    "CREATE TABLE b (id INTEGER PRIMARY KEY, n INTEGER, t TEXT NOT NULL, r REAL) STRICT;"
    "CREATE TABLE c (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, t TEXT NOT NULL, r REAL NOT NULL)"
    " STRICT;"
    "CREATE TABLE d (id INT NOT NULL, n INT NOT NULL, t TEXT NOT NULL, r REAL NOT NULL,"
    " PRIMARY KEY (t, n)) STRICT, WITHOUT ROWID;"
    "CREATE VIEW v AS SELECT a.id, b.n, d.t, a.r FROM a LEFT JOIN b USING (id) JOIN d ON d.n = a.n;"
    "CREATE VIEW w (id, n, t, r) AS SELECT count(*), max(n), min(t), total(r) FROM c;";
static const char data_sql[] =
    "INSERT INTO a VALUES (1, 0, NULL, 0.0), (2, 1, 'x', 1.5), (3, 2, '', -2.0);"
    "INSERT INTO b VALUES (2, NULL, 'x', NULL), (3, 0, 'y', 2.5), (4, 5, '7', NULL);"
    "INSERT INTO d VALUES (2, 1, 'x', 0.5), (9, 2, 'z', 1.0), (3, 0, '', 0.0);";

typedef struct fixture {
    gen_unit unit;
    sql_schema schema;
    weft_arena arena;
    char folder[64];
} fixture;

/* Ends a statement that runs for long: random joins multiply. */
static int give_up(void *data)
{
    (void)data;
    return 1;
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    weft_arena_init(&f->arena, (size_t)2 << 30);
    strcpy(f->folder, "/tmp/weft_sql_XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    char path[96];
    snprintf(path, sizeof path, "%s/0001_schema.sql", f->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(schema_sql, file);
    fclose(file);
    f->unit = (gen_unit){.arena = &f->arena, .migrations = f->folder};
    assert_true(sql_schema_open(&f->schema, &f->unit));
    assert_int_equal(sqlite3_exec(f->schema.db, data_sql, NULL, NULL, NULL), SQLITE_OK);
    unlink(path);
    rmdir(f->folder);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    sql_schema_close(&f->schema);
    weft_arena_reset(&f->arena);
    free(f);
    return 0;
}

/* ---- known statements --------------------------------------------------------------------------- */

/* A letter per column: Integer, Real, Text, Blob, Numeric, ? unknown; a "-" behind it: may be NULL. */
static const struct {
    const char *sql, *columns;
} table[] = {
    {"SELECT id, n, t, r FROM a", "I I T- R"},
    {"SELECT * FROM b", "I I- T R-"},
    {"SELECT x.*, 1 FROM b AS x, a", "I I- T R- I"},
    {"SELECT rowid, oid FROM a", "I I"},
    {"SELECT \"id\", `n`, [t] FROM main.a", "I I T-"},
    {"SELECT d.id, d.t FROM d", "I T"},
    {"SELECT id, t FROM v", "I T"},
    {"SELECT n, r FROM v", "I- R"},
    {"SELECT id, n, t, r FROM w", "I I- T- R"},
    /* joins */
    {"SELECT a.id, b.id FROM a LEFT JOIN b ON a.id = b.id", "I I-"},
    {"SELECT a.id, b.id FROM a RIGHT OUTER JOIN b ON a.id = b.id", "I- I"},
    {"SELECT a.id, b.id FROM a FULL JOIN b ON a.id = b.id", "I- I-"},
    {"SELECT a.id, b.id, d.id FROM a, b LEFT JOIN d ON d.id = b.id", "I I I-"},
    {"SELECT a.id, b.id, d.id FROM a, b RIGHT JOIN d ON d.id = b.id", "I- I- I"},
    {"SELECT a.id, b.id, d.id FROM a LEFT JOIN (b JOIN d ON d.id = b.id) ON a.id = b.id", "I I- I-"},
    {"SELECT a.id, b.id, d.id FROM (a LEFT JOIN b ON a.id = b.id) JOIN d ON d.id = a.id", "I I- I"},
    {"SELECT a.id, s.id FROM a LEFT JOIN (SELECT id FROM d) s ON s.id = a.id", "I I-"},
    {"SELECT s.id FROM (SELECT id FROM a) AS s", "I"},
    {"SELECT id FROM a LEFT JOIN b USING (id)", "I-"},
    {"SELECT * FROM a NATURAL JOIN b", "unknown"},
    {"SELECT key, value FROM json_each('[1]')", "?- ?-"},
    /* with */
    {"WITH s AS (SELECT id, t FROM a) SELECT id, t FROM s", "I T-"},
    {"WITH s(x, y) AS (SELECT id, t FROM a) SELECT y, x FROM s AS z", "T- I"},
    {"WITH s AS (SELECT id FROM a), u AS (SELECT id FROM s) SELECT id FROM u", "I"},
    {"WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 3) SELECT i FROM s",
     "?-"},
    {"SELECT id FROM (WITH s AS (SELECT NULL AS id) SELECT id FROM s)", "?-"},
    /* compounds */
    {"SELECT id FROM a UNION SELECT n FROM b", "I-"},
    {"SELECT id FROM a UNION ALL SELECT id FROM b ORDER BY 1 LIMIT 3", "I"},
    {"SELECT id FROM a EXCEPT SELECT 'x'", "?"},
    {"VALUES (1)", "unknown"},
    /* aggregates */
    {"SELECT count(*), count(t), total(n), sum(n), avg(n), max(t) FROM a", "I I R I- R- T-"},
    {"SELECT n, max(r), sum(r), group_concat(t) FROM a GROUP BY n", "I R R T-"},
    {"SELECT n || count(*) FROM a", "T-"},
    {"SELECT n, count(*) OVER () FROM a", "I I"},
    {"SELECT sum(n) OVER (ORDER BY id ROWS 1 PRECEDING) FROM a", "I-"},
    {"SELECT row_number() OVER (ORDER BY id), lag(n) OVER () FROM a", "I ?-"},
    {"SELECT sum(n) FILTER (WHERE n > 5) FROM a GROUP BY id", "I-"},
    {"SELECT max(n, 3), min(n, NULL) FROM a", "I ?-"},
    {"SELECT n, (SELECT count(*) FROM b WHERE b.id = a.id) FROM a", "I I"},
    {"SELECT (SELECT max(id) FROM b), (SELECT id FROM b), (SELECT count(*) FROM b LIMIT 0)",
     "I- I- I-"},
    /* expressions */
    {"SELECT 1, 2.5, 'x', x'00', NULL, true, -1, +1.0, ~1, NOT 1", "I R T B ?- I I R I I"},
    {"SELECT n + 1, n * r, n - NULL, r / 2, n / n, n % 2 FROM a", "I R ?- R I- I"},
    {"SELECT t || 'x', 'x' || n FROM a", "T- T"},
    {"SELECT n = 1, t = 'x', t IS NULL, t IS NOT 'x', t NOTNULL, t NOT NULL FROM a",
     "I I- I I I I"},
    {"SELECT t IS NOT DISTINCT FROM 'x' FROM a", "I"},
    {"SELECT n IN (1), n NOT IN (1, NULL), n BETWEEN 1 AND 2, n NOT BETWEEN 1 AND NULL FROM a",
     "I- I- I I-"},
    {"SELECT t LIKE 'x%' ESCAPE '!', n LIKE '1' FROM a", "I- I"},
    {"SELECT n = 1 AND r > 0 OR NOT n FROM a", "I"},
    {"SELECT COALESCE(t, 'x'), IFNULL(t, t), coalesce(t, n) FROM a", "T T- ?"},
    {"SELECT CASE WHEN n THEN 1 ELSE 2 END, CASE n WHEN 1 THEN 'x' END FROM a", "I T-"},
    {"SELECT CASE WHEN n THEN t ELSE 'x' END, iif(n, 1, 2), iif(n, 1, NULL) FROM a", "T- I ?-"},
    {"SELECT CAST(n AS TEXT), CAST(t AS INTEGER), CAST(n AS varchar(9)) FROM a", "T I- T"},
    {"SELECT EXISTS (SELECT 1 FROM b), NOT EXISTS (SELECT 1 FROM b)", "I I"},
    {"SELECT lower(t), length('x'), abs(n), round(r), hex(t), typeof(t) FROM a", "T- I I R T T"},
    {"SELECT nullif(n, 1), date('now'), date(t), strftime('%s', 'now'), CURRENT_DATE FROM a",
     "?- T T- ?- T"},
    {"SELECT t COLLATE nocase, n COLLATE binary AS x FROM a", "T- I"},
    {"SELECT ((n)), (n, 1) = (1, 2) FROM a", "I I-"},
    {"SELECT json_extract('{}', '$.a'), '{}' -> 'a', '{}' ->> 'a'", "?- ?- ?-"},
    {"SELECT n AS m, n m, n \"m m\" FROM a -- and /* a comment", "I I I"},
    /* changes */
    {"INSERT INTO a (n, r) VALUES (1, 2) RETURNING id, n, t, n + 1", "I I T- I"},
    {"INSERT INTO a SELECT id + 9, n, t, r FROM d WHERE true RETURNING *", "I I T- R"},
    {"UPDATE a AS x SET n = 2 WHERE x.id = 1 RETURNING n, t", "I T-"},
    {"UPDATE a SET n = b.n FROM b WHERE b.id = a.id AND b.n > 0 RETURNING a.id, n", "I I"},
    {"DELETE FROM a WHERE id = (SELECT max(id) FROM b) RETURNING id", "I"},
    {"WITH s AS (SELECT 1 AS i) DELETE FROM a WHERE id IN (SELECT i FROM s) RETURNING id, t",
     "I T-"},
};

static void describe(const sql_outputs *outputs, char *text)
{
    static const char letters[] = "?IRNTB";
    if (!outputs->known) {
        strcpy(text, "unknown");
        return;
    }
    for (size_t i = 0; i < outputs->len; i++)
        text += sprintf(text, "%s%c%s", i ? " " : "", letters[outputs->at[i].value.type],
                        outputs->at[i].value.present ? "" : "-");
}

static void test_table(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        sqlite3_stmt *prepared = NULL;
        int code = sqlite3_prepare_v2(f->schema.db, table[i].sql, -1, &prepared, NULL);
        if (code != SQLITE_OK)
            fail_msg("%s: %s", table[i].sql, sqlite3_errmsg(f->schema.db));
        sqlite3_finalize(prepared);
        const sql_query *query = sql_query_read(&f->schema, table[i].sql);
        char text[256];
        describe(sql_outputs_of(query, query->result, 0), text);
        if (strcmp(text, table[i].columns) != 0)
            fail_msg("%s: is \"%s\", expected \"%s\"", table[i].sql, text, table[i].columns);
    }
}

/* Deep nesting is not understood, and neither overflows the stack nor takes long. */
static void test_deep(void **state)
{
    fixture *f = *state;
    static char sql[20000];
    size_t len = (size_t)sprintf(sql, "SELECT ");
    for (int i = 0; i < 5000; i++)
        sql[len++] = '(';
    sql[len++] = '1';
    for (int i = 0; i < 5000; i++)
        sql[len++] = ')';
    sql[len] = 0;
    const sql_query *query = sql_query_read(&f->schema, sql);
    assert_false(sql_outputs_of(query, 0, 0)->at[0].value.present);
    len = (size_t)sprintf(sql, "WITH s0 AS (SELECT id FROM a)");
    for (int i = 1; i < 12; i++)
        len += (size_t)sprintf(sql + len, ", s%d AS (SELECT x.id FROM s%d x JOIN s%d y USING (id))",
                               i, i - 1, i - 1);
    sprintf(sql + len, " SELECT id FROM s11");
    query = sql_query_read(&f->schema, sql);
    assert_true(sql_outputs_of(query, query->result, 0)->at[0].value.type == SQL_INTEGER);
}

/* ---- random statements -------------------------------------------------------------------------- */

static uint64_t seed;

static unsigned pick(unsigned below)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

#define PICK(...) pick_word((const char *const[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *))
static const char *pick_word(const char *const *words, size_t count)
{
    return words[pick((unsigned)count)];
}

/* Every source has the columns id, n, t, r, and an alias s<number>. */
typedef struct writer {
    char *at, *end;
    unsigned aliases; /* given so far */
    unsigned first, last; /* those in scope: first to before last */
} writer;

static void put(writer *w, const char *format, ...) WEFT_PRINTF(2, 3);
static void put(writer *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(w->at, (size_t)(w->end - w->at), format, arguments);
    va_end(arguments);
    w->at += len < w->end - w->at ? len : 0;
}

static void put_select(writer *w, unsigned depth, unsigned columns);

static void put_column(writer *w)
{
    const char *name = PICK("id", "n", "t", "r");
    if (w->first == w->last || pick(6) == 0)
        put(w, "%s", name);
    else
        put(w, "s%u.%s", w->first + pick(w->last - w->first), name);
}

static void put_expression(writer *w, unsigned depth);

static void put_call(writer *w, unsigned depth)
{
    static const char *const names[] = {"count", "sum",    "max",      "min",  "avg",   "total",
                                        "abs",   "lower",  "length",   "hex",  "round", "typeof",
                                        "trim",  "unicode", "group_concat", "date"};
    static const char *const two[] = {"coalesce", "ifnull", "max", "min", "nullif", "instr"};
    if (pick(5) == 0) {
        put(w, "count(*)");
        return;
    }
    bool pair = pick(3) == 0;
    put(w, "%s(", pair ? pick_word(two, 6) : pick_word(names, 16));
    put_expression(w, depth);
    if (pair) {
        put(w, ", ");
        put_expression(w, depth);
    }
    put(w, ")%s", pick(8) ? "" : " OVER ()");
}

static void put_nested(writer *w, unsigned depth)
{
    writer scope = *w;
    put(w, "%s(", PICK("", "", "EXISTS ", "NOT EXISTS "));
    put_select(w, depth, 1);
    put(w, ")");
    w->first = scope.first;
    w->last = scope.last;
}

static void put_case(writer *w, unsigned depth)
{
    put(w, "CASE WHEN ");
    put_expression(w, depth);
    put(w, " THEN ");
    put_expression(w, depth);
    if (pick(3)) {
        put(w, " ELSE ");
        put_expression(w, depth);
    }
    put(w, " END");
}

static void put_operation(writer *w, unsigned depth)
{
    put_expression(w, depth);
    put(w, " %s ", PICK("+", "-", "*", "/", "%", "||", "=", "<", "<>", "AND", "OR", "IS", "IS NOT",
                        "LIKE", "&", "<<", "IS DISTINCT FROM"));
    put_expression(w, depth);
}

static void put_expression(writer *w, unsigned depth)
{
    unsigned kind = depth ? pick(16) : pick(6);
    switch (kind) {
    case 0: put(w, "%s", PICK("1", "0", "2.5", "'x'", "NULL", "'now'", "-3")); break;
    case 6:
    case 7:
    case 8: put_operation(w, depth - 1); break;
    case 9:
    case 10: put_call(w, depth - 1); break;
    case 11: put_case(w, depth - 1); break;
    case 12: put_nested(w, depth - 1); break;
    case 13:
        put(w, "%s(", PICK("", "NOT ", "- ", "~"));
        put_expression(w, depth - 1);
        put(w, ")%s", PICK("", " ISNULL", " NOT NULL", " IN (1, NULL)", " BETWEEN 0 AND 2"));
        break;
    case 14:
        put(w, "CAST(");
        put_expression(w, depth - 1);
        put(w, " AS %s)", PICK("INTEGER", "TEXT", "REAL"));
        break;
    default: put_column(w);
    }
}

/* One operand of FROM; its alias comes into scope. */
static void put_source(writer *w, unsigned depth)
{
    if (depth && pick(4) == 0) {
        writer scope = *w;
        put(w, "(");
        put_select(w, depth - 1, 4);
        put(w, ") AS s%u", w->aliases);
        w->first = scope.first;
    } else {
        put(w, "%s AS s%u", PICK("a", "b", "c", "d", "v", "w", "x"), w->aliases);
    }
    w->last = ++w->aliases;
}

static void put_join(writer *w, unsigned depth)
{
    bool nested = pick(4) == 0;
    if (nested)
        put(w, "(");
    put_source(w, depth);
    for (unsigned i = pick(3); i > 0; i--) {
        put(w, " %s ", PICK(",", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "LEFT OUTER JOIN",
                            "CROSS JOIN"));
        bool group = depth && pick(5) == 0;
        if (group) {
            put(w, "(");
            put_join(w, depth - 1);
            put(w, ")");
        } else {
            put_source(w, depth);
        }
        if (pick(3) && w->last - w->first > 1)
            put(w, " ON s%u.id = s%u.%s", w->first + pick(w->last - w->first), w->last - 1,
                PICK("id", "n"));
        else if (!group && pick(4) == 0)
            put(w, " USING (id)");
    }
    if (nested)
        put(w, ")");
}

static void put_core(writer *w, unsigned depth, unsigned columns)
{
    /* FROM is written first, because what is in scope is known only then, and moved behind. */
    static char from[4][8192];
    assert_true(depth < 4);
    w->first = w->last = w->aliases;
    char *start = w->at;
    put(w, " FROM ");
    put_join(w, depth);
    size_t len = (size_t)(w->at - start);
    len = len < sizeof from[0] ? len : sizeof from[0] - 1;
    memcpy(from[depth], start, len);
    from[depth][len] = 0;
    w->at = start;
    put(w, "SELECT ");
    if (columns == 1 && w->aliases % 7 == 0 && depth == 2) {
        put(w, "*");
    } else {
        static const char *const names[] = {"id", "n", "t", "r"};
        for (unsigned i = 0; i < columns; i++) {
            put(w, "%s", i ? ", " : "");
            put_expression(w, depth);
            put(w, " AS %s", names[i]);
        }
    }
    put(w, "%s", from[depth]);
    if (pick(3) == 0) {
        put(w, " WHERE ");
        put_expression(w, depth ? 1 : 0);
    }
    if (pick(4) == 0) {
        put(w, " GROUP BY ");
        put_column(w);
    }
}

static void put_select(writer *w, unsigned depth, unsigned columns)
{
    put_core(w, depth, columns);
    if (depth && pick(6) == 0) {
        put(w, " %s ", PICK("UNION", "UNION ALL", "EXCEPT", "INTERSECT"));
        put_core(w, depth - 1, columns);
    }
    if (pick(8) == 0)
        put(w, " LIMIT 2");
}

static void put_statement(writer *w)
{
    if (pick(2)) {
        put(w, "WITH x%s AS (", pick(2) ? "" : "(id, n, t, r)");
        put_select(w, 1, 4);
        put(w, ") ");
    } else {
        put(w, "WITH x(id, n, t, r) AS (SELECT 1, 2, '', NULL) ");
    }
    put_select(w, 2, 1 + pick(3));
}

typedef struct tally {
    unsigned valid, rows, present, typed;
} tally;

static bool has_type(sql_type claimed, int actual)
{
    return actual == SQLITE_NULL || claimed == SQL_ANY || claimed == SQL_NUMERIC ||
           (claimed == SQL_INTEGER && actual == SQLITE_INTEGER) ||
           (claimed == SQL_REAL && actual == SQLITE_FLOAT) ||
           (claimed == SQL_TEXT && actual == SQLITE_TEXT) ||
           (claimed == SQL_BLOB && actual == SQLITE_BLOB);
}

static void check_row(const char *sql, sqlite3_stmt *row, const sql_outputs *outputs, tally *sum)
{
    sum->rows++;
    for (size_t i = 0; i < outputs->len; i++) {
        const sql_value *value = &outputs->at[i].value;
        int type = sqlite3_column_type(row, (int)i);
        if (value->present && type == SQLITE_NULL)
            fail_msg("column %zu is NULL, but is said never to be: %s", i + 1, sql);
        if (!has_type(value->type, type))
            fail_msg("column %zu has type %d, but is said to be %d: %s", i + 1, type,
                     (int)value->type, sql);
        sum->present += value->present;
        sum->typed += value->type != SQL_ANY;
    }
}

static void check_random(fixture *f, const char *sql, tally *sum)
{
    sqlite3_stmt *prepared = NULL;
    if (sqlite3_prepare_v2(f->schema.db, sql, -1, &prepared, NULL) != SQLITE_OK)
        return;
    sum->valid++;
    sql_schema schema = f->schema;
    weft_arena arena;
    weft_arena_init(&arena, 0);
    schema.arena = &arena;
    const sql_query *query = sql_query_read(&schema, sql);
    const sql_outputs *outputs = sql_outputs_of(query, query->result, 0);
    sqlite3_progress_handler(f->schema.db, 20000, give_up, NULL);
    if (outputs->known && outputs->len == (size_t)sqlite3_column_count(prepared))
        for (int i = 0; i < 50 && sqlite3_step(prepared) == SQLITE_ROW; i++)
            check_row(sql, prepared, outputs, sum);
    sqlite3_progress_handler(f->schema.db, 0, NULL, NULL);
    sqlite3_finalize(prepared);
    weft_arena_reset(&arena);
}

static void test_random(void **state)
{
    fixture *f = *state;
    const char *count = getenv("WEFT_SQL_STATEMENTS"), *from = getenv("WEFT_SQL_SEED");
    unsigned statements = count ? (unsigned)strtoul(count, NULL, 10) : 20000;
    seed = from ? strtoull(from, NULL, 10) : 7;
    tally sum = {0};
    static char text[65536];
    for (unsigned i = 0; i < statements; i++) {
        writer w = {.at = text, .end = text + sizeof text};
        put_statement(&w);
        check_random(f, text, &sum);
    }
    print_message("# %u statements, %u valid, %u rows, %u values never NULL, %u of a known type\n",
                  statements, sum.valid, sum.rows, sum.present, sum.typed);
    assert_true(sum.valid > statements / 10);
    assert_true(sum.present > sum.rows / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests_name("weftgen SQL", tests, set_up, tear_down);
}
