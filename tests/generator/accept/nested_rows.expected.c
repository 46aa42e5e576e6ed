/* Written by weftgen from nested_rows.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

#include "nested_rows.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- statements ---- */

static weft_db_result role__from_column(const weft_row *row__, unsigned column__,
        weft_arena *arena__, role *to__)
{
    weft_str text__;
    WEFT_TRY(weft_row_str(row__, column__, arena__, &text__));
    if (weft_str_equal(text__, WEFT_STR("guest"))) {
        *to__ = ROLE_GUEST;
        return WEFT_DB_OK;
    }
    if (weft_str_equal(text__, WEFT_STR("admin"))) {
        *to__ = ROLE_ADMIN;
        return WEFT_DB_OK;
    }
    return WEFT_DB_VALUE;
}

static weft_db_result writer__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    writer *to__ = into__;
    int64_t integer__;
    WEFT_TRY(weft_row_i64(row__, 0, INT64_MIN, INT64_MAX, &integer__));
    to__->id = integer__;
    WEFT_TRY(weft_row_str(row__, 1, arena__, &to__->name));
    WEFT_TRY(role__from_column(row__, 2, arena__, &to__->role));
    return WEFT_DB_OK;
}

static weft_db_result note__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    note *to__ = into__;
    int64_t integer__;
    WEFT_TRY(weft_row_i64(row__, 3, INT64_MIN, INT64_MAX, &integer__));
    to__->id = integer__;
    WEFT_TRY(weft_row_str(row__, 4, arena__, &to__->text));
    return WEFT_DB_OK;
}

/* One row of the result. */
typedef struct list_writers__line {
    writer one;
    bool more;
    note many;
} list_writers__line;

static weft_db_result list_writers__line_from_row(const weft_row *row__,
        weft_arena *arena__, void *into__)
{
    list_writers__line *line__ = into__;
    WEFT_TRY(writer__from_row(row__, arena__, &line__->one));
    line__->more = !weft_row_null(row__, 3);
    return line__->more ? note__from_row(row__, arena__, &line__->many) : WEFT_DB_OK;
}

static weft_db_result list_writers__collect(const list_writers__line *line__, size_t count__,
        weft_arena *arena__, weft_array_writer *to__)
{
    writer *ones__ = WEFT_NEW_ARRAY(arena__, writer, count__), *last__ = NULL;
    note *many__ = WEFT_NEW_ARRAY(arena__, note, count__);
    *to__ = (weft_array_writer){.at = ones__};
    if (count__ != 0 && (ones__ == NULL || many__ == NULL))
        return WEFT_DB_NO_MEMORY;
    for (; count__ != 0; count__--, line__++) {
        if (last__ == NULL || last__->id != line__->one.id) {
            last__ = &ones__[to__->len++];
            *last__ = line__->one;
            last__->notes = (weft_array_note){.at = many__};
        }
        if (line__->more) {
            *many__++ = line__->many;
            last__->notes.len++;
        }
    }
    return WEFT_DB_OK;
}

static const weft_statement list_writers__statement = {
    .name = "list_writers",
    .sql = "SELECT u.id, u.name, u.role, n.id AS \"notes.id\", n.text AS \"notes.text\" FROM users u LEFT JOIN notes n ON n.user_id = u.id ORDER BY u.id, n.id",
    .file = "nested_rows.c",
    .line = 40,
    .parameters = 0,
    .columns = 5,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT u.id, u.name, u.role, n.id AS \"notes.id\", n.text AS \"notes.text\" FROM users u LEFT JOIN notes n ON n.user_id = u.id ORDER BY u.id, n.id",
    },
};

__attribute__((weak))
weft_http_status list_writers(weft_database *db, weft_array_writer *rows)
{
    void *items__ = NULL;
    size_t count__ = 0;
    weft_db_result result__ = weft_db_all(db, &list_writers__statement, NULL,
        weft_arena_current(), list_writers__line_from_row, sizeof(list_writers__line), &items__,
        &count__);
    if (result__ == WEFT_DB_OK)
        result__ = list_writers__collect(items__, count__, weft_arena_current(), rows);
    return weft_status_of_db(result__);
}

static weft_db_result crowd__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    crowd *to__ = into__;
    WEFT_TRY(weft_row_str(row__, 0, arena__, &to__->name));
    return WEFT_DB_OK;
}

static weft_db_result person__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    person *to__ = into__;
    int64_t integer__;
    WEFT_TRY(weft_row_i64(row__, 1, INT64_MIN, INT64_MAX, &integer__));
    to__->id = integer__;
    WEFT_TRY(role__from_column(row__, 2, arena__, &to__->role));
    return WEFT_DB_OK;
}

/* One row of the result. */
typedef struct crowds__line {
    crowd one;
    bool more;
    person many;
} crowds__line;

static weft_db_result crowds__line_from_row(const weft_row *row__,
        weft_arena *arena__, void *into__)
{
    crowds__line *line__ = into__;
    WEFT_TRY(crowd__from_row(row__, arena__, &line__->one));
    line__->more = !weft_row_null(row__, 1);
    return line__->more ? person__from_row(row__, arena__, &line__->many) : WEFT_DB_OK;
}

static weft_db_result crowds__collect(const crowds__line *line__, size_t count__,
        weft_arena *arena__, weft_array_crowd *to__)
{
    crowd *ones__ = WEFT_NEW_ARRAY(arena__, crowd, count__), *last__ = NULL;
    person *many__ = WEFT_NEW_ARRAY(arena__, person, count__);
    *to__ = (weft_array_crowd){.at = ones__};
    if (count__ != 0 && (ones__ == NULL || many__ == NULL))
        return WEFT_DB_NO_MEMORY;
    for (; count__ != 0; count__--, line__++) {
        if (last__ == NULL || !weft_str_equal(last__->name, line__->one.name)) {
            last__ = &ones__[to__->len++];
            *last__ = line__->one;
            last__->people = (weft_array_person){.at = many__};
        }
        if (line__->more) {
            *many__++ = line__->many;
            last__->people.len++;
        }
    }
    return WEFT_DB_OK;
}

static const weft_statement crowds__statement = {
    .name = "crowds",
    .sql = "SELECT name, id AS \"people.id\", role AS \"people.role\" FROM users ORDER BY name, id",
    .file = "nested_rows.c",
    .line = 44,
    .parameters = 0,
    .columns = 3,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT name, id AS \"people.id\", role AS \"people.role\" FROM users ORDER BY name, id",
    },
};

__attribute__((weak))
weft_db_result crowds(weft_database *db, weft_arena *memory, weft_array_crowd *rows)
{
    void *items__ = NULL;
    size_t count__ = 0;
    weft_db_result result__ = weft_db_all(db, &crowds__statement, NULL, memory,
        crowds__line_from_row, sizeof(crowds__line), &items__, &count__);
    if (result__ == WEFT_DB_OK)
        result__ = crowds__collect(items__, count__, memory, rows);
    return result__;
}
