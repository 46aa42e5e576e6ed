/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What SQLite's functions give (https://sqlite.org/lang_corefunc.html, lang_aggfunc.html,
 * lang_datefunc.html, windowfunctions.html). A function that is not in the table may give NULL.
 */
#include "check/sql.h"

#include <strings.h>

typedef enum rule {
    never,     /* never NULL */
    if_any,    /* NULL when one argument is */
    if_every,  /* NULL when all arguments are */
    aggregate, /* NULL of no rows, and of none but NULL */
    of_now,    /* a time: sure without arguments and for 'now' */
    choice,    /* iif: the second or the third argument */
} rule;

typedef struct function {
    const char *name;
    rule rule;
    sql_type type; /* SQL_ANY: the type that all arguments have; SQL_NUMERIC: when it is a number */
} function;

static const function functions[] = {
    {"count", never, SQL_INTEGER},
    {"total", never, SQL_REAL},
    {"json_group_array", never, SQL_TEXT},
    {"json_group_object", never, SQL_TEXT},
    {"row_number", never, SQL_INTEGER},
    {"rank", never, SQL_INTEGER},
    {"dense_rank", never, SQL_INTEGER},
    {"percent_rank", never, SQL_REAL},
    {"cume_dist", never, SQL_REAL},
    {"ntile", never, SQL_INTEGER},
    {"typeof", never, SQL_TEXT},
    {"quote", never, SQL_TEXT},
    {"hex", never, SQL_TEXT},
    {"random", never, SQL_INTEGER},
    {"randomblob", never, SQL_BLOB},
    {"changes", never, SQL_INTEGER},
    {"total_changes", never, SQL_INTEGER},
    {"last_insert_rowid", never, SQL_INTEGER},
    {"json_array", never, SQL_TEXT},
    {"json_object", never, SQL_TEXT},
    {"sum", aggregate, SQL_NUMERIC},
    {"avg", aggregate, SQL_REAL},
    {"group_concat", aggregate, SQL_TEXT},
    {"coalesce", if_every, SQL_ANY},
    {"ifnull", if_every, SQL_ANY},
    {"iif", choice, SQL_ANY},
    {"lower", if_any, SQL_TEXT},
    {"upper", if_any, SQL_TEXT},
    {"trim", if_any, SQL_TEXT},
    {"ltrim", if_any, SQL_TEXT},
    {"rtrim", if_any, SQL_TEXT},
    {"replace", if_any, SQL_TEXT},
    {"substr", if_any, SQL_TEXT},
    {"substring", if_any, SQL_TEXT},
    {"length", if_any, SQL_INTEGER},
    {"instr", if_any, SQL_INTEGER},
    {"abs", if_any, SQL_NUMERIC},
    {"round", if_any, SQL_REAL},
    {"date", of_now, SQL_TEXT},
    {"time", of_now, SQL_TEXT},
    {"datetime", of_now, SQL_TEXT},
    {"julianday", of_now, SQL_REAL},
    {"unixepoch", of_now, SQL_INTEGER},
};

static bool is_min_or_max(const char *name)
{
    return strcasecmp(name, "min") == 0 || strcasecmp(name, "max") == 0;
}

static const function *find(const char *name, size_t arguments)
{
    static const function of_rows = {"", aggregate, SQL_ANY};
    static const function of_arguments = {"", if_any, SQL_ANY};
    if (is_min_or_max(name))
        return arguments == 1 ? &of_rows : &of_arguments;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (strcasecmp(name, functions[i].name) == 0)
            return &functions[i];
    return NULL;
}

bool sql_is_aggregate(const char *name, size_t arguments)
{
    static const char *const others[] = {"count", "total", "json_group_array", "json_group_object"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcasecmp(name, others[i]) == 0)
            return true;
    const function *f = find(name, arguments);
    return f != NULL && f->rule == aggregate;
}

/* The type that the arguments from `first` on share. */
static sql_type shared_type(const sql_call *call, size_t first)
{
    sql_type type = call->count > first ? call->arguments[first].type : SQL_ANY;
    for (size_t i = first; i < call->count; i++)
        if (call->arguments[i].type != type)
            type = SQL_ANY;
    return type;
}

static size_t count_present(const sql_call *call, size_t first)
{
    size_t count = 0;
    for (size_t i = first; i < call->count; i++)
        count += call->arguments[i].present;
    return count;
}

static bool is_present(enum rule of, const sql_call *call)
{
    bool all = count_present(call, 0) == call->count;
    switch (of) {
    case never: return true;
    case if_any: return all;
    case if_every: return count_present(call, 0) > 0;
    case aggregate: return all && call->grouped && !call->over && !call->filter;
    case of_now: return call->count == 0 || call->now;
    case choice: return call->count == 3 && count_present(call, 1) == 2;
    }
    return false;
}

static const char *reason_of(enum rule of, const sql_call *call)
{
    if (of == aggregate && !call->grouped)
        return "an aggregate of no rows is NULL";
    if (of == of_now)
        return "a time that cannot be read is NULL";
    for (size_t i = 0; i < call->count; i++)
        if (!call->arguments[i].present && call->arguments[i].reason)
            return call->arguments[i].reason;
    return "the function may give NULL";
}

sql_value sql_call_value(const sql_call *call)
{
    const function *f = find(call->name, call->count);
    if (f == NULL)
        return (sql_value){.reason = "the function may give NULL"};
    sql_value value = {.type = f->type, .present = is_present(f->rule, call)};
    if (f->type == SQL_ANY || f->type == SQL_NUMERIC)
        value.type = shared_type(call, f->rule == choice);
    if (f->type == SQL_NUMERIC && value.type != SQL_INTEGER && value.type != SQL_REAL)
        value.type = SQL_ANY;
    if (!value.present)
        value.reason = reason_of(f->rule, call);
    return value;
}
