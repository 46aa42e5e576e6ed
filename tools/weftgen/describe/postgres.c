/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/describe/postgres.c: the connection and the batch. The server's trees come as messages
 * between the answers (debug_print_rewritten); before each statement stands a ROLLBACK TO, whose
 * own tree, that of a command, says that the trees behind it are the next statement's. It also
 * mends the transaction when the statement before it was refused.
 */
#include "describe/session.h"

#include <stdlib.h>

const char *pg_text(weft_arena *arena, const PGresult *result, int row, int column)
{
    const char *text = PQgetvalue(result, row, column);
    return gen_copy(arena, text, strlen(text));
}

const char *pg_why(const pg_session *session)
{
    const char *text = PQerrorMessage(session->connection);
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == '\n')
        len--;
    return gen_copy(session->arena, text, len);
}

/* ---- the connection -------------------------------------------------------------------------- */

static void hear(void *data, const PGresult *notice)
{
    pg_session *session = data;
    const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(notice, PG_DIAG_MESSAGE_DETAIL);
    if (message == NULL || detail == NULL || strcmp(message, "rewritten parse tree:") != 0)
        return;
    const tree *rewritten = tree_read(session->arena, detail);
    if (tree_field(tree_item(rewritten, 0), "utilityStmt") != NULL)
        session->heard_count++;
    else if (session->heard_count >= 1 && session->heard_count <= session->heard_room)
        session->heard[session->heard_count - 1].rewritten = rewritten;
}

pg_session *pg_open(weft_arena *arena, const char *url, const char **why)
{
    const char *const names[] = {"dbname", "client_encoding", "fallback_application_name",
                                 "connect_timeout", NULL};
    const char *const values[] = {url, "UTF8", "weftgen", "10", NULL};
    pg_session *session = gen_alloc(arena, sizeof *session);
    session->arena = arena;
    session->connection = PQconnectdbParams(names, values, 1);
    if (PQstatus(session->connection) == CONNECTION_OK) {
        PQsetNoticeReceiver(session->connection, hear, session);
        return session;
    }
    *why = pg_why(session);
    pg_close(session);
    return NULL;
}

void pg_close(pg_session *session)
{
    if (session != NULL)
        PQfinish(session->connection);
}

/* Runs commands of ours; false and *why. */
static bool run(pg_session *session, const char *sql, const char **why)
{
    PGresult *result = PQexec(session->connection, sql);
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!done)
        *why = pg_why(session);
    PQclear(result);
    return done;
}

/* ---- the schema ------------------------------------------------------------------------------ */

/* How many of the migrations the database has, up to the first that it lacks. */
static size_t count_applied(pg_session *session, const pg_migration *migrations, size_t count)
{
    PGresult *rows = PQexec(session->connection,
                            "SELECT version FROM weft_migrations ORDER BY version");
    size_t applied = 0;
    for (int i = 0; i < PQntuples(rows) && applied < count; i++)
        applied += strtoll(PQgetvalue(rows, i, 0), NULL, 10) == migrations[applied].version;
    PQclear(rows);
    return applied;
}

/* The line of a migration that the server's message is about. */
static unsigned line_of(const PGresult *result, const char *sql)
{
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    unsigned line = 1;
    for (long at = position ? strtol(position, NULL, 10) : 0; at > 1 && *sql; sql++) {
        line += *sql == '\n';
        at -= ((unsigned char)*sql & 0xC0) != 0x80;
    }
    return line;
}

static bool apply(pg_session *session, const pg_migration *migration, const char **why,
                  unsigned *line)
{
    PGresult *result = PQexec(session->connection, migration->sql);
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
                status == PGRES_EMPTY_QUERY;
    if (!done) {
        const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        *why = text ? gen_copy(session->arena, text, strlen(text)) : pg_why(session);
        *line = line_of(result, migration->sql);
    }
    PQclear(result);
    return done;
}

