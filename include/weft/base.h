/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/base.h: the words every other header is written in: attributes, strings, arrays, optional
 * values, time, error codes. Values only: nothing here owns memory.
 */
#ifndef WEFT_BASE_H
#define WEFT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <weft/own.h>

/* ---- attributes ------------------------------------------------------------------------- */

#define WEFT_NODISCARD           __attribute__((warn_unused_result))
#define WEFT_NONNULL(...)        __attribute__((nonnull(__VA_ARGS__)))
#define WEFT_RETURNS_NONNULL     __attribute__((returns_nonnull))
#define WEFT_PRINTF(text, args)  __attribute__((format(printf, text, args)))
#define WEFT_HOT                 __attribute__((hot))
#define WEFT_COLD                __attribute__((cold, noinline))
#define WEFT_LIKELY(condition)   __builtin_expect(!!(condition), 1)
#define WEFT_UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* A large local that its function fills as far as it reads it: not zeroed where locals are. */
#define WEFT__UNINITIALIZED __attribute__((uninitialized))

/* Behind a prototype: it writes, or reads, `len` bytes at `at`; these are its parameters of that
 * number. Compilers refuse calls with less room than that, where they know it. */
#ifdef __clang__
#define WEFT__OUTSIDE(condition, text) __attribute__((diagnose_if((condition), text, "error")))
#define WEFT_FILLS(n, at, m, len) \
    WEFT__OUTSIDE(__builtin_object_size(at, 0) < (len), "there is less room than that")
#define WEFT_READS(n, at, m, len) \
    WEFT__OUTSIDE(__builtin_object_size(at, 0) < (len), "there are fewer bytes than that")
#else
#define WEFT__OUTSIDE(condition, text)
#define WEFT_FILLS(n, at, m, len) __attribute__((access(write_only, n, m)))
#define WEFT_READS(n, at, m, len) __attribute__((access(read_only, n, m)))
void weft__index_is_out_of_bounds(void) __attribute__((warning("the index is out of bounds")));
#endif

/* ---- strings ---------------------------------------------------------------------------- */

/* A view of bytes: pointer and length, no terminator promised. It owns nothing; whoever hands one
 * out says how long the bytes live. The empty string is {NULL, 0} or any {p, 0}. */
typedef struct weft_str {
    const char *at;
    size_t len;
} weft_str;

/* A weft_str of a string literal, also in static initialisers. */
#define WEFT_STR(literal) ((weft_str){"" literal, sizeof(literal) - 1})

/* A view of a C string; NULL gives the empty string. */
static inline weft_str weft_str_from(const char *text)
{
    return (weft_str){text, text ? strlen(text) : 0};
}

static inline bool weft_str_equal(weft_str a, weft_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* The part from `from` to the end; `from` beyond the end gives the empty string. */
static inline weft_str weft_str_skip(weft_str s, size_t from)
{
    return from >= s.len ? (weft_str){s.at, 0} : (weft_str){s.at + from, s.len - from};
}

static inline bool weft_str_starts_with(weft_str s, weft_str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.at, prefix.at, prefix.len) == 0);
}

bool weft__equal_nocase(const char *a, const char *b, size_t len);

/* Compares ASCII letters without case (RFC 9110: field names, content types); other bytes exactly.
 */
static inline bool weft_str_equal_nocase(weft_str a, weft_str b)
{
    return a.len == b.len && weft__equal_nocase(a.at, b.at, a.len);
}

/* Arguments for printf's "%.*s". */
#define WEFT_STR_ARGS(s) (int)(s).len, (s).at

/* ---- arrays, optional values, changes, maps ---------------------------------------------- */

/* WEFT_ARRAY(T) is a counted list of T: {T *at; size_t len;}. WEFT_OPTIONAL(T) is a T that may be
 * absent: {bool present; ..}, whose value only the macros below reach. WEFT_CHANGE(T) is what
 * becomes of a WEFT_OPTIONAL(T), if anything: {bool given; WEFT_OPTIONAL(T) to;}. WEFT_MAP(T) is
 * a list of names with a T each, in the order in which they were written: {WEFT_ENTRY(T) *at;
 * size_t len;} of {weft_str key; T value;}. Each T is declared once, after its type:
 *     WEFT_ARRAY_OF(user);  WEFT_OPTIONAL_OF(user);  WEFT_CHANGE_OF(user);  WEFT_MAP_OF(user);
 * T is a single identifier. A change needs the optional. */
