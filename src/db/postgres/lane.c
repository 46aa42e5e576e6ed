/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/lane.c: who gets which connection of a worker; see lane.h, and pool.h for the
 * protocol between workers.
 */
#include "db/postgres/lane.h"

#include <weft/log.h>
#include <weft/runtime.h>

#include <stdlib.h>

#include "runtime/park.h"

/* ---- the list of connections ----------------------------------------------------------------- */

static void link_in(weft__pg_lane *lane, weft__pg_connection *connection)
{
    connection->lane = lane;
    connection->next = lane->connections;
    connection->link = &lane->connections;
    if (lane->connections != NULL)
        lane->connections->link = &connection->next;
    lane->connections = connection;
}

/* Afterwards it is nobody's. */
static void detach(weft__pg_connection *connection)
{
    *connection->link = connection->next;
    if (connection->next != NULL)
        connection->next->link = connection->link;
    weft__source_close(&connection->source);
    connection->lane = NULL;
}

static void dispose(weft__pg_connection *connection)
{
    weft__pg *pool = connection->pool;
    if (connection->lane != NULL)
        detach(connection);
    weft__pg_connection_destroy(connection);
    atomic_fetch_add_explicit(&pool->counters.disconnects, 1, memory_order_relaxed);
    weft__pg_closed(pool);
}

/* Makes a connection of nobody's this worker's. */
static bool adopt(weft__pg_lane *lane, weft__pg_connection *connection)
{
    connection->source.ready = WEFT__WRITABLE;
    connection->mode = WEFT__PG_IDLE;
    connection->blocked = false;
    if (weft__source_open(&connection->source) != WEFT_OK) {
        connection->lane = NULL;
        dispose(connection);
        return false;
    }
    link_in(lane, connection);
    return true;
}

/* ---- choosing -------------------------------------------------------------------------------- */

static bool has_room(const weft__pg_connection *connection)
{
    return connection->mode == WEFT__PG_SHARED && !connection->blocked && !connection->lost &&
           connection->depth < WEFT_POSTGRES_DEPTH;
}

static bool is_idle(const weft__pg_connection *connection)
{
    return connection->mode == WEFT__PG_IDLE && !connection->lost;
}

static weft__pg_connection *pick_shared(weft__pg_lane *lane)
{
    weft__pg_connection *best = NULL, *idle = NULL;
    unsigned shared = 0;
    for (weft__pg_connection *at = lane->connections; at != NULL; at = at->next) {
        if (has_room(at)) {
            shared++;
            if (best == NULL || at->depth < best->depth)
                best = at;
        } else if (is_idle(at)) {
            idle = at;
        }
    }
    bool grow = best == NULL ||
                (best->depth >= WEFT_POSTGRES_GROW && shared < weft__pg_shared_max(lane->pool));
    if (idle != NULL && grow) {
        idle->mode = WEFT__PG_SHARED;
        idle->depth = 0;
        best = idle;
    }
    if (best != NULL)
        best->depth++;
    return best;
}

static weft__pg_connection *find_idle(const weft__pg_lane *lane)
{
    weft__pg_connection *at = lane->connections;
    while (at != NULL && !is_idle(at))
        at = at->next;
    return at;
}

static weft__pg_connection *pick_alone(weft__pg_lane *lane)
{
    weft__pg_connection *idle = find_idle(lane);
    if (idle == NULL || !weft__pg_alone_take(lane))
        return NULL;
    idle->mode = WEFT__PG_ALONE;
    idle->holds++;
    return idle;
}

static weft__pg_connection *pick(weft__pg_lane *lane, weft__pg_use use)
{
    return use == WEFT__PG_SHARE ? pick_shared(lane) : pick_alone(lane);
}

/* ---- those who wait -------------------------------------------------------------------------- */

static void append(weft__pg_waits *waits, weft__pg_wait *wait)
{
    wait->link = waits->first ? waits->end : &waits->first;
    *wait->link = wait;
    waits->end = &wait->next;
    waits->count++;
}

static void take_out(weft__pg_waits *waits, weft__pg_wait *wait)
{
    *wait->link = wait->next;
    if (wait->next != NULL)
        wait->next->link = wait->link;
    else
        waits->end = wait->link;
    waits->count--;
}