/* A schema that nobody else has the name of. Of the others only those are seen that extensions are
 * in: what is left of an older schema must not make a statement valid. */
static bool make_schema(pg_session *session, const char **why)
{
    int id = PQbackendPID(session->connection);
    return run(session,
               gen_format(session->arena,
                          "CREATE SCHEMA weft_check_%d;"
                          "SELECT set_config('search_path', concat_ws(', ', 'weft_check_%d',"
                          " string_agg(DISTINCT quote_ident(n.nspname), ', ')), true)"
                          " FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
                          " WHERE n.nspname <> 'pg_catalog'",
                          id, id),
               why);
}

static bool apply_all(pg_session *session, const pg_migration *migrations, size_t count,
                      const char **why, const pg_migration **where, unsigned *line)
{
    if (!make_schema(session, why))
        return false;
    for (size_t i = 0; i < count; i++) {
        bool outside = strncmp(migrations[i].sql, "-- no-transaction", 17) == 0;
        if (!run(session, "SAVEPOINT migration", why))
            return false;
        if (apply(session, &migrations[i], why, line))
            continue;
        *where = &migrations[i];
        /* what cannot run in a transaction builds indexes: no type and no NULL depends on it */
        if (!outside || !run(session, "ROLLBACK TO SAVEPOINT migration", why))
            return false;
    }
    *where = NULL;
    return true;
}

bool pg_prepare(pg_session *session, const pg_migration *migrations, size_t count, const char **why,
                const pg_migration **where, unsigned *line)
{
    *where = NULL;
    bool behind = count_applied(session, migrations, count) < count;
    return run(session,
               "BEGIN; SET LOCAL statement_timeout = '60s'; SET LOCAL lock_timeout = '10s'", why) &&
           (!behind || apply_all(session, migrations, count, why, where, line)) &&
           run(session,
               "SET LOCAL debug_pretty_print = off; SET LOCAL client_min_messages = log;"
               "SET LOCAL debug_print_rewritten = on; SAVEPOINT weft",
               why);
}

/* ---- the batch ------------------------------------------------------------------------------- */

static bool send_question(PGconn *connection, const char *sql)
{
    return PQsendQueryParams(connection, "ROLLBACK TO SAVEPOINT weft", 0, NULL, NULL, NULL, NULL,
                             0) &&
           PQsendPrepare(connection, "", sql, 0, NULL) && PQsendDescribePrepared(connection, "") &&
           PQpipelineSync(connection);
}

static void keep_refusal(weft_arena *arena, const PGresult *result, pg_question *question)
{
    static const int fields[] = {PG_DIAG_SQLSTATE, PG_DIAG_MESSAGE_PRIMARY, PG_DIAG_MESSAGE_HINT};
    const char **to[] = {&question->sqlstate, &question->message, &question->hint};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const char *text = PQresultErrorField(result, fields[i]);
        *to[i] = text ? gen_copy(arena, text, strlen(text)) : i == 2 ? NULL : "";
    }
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    question->offset = SIZE_MAX;
    if (position == NULL)
        return;
    question->offset = 0; /* the server counts characters, from 1 */
    for (long left = strtol(position, NULL, 10) - 1; left > 0 && question->sql[question->offset];) {
        question->offset++;
        left -= ((unsigned char)question->sql[question->offset] & 0xC0) != 0x80;
    }
}

static void keep_description(pg_session *session, const PGresult *result, pg_heard *heard)
{
    heard->parameter_count = (size_t)PQnparams(result);
    heard->parameters = gen_alloc(session->arena, (heard->parameter_count + 1) * sizeof(unsigned));
    for (size_t i = 0; i < heard->parameter_count; i++)
        heard->parameters[i] = PQparamtype(result, (int)i);
    heard->column_count = (size_t)PQnfields(result);
    heard->columns = gen_alloc(session->arena, (heard->column_count + 1) * sizeof(char *));
    heard->column_types = gen_alloc(session->arena, (heard->column_count + 1) * sizeof(unsigned));
    for (size_t i = 0; i < heard->column_count; i++) {
        const char *name = PQfname(result, (int)i);
        heard->columns[i] = gen_copy(session->arena, name, strlen(name));
        heard->column_types[i] = PQftype(result, (int)i);
    }
}

