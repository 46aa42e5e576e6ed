/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/prelude.h: the short names, for programs only. Types by typedef, functions by function-like
 * macros, so that a variable or field called `timeout` is untouched. Libraries include the other
 * headers and write weft_ names.
 */
#ifndef WEFT_PRELUDE_H
#define WEFT_PRELUDE_H

#include <stdlib.h>
#include <weft/weft.h>

typedef weft_str str;
typedef weft_arena arena;
typedef weft_request request;
typedef weft_response response;
typedef weft_next next;
typedef weft_route route;
typedef weft_router router;
typedef weft_layer layer;
typedef weft_database database;
typedef weft_http_status http_status;
typedef weft_db_result db_result;
typedef weft_problem problem;
typedef weft_array_weft_str weft_array_str;
typedef weft_optional_weft_str weft_optional_str;

#define ARRAY(T)       WEFT_ARRAY(T)
#define OPTIONAL(T)    WEFT_OPTIONAL(T)
#define ARRAY_OF(T)    WEFT_ARRAY_OF(T)
#define OPTIONAL_OF(T) WEFT_OPTIONAL_OF(T)
#define STR(literal)   WEFT_STR(literal)
#define STR_ARGS(s)    WEFT_STR_ARGS(s)
#define TRY(...)       WEFT_TRY(__VA_ARGS__)
#define SOME(T, ...)   ((WEFT_OPTIONAL(T)){.present = true, .value = (__VA_ARGS__)})
#define NONE(T)        ((WEFT_OPTIONAL(T)){.present = false})

#define MILLISECOND WEFT_MILLISECOND
#define SECOND      WEFT_SECOND
#define MINUTE      WEFT_MINUTE
#define HOUR        WEFT_HOUR

#define expect(pointer, message) WEFT_EXPECT((pointer), (message))

#define request_header(...)      weft_request_header(__VA_ARGS__)
#define request_body(...)        weft_request_body(__VA_ARGS__)
#define request_path(...)        weft_request_path(__VA_ARGS__)
#define request_query(...)       weft_request_query(__VA_ARGS__)
#define request_method_name(...) weft_request_method_name(__VA_ARGS__)
#define response_header_set(...) weft_response_header_set(__VA_ARGS__)
#define response_header_add(...) weft_response_header_add(__VA_ARGS__)
#define response_location(...)   weft_response_location(__VA_ARGS__)
#define response_text(...)       weft_response_text(__VA_ARGS__)
#define response_body(...)       weft_response_body(__VA_ARGS__)
#define response_status(...)     weft_response_status(__VA_ARGS__)
#define reject(...)              weft_rejectf(__VA_ARGS__)
#define next_run(...)            weft_next_run(__VA_ARGS__)
#define database_open(...)       weft_database_open(__VA_ARGS__)
#define database_close(...)      weft_database_close(__VA_ARGS__)
#define serve(...)               weft_serve(__VA_ARGS__)
#define serve_with(...)          weft_serve_with(__VA_ARGS__)
#define blocking_run(...)        weft_blocking_run(__VA_ARGS__)

#define LAYERS(...)       WEFT_LAYERS(__VA_ARGS__)
#define ROUTES(table)     WEFT_ROUTES(table)
#define trace()           weft_trace()
#define timeout(duration) weft_timeout(duration)
#define compress()        weft_compress()
#define layer_from(f)     WEFT_LAYER_FROM(f)

/* Rows of a route table. The generated unit declares <handler>__call before this file's text. */
#if defined(WEFT_GENERATED)
#define WEFT__CALL(fn) fn##__call
#elif defined(WEFT_GENERATOR)
#define WEFT__CALL(fn) NULL
#else
#define WEFT__CALL(fn) \
    (weft_call_fn *)weft_glue_is_missing__compile_what_weftgen_writes_instead_of_this_file
#endif
#define ANY(p, fn)    WEFT__ROUTE("*", p, fn)
#define GET(p, fn)    WEFT__ROUTE("GET", p, fn)
#define POST(p, fn)   WEFT__ROUTE("POST", p, fn)
#define PUT(p, fn)    WEFT__ROUTE("PUT", p, fn)
#define PATCH(p, fn)  WEFT__ROUTE("PATCH", p, fn)
#define DELETE(p, fn) WEFT__ROUTE("DELETE", p, fn)
#define WEFT__ROUTE(m, p, fn)                                                            \
    {                                                                                    \
        .method = (m), .path = (p), .handler = (weft_any_fn *)(fn), .handler_name = #fn, \
        .call = WEFT__CALL(fn), .file = __FILE__, .line = __LINE__                       \
    }

#define HTTP_OK                     WEFT_HTTP_OK
#define HTTP_CREATED                WEFT_HTTP_CREATED
#define HTTP_ACCEPTED               WEFT_HTTP_ACCEPTED
#define HTTP_NO_CONTENT             WEFT_HTTP_NO_CONTENT
#define HTTP_SEE_OTHER              WEFT_HTTP_SEE_OTHER
#define HTTP_NOT_MODIFIED           WEFT_HTTP_NOT_MODIFIED
#define HTTP_TEMPORARY_REDIRECT     WEFT_HTTP_TEMPORARY_REDIRECT
#define HTTP_PERMANENT_REDIRECT     WEFT_HTTP_PERMANENT_REDIRECT
#define HTTP_BAD_REQUEST            WEFT_HTTP_BAD_REQUEST
#define HTTP_UNAUTHORIZED           WEFT_HTTP_UNAUTHORIZED
#define HTTP_FORBIDDEN              WEFT_HTTP_FORBIDDEN
#define HTTP_NOT_FOUND              WEFT_HTTP_NOT_FOUND
#define HTTP_CONFLICT               WEFT_HTTP_CONFLICT
#define HTTP_GONE                   WEFT_HTTP_GONE
#define HTTP_PRECONDITION_FAILED    WEFT_HTTP_PRECONDITION_FAILED
#define HTTP_CONTENT_TOO_LARGE      WEFT_HTTP_CONTENT_TOO_LARGE
#define HTTP_UNSUPPORTED_MEDIA_TYPE WEFT_HTTP_UNSUPPORTED_MEDIA_TYPE
#define HTTP_UNPROCESSABLE_CONTENT  WEFT_HTTP_UNPROCESSABLE_CONTENT
#define HTTP_TOO_MANY_REQUESTS      WEFT_HTTP_TOO_MANY_REQUESTS
#define HTTP_INTERNAL_SERVER_ERROR  WEFT_HTTP_INTERNAL_SERVER_ERROR
#define HTTP_NOT_IMPLEMENTED        WEFT_HTTP_NOT_IMPLEMENTED
#define HTTP_SERVICE_UNAVAILABLE    WEFT_HTTP_SERVICE_UNAVAILABLE

#endif
