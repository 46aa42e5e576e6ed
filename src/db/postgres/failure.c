/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/failure.c: what the server says when a statement fails, in the words of weft/db.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "db/postgres/connection.h"

/* By SQLSTATE; of several that fit the first counts. */
static const struct meaning {
    const char *prefix;
    weft_db_result result;
} meanings[] = {
    {"23505", WEFT_DB_UNIQUE},      {"23P01", WEFT_DB_UNIQUE},      /* an exclusion constraint */
    {"23503", WEFT_DB_FOREIGN_KEY}, {"23001", WEFT_DB_FOREIGN_KEY}, /* ON DELETE RESTRICT */
    {"23514", WEFT_DB_CHECK},       {"23502", WEFT_DB_NOT_NULL},
    {"40001", WEFT_DB_CONFLICT},  /* serialization failure */
    {"40P01", WEFT_DB_CONFLICT},  /* deadlock */
    {"57014", WEFT_DB_TIMED_OUT}, /* cancelled, and not by us: the server's statement_timeout */
    {"25P03", WEFT_DB_AWAY},      /* idle in a transaction for too long: disconnected */
    {"55P03", WEFT_DB_BUSY},      /* NOWAIT, lock_timeout */
    {"53300", WEFT_DB_BUSY},      /* too many connections */
    {"53200", WEFT_DB_BUSY},      /* the server is out of memory */
    {"57P", WEFT_DB_AWAY},        /* shut down, crashed, starting up */
    {"08P01", WEFT_DB_FAILED},    /* a wrong number of parameters, for example */
    {"08", WEFT_DB_AWAY},
};

static weft_db_result meaning_of(const char *sqlstate)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (strncmp(sqlstate, meanings[i].prefix, strlen(meanings[i].prefix)) == 0)
            return meanings[i].result;
    return WEFT_DB_FAILED;
}

static void keep(weft__call *call, const PGresult *result, int field, weft_str *out)
{
    const char *text = PQresultErrorField(result, field);
    if (text != NULL && !weft_arena_copy(call->failure_arena, weft_str_from(text), out))
        *out = (weft_str){0};
}

/* The first column in "Key (email, name)=(..) already exists.", in whatever language it is said. */
static void keep_key(weft__call *call, const PGresult *result, weft_str *out)
{
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *open = detail ? strchr(detail, '(') : NULL;
    if (open == NULL || strstr(open, ")=(") == NULL)
        return;
    weft_str key = {open + 1, strcspn(open + 1, ",)")};
    if (!weft_arena_copy(call->failure_arena, key, out))
        *out = (weft_str){0};
}

/* Where in the statement: ", at line 2, column 8". */
static void say_where(weft__call *call, const PGresult *result, char *to, size_t size)
{
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    const char *sql = weft__pg_sql(call->statement);
    long at = position ? strtol(position, NULL, 10) : 0;
    unsigned line = 1, column = 1;
    to[0] = '\0';
    if (at < 1 || sql == NULL)
        return;
    for (; at > 1 && *sql != '\0'; sql++) {
        bool starts = ((unsigned char)sql[1] & 0xC0) != 0x80; /* a character, not within one */
        at -= starts;
        line += *sql == '\n';
        column = *sql == '\n' ? 1 : column + starts;
    }
    snprintf(to, size, ", at line %u, column %u of the statement", line, column);
}

void weft__pg_fail_unanswered(weft__call *call, weft_db_result result, bool in_doubt,
                              const char *why)
{
    weft__call_fail(call, result, 0, "%s%s", why,
                    in_doubt ? "; whether it took effect is not known" : "");
    if (call->failure != NULL)
        call->failure->in_doubt = in_doubt;
}

void weft__pg_fail(weft__call *call, const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    if (sqlstate == NULL || primary == NULL) { /* libpq's own */
        weft__call_fail(call, WEFT_DB_AWAY, 0, "%s", PQresultErrorMessage(result));
        return;
    }
    char where[64];
    say_where(call, result, where, sizeof where);
    weft__call_fail(call, meaning_of(sqlstate), 0, "%s%s%s%s%s%s", primary, where,
                    detail ? ": " : "", detail ? detail : "", hint ? "; " : "", hint ? hint : "");
    if (call->failure == NULL)
        return;
    snprintf(call->failure->sqlstate, sizeof call->failure->sqlstate, "%s", sqlstate);
    keep(call, result, PG_DIAG_TABLE_NAME, &call->failure->table);
    keep(call, result, PG_DIAG_CONSTRAINT_NAME, &call->failure->constraint);
    keep(call, result, PG_DIAG_COLUMN_NAME, &call->failure->column);
    if (call->failure->column.len == 0 && strncmp(sqlstate, "23", 2) == 0)
        keep_key(call, result, &call->failure->column);
}
