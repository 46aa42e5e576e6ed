/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/serve.c: puts a server together, runs it, and says how it ended.
 */
#include "base/guarded.h"
#include "net/stream.h"
#include "runtime/park.h"
#include "serve/burst.h"
#include "serve/supervise.h"
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

_Static_assert(WEFT_REQUEST_LINE_LIMIT == WEFT__H1_REQUEST_LINE_MAX &&
                   WEFT_HEAD_LIMIT == WEFT__H1_HEAD_MAX &&
                   WEFT_FIELDS_LIMIT == WEFT__H1_FIELDS_MAX &&
                   WEFT_CHUNK_EXTENSION_LIMIT == WEFT__H1_CHUNK_EXTENSION_MAX &&
                   WEFT_CHUNK_OVERHEAD_LIMIT == WEFT__H1_CHUNK_OVERHEAD_MAX &&
                   WEFT_TRAILERS_LIMIT == WEFT__H1_TRAILERS_MAX,
               "the documented limits are those of the parser");

/* ---- options -------------------------------------------------------------------------------- */

#define DEFAULTS(X)                                      \
    X(request_line_limit, WEFT_REQUEST_LINE_LIMIT)       \
    X(head_limit, WEFT_HEAD_LIMIT)                       \
    X(fields_limit, WEFT_FIELDS_LIMIT)                   \
    X(body_limit, WEFT_BODY_LIMIT)                       \
    X(stream_limit, WEFT_STREAM_LIMIT)                   \
    X(body_rate, WEFT_BODY_RATE)                         \
    X(body_rate_grace, WEFT_BODY_RATE_GRACE)             \
    X(first_deadline, WEFT_FIRST_DEADLINE)               \
    X(head_deadline, WEFT_HEAD_DEADLINE)                 \
    X(body_deadline, WEFT_BODY_DEADLINE)                 \
    X(idle_deadline, WEFT_IDLE_DEADLINE)                 \
    X(write_deadline, WEFT_WRITE_DEADLINE)               \
    X(linger_deadline, WEFT_LINGER_DEADLINE)             \
    X(drain_deadline, WEFT_DRAIN_DEADLINE)               \
    X(linger_limit, WEFT_LINGER_LIMIT)                   \
    X(chunk_extension_limit, WEFT_CHUNK_EXTENSION_LIMIT) \
    X(chunk_overhead_limit, WEFT_CHUNK_OVERHEAD_LIMIT)   \
    X(trailers_limit, WEFT_TRAILERS_LIMIT)               \
    X(pipeline_limit, WEFT_PIPELINE_LIMIT)               \
    X(connections_max, WEFT_CONNECTIONS_MAX)             \
    X(connections_per_client, WEFT_CONNECTIONS_PER_CLIENT)

static weft_serve_options completed(const weft_serve_options *given)
{
    weft_serve_options all = given ? *given : (weft_serve_options){0};
#define FILL_IN(name, value) \
    if (all.name == 0)       \
        all.name = (value);
    DEFAULTS(FILL_IN)
#undef FILL_IN
    return all;
}

static bool valid(const weft_serve_options *options)
{
    const int64_t durations[] = {options->first_deadline, options->head_deadline,
                                 options->body_deadline,  options->idle_deadline,
                                 options->write_deadline, options->linger_deadline,
                                 options->drain_deadline, options->body_rate_grace};
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        if (durations[i] < 0) {
            weft_log(WEFT_LOG_ERROR, "serve",
                     "cannot start: a deadline of weft_serve_options is negative; 0 means the "
                     "default, WEFT_NEVER none");
            return false;
        }
    }
    return true;
}

size_t weft__arena_limit(uint64_t body_limit)
{
    size_t wanted;
    if (__builtin_mul_overflow(body_limit, WEFT__ARENA_BODIES, &wanted))
        return SIZE_MAX;
    return wanted > WEFT_ARENA_DEFAULT_LIMIT ? wanted : WEFT_ARENA_DEFAULT_LIMIT;
}

/* ---- fibers and shards ---------------------------------------------------------------------- */

