/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/check.h: what is wrong with an input, all of it at once. Generated decoders and field rules
 * append violations; the router's renderer turns the list into the "errors" of a problem document
 * (RFC 9457). Used for bodies, query strings, paths and headers alike.
 */
#ifndef WEFT_CHECK_H
#define WEFT_CHECK_H

#include <weft/value.h>

#define WEFT_VIOLATIONS_MAX 64 /* violations kept for one input; the rest are counted */

typedef struct weft_violation {
    const char *in;   /* "body", "query", "path" or "header" */
    weft_str pointer; /* JSON Pointer (RFC 6901) into the body, e.g. "/items/3/name"; for the other
                         places "/" and the parameter's name */
    const char *code; /* for programs: "type", "required", "length", "range", "email", "pattern",
                         "enum", "duplicate", "unknown", "unique", "timestamp", "date", "uuid",
                         "decimal", "base64", ... */
    weft_str detail;  /* for people: a clause, e.g. "must be 1 to 80 characters long, not 97" */
} weft_violation;

typedef struct weft_violations {
    weft_arena *arena;  /* where the list and its texts live */
    weft_violation *at; /* the list; NULL while empty */
    size_t len;         /* how many are kept, at most WEFT_VIOLATIONS_MAX */
    size_t total;       /* how many there were */
} weft_violations;

/* Whether more would only be counted: what belongs to them need not be built. */
static inline bool weft_violations_full(const weft_violations *list)
{
    return list->len == WEFT_VIOLATIONS_MAX;
}

/* Appends one; `detail` is printf-like and rendered into the arena. When memory is exhausted the
 * violation is counted in `total` only. `pointer` must live as long as the arena. */
void weft_violations_add(weft_violations *list, const char *in, weft_str pointer, const char *code,
                         const char *detail, ...) WEFT_PRINTF(5, 6) WEFT_COLD;

/* ---- rules ------------------------------------------------------------------------------- */

/* Each answers whether the value keeps the rule; none allocates. */

/* The number of Unicode code points of valid UTF-8. */
size_t weft_utf8_length(weft_str s);

/* True for well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF). */
bool weft_utf8_valid(weft_str s);

/* An e-mail address as HTML forms define it (WHATWG "valid e-mail address"), at most 254 bytes. */
bool weft_is_email(weft_str s);

/* A compiled POSIX extended regular expression (REG_EXTENDED); the match must cover the whole text.
 */
typedef struct weft_pattern weft_pattern;

/* Compiles; NULL when the pattern is not valid or memory is exhausted. The caller owns it; as a
 * constant of the program it lives until exit. */
weft_pattern *weft_pattern_compile(const char *expression);
void weft_pattern_destroy(weft_pattern *pattern); /* NULL is a no-op */
bool weft_pattern_matches(const weft_pattern *pattern, weft_str s);

/* The same for a constant expression, compiled when first used, by whichever thread comes first. */
typedef struct weft_pattern_once {
    const char *expression;
    weft_pattern *compiled; /* NULL until then; atomic */
} weft_pattern_once;
bool weft_pattern_once_matches(weft_pattern_once *pattern, weft_str s);

/* Whether min <= value <= max. */
static inline bool weft_within_i64(int64_t value, int64_t min, int64_t max)
{
    return min <= value && value <= max;
}

static inline bool weft_within_u64(uint64_t value, uint64_t min, uint64_t max)
{
    return min <= value && value <= max;
}

static inline bool weft_within_double(double value, double min, double max)
{
    return min <= value && value <= max;
}

/* Whether valid UTF-8 has min to max characters; counts only when the bytes leave a doubt (a
 * character has 1 to 4). */
static inline bool weft_length_within(weft_str s, size_t min, size_t max)
{
    if (s.len <= max && (s.len + 3) / 4 >= min)
        return true;
    return weft_within_u64(weft_utf8_length(s), min, max);
}

/* The violations of these rules, with their texts; where and what as for weft_violations_add. A
 * length's max of SIZE_MAX says that there is none. */
typedef enum weft_unit { WEFT_CHARACTERS, WEFT_ITEMS, WEFT_OCTETS } weft_unit;
void weft_violations_add_length(weft_violations *list, const char *in, weft_str pointer,
                                weft_unit unit, size_t len, size_t min, size_t max) WEFT_COLD;
void weft_violations_add_range_i64(weft_violations *list, const char *in, weft_str pointer,
                                   int64_t value, int64_t min, int64_t max) WEFT_COLD;
void weft_violations_add_range_u64(weft_violations *list, const char *in, weft_str pointer,
                                   uint64_t value, uint64_t min, uint64_t max) WEFT_COLD;
void weft_violations_add_range_double(weft_violations *list, const char *in, weft_str pointer,
                                      double value, double min, double max) WEFT_COLD;
void weft_violations_add_range_decimal(weft_violations *list, const char *in, weft_str pointer,
                                       weft_decimal value, weft_str min, weft_str max) WEFT_COLD;
void weft_violations_add_email(weft_violations *list, const char *in, weft_str pointer) WEFT_COLD;
void weft_violations_add_pattern(weft_violations *list, const char *in, weft_str pointer,
                                 const char *expression) WEFT_COLD;

