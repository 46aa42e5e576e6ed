/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/speed.c: which statements may share a connection. That a statement is fast is not
 * believed but measured: its first run has a connection of its own, and later the average of its
 * runs decides, in which the last one counts an eighth: a run of a second is forgotten after some
 * 16 fast ones. An average, because when the machine has more to do than it can, every statement is
 * slow now and then, and only pipelining helps; for the same reason one that is not much slower
 * than what others wait anyway shares when it would have to wait for a connection of its own. What
 * is no plain query never shares.
 */
#include <weft/runtime.h>

#include "db/postgres/lane.h"
#include "db/postgres/word.h"

_Static_assert((WEFT__PG_SPEEDS & (WEFT__PG_SPEEDS - 1)) == 0, "the hash is cut to a power of two");

weft__pg_speed *weft__pg_speed_of(weft__pg_lane *lane, const weft_statement *statement)
{
    uint64_t hash = (uint64_t)(uintptr_t)statement * UINT64_C(0x9e3779b97f4a7c15);
    weft__pg_speed *speed = &lane->speeds[hash >> 32 & (WEFT__PG_SPEEDS - 1)];
    if (WEFT_UNLIKELY(speed->of != statement)) {
        const char *sql = weft__pg_sql(statement);
        *speed = (weft__pg_speed){.of = statement, .average = WEFT_POSTGRES_SLOW};
        if (sql != NULL) {
            speed->own = !weft__pg_is_plain(sql);
            speed->control = weft__pg_is_control(sql);
            speed->setting = weft__pg_is_setting(sql);
        }
    }
    return speed;
}

/* Whether a connection of one's own is free, or would be opened. */
static bool may_be_alone(const weft__pg_lane *lane)
{
    unsigned used = atomic_load_explicit(&lane->pool->alone, memory_order_relaxed);
    return used + lane->waits[WEFT__PG_OWN].count < weft__pg_alone_max(lane->pool);
}

weft__pg_use weft__pg_use_of(weft__pg_lane *lane, const weft_statement *statement)
{
    weft__pg_speed *speed = weft__pg_speed_of(lane, statement);
    if (speed->own)
        return WEFT__PG_OWN;
    if (WEFT_UNLIKELY(!speed->known) && !speed->measuring) {
        speed->measuring = true;
        return WEFT__PG_OWN;
    }
    if (WEFT_LIKELY(speed->average <= WEFT_POSTGRES_SLOW))
        return WEFT__PG_SHARE;
    return speed->average > WEFT_POSTGRES_PATIENCE || may_be_alone(lane) ? WEFT__PG_OWN
                                                                         : WEFT__PG_SHARE;
}

void weft__pg_learn(weft__pg_lane *lane, const weft_statement *statement, int64_t took)
{
    weft__pg_speed *speed = weft__pg_speed_of(lane, statement);
    speed->measuring = false;
    if (took < 0)
        return;
    int64_t counts = took < WEFT_POSTGRES_SLOW_MAX ? took : WEFT_POSTGRES_SLOW_MAX;
    speed->known = true;
    speed->average += (counts - speed->average) / 8;
}
