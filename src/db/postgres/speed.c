/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/speed.c: which statements may share a connection. That a statement is fast is not
 * believed but measured: its first run has a connection of its own, as has every run of one that
 * was slow, until it was fast often enough: the more often the slower it has been before, as the
 * first run on a connection is slow for many. What is no plain query never shares.
 */
#include "db/postgres/lane.h"
#include "db/postgres/word.h"

_Static_assert((WEFT__PG_SPEEDS & (WEFT__PG_SPEEDS - 1)) == 0, "the hash is cut to a power of two");

weft__pg_speed *weft__pg_speed_of(weft__pg_lane *lane, const weft_statement *statement)
{
    uint64_t hash = (uint64_t)(uintptr_t)statement * UINT64_C(0x9e3779b97f4a7c15);
    weft__pg_speed *speed = &lane->speeds[hash >> 32 & (WEFT__PG_SPEEDS - 1)];
    if (WEFT_UNLIKELY(speed->of != statement)) {
        const char *sql = weft__pg_sql(statement);
        *speed = (weft__pg_speed){.of = statement, .slow = 1, .penalty = 2};
        if (sql != NULL) {
            speed->own = !weft__pg_is_plain(sql);
            speed->control = weft__pg_is_control(sql);
            speed->setting = weft__pg_is_setting(sql);
        }
    }
    return speed;
}

void weft__pg_learn(weft__pg_lane *lane, const weft_statement *statement, int64_t took)
{
    weft__pg_speed *speed = weft__pg_speed_of(lane, statement);
    speed->measuring = false;
    if (took < 0)
        return;
    if (took > WEFT_POSTGRES_SLOW) {
        speed->slow = speed->penalty;
        speed->penalty = speed->penalty < WEFT_POSTGRES_SLOW_RUNS ? 2 * speed->penalty
                                                                  : WEFT_POSTGRES_SLOW_RUNS;
    } else if (speed->slow != 0) {
        speed->slow--;
        speed->penalty -= speed->slow == 0 && speed->penalty > 2 ? speed->penalty / 2 : 0;
    }
}
