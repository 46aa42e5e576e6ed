/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/options.c: what the URL says about the pool. Our parameters are taken out of it; the
 * rest is libpq's.
 */
#include <stdio.h>
#include <stdlib.h>

#include "db/postgres/execute.h"

typedef struct reading {
    weft_database_options *options;
    char *why;
    size_t why_size;
    bool failed;
} reading;

static bool complain(reading *r, weft_str name, const char *wanted)
{
    snprintf(r->why, r->why_size, "the parameter %.*s of the database URL is not %s",
             WEFT_STR_ARGS(name), wanted);
    r->failed = true;
    return true;
}

static bool read_number(reading *r, weft_str name, weft_str text, long long max, long long *out)
{
    char wanted[48];
    long long value = 0;
    size_t digits = 0;
    while (digits < text.len && text.at[digits] >= '0' && text.at[digits] <= '9' && value <= max)
        value = 10 * value + (text.at[digits++] - '0');
    *out = value;
    if (digits == text.len && value >= 1 && value <= max)
        return true;
    snprintf(wanted, sizeof wanted, "a number from 1 to %lld", max);
    return complain(r, name, wanted), false;
}

static void set_count(reading *r, weft_str name, weft_str text, unsigned *option)
{
    long long value;
    if (read_number(r, name, text, WEFT_DB_CONNECTIONS_LIMIT, &value) && *option == 0)
        *option = (unsigned)value;
}

static void set_time(reading *r, weft_str name, weft_str text, int64_t *option)
{
    long long value;
    if (read_number(r, name, text, WEFT_DB_TIME_LIMIT / WEFT_MILLISECOND, &value) && *option == 0)
        *option = value * WEFT_MILLISECOND;
}

static void set_switch(reading *r, weft_str name, weft_str text, weft_db_switch *option)
{
    bool on = weft_str_equal(text, WEFT_STR("on")), off = weft_str_equal(text, WEFT_STR("off"));
    if (!on && !off && !weft_str_equal(text, WEFT_STR("detect")))
        complain(r, name, "on, off or detect");
    else if (*option == WEFT_DB_DETECT)
        *option = on ? WEFT_DB_ON : off ? WEFT_DB_OFF : WEFT_DB_DETECT;
}

/* Whether the parameter is ours; then it is read. */
static bool take_parameter(reading *r, weft_str name, weft_str value)
{
    weft_database_options *o = r->options;
    const struct count {
        weft_str name;
        unsigned *option;
    } counts[] = {
        {WEFT_STR("min_connections"), &o->min_connections},
        {WEFT_STR("max_connections"), &o->max_connections},
        {WEFT_STR("shared"), &o->shared},
    };
    const struct time {
        weft_str name;
        int64_t *option;
    } times[] = {
        {WEFT_STR("acquire_timeout"), &o->acquire_timeout},
        {WEFT_STR("idle_timeout"), &o->idle_timeout},
        {WEFT_STR("max_lifetime"), &o->max_lifetime},
        {WEFT_STR("statement_timeout"), &o->statement_timeout},
        {WEFT_STR("slow_statement"), &o->slow_statement},
    };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        if (weft_str_equal(name, counts[i].name))
            return set_count(r, name, value, counts[i].option), true;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        if (weft_str_equal(name, times[i].name))
            return set_time(r, name, value, times[i].option), true;
    if (!weft_str_equal(name, WEFT_STR("pgbouncer")))
        return false;
    set_switch(r, name, value, &o->pgbouncer);
    return true;
}

/* Takes our parameters out of the query of `url`, in place. */
static void take_parameters(reading *r, char *url)
{
    char *query = strchr(url, '?'), *to = query;
    if (query == NULL)
        return;
    for (char *at = query + 1; !r->failed;) {
        size_t len = strcspn(at, "&"), key = strcspn(at, "=&");
        weft_str name = {at, key};
        weft_str value = {at + key + (key < len), len - key - (key < len)};
        bool end = at[len] == '\0';
        if (len != 0 && !take_parameter(r, name, value)) {
            *to = to == query ? '?' : '&';
            memmove(to + 1, at, len);
            to += len + 1;
        }
        if (end)
            break;
        at += len + 1;
    }
    *to = '\0';
}

