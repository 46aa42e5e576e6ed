/* Written by weftgen from stored.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

#include "stored.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- statements ---- */

static weft_db_result event__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    event *to__ = into__;
    WEFT_TRY(weft_row_uuid(row__, 0, &to__->id));
    WEFT_TRY(weft_row_timestamp(row__, 1, &to__->at));
    to__->day.present = !weft_row_null(row__, 2);
    if (to__->day.present) {
        WEFT_TRY(weft_row_date(row__, 2, &to__->day.value__));
    }
    WEFT_TRY(weft_row_decimal(row__, 3, arena__, &to__->price));
    to__->picture.present = !weft_row_null(row__, 4);
    if (to__->picture.present) {
        WEFT_TRY(weft_row_bytes(row__, 4, arena__, &to__->picture.value__));
    }
    WEFT_TRY(weft_row_timestamp(row__, 5, &to__->seen));
    return WEFT_DB_OK;
}

static const weft_statement add_event__statement = {
    .name = "add_event",
    .sql = "INSERT INTO events (id, at, day, price, picture) VALUES ($1, $2, $3, $4, $5) RETURNING id, at, day, price, picture, seen",
    .file = "stored.c",
    .line = 18,
    .parameters = 5,
    .columns = 6,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "INSERT INTO events (id, at, day, price, picture) VALUES ($1, $2, $3, $4, $5) RETURNING id, at, day, price, picture, seen",
    },
};

__attribute__((weak))
weft_db_result add_event(weft_database *db, weft_uuid id, weft_timestamp at,
        weft_optional_date day, weft_decimal price, weft_optional_bytes picture, event *row)
{
    const weft_db_value values__[] = {
        WEFT_DB_UUID_OF(id),
        WEFT_DB_TIMESTAMP_OF(at),
        day.present ? WEFT_DB_DATE_OF(day.value__) : WEFT_DB_NULL_VALUE,
        WEFT_DB_DECIMAL_OF(price),
        picture.present ? WEFT_DB_BYTES_OF(picture.value__) : WEFT_DB_NULL_VALUE,
    };
    weft_db_result result__ = weft_db_one(db, &add_event__statement, values__,
        weft_arena_current(), event__from_row, row);
    return result__;
}

static const weft_statement list_events__statement = {
    .name = "list_events",
    .sql = "SELECT id, at, day, price, picture, seen FROM events WHERE at >= $1 ORDER BY at",
    .file = "stored.c",
    .line = 23,
    .parameters = 1,
    .columns = 6,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT id, at, day, price, picture, seen FROM events WHERE at >= $1 ORDER BY at",
    },
};

__attribute__((weak))
weft_db_result list_events(weft_database *db, weft_timestamp since, weft_array_event *rows)
{
    const weft_db_value values__[] = {
        WEFT_DB_TIMESTAMP_OF(since),
    };
    void *items__ = NULL;
    size_t count__ = 0;
    weft_db_result result__ = weft_db_all(db, &list_events__statement, values__,
        weft_arena_current(), event__from_row, sizeof(event), &items__, &count__);
    *rows = (weft_array_event){.at = items__, .len = count__};
    return result__;
}

static weft_db_result weft_optional_date__from_row(const weft_row *row__, weft_arena *arena__,
        void *into__)
{
    weft_optional_date *to__ = into__;
    (void)arena__;
    (*to__).present = !weft_row_null(row__, 0);
    if ((*to__).present) {
        WEFT_TRY(weft_row_date(row__, 0, &(*to__).value__));
    }
    return WEFT_DB_OK;
}

static const weft_statement find_day__statement = {
    .name = "find_day",
    .sql = "SELECT day FROM events WHERE id = $1",
    .file = "stored.c",
    .line = 26,
    .parameters = 1,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT day FROM events WHERE id = $1",
    },
};

__attribute__((weak))
weft_db_result find_day(weft_database *db, weft_uuid id, weft_optional_date *day)
{
    const weft_db_value values__[] = {
        WEFT_DB_UUID_OF(id),
    };
    day->present = false;
    weft_db_result result__ = weft_db_one(db, &find_day__statement, values__,
        weft_arena_current(), weft_optional_date__from_row, day);
    if (result__ == WEFT_DB_NONE)
        result__ = WEFT_DB_OK;
    return result__;
}
