/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * crash: a server for tests of what a server survives: handlers that crash in every way, that keep
 * memory for too long, and some that work. PROBE_* as for probe; CRASH_DATABASE is an SQLite file.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <weft/weft.h>

static weft_http_status text(weft_response *response, const char *body)
{
    return weft_response_text(response, weft_str_from(body)) == WEFT_OK
               ? WEFT_HTTP_OK
               : WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

static weft_http_status fine(weft_request *request, weft_response *response)
{
    (void)request;
    return text(response, "fine\n");
}

static weft_http_status nap(weft_request *request, weft_response *response)
{
    int64_t duration = 0;
    (void)!weft_text_to_i64(weft_request_param(request, "ms"), 0, 100000, &duration);
    (void)!weft_sleep(duration * WEFT_MILLISECOND);
    return text(response, "slept\n");
}

static weft_http_status pid(weft_request *request, weft_response *response)
{
    (void)request;
    weft_buffer_printf(weft_response_body(response, WEFT_STR("text/plain")), "%d", (int)getpid());
    return WEFT_HTTP_OK;
}

/* ---- crashes ---------------------------------------------------------------------------------- */

static volatile uintptr_t nowhere = 16;
static volatile int sink;

static void touch_nothing(void)
{
    *(volatile int *)nowhere = 1;
}

static __attribute__((noinline)) int recurse(int depth)
{
    volatile char block[512];
    block[0] = (char)depth;
    int below = depth < 1 << 30 ? recurse(depth + 1) : 0;
    return below + block[0];
}

static weft_error crash_later(void *arg)
{
    (void)arg;
    touch_nothing();
    return WEFT_OK;
}

static weft_error crash_at_once(weft_body *body, void *arg)
{
    (void)arg;
    weft_error error = weft_body_write(body, "a part", 6);
    if (error == WEFT_OK)
        error = weft_body_flush(body);
    touch_nothing();
    return error;
}

static weft_http_status wild(weft_request *request, weft_response *response)
{
    (void)request, (void)response;
    touch_nothing();
    return WEFT_HTTP_OK;
}

static weft_http_status overflow(weft_request *request, weft_response *response)
{
    (void)request, (void)response;
    sink = recurse(0);
    return WEFT_HTTP_OK;
}

static weft_http_status call_abort(weft_request *request, weft_response *response)
{
    (void)request, (void)response;
    abort();
}

static weft_http_status divide(weft_request *request, weft_response *response)
{
    (void)request, (void)response;
#if defined(__x86_64__)
    __asm__ volatile("idivl %0" : : "r"(0), "a"(1), "d"(0)); /* what a compiler cannot foresee */
#else
    raise(SIGFPE);
#endif
    return WEFT_HTTP_OK;
}

static weft_http_status trap(weft_request *request, weft_response *response)
{
    (void)request, (void)response;
    __builtin_trap();
}

static weft_http_status expect_something(weft_request *request, weft_response *response)
{
    (void)request, (void)response;
    (void)WEFT_EXPECT(nowhere == 1 ? request : NULL, "something was expected");
    return WEFT_HTTP_OK;
}

/* A fault that somebody sends is not the handler's. */
static weft_http_status sent(weft_request *request, weft_response *response)
{
    (void)request;
    kill(getpid(), SIGSEGV);
    return text(response, "not reached\n");
}

static weft_http_status child(weft_request *request, weft_response *response)
{
    weft_scope scope;
    weft_scope_enter(&scope, 0);
    weft_error error = weft_scope_spawn(&scope, "crash_later", crash_later, NULL);
    weft_error left = weft_scope_leave(&scope);
    if (error == WEFT_OK)
        error = left;
    (void)request;
    return text(response, error == WEFT_CRASHED ? "the child crashed\n" : "it did not\n");
}

static weft_http_status background(weft_request *request, weft_response *response)
{
    (void)request;
    weft_error error = weft_background("crash_later", crash_later, NULL);
    return text(response, error == WEFT_OK ? "begun\n" : "not begun\n");
}

static weft_http_status stream(weft_request *request, weft_response *response)
{
    (void)request;
    return weft_response_stream(response, WEFT_STR("text/plain"), WEFT_LENGTH_UNKNOWN,
                                crash_at_once, NULL);
}

static weft_error sleep_long(void *arg)
{
    (void)arg;
    return weft_sleep(WEFT_SECOND / 5);
}

/* Its child goes on, on memory of a handler that is no more. */
static weft_http_status orphan(weft_request *request, weft_response *response)
{
    weft_scope scope;
    (void)request, (void)response;
    weft_scope_enter(&scope, 0);
    (void)!weft_scope_spawn(&scope, "sleep_long", sleep_long, NULL);
    touch_nothing();
    return WEFT_HTTP_OK;
}

/* Its worker is adopted meanwhile. */
static weft_http_status late(weft_request *request, weft_response *response)
{
    (void)request, (void)response;
    for (int64_t end = weft_deadline_after(1500 * WEFT_MILLISECOND); weft_clock_now() < end;)
        continue;
    touch_nothing();
    return WEFT_HTTP_OK;
}

static weft_channel *channel;

/* In the middle of the library, which holds a lock for a moment. */
static weft_http_status wedge(weft_request *request, weft_response *response)
{
    (void)request;
    weft_error error = weft_channel_try_send(channel, (const void *)nowhere);
    return text(response, error == WEFT_OK ? "sent\n" : "not sent\n");
}

static weft_http_status behind(weft_request *request, weft_response *response)
{
    int64_t item = 1;
    (void)request;
    weft_error error = weft_channel_try_send(channel, &item);
    return text(response, error == WEFT_OK ? "sent\n" : "not sent\n");
}

/* A block that is free, and that the next malloc takes from a list: its links are written over. So
 * that call crashes, with malloc's lock held. */
static weft_http_status corrupt_malloc(weft_request *request, weft_response *response)
{
    enum { LARGE = 4096, LARGER = 2 * LARGE }; /* not kept for each thread */
    uintptr_t *volatile block = malloc(LARGE);
    void *volatile between = malloc(LARGE);
    volatile uintptr_t *volatile links = block; /* what is freed would not be written */
    (void)request;
    if (block == NULL || between == NULL)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    free(block);
    links[0] = links[1] = nowhere;
    void *volatile larger = malloc(LARGER);
    return text(response, larger ? "survived\n" : "refused\n");
}

/* ---- transactions ------------------------------------------------------------------------------ */

static weft_database *database;
static const weft_statement insert = {.name = "insert", .sql = "INSERT INTO things VALUES (1)"};
static const weft_statement create = {.name = "create",
                                      .sql = "CREATE TABLE IF NOT EXISTS things (number INTEGER)"};

static bool open_database(const char *url)
{
    database = weft_database_open(url);
    return database != NULL && weft_db_run(database, &create, NULL, NULL) == WEFT_DB_OK;
}

static weft_http_status write_one(weft_request *request, weft_response *response)
{
    (void)request;
    weft_db_result result = weft_db_run(database, &insert, NULL, NULL);
    return text(response, result == WEFT_DB_OK ? "written\n" : "not written\n");
}

/* With SQLite's one writer in its hands. */
static weft_http_status in_transaction(weft_request *request, weft_response *response)
{
    weft_transaction *tx;
    (void)request;
    if (weft_transaction_begin(database, NULL, &tx) != WEFT_DB_OK)
        return text(response, "no transaction\n");
    (void)!weft_db_run(weft_within(tx), &insert, NULL, NULL);
    touch_nothing();
    return text(response, "not reached\n");
}

/* ---- memory that is used too late -------------------------------------------------------------- */

static const char *kept;
static volatile char seen;

/* ?bytes: the arena's; otherwise the path's, which lies in the read buffer. */
static weft_http_status keep(weft_request *request, weft_response *response)
{
    char *own = weft_arena_alloc(weft_arena_current(), 64, 1);
    if (own == NULL)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    memset(own, 'x', 64);
    kept = weft_request_query(request).len != 0 ? own : weft_request_path(request).at;
    return text(response, "kept\n");
}

static weft_error look_later(void *arg)
{
    const char *at = arg;
    (void)!weft_sleep(50 * WEFT_MILLISECOND);
    seen = at[1];
    return WEFT_OK;
}

static weft_http_status keep_in_background(weft_request *request, weft_response *response)
{
    (void)request;
    char *own = weft_arena_alloc(weft_arena_current(), 64, 1);
    if (own == NULL || weft_background("look_later", look_later, own) != WEFT_OK)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    return text(response, "begun\n");
}

static weft_http_status use(weft_request *request, weft_response *response)
{
    (void)request;
    seen = kept[1];
    return text(response, "used\n");
}

/* ---- putting it together ---------------------------------------------------------------------- */

static int64_t setting(const char *name)
{
    int64_t number = 0;
    const char *value = getenv(name);
    if (value != NULL)
        (void)!weft_text_to_i64(weft_str_from(value), 0, INT64_MAX, &number);
    return number;
}

/* A renderer of problems that crashes, too. */
static void careless(weft_request *request, weft_response *response, const weft_problem *problem)
{
    (void)request, (void)response, (void)problem;
    touch_nothing();
}

#define ROW(p, f)                                                                        \
    {                                                                                    \
        .method = "GET", .path = (p), .handler = (weft_any_fn *)(f), .handler_name = #f, \
        .call = (f), .file = __FILE__, .line = __LINE__                                  \
    }
static const weft_route routes[] = {
    ROW("/", fine),
    ROW("/sleep/{ms}", nap),
    ROW("/pid", pid),
    ROW("/wild", wild),
    ROW("/overflow", overflow),
    ROW("/abort", call_abort),
    ROW("/divide", divide),
    ROW("/trap", trap),
    ROW("/expect", expect_something),
    ROW("/sent", sent),
    ROW("/child", child),
    ROW("/background", background),
    ROW("/stream", stream),
    ROW("/orphan", orphan),
    ROW("/late", late),
    ROW("/wedge", wedge),
    ROW("/behind", behind),
    ROW("/malloc", corrupt_malloc),
    ROW("/write", write_one),
    ROW("/transaction", in_transaction),
    ROW("/keep", keep),
    ROW("/keep/background", keep_in_background),
    ROW("/use", use),
};

int main(void)
{
    const char *url = getenv("CRASH_DATABASE");
    channel = weft_channel_create(sizeof(int64_t), 4);
    if (channel == NULL || (url != NULL && !open_database(url)))
        return 1;
    const weft_router router = {.layers = WEFT_LAYERS(weft_trace()),
                                .routes = WEFT_ROUTES(routes),
                                .problem = getenv("CRASH_CARELESS") ? careless : NULL};
    const weft_serve_options options = {
        .workers = (unsigned)setting("PROBE_WORKERS"),
        .idle_deadline = setting("PROBE_IDLE_DEADLINE_MS") * WEFT_MILLISECOND,
        .drain_deadline = setting("PROBE_DRAIN_DEADLINE_MS") * WEFT_MILLISECOND,
        .supervise = (unsigned)setting("PROBE_SUPERVISE"),
    };
    int status = weft_serve_with("127.0.0.1:0", &router, &options);
    weft_database_close(database);
    weft_channel_destroy(channel);
    return status;
}
