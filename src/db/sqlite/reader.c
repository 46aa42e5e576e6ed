/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/reader.c: the threads for reads that take long, each with a connection of its own.
 */
#include "db/sqlite/database.h"

static void read_one(weft__sqlite *connection, weft__job *job)
{
    int64_t start = weft_clock_now();
    connection->stop = &job->stop;
    weft__sqlite_run(connection, job->call);
    connection->stop = NULL;
    job->took = weft_clock_now() - start;
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
        if (connection == NULL)
            connection = weft__sqlite_connect(database->path, WEFT__SQLITE_READER, why,
                                              sizeof(why));
        if (connection != NULL)
            read_one(connection, job);
        else
            weft__call_fail(job->call, WEFT_DB_AWAY, 0, "%s", why);
        weft__lane_answer(&database->reads, job);
    }
    weft__sqlite_disconnect(connection);
    return NULL;
}
