/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/test.h: for test programs: asks a router without a socket, and says how answers differ from
 * what was expected. Handlers run on a runtime of their own, on one worker, so that databases,
 * deadlines and layers work as they do when served. Works by itself (RUN_TESTS prints TAP) and in
 * cmocka, when its header is included before this one. Short names stand here, for this header is
 * for programs only.
 */
#ifndef WEFT_TEST_H
#define WEFT_TEST_H

#include <weft/router.h>

#define WEFT_TEST_HEADERS_MAX 16                 /* header fields of one request */
#define WEFT_TEST_DEADLINE    (60 * WEFT_SECOND) /* for an answer; then the program ends */

/* ---- asking ---------------------------------------------------------------------------------- */

/* A router under test. One at a time in a process; used by one thread at a time. */
typedef struct weft_test weft_test;

/* Makes the router ready and starts the runtime. NULL when that is not possible; the cause has been
 * logged. The router must stay valid until weft_test_close, which NULL is a no-op for. */
weft_test *weft_test_open(const weft_router *router) WEFT_NODISCARD;
void weft_test_close(weft_test *test) WEFT_ENDS(test);

/* At most one of the bodies. */
typedef struct weft_test_request {
    const char *method;
    const char *target; /* path and query, as sent: "/users?limit=2" */
    const char *json;   /* a body, application/json */
    const char *form;   /* a body, application/x-www-form-urlencoded */
    const char *text;   /* a body, text/plain; charset=utf-8 */
    weft_str body;      /* any other; its Content-Type, if any, is in headers */
    const char *headers[WEFT_TEST_HEADERS_MAX]; /* "Name: value" each */
} weft_test_request;

typedef struct weft_test_header {
    const char *name;
    const char *value;
} weft_test_header;

/* What a client would receive; without Date. */
typedef struct weft_test_response {
    const char *request; /* "GET /users/1", for messages */
    int status;
    const weft_test_header *headers;
    size_t header_count;
    weft_str body; /* with a NUL behind it; a streamed one is gathered, without its trailers */
    bool cut;      /* its producer failed, or wrote another length than it had announced */
} weft_test_response;

/* Answers a request. It passes through the parser, so what is malformed is refused as it would be
 * on a connection. Never NULL; lives until weft_test_close. When no answer comes in time, or memory
 * is exhausted, says so and exits. */
const weft_test_response *weft_test_send(weft_test *test, const weft_test_request *request)
    WEFT_BEFORE_END(test) WEFT_RETURNS_NONNULL;

/* The value of the first header of that name (without case), or NULL. */
const char *weft_test_header_of(const weft_test_response *response, const char *name);

/* ask(test, "POST", "/users", .json = "{..}", .headers = {"Authorization: Bearer x"}) */
#define ask(test, m, t, ...) \
    weft_test_send((test), &(const weft_test_request){.method = (m), .target = (t), ##__VA_ARGS__})

/* ---- expecting ------------------------------------------------------------------------------- */

/* What is not as expected is told with file and line, and fails the running test: it goes on, but
 * in cmocka. Each is true when all is well. */
#define EXPECT_STATUS(response, status) \
    WEFT__EXPECT(weft__expect_status((response), (status), __FILE__, __LINE__))
/* `value` NULL: the header is not there. */
#define EXPECT_HEADER(response, name, value) \
    WEFT__EXPECT(weft__expect_header((response), (name), (value), __FILE__, __LINE__))
/* The body, byte for byte. */
#define EXPECT_BODY(response, text) \
    WEFT__EXPECT(weft__expect_body((response), (text), __FILE__, __LINE__))
/* The body as JSON: white space, the order of members and how a number or string is written do not
 * matter. What differs is named by JSON Pointer (RFC 6901). */
#define EXPECT_JSON(response, text) \
    WEFT__EXPECT(weft__expect_json((response), (text), false, __FILE__, __LINE__))
/* The same, but the body may have members that `text` has not. */
#define EXPECT_JSON_HAS(response, text) \
    WEFT__EXPECT(weft__expect_json((response), (text), true, __FILE__, __LINE__))
/* Anything. */
#define EXPECT(condition) \
    WEFT__EXPECT(weft__expect_true((condition), #condition, __FILE__, __LINE__))

/* ---- running --------------------------------------------------------------------------------- */

typedef struct weft_test_case {
    const char *name;
    void (*run)(void);
} weft_test_case;

#define TEST(function)      \
    {                       \
#function, function \
    }

/* Runs the cases of an array one after the other, `before` and `after` around each (or NULL), and
 * prints TAP. The exit status for main: 1 when one failed. */
#define RUN_TESTS(cases, before, after) \
    weft_test_run((cases), sizeof(cases) / sizeof((cases)[0]), (before), (after))
int weft_test_run(const weft_test_case *cases, size_t count, void (*before)(void),
                  void (*after)(void));

/* ---- for the macros -------------------------------------------------------------------------- */

#ifdef CMOCKA_H_
#define WEFT__EXPECT(expectation) ((expectation) || (_fail(__FILE__, __LINE__), false))
#else
#define WEFT__EXPECT(expectation) (expectation)
#endif
bool weft__expect_status(const weft_test_response *response, int status, const char *file,
                         int line);
bool weft__expect_header(const weft_test_response *response, const char *name, const char *value,
                         const char *file, int line);
bool weft__expect_body(const weft_test_response *response, const char *text, const char *file,
                       int line);
bool weft__expect_json(const weft_test_response *response, const char *text, bool partly,
                       const char *file, int line);
bool weft__expect_true(bool condition, const char *text, const char *file, int line);

#endif
