/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/value.h: values that C has no type for and that travel as text: points in time, dates,
 * UUIDs, bytes, decimal numbers. In JSON each is a string, in a query string or form the same
 * text, in a database TEXT (bytes: BLOB). What is read is exact or refused.
 */
#ifndef WEFT_VALUE_H
#define WEFT_VALUE_H

#include <weft/arena.h>

/* ---- time ----------------------------------------------------------------------------------- */

#define WEFT_TIMESTAMP_SIZE 30 /* bytes of the longest text: 9999-12-31T23:59:59.999999999Z */
#define WEFT_DATE_SIZE      10 /* bytes of the text: 9999-12-31 */

/* A point in time, in UTC, from year 0 to 9999. Leap seconds are not counted (as in POSIX). */
typedef struct weft_timestamp {
    int64_t seconds;     /* since 1970-01-01T00:00:00Z */
    int32_t nanoseconds; /* after that, 0 to 999999999 */
} weft_timestamp;

weft_timestamp weft_timestamp_now(void);

/* `time` moved by a duration of nanoseconds, which may be negative. */
weft_timestamp weft_timestamp_after(weft_timestamp time, int64_t duration);

/* Below 0, 0 or above 0: a is earlier than b, the same, later. */
int weft_timestamp_compare(weft_timestamp a, weft_timestamp b);

/* RFC 3339: "2026-01-31T12:00:00.5+01:00"; at most 9 digits after the point. The leap second
 * 23:59:60Z is the second after it. False: it is none, and *out is untouched. */
bool weft_timestamp_from_text(weft_str text, weft_timestamp *out) WEFT_NODISCARD;

/* Writes it with Z and as many digits after the point as it needs: 0, 3, 6 or 9. Returns the bytes
 * written at `to`, at most WEFT_TIMESTAMP_SIZE; 0 when it has no such text. */
size_t weft_timestamp_to_text(weft_timestamp time, char to[static WEFT_TIMESTAMP_SIZE]);

/* A day of the calendar, in no time zone. */
typedef struct weft_date {
    int16_t year;  /* 0 to 9999 */
    uint8_t month; /* 1 to 12 */
    uint8_t day;   /* 1 to 31 */
} weft_date;

/* "2026-01-31"; false: it is none, or no day of the calendar. */
bool weft_date_from_text(weft_str text, weft_date *out) WEFT_NODISCARD;
size_t
weft_date_to_text(weft_date date,
                  char to[static WEFT_DATE_SIZE]); /* 0 when it is no day; else WEFT_DATE_SIZE */

/* The day in UTC; the midnight (UTC) with which a day begins. Of valid values only. */
weft_date weft_date_of(weft_timestamp time);
weft_timestamp weft_date_start(weft_date date);

/* ---- UUID ----------------------------------------------------------------------------------- */

#define WEFT_UUID_SIZE 36 /* bytes of the text */

/* RFC 9562. Any 128 bits are one. */
typedef struct weft_uuid {
    uint8_t at[16];
} weft_uuid;

/* New ones: of version 4 all random; of version 7 ordered by the time of their making, to about a
 * quarter of a microsecond, so that they make good keys. Random bits are the kernel's; ends the
 * process when it has none to give. */
weft_uuid weft_uuid_v4(void);
weft_uuid weft_uuid_v7(void);

static inline bool weft_uuid_equal(weft_uuid a, weft_uuid b)
{
    return memcmp(a.at, b.at, sizeof a.at) == 0;
}

/* "01935a7f-6c1e-7b2a-8f00-0123456789ab", in letters of either case; written in lower case. */
bool weft_uuid_from_text(weft_str text, weft_uuid *out) WEFT_NODISCARD;
size_t weft_uuid_to_text(weft_uuid uuid, char to[static WEFT_UUID_SIZE]); /* WEFT_UUID_SIZE */

/* ---- bytes ---------------------------------------------------------------------------------- */

/* A view of bytes that are no text; owns nothing, as weft_str. */
typedef struct weft_bytes {
    const uint8_t *at;
    size_t len;
} weft_bytes;

/* RFC 4648: section 4 with padding, or section 5 (`-` and `_`) without. */
typedef enum weft_base64 { WEFT_BASE64, WEFT_BASE64URL } weft_base64;

/* Strict: no white space, padding exactly as the form has it, unused bits zero. WEFT_OK,
 * WEFT_INVALID, WEFT_NO_MEMORY; the bytes are in the arena. */
weft_error weft_base64_decode(weft_str text, weft_base64 form, weft_arena *arena, weft_bytes *out)
    WEFT_NODISCARD;

/* Bytes that the text of `len` bytes may take; SIZE_MAX when that is beyond all memory. */
static inline size_t weft_base64_size(size_t len)
{
    return len > SIZE_MAX / 4 * 3 - 3 ? SIZE_MAX : (len + 2) / 3 * 4;
}
size_t weft_base64_encode(weft_bytes bytes, weft_base64 form, char *to); /* the bytes written */

/* ---- decimal numbers ------------------------------------------------------------------------ */

#define WEFT_DECIMAL_MAX 128 /* bytes of a text that is taken */

/* A number in exactly the digits that it was given in: for money and whatever binary fractions
 * cannot hold. It is its text, which no arithmetic touches; "1.50" stays "1.50". All zeroes is 0.
 */
typedef struct weft_decimal {
    weft_str text;
} weft_decimal;

/* "-12.50": no exponent, no plus sign, no leading zeros but one, digits on both sides of a point. A
 * view of `text`. */
bool weft_decimal_from_text(weft_str text, weft_decimal *out) WEFT_NODISCARD;

/* By value, whatever the number of digits. Of valid decimals only. */
int weft_decimal_compare(weft_decimal a, weft_decimal b);

static inline bool weft_within_decimal(weft_decimal value, weft_str min, weft_str max)
{
    return weft_decimal_compare((weft_decimal){min}, value) <= 0 &&
           weft_decimal_compare(value, (weft_decimal){max}) <= 0;
}

/* ---- containers ----------------------------------------------------------------------------- */

#define WEFT__DECLARE_VALUE(T) \
    WEFT_ARRAY_OF(T);          \
    WEFT_OPTIONAL_OF(T);       \
    WEFT_CHANGE_OF(T);         \
    WEFT_MAP_OF(T);
WEFT__DECLARE_VALUE(weft_timestamp)
WEFT__DECLARE_VALUE(weft_date)
WEFT__DECLARE_VALUE(weft_uuid)
WEFT__DECLARE_VALUE(weft_bytes)
WEFT__DECLARE_VALUE(weft_decimal)
#undef WEFT__DECLARE_VALUE

#endif
