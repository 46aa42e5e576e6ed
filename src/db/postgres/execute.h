/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/execute.h: what the engine does with statements, transactions and cursors; the
 * functions of weft__engine.
 */
#ifndef WEFT_DB_POSTGRES_EXECUTE_H
#define WEFT_DB_POSTGRES_EXECUTE_H

#include "db/postgres/pool.h"

void weft__pg_execute(weft_database *base, weft__call *call);
void weft__pg_ready(weft_database *base, weft__call *call);

/* What the replica answered is no answer: it is away, or gave up because of what it replays. */
bool weft__pg_is_left_to_primary(const weft__call *call);

/* Whether the statement may be run at all; otherwise the call has failed. `lane` may be NULL. */
bool weft__pg_is_allowed(struct weft__pg_lane *lane, weft__call *call);

/* Counts a statement that has run, on a lane (which nobody else writes to) or a plain thread. */
void weft__pg_count(weft__pg *pool, struct weft__pg_lane *lane);

/* Takes notice that a statement failed as they do behind a pooler, where there is no place for
 * prepared ones; it was the run number `tries`, from 1. */
void weft__pg_expect_pooler(weft__pg *pool, const weft__call *call, unsigned tries);

/* ---- session.c ------------------------------------------------------------------------------- */

weft__session *weft__pg_begin(weft_database *base, const weft_transaction_options *options,
                              weft__call *call);
void weft__pg_begin_on(weft__pg_connection *connection, const weft_transaction_options *options,
                       weft__call *call);
void weft__pg_execute_within(weft__session *session, weft__call *call);
void weft__pg_savepoint(weft__session *session, weft__savepoint what, unsigned depth,
                        weft__call *call);
void weft__pg_commit(weft__session *session, weft__call *call);
void weft__pg_rollback(weft__session *session);

/* ---- rows.c ---------------------------------------------------------------------------------- */

#define WEFT_POSTGRES_FETCH 64 /* rows of a cursor that are in memory at once */

weft__rows *weft__pg_rows_open(weft_database *base, weft__session *session, weft__call *call);
void weft__pg_rows_next(weft__rows *rows, weft__call *call);
void weft__pg_rows_close(weft__rows *rows);

/* ---- options.c ------------------------------------------------------------------------------- */

/* What the URL and the options say together; the URL without our parameters goes to *url, to be
 * freed. False with the cause in `why`. */
bool weft__pg_options(const char *text, const weft_database_options *options,
                      weft_database_options *out, char **url, char *why, size_t why_size);

#endif