static void grant(weft__pg_waits *waits, weft__pg_connection *connection)
{
    weft__pg_wait *wait = waits->first;
    take_out(waits, wait);
    wait->granted = connection;
    weft__unpark(wait->fiber);
}

static void turn_away(weft__pg_lane *lane)
{
    for (weft__pg_use use = WEFT__PG_SHARE; use <= WEFT__PG_OWN; use++) {
        weft__pg_waits *waits = &lane->waits[use];
        for (weft__pg_wait *wait; (wait = waits->first) != NULL;) {
            take_out(waits, wait);
            wait->away = true;
            weft__unpark(wait->fiber);
        }
    }
    weft__pg_alone_settle(lane);
}

static bool is_wanted(const weft__pg *pool)
{
    return atomic_load_explicit(&pool->wanting, memory_order_relaxed) != 0;
}

static bool somebody_waits(const weft__pg_lane *lane)
{
    return lane->waits[WEFT__PG_SHARE].first != NULL || lane->waits[WEFT__PG_OWN].first != NULL;
}

/* ---- opening --------------------------------------------------------------------------------- */

typedef struct opening {
    weft__pg *pool;
    weft__pg_connection *opened;
    char why[WEFT__WHY_SIZE];
} opening;

static void open_blocking(void *arg)
{
    opening *o = arg;
    o->opened = weft__pg_connect(o->pool, o->why, sizeof o->why);
}

static void open_one(void *arg)
{
    weft__pg_lane *lane = arg;
    weft__pg *pool = lane->pool;
    opening o = {.pool = pool};
    weft_error error = weft_blocking_run(open_blocking, &o);
    lane->opening--;
    if (o.opened != NULL) {
        weft__pg_connected(pool);
        (void)adopt(lane, o.opened);
    } else {
        weft__pg_not_connected(pool, error ? weft_error_text(error) : o.why);
    }
    weft__pg_lane_serve(lane);
}

/* Whether nobody in the process has a connection, and the server is away. */
static bool is_hopeless(weft__pg *pool)
{
    pthread_mutex_lock(&pool->lock);
    bool hopeless = pool->open == 0 && weft_clock_now() < pool->retry_at;
    pthread_mutex_unlock(&pool->lock);
    return hopeless;
}

/* One more connection, now or soon; false: there may be no more. */
static bool get_more(weft__pg_lane *lane)
{
    weft__pg_connection *spare;
    switch (weft__pg_ask(lane->pool, &spare)) {
    case WEFT__PG_TAKE: return adopt(lane, spare);
    case WEFT__PG_FULL: return false;
    case WEFT__PG_MAY_OPEN: break;
    }
    lane->opening++;
    weft_error error = weft__fiber_start("database connect", open_one, lane);
    if (!error)
        return true;
    lane->opening--;
    weft__pg_not_connected(lane->pool, weft_error_text(error));
    return false;
}

/* ---- serving --------------------------------------------------------------------------------- */

static void serve_with_what_there_is(weft__pg_lane *lane)
{
    for (weft__pg_use use = WEFT__PG_SHARE; use <= WEFT__PG_OWN; use++) {
        weft__pg_waits *waits = &lane->waits[use];
        for (weft__pg_connection *one; waits->first && (one = pick(lane, use)) != NULL;)
            grant(waits, one);
    }
}

/* Connections that those who wait could use. */
static unsigned needed(const weft__pg_lane *lane)
{
    return (lane->waits[WEFT__PG_SHARE].first != NULL) + lane->leaves;
}

void weft__pg_lane_serve(weft__pg_lane *lane)
{
    weft__pg_alone_settle(lane);
    serve_with_what_there_is(lane);
    while (lane->opening < needed(lane)) {
        if (!get_more(lane))
            break;
        serve_with_what_there_is(lane);
    }
    if (!somebody_waits(lane)) {
        if (is_wanted(lane->pool)) /* by this lane perhaps, until now */
            weft__pg_unwant(lane->pool, &lane->wanter);
        return;
    }
    if (lane->opening == 0 && lane->connections == NULL && is_hopeless(lane->pool))
        turn_away(lane);
    else if (lane->opening < needed(lane) ||
             (lane->waits[WEFT__PG_OWN].first != NULL && find_idle(lane) == NULL))
        weft__pg_want(lane->pool, &lane->wanter);
}

