/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/alone.c: leave to have a connection for oneself. There is less of it than
 * connections, so that statements by themselves go on; it goes round between the workers as
 * connections do.
 *
 * Protocol. `alone` counts what has been given. While nobody waits, a lane takes leave by
 * compare-and-swap. A lane whose fibers get none stands in a line, once, under the pool's lock;
 * from then on leave is handed to the first of the line only. Who gives it back counts down and
 * then looks whether somebody stands in line; who stands up says so and then looks whether there is
 * leave: one of the two sees the other.
 */
#include "db/postgres/lane.h"

unsigned weft__pg_alone_max(const weft__pg *pool)
{
    unsigned workers = weft_worker_count(), max = pool->options.max_connections;
    unsigned shared = pool->options.shared > workers ? pool->options.shared : workers;
    return max > shared ? max - shared : 1;
}

static bool grab(weft__pg *pool)
{
    unsigned alone = atomic_load(&pool->alone), max = weft__pg_alone_max(pool);
    while (alone < max)
        if (atomic_compare_exchange_weak(&pool->alone, &alone, alone + 1))
            return true;
    return false;
}

/* ---- the line, under the lock ---------------------------------------------------------------- */

static void append(weft__pg *pool, weft__pg_lane *lane)
{
    lane->alone_next = NULL;
    lane->alone_listed = true;
    *(pool->alone_first ? &pool->alone_last->alone_next : &pool->alone_first) = lane;
    pool->alone_last = lane;
    atomic_fetch_add(&pool->alone_wanting, 1);
}

static void take_out(weft__pg *pool, weft__pg_lane *lane)
{
    weft__pg_lane *before = NULL;
    for (weft__pg_lane *at = pool->alone_first; at != lane; at = at->alone_next)
        before = at;
    *(before ? &before->alone_next : &pool->alone_first) = lane->alone_next;
    if (pool->alone_last == lane)
        pool->alone_last = before;
    lane->alone_listed = false;
    atomic_fetch_sub(&pool->alone_wanting, 1);
}

static void hand_out(weft__pg *pool)
{
    for (weft__pg_lane *first; (first = pool->alone_first) != NULL && grab(pool);) {
        take_out(pool, first);
        first->alone_given++;
        weft__pg_lane_wake(first);
    }
}

/* ---- for lanes ------------------------------------------------------------------------------- */

bool weft__pg_alone_take(weft__pg_lane *lane)
{
    if (lane->leaves == 0)
        return atomic_load(&lane->pool->alone_wanting) == 0 && grab(lane->pool);
    lane->leaves--;
    return true;
}

void weft__pg_alone_end(weft__pg *pool)
{
    atomic_fetch_sub(&pool->alone, 1);
    if (atomic_load(&pool->alone_wanting) == 0)
        return;
    pthread_mutex_lock(&pool->lock);
    hand_out(pool);
    pthread_mutex_unlock(&pool->lock);
}

static void stand_in_line(weft__pg *pool, weft__pg_lane *lane, bool stand)
{
    pthread_mutex_lock(&pool->lock);
    if (lane->alone_listed != stand)
        (stand ? append : take_out)(pool, lane);
    hand_out(pool);
    pthread_mutex_unlock(&pool->lock);
}

void weft__pg_alone_settle(weft__pg_lane *lane)
{
    weft__pg *pool = lane->pool;
    unsigned wanted = lane->waits[WEFT__PG_OWN].count;
    while (lane->leaves < wanted && atomic_load(&pool->alone_wanting) == 0 && grab(pool))
        lane->leaves++;
    for (; lane->leaves > wanted; lane->leaves--)
        weft__pg_alone_end(pool);
    bool stand = lane->leaves < wanted;
    if (stand || atomic_load(&pool->alone_wanting) != 0)
        stand_in_line(pool, lane, stand);
}