/* The results of one statement, up to its PGRES_PIPELINE_SYNC. */
static bool take_answer(pg_session *session, pg_question *question, pg_heard *heard)
{
    for (int quiet = 0; quiet < 2;) {
        PGresult *result = PQgetResult(session->connection);
        ExecStatusType status = PQresultStatus(result);
        quiet = result == NULL ? quiet + 1 : 0;
        if (status == PGRES_COMMAND_OK && (PQnparams(result) > 0 || PQnfields(result) > 0))
            keep_description(session, result, heard);
        else if (result != NULL && status == PGRES_FATAL_ERROR)
            keep_refusal(session->arena, result, question);
        PQclear(result);
        if (result != NULL && status == PGRES_PIPELINE_SYNC)
            return true;
    }
    return false;
}

static bool run_batch(pg_session *session, pg_question *questions, size_t count, const char **why)
{
    PGconn *connection = session->connection;
    bool alive = PQenterPipelineMode(connection) == 1;
    for (size_t i = 0; alive && i < count; i++)
        alive = send_question(connection, questions[i].sql);
    for (size_t i = 0; alive && i < count; i++)
        alive = take_answer(session, &questions[i], &session->heard[i]);
    if (alive)
        return PQexitPipelineMode(connection) == 1;
    *why = pg_why(session);
    return false;
}

/* ---- answers --------------------------------------------------------------------------------- */

static pg_column describe_column(pg_session *session, const pg_heard *heard, size_t i,
                                 const tree *query)
{
    presence given = presence_of_column(session->arena, &session->catalog, query, i, false);
    presence found = presence_of_column(session->arena, &session->catalog, query, i, true);
    return (pg_column){.name = heard->columns[i],
                       .type = pg_describe_type(session, heard->column_types[i]),
                       .null = given.null,
                       .with = given.null ? 0 : given.with,
                       .joined = given.null && !found.null && !found.with};
}

static void describe(pg_session *session, const pg_heard *heard, pg_question *question)
{
    weft_arena *arena = session->arena;
    const tree *query = presence_query(heard->rewritten);
    pg_description *d = gen_alloc(arena, sizeof *d);
    *d = (pg_description){.name = question->name,
                          .sql = question->sql,
                          .parameter_count = heard->parameter_count,
                          .column_count = heard->column_count};
    d->read_only = query != NULL && presence_read_only(&session->catalog, query);
    d->parameters = gen_alloc(arena, (d->parameter_count + 1) * sizeof *d->parameters);
    for (size_t i = 0; i < d->parameter_count; i++)
        d->parameters[i] = (pg_parameter){
            .type = pg_describe_type(session, heard->parameters[i]),
            .stored = presence_stored(arena, &session->catalog, query, i + 1)};
    d->columns = gen_alloc(arena, (d->column_count + 1) * sizeof *d->columns);
    for (size_t i = 0; i < d->column_count; i++)
        d->columns[i] = describe_column(session, heard, i, query);
    question->description = d;
}

bool pg_ask(pg_session *session, pg_question *questions, size_t count, const char **why)
{
    session->heard = gen_alloc(session->arena, (count + 1) * sizeof *session->heard);
    session->heard_room = count;
    session->heard_count = 0;
    if (!run_batch(session, questions, count, why) ||
        !run(session, "ROLLBACK TO SAVEPOINT weft; SET LOCAL debug_print_rewritten = off", why) ||
        !pg_read_catalog(session, count, why) ||
        !run(session, "SET LOCAL debug_print_rewritten = on", why))
        return false;
    for (size_t i = 0; i < count; i++)
        if (questions[i].sqlstate == NULL)
            describe(session, &session->heard[i], &questions[i]);
    return true;
}