/* ---- giving away ----------------------------------------------------------------------------- */

/* The shared connection with the least on it takes no more, so that it can be given away soon. */
static void let_one_run_dry(weft__pg_lane *lane)
{
    weft__pg_connection *best = NULL;
    for (weft__pg_connection *at = lane->connections; at != NULL; at = at->next) {
        if (at->mode == WEFT__PG_SHARED && at->blocked)
            return; /* one does already */
        if (has_room(at) && (best == NULL || at->depth < best->depth))
            best = at;
    }
    if (best != NULL)
        best->blocked = true;
}

static void give_away(weft__pg_lane *lane)
{
    weft__pg_connection *idle;
    while (is_wanted(lane->pool) && (idle = find_idle(lane)) != NULL) {
        detach(idle);
        weft__pg_give(lane->pool, idle);
    }
    if (is_wanted(lane->pool))
        let_one_run_dry(lane);
}

void weft__pg_drained(weft__pg_connection *connection)
{
    weft__pg_lane *lane = connection->lane;
    if (connection->first != NULL || connection->holds != 0 || connection->depth != 0)
        return;
    connection->mode = WEFT__PG_IDLE;
    connection->blocked = connection->cancelled = false;
    connection->idle_since = weft__worker_now();
    if (!weft__pg_is_clean(connection) || connection->idle_since >= connection->expires)
        dispose(connection);
    else if (is_wanted(lane->pool))
        give_away(lane);
    if (somebody_waits(lane))
        weft__pg_lane_serve(lane);
}

/* ---- messages -------------------------------------------------------------------------------- */

static void take_given(weft__pg_lane *lane)
{
    pthread_mutex_lock(&lane->pool->lock);
    weft__pg_connection *given = lane->wanter.given;
    lane->wanter.given = NULL;
    lane->leaves += lane->alone_given;
    lane->alone_given = 0;
    pthread_mutex_unlock(&lane->pool->lock);
    while (given != NULL) {
        weft__pg_connection *next = given->next;
        (void)adopt(lane, given);
        given = next;
    }
}

static bool close_when_quiet(weft__pg_lane *lane);

static void hear(weft__task *task)
{
    weft__pg_lane *lane = (weft__pg_lane *)((char *)task - offsetof(weft__pg_lane, task));
    atomic_store(&lane->woken, false);
    if (lane->closed) {
        free(lane);
        return;
    }
    take_given(lane);
    if (close_when_quiet(lane))
        return;
    if (somebody_waits(lane))
        weft__pg_lane_serve(lane);
    else
        weft__pg_alone_settle(lane);
    give_away(lane);
}

void weft__pg_lane_wake(weft__pg_lane *lane)
{
    if (!atomic_exchange(&lane->woken, true))
        weft__worker_post(lane->worker, &lane->task);
}

/* ---- upkeep ---------------------------------------------------------------------------------- */

/* What has been shared for too long by one statement is moved, or at least gets no company. */
static void look_after(weft__pg_connection *connection, int64_t now)
{
    if (connection->mode != WEFT__PG_SHARED || connection->first == NULL ||
        now - connection->since < WEFT_POSTGRES_PATIENCE || connection->cancelled)
        return;
    connection->blocked = true;
    if (connection->first->next != NULL)
        weft__pg_move_first(connection);
}

static void close_unused(weft__pg_lane *lane, int64_t now)
{
    weft__pg *pool = lane->pool;
    for (weft__pg_connection *at = lane->connections, *next; at != NULL; at = next) {
        next = at->next;
        pthread_mutex_lock(&pool->lock);
        bool many = pool->open > pool->options.min_connections;
        pthread_mutex_unlock(&pool->lock);
        bool unused = many && now - at->idle_since >= pool->options.idle_timeout;
        if (is_idle(at) && (unused || now >= at->expires))
            dispose(at);
    }
}