void weft__server_leave(weft__server *server)
{
    if (atomic_fetch_sub_explicit(&server->open, 1, memory_order_acq_rel) == 1)
        weft__unpark(server->main);
}

static void start_shard(weft__task *task)
{
    weft__shard *shard = WEFT__OWNER(task, weft__shard, start);
    if (!shard->draining) /* else the signal came first */
        weft__shard_listen(shard);
}

static weft_error create_shards(weft__server *server)
{
    unsigned count = weft_worker_count();
    void *memory;
    if (posix_memalign(&memory, _Alignof(weft__shard), count * sizeof(weft__shard)) != 0)
        return WEFT_NO_MEMORY;
    server->shards = memory;
    server->shard_count = count;
    server->acceptors = count < WEFT__ACCEPTORS_MAX ? count : WEFT__ACCEPTORS_MAX;
    atomic_store(&server->open, server->acceptors);
    for (unsigned i = 0; i < count; i++) {
        /* Not a compound literal: `junk` stays untouched, and so costs no memory until used. */
        memset(&server->shards[i], 0, offsetof(weft__shard, junk));
        server->shards[i].server = server;
        server->shards[i].index = i;
        server->shards[i].spare_room = weft__guarding() ? 0 : WEFT__BURSTS_SPARE;
        server->shards[i].batch_room = WEFT__BATCHES_SPARE;
        server->shards[i].start.fn = start_shard;
    }
    return WEFT_OK;
}

static void free_bursts(weft__burst *burst)
{
    while (burst != NULL) {
        weft__burst *next = burst->next;
        weft__burst_free(burst);
        burst = next;
    }
}

static void destroy_shards(weft__server *server)
{
    for (unsigned i = 0; i < server->shard_count; i++) {
        weft__shard *shard = &server->shards[i];
        free_bursts(shard->spare);
        free_bursts(shard->orphans);
        weft__batches_free(shard->batches);
        weft__slots_finish(&shard->slots);
    }
    free(server->shards);
}

/* For whoever started the program and waits for it: the address as a line on descriptor
 * WEFT_READY_FD, which is then closed. */
static void tell_parent(weft_str address)
{
    const char *text = getenv("WEFT_READY_FD");
    int64_t fd;
    if (text == NULL || !weft_text_to_i64(weft_str_from(text), 0, INT_MAX, &fd))
        return;
    dprintf((int)fd, "%.*s\n", WEFT_STR_ARGS(address));
    close((int)fd);
}

static void announce(const weft_address *bound)
{
    char text[WEFT_ADDRESS_TEXT];
    weft_str address = weft_address_format(bound, text);
    char message[sizeof("listening on http://") + WEFT_ADDRESS_TEXT];
    const char *scheme = weft__address_family(bound) == AF_UNIX ? "" : "http://";
    int len = snprintf(message, sizeof message, "listening on %s%.*s", scheme,
                       WEFT_STR_ARGS(address));
    const weft_log_field fields[] = {
        WEFT_FIELD_STR("address", address),
        WEFT_FIELD_I64("workers", weft_worker_count()),
    };
    weft_log_event(WEFT_LOG_INFO, "serve", (weft_str){message, (size_t)len}, fields, 2);
    tell_parent(address);
}

static weft_error limit_clients(weft__server *server)
{
    unsigned most = server->options.connections_per_client;
    if (most == WEFT_CONNECTIONS_PER_CLIENT)
        return WEFT_OK;
    server->clients = weft__clients_create(most);
    return server->clients != NULL ? WEFT_OK : WEFT_NO_MEMORY;
}

static weft_error start(weft__server *server)
{
    server->main = weft_fiber_current();
    WEFT_TRY(create_shards(server));
    WEFT_TRY(limit_clients(server));
    WEFT_TRY(weft__stop_watch(server));
    server->watched = true;
    weft__rescue_open(server);
    for (unsigned i = 0; i < server->acceptors; i++)
        weft__worker_post(i, &server->shards[i].start);
    return WEFT_OK;
}

