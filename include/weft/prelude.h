/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/prelude.h: the short names, for programs only. Types by typedef, functions by function-like
 * macros, so that a variable or field called `timeout` is untouched. Libraries include the other
 * headers and write weft_ names.
 */
#ifndef WEFT_PRELUDE_H
#define WEFT_PRELUDE_H

#include <stdlib.h>
#include <weft/blocking.h>
#include <weft/prelude_status.h>
#include <weft/weft.h>

typedef weft_str str;
typedef weft_timestamp timestamp;
typedef weft_date date;
typedef weft_uuid uuid;
typedef weft_decimal decimal;
typedef weft_bytes bytes;
typedef weft_kept_str kept_str;
typedef weft_json_raw json_raw;
typedef weft_arena arena;
typedef weft_request request;
typedef weft_response response;
typedef weft_body body_writer;
typedef weft_upgraded upgraded;
typedef weft_next next;
typedef weft_route route;
typedef weft_routes route_table;
typedef weft_router router;
typedef weft_layer layer;
typedef weft_database database;
typedef weft_http_status http_status;
typedef weft_database_options database_options;
typedef weft_db_result db_result;
typedef weft_transaction transaction;
typedef weft_transaction_options transaction_options;
typedef weft_problem problem;
typedef weft_cookie cookie;
typedef weft_cookie_keys cookie_keys;
typedef weft_multipart multipart;
typedef weft_multipart_limits multipart_limits;
typedef weft_part part;
typedef weft_upload upload;
typedef weft_array_weft_upload weft_array_upload;
typedef weft_optional_weft_upload weft_optional_upload;
typedef weft_websocket websocket;
typedef weft_websocket_message websocket_message;
typedef weft_websocket_options websocket_options;
typedef weft_event server_event;
typedef weft_events server_events;
typedef weft_events_options server_events_options;
typedef weft_interval interval;
typedef weft_scope scope;
typedef weft_shield shield;
typedef weft_mutex mutex;
typedef weft_rwlock rwlock;
typedef weft_semaphore semaphore;
typedef weft_notify notify;
typedef weft_once once;
typedef weft_channel channel;
typedef weft_oneshot oneshot;
typedef weft_broadcast broadcast;
typedef weft_broadcast_reader broadcast_reader;
typedef weft_watch watch;
typedef weft_case select_case;

/* The containers of types that are called without their prefix. */
#define WEFT__PRELUDE_NAMES(T)                        \
    typedef weft_array_weft_##T weft_array_##T;       \
    typedef weft_optional_weft_##T weft_optional_##T; \
    typedef weft_change_weft_##T weft_change_##T;     \
    typedef weft_map_weft_##T weft_map_##T;           \
    typedef weft_entry_weft_##T weft_entry_##T;
WEFT__PRELUDE_NAMES(str)
WEFT__PRELUDE_NAMES(timestamp)
WEFT__PRELUDE_NAMES(date)
WEFT__PRELUDE_NAMES(uuid)
WEFT__PRELUDE_NAMES(decimal)
WEFT__PRELUDE_NAMES(bytes)
WEFT__PRELUDE_NAMES(json_raw)
#undef WEFT__PRELUDE_NAMES

#define ARRAY(T)       WEFT_ARRAY(T)
#define OPTIONAL(T)    WEFT_OPTIONAL(T)
#define CHANGE(T)      WEFT_CHANGE(T)
#define MAP(T)         WEFT_MAP(T)
#define ENTRY(T)       WEFT_ENTRY(T)
#define CURSOR(T)      WEFT_CURSOR(T)
#define GUARDED(T)     WEFT_GUARDED(T)
#define ARRAY_OF(T)    WEFT_ARRAY_OF(T)
#define OPTIONAL_OF(T) WEFT_OPTIONAL_OF(T)
#define CHANGE_OF(T)   WEFT_CHANGE_OF(T)
#define MAP_OF(T)      WEFT_MAP_OF(T)
#define CURSOR_OF(T)   WEFT_CURSOR_OF(T)
#define GUARDED_OF(T)  WEFT_GUARDED_OF(T)
#define STR(literal)   WEFT_STR(literal)
#define STR_ARGS(s)    WEFT_STR_ARGS(s)
#define TRY(...)       WEFT_TRY(__VA_ARGS__)
#define SOME(T, ...)   ((WEFT_OPTIONAL(T)){.present = true, .value__ = (__VA_ARGS__)})
#define NONE(T)        ((WEFT_OPTIONAL(T)){.present = false})