#define WEFT_ARRAY(T)    weft_array_##T
#define WEFT_OPTIONAL(T) weft_optional_##T
#define WEFT_CHANGE(T)   weft_change_##T
#define WEFT_MAP(T)      weft_map_##T
#define WEFT_ENTRY(T)    weft_entry_##T
#define WEFT_ARRAY_OF(T)            \
    typedef struct weft_array_##T { \
        T *at;                      \
        size_t len;                 \
    } weft_array_##T
#define WEFT_OPTIONAL_OF(T)            \
    typedef struct weft_optional_##T { \
        bool present;                  \
        T value__;                     \
    } weft_optional_##T
#define WEFT_CHANGE_OF(T)            \
    typedef struct weft_change_##T { \
        bool given;                  \
        weft_optional_##T to;        \
    } weft_change_##T
#define WEFT_MAP_OF(T)              \
    typedef struct weft_entry_##T { \
        weft_str key;               \
        T value;                    \
    } weft_entry_##T;               \
    typedef struct weft_map_##T {   \
        weft_entry_##T *at;         \
        size_t len;                 \
    } weft_map_##T

/* The value of an optional, for who asks whether it is there:
 *     WEFT_IF_SOME(limit, in->limit)                                     the statement that follows
 *         use(limit);                                                    runs if it is, once
 *     int32_t limit = WEFT_VALUE_OR(in->limit, 20);
 *     int32_t limit = WEFT_SOME_OR(in->limit, return WEFT_HTTP_NOT_FOUND);
 * A `break` or `continue` in the first leaves its statement. The others evaluate `optional`
 * twice. */