/* Opens what is missing to the least number, when the server can be reached again. */
static void keep_minimum(weft__pg_lane *lane)
{
    weft__pg *pool = lane->pool;
    pthread_mutex_lock(&pool->lock);
    bool few = pool->open < pool->options.min_connections;
    pthread_mutex_unlock(&pool->lock);
    if (few && !pool->closing)
        (void)get_more(lane);
}

/* Whether the lane is at work; counts what is not. */
static bool look(weft__pg_lane *lane)
{
    bool busy = somebody_waits(lane);
    unsigned idle = 0;
    for (weft__pg_connection *at = lane->connections; at != NULL; at = at->next) {
        busy = busy || at->mode == WEFT__PG_SHARED;
        idle += is_idle(at);
    }
    atomic_store_explicit(&lane->idle, idle, memory_order_relaxed);
    return busy;
}

static void on_timer(weft__timer *timer)
{
    weft__pg_lane *lane = (weft__pg_lane *)((char *)timer - offsetof(weft__pg_lane, timer));
    int64_t now = weft__worker_now();
    if (close_when_quiet(lane))
        return;
    if (!lane->busy) {
        close_unused(lane, now);
        keep_minimum(lane);
    }
    for (weft__pg_connection *at = lane->connections, *next; at != NULL; at = next) {
        next = at->next;
        look_after(at, now);
    }
    if (somebody_waits(lane))
        weft__pg_lane_serve(lane);
    lane->busy = look(lane);
    weft__timer_arm(timer, now + (lane->busy ? WEFT_POSTGRES_TICK : WEFT_POSTGRES_UPKEEP));
}

/* ---- life ------------------------------------------------------------------------------------ */

static void close_all(void *first)
{
    for (weft__pg_lane *lane = first, *next; lane != NULL; lane = next) {
        next = lane->sibling;
        weft__pg_lane_close(lane);
        free(lane);
    }
}

static weft__pg_lane *make(weft__pg *pool, unsigned worker)
{
    weft__pg_lane *lane = calloc(1, sizeof(*lane));
    if (lane == NULL)
        return NULL;
    *lane = (weft__pg_lane){.pool = pool, .worker = worker};
    lane->wanter.lane = lane;
    lane->task.fn = hear;
    lane->timer.fn = on_timer;
    weft__worker_slot_destructor(WEFT__SLOT_DB, close_all);
    void **slot = weft__worker_slot(WEFT__SLOT_DB);
    lane->sibling = *slot;
    *slot = lane;
    weft__timer_arm(&lane->timer, weft__worker_now() + WEFT_POSTGRES_UPKEEP);
    pthread_mutex_lock(&pool->lock);
    pool->lanes[worker] = lane;
    pthread_mutex_unlock(&pool->lock);
    return lane;
}

weft__pg_lane *weft__pg_lane_here(weft__pg *pool)
{
    unsigned worker = weft_worker_index();
    weft__pg_lane *lane = pool->lanes[worker]; /* written by this worker only */
    return WEFT_LIKELY(lane != NULL) ? lane : make(pool, worker);
}

static void leave_worker(weft__pg_lane *lane)
{
    void **slot = weft__worker_slot(WEFT__SLOT_DB);
    weft__pg_lane **at = (weft__pg_lane **)slot;
    while (*at != lane)
        at = &(*at)->sibling;
    *at = lane->sibling;
    weft__timer_cancel(&lane->timer);
}