#define AT(list, index)               WEFT_AT(list, index)
#define ITEM(array, index)            WEFT_ITEM(array, index)
#define IF_SOME(name, optional)       WEFT_IF_SOME(name, optional)
#define VALUE_OR(optional, otherwise) WEFT_VALUE_OR(optional, otherwise)
#define SOME_OR(optional, leave)      WEFT_SOME_OR(optional, leave)

#define OWNED(name)     WEFT_OWNED(name)
#define OPENS(...)      WEFT_OPENS(__VA_ARGS__)
#define TRY_OPENS(...)  WEFT_TRY_OPENS(__VA_ARGS__)
#define IF_OPENS(...)   WEFT_IF_OPENS(__VA_ARGS__)
#define USES(...)       WEFT_USES(__VA_ARGS__)
#define SHARES(...)     WEFT_SHARES(__VA_ARGS__)
#define CLOSES(...)     WEFT_CLOSES(__VA_ARGS__)
#define MOVES(from, to) WEFT_MOVES(from, to)
#define TAKES(handle)   WEFT_TAKES(handle)
#define LENT(handle)    WEFT_LENT(handle)
#define GIVES(handle)   WEFT_GIVES(handle)

#define MILLISECOND WEFT_MILLISECOND
#define SECOND      WEFT_SECOND
#define MINUTE      WEFT_MINUTE
#define HOUR        WEFT_HOUR
#define NEVER       WEFT_NEVER

#define LENGTH_UNKNOWN WEFT_LENGTH_UNKNOWN

/* blocking(fopen)(path, "r"): a call that may not stand in a fiber; see weft/blocking.h. */
#ifdef WEFT_MAY_BLOCK
#define blocking(function) function
#else
#define blocking(function) weft__blocking_##function
#endif
#define BLOCKS WEFT_BLOCKS

#define expect(pointer, message) WEFT_EXPECT((pointer), (message))