/* That a text is not of the form which its type has. */
typedef enum weft_form {
    WEFT_FORM_TIMESTAMP,
    WEFT_FORM_DATE,
    WEFT_FORM_UUID,
    WEFT_FORM_DECIMAL,
    WEFT_FORM_BASE64,
    WEFT_FORM_BASE64URL,
} weft_form;
void weft_violations_add_form(weft_violations *list, const char *in, weft_str pointer,
                              weft_form form) WEFT_COLD;

/* The types of weft/value.h that need no memory to be read: name, type, form. */
#define WEFT_TEXT_VALUES(X)                           \
    X(timestamp, weft_timestamp, WEFT_FORM_TIMESTAMP) \
    X(date, weft_date, WEFT_FORM_DATE)                \
    X(uuid, weft_uuid, WEFT_FORM_UUID)                \
    X(decimal, weft_decimal, WEFT_FORM_DECIMAL)

/* ---- text to scalar ---------------------------------------------------------------------- */

/* The whole of `s` as a decimal number; false when it is not one or does not fit. No spaces, no
 * plus sign, no leading zeros but "0" itself, and an integer has no "-0"; doubles as in JSON. bool
 * is "true" or "false". */
bool weft_text_to_i64(weft_str s, int64_t min, int64_t max, int64_t *out) WEFT_NODISCARD;
bool weft_text_to_u64(weft_str s, uint64_t max, uint64_t *out) WEFT_NODISCARD;
bool weft_text_to_double(weft_str s, double *out) WEFT_NODISCARD;
bool weft_text_to_bool(weft_str s, bool *out) WEFT_NODISCARD;

/* The same for generated code, per C type: weft_read_text_i32(text, violations, in, pointer, &out).
 * False: *out is untouched, and a violation says what the text must be. */
bool weft__read_text_i64(weft_str text, weft_violations *list, const char *in, weft_str pointer,
                         int64_t min, int64_t max, int64_t *out);
bool weft__read_text_u64(weft_str text, weft_violations *list, const char *in, weft_str pointer,
                         uint64_t max, uint64_t *out);
bool weft_read_text_double(weft_str text, weft_violations *list, const char *in, weft_str pointer,
                           double *out);
bool weft_read_text_float(weft_str text, weft_violations *list, const char *in, weft_str pointer,
                          float *out);
bool weft_read_text_bool(weft_str text, weft_violations *list, const char *in, weft_str pointer,
                         bool *out);

#define WEFT__READ_TEXT_INTEGER(name, type, wide, wide_type, ...)                                  \
    static inline bool weft_read_text_##name(weft_str text, weft_violations *list, const char *in, \
                                             weft_str pointer, type *out)                          \
    {                                                                                              \
        wide_type value;                                                                           \
        bool good = weft__read_text_##wide(text, list, in, pointer, __VA_ARGS__, &value);          \
        if (good)                                                                                  \
            *out = (type)value;                                                                    \
        return good;                                                                               \
    }
WEFT__READ_TEXT_INTEGER(i8, int8_t, i64, int64_t, INT8_MIN, INT8_MAX)
WEFT__READ_TEXT_INTEGER(i16, int16_t, i64, int64_t, INT16_MIN, INT16_MAX)
WEFT__READ_TEXT_INTEGER(i32, int32_t, i64, int64_t, INT32_MIN, INT32_MAX)
WEFT__READ_TEXT_INTEGER(u8, uint8_t, u64, uint64_t, UINT8_MAX)
WEFT__READ_TEXT_INTEGER(u16, uint16_t, u64, uint64_t, UINT16_MAX)
WEFT__READ_TEXT_INTEGER(u32, uint32_t, u64, uint64_t, UINT32_MAX)
#undef WEFT__READ_TEXT_INTEGER

/* *out is an int64_t or a long long, which are different types of one form. */
static inline bool weft_read_text_i64(weft_str text, weft_violations *list, const char *in,
                                      weft_str pointer, void *out)
{
    int64_t value;
    bool good = weft__read_text_i64(text, list, in, pointer, INT64_MIN, INT64_MAX, &value);
    if (good)
        memcpy(out, &value, sizeof value);
    return good;
}

/* *out is a uint64_t or an unsigned long long. */
static inline bool weft_read_text_u64(weft_str text, weft_violations *list, const char *in,
                                      weft_str pointer, void *out)
{
    uint64_t value;
    bool good = weft__read_text_u64(text, list, in, pointer, UINT64_MAX, &value);
    if (good)
        memcpy(out, &value, sizeof value);
    return good;
}

/* A text is itself; never false. */
static inline bool weft_read_text_str(weft_str text, weft_violations *list, const char *in,
                                      weft_str pointer, weft_str *out)
{
    (void)list, (void)in, (void)pointer;
    *out = text;
    return true;
}

#define WEFT__READ_TEXT_VALUE(name, type, form)                                      \
    bool weft_read_text_##name(weft_str text, weft_violations *list, const char *in, \
                               weft_str pointer, type *out);
WEFT_TEXT_VALUES(WEFT__READ_TEXT_VALUE)
#undef WEFT__READ_TEXT_VALUE
bool weft_read_text_bytes(weft_str text, weft_violations *list, const char *in, weft_str pointer,
                          weft_bytes *out);
bool weft_read_text_bytes_url(weft_str text, weft_violations *list, const char *in,
                              weft_str pointer, weft_bytes *out);

/* Writes the decimal digits of `value` at `to`, where there are 20 bytes to be used; returns how
 * many are digits. */
size_t weft_i64_to_text(int64_t value, char *to);
size_t weft_u64_to_text(uint64_t value, char *to);

#endif