void weft__pg_lane_close(weft__pg_lane *lane)
{
    weft__pg *pool = lane->pool;
    weft__pg_unwant(pool, &lane->wanter);
    weft__pg_alone_settle(lane);
    take_given(lane); /* now nothing more is given */
    weft__pg_alone_settle(lane);
    leave_worker(lane);
    for (weft__pg_connection *at = lane->connections, *next; at != NULL; at = next) {
        next = at->next;
        if (!is_idle(at) || !weft__pg_is_clean(at)) {
            dispose(at);
            continue;
        }
        detach(at);
        weft__pg_give(pool, at);
    }
    atomic_fetch_add(&pool->counters.statements, atomic_load(&lane->statements));
    pthread_mutex_lock(&pool->lock);
    pool->lanes[lane->worker] = NULL;
    lane->closed = true;
    pthread_cond_broadcast(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
}

/* When the database is being closed, and nothing of it is at work here. */
static bool close_when_quiet(weft__pg_lane *lane)
{
    bool quiet = lane->pool->closing && lane->opening == 0 && !somebody_waits(lane);
    for (weft__pg_connection *at = lane->connections; at != NULL; at = at->next)
        quiet = quiet && is_idle(at);
    if (!quiet)
        return false;
    weft__pg_lane_close(lane);
    if (!atomic_load(&lane->woken)) /* else its task does it */
        free(lane);
    return true;
}

/* ---- for statements -------------------------------------------------------------------------- */

static weft_db_result give_up(weft__pg_lane *lane, weft__pg_waits *waits, weft__pg_wait *wait,
                              weft_error error)
{
    take_out(waits, wait);
    weft__pg_alone_settle(lane);
    if (error == WEFT_CANCELLED)
        return WEFT_DB_CANCELLED;
    return weft_clock_now() >= weft_deadline_current() ? WEFT_DB_TIMED_OUT : WEFT_DB_BUSY;
}

static weft__pg_connection *wait_in_line(weft__pg_lane *lane, weft__pg_use use, weft__call *call)
{
    weft__pg *pool = lane->pool;
    weft__pg_waits *waits = &lane->waits[use];
    weft__pg_wait wait = {.fiber = weft_fiber_current()};
    int64_t began = weft__worker_now();
    append(waits, &wait);
    weft__pg_lane_serve(lane);
    atomic_fetch_add_explicit(&pool->waiting, 1, memory_order_relaxed);
    weft__outside_begin();
    weft_error error = weft__park(weft_clock_now() + pool->options.acquire_timeout);
    weft__outside_end();
    atomic_fetch_sub_explicit(&pool->waiting, 1, memory_order_relaxed);

    int64_t waited = weft__worker_now() - began;
    weft_db_result result = error ? give_up(lane, waits, &wait, error) : WEFT_DB_OK;
    if (result == WEFT_DB_BUSY || result == WEFT_DB_TIMED_OUT)
        weft__pg_fail_waiting(pool, call, result, waited);
    else if (result != WEFT_DB_OK)
        weft__call_fail(call, result, 0, "%s while it waited for a connection",
                        weft_db_result_text(result));
    else if (wait.away)
        weft__pg_fail_away(pool, call);
    weft__pg_acquired(pool, wait.granted != NULL, waited);
    return wait.granted;
}

weft__pg_connection *weft__pg_acquire(weft__pg *pool, weft__pg_use use, weft__call *call)
{
    if (weft_fiber_current() == NULL)
        return weft__pg_thread_acquire(pool, call);
    weft__pg_lane *lane = weft__pg_lane_here(pool);
    if (lane == NULL) {
        weft__call_fail(call, WEFT_DB_NO_MEMORY, 0, "no memory for the connections of a worker");
        return NULL;
    }
    if (WEFT_UNLIKELY(!lane->busy)) {
        lane->busy = true;
        weft__timer_arm(&lane->timer, weft__worker_now() + WEFT_POSTGRES_TICK);
    }
    weft__pg_waits *waits = &lane->waits[use];
    weft__pg_connection *connection = waits->first == NULL ? pick(lane, use) : NULL;
    if (WEFT_LIKELY(connection != NULL))
        return connection;
    if (waits->count < WEFT_DB_QUEUE)
        return wait_in_line(lane, use, call);
    weft__call_fail(call, WEFT_DB_BUSY, 0, "%d statements wait already", WEFT_DB_QUEUE);
    if (call->failure != NULL)
        call->failure->pool_full = true;
    return NULL;
}

void weft__pg_release(weft__pg_connection *connection)
{
    if (connection->hooked)
        return;
    if (connection->lane == NULL) {
        weft__pg_thread_release(connection);
        return;
    }
    connection->holds--;
    weft__pg_alone_end(connection->pool);
    weft__pg_drained(connection);
}