#define request_header(...)                weft_request_header(__VA_ARGS__)
#define request_body(...)                  weft_request_body(__VA_ARGS__)
#define request_host(...)                  weft_request_host(__VA_ARGS__)
#define request_path(...)                  weft_request_path(__VA_ARGS__)
#define request_query(...)                 weft_request_query(__VA_ARGS__)
#define request_method_name(...)           weft_request_method_name(__VA_ARGS__)
#define request_param(...)                 weft_request_param(__VA_ARGS__)
#define request_peer(...)                  weft_request_peer(__VA_ARGS__)
#define request_route(...)                 weft_request_route(__VA_ARGS__)
#define request_read(...)                  weft_request_read(__VA_ARGS__)
#define request_body_limit(...)            weft_request_body_limit(__VA_ARGS__)
#define request_trailer(...)               weft_request_trailer(__VA_ARGS__)
#define request_defer(...)                 weft_request_defer(__VA_ARGS__)
#define response_stream(...)               weft_response_stream(__VA_ARGS__)
#define response_upgrade(...)              weft_response_upgrade(__VA_ARGS__)
#define body_write(...)                    weft_body_write(__VA_ARGS__)
#define body_flush(...)                    weft_body_flush(__VA_ARGS__)
#define body_trailer(...)                  weft_body_trailer(__VA_ARGS__)
#define body_endless(...)                  weft_body_endless(__VA_ARGS__)
#define body_request(...)                  weft_body_request(__VA_ARGS__)
#define upgraded_read(...)                 weft_upgraded_read(__VA_ARGS__)
#define upgraded_wait(...)                 weft_upgraded_wait(__VA_ARGS__)
#define upgraded_write(...)                weft_upgraded_write(__VA_ARGS__)
#define upgraded_draining(...)             weft_upgraded_draining(__VA_ARGS__)
#define attach(request, T, pointer)        WEFT_ATTACH(request, T, pointer)
#define attached(request, T)               WEFT_ATTACHED(request, T)
#define response_header_set(...)           weft_response_header_set(__VA_ARGS__)
#define response_header_add(...)           weft_response_header_add(__VA_ARGS__)
#define response_location(...)             weft_response_location(__VA_ARGS__)
#define response_text(...)                 weft_response_text(__VA_ARGS__)
#define response_html(...)                 weft_response_html(__VA_ARGS__)
#define response_bytes(...)                weft_response_bytes(__VA_ARGS__)
#define response_attachment(...)           weft_response_attachment(__VA_ARGS__)
#define response_file(...)                 weft_response_file(__VA_ARGS__)
#define redirect(...)                      weft_response_redirect(__VA_ARGS__)
#define location_is_local(...)             weft_location_is_local(__VA_ARGS__)
#define response_body(...)                 weft_response_body(__VA_ARGS__)
#define response_status(...)               weft_response_status(__VA_ARGS__)
#define reject(...)                        weft_rejectf(__VA_ARGS__)
#define problem(request, ...)              WEFT_PROBLEM(request, ##__VA_ARGS__)
#define cookie_keys_create(...)            weft_cookie_keys_create(__VA_ARGS__)
#define request_cookie(...)                weft_request_cookie(__VA_ARGS__)
#define request_cookie_signed(...)         weft_request_cookie_signed(__VA_ARGS__)
#define request_cookie_encrypted(...)      weft_request_cookie_encrypted(__VA_ARGS__)
#define response_cookie_set(...)           weft_response_cookie_set(__VA_ARGS__)
#define response_cookie_set_signed(...)    weft_response_cookie_set_signed(__VA_ARGS__)
#define response_cookie_set_encrypted(...) weft_response_cookie_set_encrypted(__VA_ARGS__)
#define response_cookie_remove(...)        weft_response_cookie_remove(__VA_ARGS__)
#define multipart_open(...)                weft_multipart_open(__VA_ARGS__)
#define multipart_next(...)                weft_multipart_next(__VA_ARGS__)
#define multipart_close(...)               weft_multipart_close(__VA_ARGS__)
#define part_read(...)                     weft_part_read(__VA_ARGS__)
#define part_text(...)                     weft_part_text(__VA_ARGS__)
#define part_bytes(...)                    weft_part_bytes(__VA_ARGS__)
#define part_upload(...)                   weft_part_upload(__VA_ARGS__)
#define part_save(...)                     weft_part_save(__VA_ARGS__)
#define upload_read_at(...)                weft_upload_read_at(__VA_ARGS__)
#define upload_save(...)                   weft_upload_save(__VA_ARGS__)
#define response_events(...)               weft_response_events(__VA_ARGS__)
#define events_send(...)                   weft_events_send(__VA_ARGS__)
#define events_last_id(...)                weft_events_last_id(__VA_ARGS__)
#define MESSAGE_READ(...)                  WEFT_MESSAGE_READ(__VA_ARGS__)
#define MESSAGE_TEXT(...)                  WEFT_MESSAGE_TEXT(__VA_ARGS__)
#define websocket_arena(...)               weft_websocket_arena(__VA_ARGS__)
#define websocket_upgrade(...)             weft_websocket_upgrade(__VA_ARGS__)
#define websocket_receive(...)             weft_websocket_receive(__VA_ARGS__)
#define websocket_send(...)                weft_websocket_send(__VA_ARGS__)
#define websocket_send_text(...)           weft_websocket_send_text(__VA_ARGS__)
#define websocket_send_binary(...)         weft_websocket_send_binary(__VA_ARGS__)
#define websocket_begin(...)               weft_websocket_begin(__VA_ARGS__)
#define websocket_write(...)               weft_websocket_write(__VA_ARGS__)
#define websocket_end(...)                 weft_websocket_end(__VA_ARGS__)
#define websocket_close(...)               weft_websocket_close(__VA_ARGS__)
#define websocket_code_of(...)             weft_websocket_code_of(__VA_ARGS__)
#define websocket_reason_of(...)           weft_websocket_reason_of(__VA_ARGS__)
#define websocket_protocol(...)            weft_websocket_protocol(__VA_ARGS__)
#define websocket_request(...)             weft_websocket_request(__VA_ARGS__)
#define next_run(...)                      weft_next_run(__VA_ARGS__)
#define database_open(...)                 weft_database_open(__VA_ARGS__)
#define database_open_with(...)            weft_database_open_with(__VA_ARGS__)
#define database_close(...)                weft_database_close(__VA_ARGS__)
#define database_ready(...)                weft_database_ready(__VA_ARGS__)
#define transaction_begin(...)             weft_transaction_begin(__VA_ARGS__)
#define transaction_commit(...)            weft_transaction_commit(__VA_ARGS__)
#define transaction_rollback(...)          weft_transaction_rollback(__VA_ARGS__)
#define transaction_end(...)               weft_transaction_end(__VA_ARGS__)
#define transact(...)                      weft_transact(__VA_ARGS__)
#define within(...)                        weft_within(__VA_ARGS__)
#define cursor_next(...)                   weft_cursor_next(__VA_ARGS__)
#define cursor_close(...)                  weft_cursor_close(__VA_ARGS__)
#define serve(...)                         weft_serve(__VA_ARGS__)
#define serve_with(...)                    weft_serve_with(__VA_ARGS__)
#define kept_set(...)                      weft_kept_set(__VA_ARGS__)
#define kept_view(...)                     weft_kept_view(__VA_ARGS__)
#define kept_finish(...)                   weft_kept_finish(__VA_ARGS__)
#define uuid_v4(...)                       weft_uuid_v4(__VA_ARGS__)
#define uuid_v7(...)                       weft_uuid_v7(__VA_ARGS__)
#define timestamp_now(...)                 weft_timestamp_now(__VA_ARGS__)
#define timestamp_after(...)               weft_timestamp_after(__VA_ARGS__)
#define timestamp_compare(...)             weft_timestamp_compare(__VA_ARGS__)
#define decimal_compare(...)               weft_decimal_compare(__VA_ARGS__)
#define blocking_run(...)                  weft_blocking_run(__VA_ARGS__)
#define plain_thread()                     weft_plain_thread()
#define background(name, fn, arg)          weft_background(name, WEFT__IN_FIBER(fn, arg), arg)