#define WEFT_IF_SOME(name, optional)                                                             \
    for (__typeof__(optional) weft__of_##name = (optional), *weft__if_##name = &weft__of_##name; \
         weft__if_##name != NULL && weft__if_##name->present; weft__if_##name = NULL)            \
        for (__attribute__((unused)) __typeof__((optional).value__) name =                       \
                 weft__of_##name.value__;                                                        \
             weft__if_##name != NULL; weft__if_##name = NULL)
#define WEFT_VALUE_OR(optional, otherwise) ((optional).present ? (optional).value__ : (otherwise))
#define WEFT_SOME_OR(optional, leave) \
    ({                                \
        if (!(optional).present)      \
            leave;                    \
        (optional).value__;           \
    })

/* An item of anything that is {at, len}: an array, a map, a str, bytes; an item of a plain
 * array. To be read or written. Outside its bounds the program says where, and traps; where the
 * compiler knows it already, it refuses. WEFT_AT evaluates `list` twice. */
#define WEFT_AT(list, index) \
    ((list).at[weft__index((size_t)(index), (list).len, #list, __FILE__, __LINE__)])
#define WEFT_ITEM(array, index) \
    ((array)[weft__index((size_t)(index), WEFT__ITEMS(array), #array, __FILE__, __LINE__)])
#define WEFT__ITEMS(array) (sizeof(array) / sizeof *(array))

void weft__out_of_bounds(size_t index, size_t len, const char *list, const char *file, int line)
    WEFT_COLD __attribute__((noreturn));
static inline size_t weft__index(size_t index, size_t len, const char *list, const char *file,
                                 int line)
    WEFT__OUTSIDE(index >= len, "the index is out of bounds");
static inline size_t weft__index(size_t index, size_t len, const char *list, const char *file,
                                 int line)
{
#ifndef __clang__
    if (__builtin_constant_p(index < len) && index >= len)
        weft__index_is_out_of_bounds();
#endif
    if (WEFT_UNLIKELY(index >= len))
        weft__out_of_bounds(index, len, list, file, line);
    return index;
}

#define WEFT_SCALARS(X) \
    X(bool)             \
    X(int8_t)           \
    X(int16_t)          \
    X(int32_t)          \
    X(int64_t)          \
    X(uint8_t)          \
    X(uint16_t)         \
    X(uint32_t)         \
    X(uint64_t)         \
    X(float)            \
    X(double)           \
    X(weft_str)
#define WEFT__DECLARE_SCALAR(T) \
    WEFT_ARRAY_OF(T);           \
    WEFT_OPTIONAL_OF(T);        \
    WEFT_CHANGE_OF(T);          \
    WEFT_MAP_OF(T);
WEFT_SCALARS(WEFT__DECLARE_SCALAR)
#undef WEFT__DECLARE_SCALAR

/* ---- time ------------------------------------------------------------------------------- */

/* Durations and deadlines are int64_t nanoseconds; a deadline is a point on the monotonic clock. */
#define WEFT_NANOSECOND  INT64_C(1)
#define WEFT_MICROSECOND (1000 * WEFT_NANOSECOND)
#define WEFT_MILLISECOND (1000 * WEFT_MICROSECOND)
#define WEFT_SECOND      (1000 * WEFT_MILLISECOND)
#define WEFT_MINUTE      (60 * WEFT_SECOND)
#define WEFT_HOUR        (60 * WEFT_MINUTE)
#define WEFT_NEVER       INT64_MAX /* the deadline that never comes */

/* Monotonic, nanoseconds: CLOCK_MONOTONIC, or the virtual time of a test's runtime. */
int64_t weft_clock_now(void);
int64_t weft_clock_realtime(void); /* nanoseconds since 1970-01-01T00:00:00Z */

/* now + duration, without overflow: a huge duration gives WEFT_NEVER, a negative one gives now. */
int64_t weft_deadline_after(int64_t duration);

/* ---- errors ----------------------------------------------------------------------------- */

/* One list: code, value, text. Values start at 1000 so that TRY can treat every vocabulary alike:
 * below 400 is success (0, or an HTTP status below 400), 400 and above is failure. */
#define WEFT_ERRORS(X)                                     \
    X(OK, 0, "success")                                    \
    X(NO_MEMORY, 1000, "out of memory")                    \
    X(TIMED_OUT, 1001, "the deadline passed")              \
    X(CANCELLED, 1002, "the fiber was cancelled")          \
    X(CLOSED, 1003, "the other end is closed")             \
    X(LIMIT, 1004, "a configured limit was reached")       \
    X(BUSY, 1005, "the resource is busy")                  \
    X(INVALID, 1006, "an argument is not valid here")      \
    X(NOT_FOUND, 1007, "not found")                        \
    X(REFUSED, 1008, "the connection was refused")         \
    X(RESET, 1009, "the connection was reset by the peer") \
    X(ADDRESS, 1010, "the address cannot be used")         \
    X(TOO_MANY_FILES, 1011, "too many open files")         \
    X(NO_SPACE, 1012, "no space left")                     \
    X(PERMISSION, 1013, "permission denied")               \
    X(IO, 1014, "input/output error")                      \
    X(SHUTTING_DOWN, 1015, "the runtime is shutting down") \
    X(EXISTS, 1016, "it exists already")                   \
    X(CRASHED, 1017, "the fiber crashed")

typedef enum weft_error {
#define WEFT__ENUMERATE(name, value, text) WEFT_##name = (value),
    WEFT_ERRORS(WEFT__ENUMERATE)
#undef WEFT__ENUMERATE
} weft_error;

#ifdef WEFT_CHECK
#define WEFT_OK 0 /* the analysis follows a comparison with a literal, and no other */
#endif

/* The text of a code, for people; never NULL, static. */
const char *weft_error_text(weft_error error) WEFT_RETURNS_NONNULL;

/* The name of a code, e.g. "TIMED_OUT"; never NULL, static. */
const char *weft_error_name(weft_error error) WEFT_RETURNS_NONNULL;

/* The code for an errno value; 0 gives WEFT_OK, what is not in the list WEFT_IO. */
weft_error weft_error_from_errno(int number);

/* True for every failing value of every vocabulary (weft_error, weft_db_result, weft_http_status).
 */
#ifndef WEFT_CHECK
#define WEFT_FAILED(result) ((int)(result) >= 400)
#else
#define WEFT_FAILED(result) ((result) != 0) /* as handles are opened; no code is made of it */
#endif

/* Returns the result of `expression` from the calling function when it failed. The only hidden
 * return in Weft. A result of another vocabulary than the function's keeps its value: a handler may
 * answer a weft_db_result, of which its status is made. */
#define WEFT_TRY(expression)                                \
    do {                                                    \
        __typeof__(expression) weft__result = (expression); \
        if (WEFT_FAILED(weft__result))                      \
            return (__typeof__(+weft__result))weft__result; \
    } while (0)

/* `pointer` when it is not NULL; otherwise prints "<file>:<line>: <message>" to stderr and exits
 * with status 1. For start-up code in main, where there is nothing else to do; a handler that calls
 * it crashes (weft/serve.h). */
#define WEFT_EXPECT(pointer, message) \
    ((__typeof__(pointer))weft__expect((pointer), (message), __FILE__, __LINE__))
void *weft__expect(const void *pointer, const char *message, const char *file, int line);

#endif
