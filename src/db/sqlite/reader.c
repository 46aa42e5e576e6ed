/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/reader.c: the threads for reads that take long, each with a connection of its own.
 */
#include "db/sqlite/database.h"

void weft__sqlite_do(weft__sqlite *connection, weft__job *job)
{
    int64_t start = weft_clock_now();
    if (job->on != NULL)
        connection = job->on;
    if (connection != NULL)
        connection->stop = &job->stop;
    if (job->call != NULL)
        weft__sqlite_run(connection, job->call);
    else
        job->alone(connection, job->arg);
    if (connection != NULL)
        connection->stop = NULL;
    job->took = weft_clock_now() - start;
}

/* A job that brings no connection, and may need the thread's. */
static bool needs_connection(const weft__job *job)
{
    return job->on == NULL && job->call != NULL;
}

void *weft__sqlite_read_main(void *arg)
{
    weft__sqlite_database *database = arg;
    weft__sqlite *connection = NULL;
    char why[WEFT__WHY_SIZE];
    while (weft__lane_wait(&database->reads)) {
        weft__job *job = weft__lane_take(&database->reads, WEFT__LANE_ANY);
        if (job == NULL)
            continue;
        if (needs_connection(job) && connection == NULL)
            connection = weft__sqlite_connect(database->path, WEFT__SQLITE_READER, why,
                                              sizeof(why));
        if (!needs_connection(job) || connection != NULL)
            weft__sqlite_do(connection, job);
        else
            weft__call_fail(job->call, WEFT_DB_AWAY, 0, "%s", why);
        weft__lane_answer(&database->reads, job);
    }
    weft__sqlite_disconnect(connection);
    return NULL;
}