/* The first fiber: lives as long as the server. */
static void run(void *arg)
{
    weft__server *server = arg;
    server->started = start(server);
    if (server->started != WEFT_OK)
        return;
    weft__supervised_say_serves(weft__stop_patience(server));
    announce(&server->address);
    weft__park_shielded();
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* Every connection is a descriptor; the soft limit is there for programs that use select. */
static void raise_file_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == files.rlim_max)
        return;
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
}

static int verdict(weft__server *server)
{
    if (server->started == WEFT_BUSY) {
        weft_log(WEFT_LOG_ERROR, "serve", "cannot start: this process runs a server already");
        return 1;
    }
    if (server->started != WEFT_OK) {
        weft_log(WEFT_LOG_ERROR, "serve", "cannot start: %s", weft_error_text(server->started));
        return 1;
    }
    unsigned cut_off = atomic_load(&server->cut_off);
    if (cut_off > 0)
        weft_log(WEFT_LOG_ERROR, "serve", "stopped; requests cut off: %u", cut_off);
    else
        weft_log(WEFT_LOG_INFO, "serve", "stopped");
    if (weft__stop_has_crashed()) {
        /* Not back to main: what that would close may be what the crash has left locked. */
        weft_log_flush(weft_deadline_after(WEFT_SECOND));
        _exit(WEFT_EXIT_CRASHED);
    }
    return cut_off > 0 || atomic_load(&server->failed);
}

static int run_server(weft__server *server)
{
    const weft_runtime_options runtime = {.workers = server->options.workers};
    raise_file_limit();
    malloc_trim(0); /* what starting has left free: tables that were read, migrations, .. */
    server->limits = (weft__h1_limits){.request_line = server->options.request_line_limit,
                                       .head = server->options.head_limit,
                                       .fields = server->options.fields_limit,
                                       .extension = server->options.chunk_extension_limit,
                                       .overhead = server->options.chunk_overhead_limit,
                                       .trailers = server->options.trailers_limit};
    server->in_size = (size_t)server->options.head_limit + WEFT__BODY_ROOM;
    server->arena_limit = weft__arena_limit(server->options.body_limit);
    weft_error error = weft_runtime_run(&runtime, run, server);
    if (error != WEFT_OK)
        server->started = error;
    if (server->watched) {
        weft__rescue_close();
        weft__stop_unwatch();
    } else {
        close(server->listener); /* otherwise stopping closed it */
    }
    destroy_shards(server);
    weft__clients_destroy(server->clients);
    return verdict(server);
}

/* Prints what the router answers, in place of serving it. */
static int print_routes(const weft_router *router)
{
    weft_arena arena;
    weft_buffer text;
    weft_arena_init(&arena, 0);
    weft_buffer_init(&text, &arena);
    bool good = weft_router_print(router, &text) == WEFT_OK &&
                (text.len == 0 || fwrite(text.at, text.len, 1, stdout) == 1) && fflush(stdout) == 0;
    weft_arena_reset(&arena);
    return good ? 0 : 1;
}

/* Or is not to be, for that is what WEFT_SUPERVISE=0 says. */
static bool is_supervised(void)
{
    return weft__supervised_wire() >= 0 || getenv("WEFT_SUPERVISE") != NULL;
}

int weft_serve_with(const char *address, const weft_router *router,
                    const weft_serve_options *options)
{
    if (getenv("WEFT_ROUTES") != NULL)
        return print_routes(router);
    if (options != NULL && options->supervise > 0 && !is_supervised())
        weft__supervise_instead(options->supervise);
    weft__server server = {.options = completed(options)};
    int result = 1;
    if (valid(&server.options))
        server.app = weft__app_create(router);
    if (server.app != NULL) {
        server.listener = weft__listen(address, &server.address);
        if (server.listener >= 0) {
            result = run_server(&server);
            if (weft__supervised_wire() < 0)
                weft__socket_unlink(&server.address);
        }
        weft__app_destroy(server.app);
    }
    weft_log_flush(weft_deadline_after(WEFT_SECOND));
    return result;
}

int weft_serve(const char *address, const weft_router *router)
{
    return weft_serve_with(address, router, NULL);
}