#define SCOPE_ALL         WEFT_SCOPE_ALL
#define SCOPE_FIRST_ERROR WEFT_SCOPE_FIRST_ERROR
#define SCOPE_FORGET      WEFT_SCOPE_FORGET
#define scope_enter(...)  weft_scope_enter(__VA_ARGS__)
#define scope_narrow(...) weft_scope_narrow(__VA_ARGS__)
#define scope_spawn(scope, name, fn, arg) \
    weft_scope_spawn(scope, name, WEFT__IN_FIBER(fn, arg), arg)
#define scope_spawn_on(scope, on, name, fn, arg) \
    weft_scope_spawn_on(scope, on, name, WEFT__IN_FIBER(fn, arg), arg)
#define scope_cancel(...) weft_scope_cancel(__VA_ARGS__)
#define scope_leave(...)  weft_scope_leave(__VA_ARGS__)
#define shield_begin()    weft_shield_begin()
#define shield_end(...)   weft_shield_end(__VA_ARGS__)
#define fiber_rename(...) weft_fiber_rename(__VA_ARGS__)

#define deadline_after(...)        weft_deadline_after(__VA_ARGS__)
#define interval_every(...)        weft_interval_every(__VA_ARGS__)
#define interval_wait(...)         weft_interval_wait(__VA_ARGS__)
#define MISSED_CATCH_UP            WEFT_MISSED_CATCH_UP
#define MISSED_DELAY               WEFT_MISSED_DELAY
#define MISSED_SKIP                WEFT_MISSED_SKIP
#define mutex_lock(...)            weft_mutex_lock(__VA_ARGS__)
#define mutex_try_lock(...)        weft_mutex_try_lock(__VA_ARGS__)
#define mutex_unlock(...)          weft_mutex_unlock(__VA_ARGS__)
#define locked(guarded)            weft_locked(guarded)
#define rwlock_lock_read(...)      weft_rwlock_lock_read(__VA_ARGS__)
#define rwlock_lock_write(...)     weft_rwlock_lock_write(__VA_ARGS__)
#define rwlock_try_lock_read(...)  weft_rwlock_try_lock_read(__VA_ARGS__)
#define rwlock_try_lock_write(...) weft_rwlock_try_lock_write(__VA_ARGS__)
#define rwlock_unlock(...)         weft_rwlock_unlock(__VA_ARGS__)
#define semaphore_init(...)        weft_semaphore_init(__VA_ARGS__)
#define semaphore_acquire(...)     weft_semaphore_acquire(__VA_ARGS__)
#define semaphore_try_acquire(...) weft_semaphore_try_acquire(__VA_ARGS__)
#define semaphore_release(...)     weft_semaphore_release(__VA_ARGS__)
#define notify_wait(...)           weft_notify_wait(__VA_ARGS__)
#define notify_one(...)            weft_notify_one(__VA_ARGS__)
#define notify_all(...)            weft_notify_all(__VA_ARGS__)
#define once_run(...)              weft_once_run(__VA_ARGS__)
#define channel_create(...)        weft_channel_create(__VA_ARGS__)
#define channel_destroy(...)       weft_channel_destroy(__VA_ARGS__)
#define channel_send(...)          weft_channel_send(__VA_ARGS__)
#define channel_receive(...)       weft_channel_receive(__VA_ARGS__)
#define channel_try_send(...)      weft_channel_try_send(__VA_ARGS__)
#define channel_try_receive(...)   weft_channel_try_receive(__VA_ARGS__)
#define channel_close(...)         weft_channel_close(__VA_ARGS__)
#define oneshot_create(...)        weft_oneshot_create(__VA_ARGS__)
#define oneshot_send(...)          weft_oneshot_send(__VA_ARGS__)
#define oneshot_drop(...)          weft_oneshot_drop(__VA_ARGS__)
#define oneshot_receive(...)       weft_oneshot_receive(__VA_ARGS__)
#define oneshot_try_receive(...)   weft_oneshot_try_receive(__VA_ARGS__)
#define oneshot_close(...)         weft_oneshot_close(__VA_ARGS__)
#define broadcast_create(...)      weft_broadcast_create(__VA_ARGS__)
#define broadcast_destroy(...)     weft_broadcast_destroy(__VA_ARGS__)
#define broadcast_send(...)        weft_broadcast_send(__VA_ARGS__)
#define broadcast_close(...)       weft_broadcast_close(__VA_ARGS__)
#define broadcast_subscribe(...)   weft_broadcast_subscribe(__VA_ARGS__)
#define broadcast_receive(...)     weft_broadcast_receive(__VA_ARGS__)
#define broadcast_try_receive(...) weft_broadcast_try_receive(__VA_ARGS__)
#define watch_create(...)          weft_watch_create(__VA_ARGS__)
#define watch_destroy(...)         weft_watch_destroy(__VA_ARGS__)
#define watch_set(...)             weft_watch_set(__VA_ARGS__)
#define watch_close(...)           weft_watch_close(__VA_ARGS__)
#define watch_get(...)             weft_watch_get(__VA_ARGS__)
#define watch_changed(...)         weft_watch_changed(__VA_ARGS__)
#define watch_try_changed(...)     weft_watch_try_changed(__VA_ARGS__)
#define case_receive(...)          weft_case_receive(__VA_ARGS__)
#define case_send(...)             weft_case_send(__VA_ARGS__)
#define case_oneshot(...)          weft_case_oneshot(__VA_ARGS__)
#define case_broadcast(...)        weft_case_broadcast(__VA_ARGS__)
#define case_changed(...)          weft_case_changed(__VA_ARGS__)
#define case_notified(...)         weft_case_notified(__VA_ARGS__)
#define case_deadline(...)         weft_case_deadline(__VA_ARGS__)
#define case_ended(...)            weft_case_ended(__VA_ARGS__)
#define select_one(...)            weft_select(__VA_ARGS__) /* select(2) has the short name */

