/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/time.h: the server's times and dates, which count from 2000-01-01.
 */
#ifndef WEFT_DB_POSTGRES_TIME_H
#define WEFT_DB_POSTGRES_TIME_H

#include <weft/value.h>

#define WEFT__PG_EPOCH_DAYS    10957                 /* 2000-01-01, from 1970-01-01 */
#define WEFT__PG_EPOCH_SECONDS INT64_C(946684800)    /* the same */
#define WEFT__PG_YEAR_0        INT64_C(-62167219200) /* 0000-01-01T00:00:00Z, from 1970 */
#define WEFT__PG_YEAR_10000    INT64_C(253402300800)
#define WEFT__PG_DAY           86400

/* False: outside the years 0 to 9999, or infinite. */
static inline bool weft__pg_to_timestamp(int64_t microseconds, weft_timestamp *out)
{
    int64_t seconds = microseconds / 1000000, rest = microseconds % 1000000;
    if (rest < 0) {
        seconds--;
        rest += 1000000;
    }
    seconds += WEFT__PG_EPOCH_SECONDS;
    if (seconds < WEFT__PG_YEAR_0 || seconds >= WEFT__PG_YEAR_10000)
        return false;
    *out = (weft_timestamp){.seconds = seconds, .nanoseconds = (int32_t)rest * 1000};
    return true;
}

/* Of a valid time; what is less than a microsecond is cut off. */
static inline int64_t weft__pg_from_timestamp(weft_timestamp time)
{
    return (time.seconds - WEFT__PG_EPOCH_SECONDS) * 1000000 + time.nanoseconds / 1000;
}

static inline bool weft__pg_to_date(int32_t days, weft_date *out)
{
    int64_t seconds = ((int64_t)days + WEFT__PG_EPOCH_DAYS) * WEFT__PG_DAY;
    if (seconds < WEFT__PG_YEAR_0 || seconds >= WEFT__PG_YEAR_10000)
        return false;
    *out = weft_date_of((weft_timestamp){.seconds = seconds});
    return true;
}

static inline int32_t weft__pg_from_date(weft_date date)
{
    return (int32_t)(weft_date_start(date).seconds / WEFT__PG_DAY - WEFT__PG_EPOCH_DAYS);
}

#endif
