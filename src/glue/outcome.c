/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * glue/outcome.c: what a database's failure means over HTTP. A client learns which of its values
 * was refused and nothing else; the log learns the statement and the cause.
 */
#include "glue/binding.h"
#include "http/message.h"

#include <weft/glue.h>
#include <weft/log.h>

static void log_failure(const weft_db_failure *failure, weft_db_result result)
{
    weft_str message = weft_str_from(weft_db_result_text(result));
    if (failure == NULL) {
        weft_log_event(WEFT_LOG_ERROR, "db", message, NULL, 0);
        return;
    }
    const weft_log_field fields[] = {
        WEFT_FIELD_STR("statement", weft_str_from(failure->statement)),
        WEFT_FIELD_STR("cause", failure->message),
        failure->sqlstate[0] ? WEFT_FIELD_STR("sqlstate", weft_str_from(failure->sqlstate))
                             : WEFT_FIELD_I64("code", failure->code),
    };
    weft_log_event(WEFT_LOG_ERROR, "db", message, fields, sizeof(fields) / sizeof(fields[0]));
}

/* How the client calls a column: as the member of its body that has that name in C. */
static weft_str key_of(const weft_request *request, weft_str column)
{
    const weft_members *members = request->members;
    for (size_t i = 0; members != NULL && i < members->count; i++)
        if (weft_str_equal(members->names[i], column))
            return members->keys[i];
    return column;
}

/* Refuses the running request for a constraint; the column is named when the engine did. */
static weft_http_status refuse(const weft_db_failure *failure, weft_http_status status,
                               const char *code, const char *detail)
{
    weft_request *request = weft_request_current();
    if (request == NULL)
        return status;
    if (failure == NULL || failure->column.len == 0)
        return weft_rejectf(request, status, "a value %s", detail);
    weft_arena *arena = weft_request_arena(request);
    weft_violations *list = WEFT_NEW(arena, weft_violations);
    if (list == NULL)
        return status;
    *list = (weft_violations){.arena = arena};
    weft_str key = key_of(request, failure->column);
    weft_violations_add(list, "body", weft__glue_pointer(arena, key), code, "%s", detail);
    weft_problem problem = {
        .status = status,
        .detail = weft_arena_printf(arena, "%.*s %s", WEFT_STR_ARGS(key), detail),
        .violations = list,
    };
    return weft_reject(request, &problem);
}

/* What a client may know of it: what kind of want it is, not whose. */
static const char *want(const weft_db_failure *failure, weft_db_result result)
{
    if (failure != NULL && failure->in_doubt)
        return "the database did not answer; whether the change was made is not known";
    if (failure != NULL && failure->pool_full)
        return "all connections to the database were in use for too long";
    switch (result) {
    case WEFT_DB_AWAY: return "the database cannot be reached";
    case WEFT_DB_TIMED_OUT: return "the database did not answer in time";
    case WEFT_DB_CANCELLED: return "the request was cancelled before the database answered";
    case WEFT_DB_CONFLICT: return "the change ran into another one, and was not made";
    default: return "the database is too busy";
    }
}

/* Seconds. Who took too long will again, and what is in doubt must not be done twice unseen. */
static unsigned when_again(const weft_db_failure *failure, weft_db_result result)
{
    if (failure != NULL && failure->in_doubt)
        return 0;
    bool full = failure != NULL && failure->pool_full;
    return full || (result != WEFT_DB_TIMED_OUT && result != WEFT_DB_CANCELLED);
}

static weft_http_status unavailable(const weft_db_failure *failure, weft_db_result result)
{
    weft_request *request = weft_request_current();
    if (failure != NULL && failure->result != result)
        failure = NULL; /* an earlier one's */
    log_failure(failure, result);
    if (request == NULL)
        return WEFT_HTTP_SERVICE_UNAVAILABLE;
    weft_problem problem = {.status = WEFT_HTTP_SERVICE_UNAVAILABLE,
                            .detail = weft_str_from(want(failure, result)),
                            .retry_after = when_again(failure, result)};
    return weft_reject(request, &problem);
}

static weft_http_status failed(const weft_db_failure *failure, weft_db_result result)
{
    log_failure(failure, result);
    return WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

weft_http_status weft_status_of_db(weft_db_result result)
{
    if (WEFT_LIKELY(result == WEFT_DB_OK))
        return WEFT_HTTP_OK;
    const weft_db_failure *failure = weft_db_last_failure();
    switch (result) {
    case WEFT_DB_OK: return WEFT_HTTP_OK;
    case WEFT_DB_NONE: return WEFT_HTTP_NOT_FOUND;
    case WEFT_DB_UNIQUE: return refuse(failure, WEFT_HTTP_CONFLICT, "unique", "is already taken");
    case WEFT_DB_FOREIGN_KEY:
        return refuse(failure, WEFT_HTTP_UNPROCESSABLE_CONTENT, "foreign_key",
                      "refers to something that does not exist, or is still referred to");
    case WEFT_DB_CHECK:
        return refuse(failure, WEFT_HTTP_UNPROCESSABLE_CONTENT, "check", "is not allowed");
    case WEFT_DB_NOT_NULL:
        return refuse(failure, WEFT_HTTP_UNPROCESSABLE_CONTENT, "required", "is required");
    case WEFT_DB_BUSY:
    case WEFT_DB_AWAY:
    case WEFT_DB_TIMED_OUT:
    case WEFT_DB_CONFLICT:
    case WEFT_DB_CANCELLED: return unavailable(failure, result);
    case WEFT_DB_NO_MEMORY:
    case WEFT_DB_VALUE:
    case WEFT_DB_FAILED: break;
    }
    return failed(failure, result);
}

/* Whether waiting for it in vain is no fault of the program. */
static bool is_want(weft_error error)
{
    return error == WEFT_TIMED_OUT || error == WEFT_CANCELLED || error == WEFT_BUSY ||
           error == WEFT_SHUTTING_DOWN;
}

weft_http_status weft__status_of_result(int result)
{
    if (result >= WEFT_DB_NONE)
        return weft_status_of_db((weft_db_result)result);
    weft_log(WEFT_LOG_ERROR, "glue", "the handler answered: %s",
             weft_error_text((weft_error)result));
    return is_want((weft_error)result) ? WEFT_HTTP_SERVICE_UNAVAILABLE
                                       : WEFT_HTTP_INTERNAL_SERVER_ERROR;
}