#define DEFAULT(option, value) \
    if ((option) == 0)         \
    (option) = (value)

static void set_defaults(weft_database_options *o)
{
    DEFAULT(o->max_connections, WEFT_DB_CONNECTIONS_MAX);
    DEFAULT(o->min_connections, WEFT_DB_CONNECTIONS_MIN);
    DEFAULT(o->shared, WEFT_DB_SHARED);
    DEFAULT(o->acquire_timeout, WEFT_DB_ACQUIRE_TIMEOUT);
    DEFAULT(o->connect_timeout, WEFT_DB_CONNECT_TIMEOUT);
    DEFAULT(o->idle_timeout, WEFT_DB_IDLE_TIMEOUT);
    DEFAULT(o->max_lifetime, WEFT_DB_MAX_LIFETIME);
    DEFAULT(o->statement_timeout, WEFT_DB_STATEMENT_TIMEOUT);
    DEFAULT(o->slow_statement, WEFT_DB_SLOW_STATEMENT);
}

/* libpq's connect_timeout: whole seconds, also in PGCONNECT_TIMEOUT; 0 or less: no limit. */
static bool read_connect_timeout(reading *r, const PQconninfoOption *parsed)
{
    const char *text = getenv("PGCONNECT_TIMEOUT");
    for (; parsed->keyword != NULL; parsed++)
        if (strcmp(parsed->keyword, "connect_timeout") == 0 && parsed->val != NULL)
            text = parsed->val;
    if (text == NULL || r->options->connect_timeout != 0)
        return true;
    char *end;
    long long seconds = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || seconds > WEFT_DB_TIME_LIMIT / WEFT_SECOND) {
        complain(r, WEFT_STR("connect_timeout"), "a number of seconds");
        return false;
    }
    r->options->connect_timeout = seconds > 0 ? seconds * WEFT_SECOND : WEFT_NEVER;
    return true;
}

/* libpq's complaint quotes the URL, and with it perhaps the password, but for parameters. */
static bool is_libpq_url(reading *r, const char *url)
{
    char *error = NULL;
    PQconninfoOption *parsed = PQconninfoParse(url, &error);
    bool good = parsed != NULL;
    if (good)
        good = read_connect_timeout(r, parsed);
    else if (error != NULL && strstr(error, "query parameter") != NULL)
        snprintf(r->why, r->why_size,
                 "the database URL has a parameter that neither Weft nor "
                 "libpq knows: %.*s",
                 (int)strcspn(error, "\n"), error);
    else
        snprintf(r->why, r->why_size,
                 "the database URL cannot be read: write postgres://user:password@host:5432/name, "
                 "with special characters as %%40 and so on");
    PQconninfoFree(parsed);
    PQfreemem(error);
    return good;
}

bool weft__pg_options(const char *text, const weft_database_options *options,
                      weft_database_options *out, char **url, char *why, size_t why_size)
{
    *out = *options;
    reading r = {.options = out, .why = why, .why_size = why_size};
    *url = strdup(text);
    if (*url == NULL) {
        snprintf(why, why_size, "out of memory");
        return false;
    }
    take_parameters(&r, *url);
    if (!r.failed)
        r.failed = !is_libpq_url(&r, *url);
    set_defaults(out);
    if (!r.failed && out->min_connections > out->max_connections) {
        snprintf(why, why_size, "min_connections=%u is more than max_connections=%u",
                 out->min_connections, out->max_connections);
        r.failed = true;
    }
    if (!r.failed)
        return true;
    free(*url);
    return false;
}