#define LAYERS(...)                  WEFT_LAYERS(__VA_ARGS__)
#define ROUTES(...)                  WEFT_ROUTES(__VA_ARGS__)
#define trace()                      weft_trace()
#define timeout(duration)            weft_timeout(duration)
#define compress()                   weft_compress()
#define body_limit(bytes)            weft_body_limit(bytes)
#define static_files(prefix, folder) weft_static_files(prefix, folder)
#define upload_limits(...)           weft_upload_limits(__VA_ARGS__)
#define layer_from(f)                WEFT_LAYER_FROM(f)

/* Rows of a route table. The generated unit declares <handler>__call before this file's text. */
#if defined(WEFT_GENERATED)
#define WEFT__CALL(fn) fn##__call
#elif defined(WEFT_GENERATOR)
#define WEFT__CALL(fn) NULL
#else
#define WEFT__CALL(fn) \
    (weft_call_fn *)weft_glue_is_missing__compile_what_weftgen_writes_instead_of_this_file
#endif
/* Behind a handler, a table or a prefix a row takes `.layers = LAYERS(..)`. */
#define ANY(p, fn, ...)          WEFT__ROUTE("*", p, fn, ##__VA_ARGS__)
#define GET(p, fn, ...)          WEFT__ROUTE("GET", p, fn, ##__VA_ARGS__)
#define HEAD(p, fn, ...)         WEFT__ROUTE("HEAD", p, fn, ##__VA_ARGS__)
#define POST(p, fn, ...)         WEFT__ROUTE("POST", p, fn, ##__VA_ARGS__)
#define PUT(p, fn, ...)          WEFT__ROUTE("PUT", p, fn, ##__VA_ARGS__)
#define PATCH(p, fn, ...)        WEFT__ROUTE("PATCH", p, fn, ##__VA_ARGS__)
#define DELETE(p, fn, ...)       WEFT__ROUTE("DELETE", p, fn, ##__VA_ARGS__)
#define OPTIONS(p, fn, ...)      WEFT__ROUTE("OPTIONS", p, fn, ##__VA_ARGS__)
#define NEST(prefix, t, ...)     WEFT__ROW(TABLE, prefix, .table = WEFT__TABLE(t), ##__VA_ARGS__)
#define MERGE(t, ...)            WEFT__ROW(TABLE, "", .table = WEFT__TABLE(t), ##__VA_ARGS__)
#define FALLBACK(fn, ...)        WEFT__ROW(FALLBACK, "", WEFT__HANDLER(fn), ##__VA_ARGS__)
#define METHOD_FALLBACK(fn, ...) WEFT__ROW(METHOD_FALLBACK, "", WEFT__HANDLER(fn), ##__VA_ARGS__)
#define WEFT__ROUTE(m, p, fn, ...) \
    WEFT__ROW(ROUTE, p, .method = (m), WEFT__HANDLER(fn), ##__VA_ARGS__)
#define WEFT__HANDLER(fn) \
    .handler = (weft_any_fn *)(fn), .handler_name = #fn, .call = WEFT__CALL(fn)
#define WEFT__ROW(k, p, ...)                                                               \
    {                                                                                      \
        .kind = WEFT_ROW_##k, .path = (p), .file = __FILE__, .line = __LINE__, __VA_ARGS__ \
    }

#define SLASH_STRICT   WEFT_SLASH_STRICT
#define SLASH_REDIRECT WEFT_SLASH_REDIRECT
#define SLASH_IGNORE   WEFT_SLASH_IGNORE

#define WEBSOCKET_TEXT           WEFT_WEBSOCKET_TEXT
#define WEBSOCKET_BINARY         WEFT_WEBSOCKET_BINARY
#define WEBSOCKET_PLAIN          WEFT_WEBSOCKET_PLAIN
#define WEBSOCKET_DEFLATE        WEFT_WEBSOCKET_DEFLATE
#define WEBSOCKET_DEFLATE_SHARED WEFT_WEBSOCKET_DEFLATE_SHARED
#define WEBSOCKET_NORMAL         WEFT_WEBSOCKET_NORMAL
#define WEBSOCKET_UNSUPPORTED    WEFT_WEBSOCKET_UNSUPPORTED
#define WEBSOCKET_INVALID_DATA   WEFT_WEBSOCKET_INVALID_DATA
#define WEBSOCKET_POLICY         WEFT_WEBSOCKET_POLICY
#define WEBSOCKET_INTERNAL_ERROR WEFT_WEBSOCKET_INTERNAL_ERROR
#define WEBSOCKET_TRY_LATER      WEFT_WEBSOCKET_TRY_LATER

#define SAME_SITE_LAX    WEFT_SAME_SITE_LAX
#define SAME_SITE_STRICT WEFT_SAME_SITE_STRICT
#define SAME_SITE_NONE   WEFT_SAME_SITE_NONE

#endif
