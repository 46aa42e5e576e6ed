/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/timestamp.c: points in time and dates of the proleptic Gregorian calendar, as RFC 3339
 * writes them.
 *
 * Days are counted in years that begin in March, so that the day that leap years add is the last
 * one, and from one cycle of 400 years before year 0, so that nothing is negative.
 */
#include <weft/value.h>

#define DAY         86400
#define CYCLE_YEARS 400
#define CYCLE_DAYS  146097
#define EPOCH_DAYS  (719468 + CYCLE_DAYS) /* from -0400-03-01 to 1970-01-01 */
#define NANOSECONDS 1000000000
#define EARLIEST    INT64_C(-62167219200) /* 0000-01-01T00:00:00Z */
#define LATEST      INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

/* ---- the calendar ---------------------------------------------------------------------------- */

static bool is_date(unsigned year, unsigned month, unsigned day)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year > 9999 || month < 1 || month > 12)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day >= 1 && day <= days[month - 1] + (unsigned)(month == 2 && leap);
}

/* Days from 1970-01-01. */
static int64_t days_of(weft_date date)
{
    int64_t year = date.year + CYCLE_YEARS - (date.month <= 2);
    int64_t month = (date.month + 9) % 12;
    int64_t day = (153 * month + 2) / 5 + date.day - 1; /* months of 31 30 31 30 31, and so on */
    return 365 * year + year / 4 - year / 100 + year / 400 + day - EPOCH_DAYS;
}

static weft_date date_of(int64_t days)
{
    days += EPOCH_DAYS;
    int64_t cycle = days / CYCLE_DAYS, left = days % CYCLE_DAYS;
    int64_t year = (left - left / 1460 + left / 36524 - left / 146096) / 365;
    left -= 365 * year + year / 4 - year / 100;
    int64_t month = (5 * left + 2) / 153;
    int64_t day = left - (153 * month + 2) / 5 + 1;
    year += (cycle - 1) * CYCLE_YEARS + (month >= 10);
    return (weft_date){(int16_t)year, (uint8_t)(month < 10 ? month + 3 : month - 9), (uint8_t)day};
}

weft_date weft_date_of(weft_timestamp time)
{
    int64_t days = time.seconds / DAY - (time.seconds % DAY < 0);
    return date_of(days);
}

weft_timestamp weft_date_start(weft_date date)
{
    return (weft_timestamp){.seconds = days_of(date) * DAY};
}

/* ---- arithmetic ------------------------------------------------------------------------------ */

weft_timestamp weft_timestamp_now(void)
{
    return weft_timestamp_after((weft_timestamp){0}, weft_clock_realtime());
}

weft_timestamp weft_timestamp_after(weft_timestamp time, int64_t duration)
{
    int64_t nanoseconds = time.nanoseconds + duration % NANOSECONDS;
    int64_t carry = nanoseconds / NANOSECONDS - (nanoseconds % NANOSECONDS < 0);
    return (weft_timestamp){.seconds = time.seconds + duration / NANOSECONDS + carry,
                            .nanoseconds = (int32_t)(nanoseconds - carry * NANOSECONDS)};
}

int weft_timestamp_compare(weft_timestamp a, weft_timestamp b)
{
    if (a.seconds != b.seconds)
        return a.seconds < b.seconds ? -1 : 1;
    return (a.nanoseconds > b.nanoseconds) - (a.nanoseconds < b.nanoseconds);
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool take(weft_str *rest, char wanted)
{
    bool there = rest->len != 0 && rest->at[0] == wanted;
    if (there)
        *rest = weft_str_skip(*rest, 1);
    return there;
}

/* Either case of a letter. */
static bool take_letter(weft_str *rest, char upper)
{
    return take(rest, upper) || take(rest, (char)(upper | 0x20));
}

static bool take_digits(weft_str *rest, size_t count, unsigned *out)
{
    unsigned value = 0;
    if (rest->len < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        unsigned digit = (unsigned char)rest->at[i] - (unsigned)'0';
        if (digit > 9)
            return false;
        value = value * 10 + digit;
    }
    *rest = weft_str_skip(*rest, count);
    *out = value;
    return true;
}

static bool take_date(weft_str *rest, weft_date *out)
{
    unsigned year, month, day;
    if (!take_digits(rest, 4, &year) || !take(rest, '-') || !take_digits(rest, 2, &month) ||
        !take(rest, '-') || !take_digits(rest, 2, &day) || !is_date(year, month, day))
        return false;
    *out = (weft_date){(int16_t)year, (uint8_t)month, (uint8_t)day};
    return true;
}

/* The seconds of the day; *leap: it is 60 past 59, and has been counted. */
static bool take_clock(weft_str *rest, int64_t *out, bool *leap)
{
    unsigned hour, minute, second;
    if (!take_digits(rest, 2, &hour) || !take(rest, ':') || !take_digits(rest, 2, &minute) ||
        !take(rest, ':') || !take_digits(rest, 2, &second))
        return false;
    *out = hour * INT64_C(3600) + minute * INT64_C(60) + second;
    *leap = second == 60;
    return hour < 24 && minute < 60 && second <= 60;
}

static bool take_fraction(weft_str *rest, int32_t *out)
{
    *out = 0;
    if (!take(rest, '.'))
        return true;
    size_t count = 0;
    int32_t value = 0;
    for (unsigned digit; count <= 9 && take_digits(rest, 1, &digit); count++)
        if (count < 9)
            value = value * 10 + (int32_t)digit;
    for (size_t i = count; i < 9; i++)
        value *= 10;
    *out = value;
    return count >= 1 && count <= 9;
}

/* The seconds by which the clock is before UTC. */
static bool take_offset(weft_str *rest, int64_t *out)
{
    *out = 0;
    if (take_letter(rest, 'Z'))
        return true;
    unsigned hour, minute;
    bool minus = take(rest, '-');
    if ((!minus && !take(rest, '+')) || !take_digits(rest, 2, &hour) || !take(rest, ':') ||
        !take_digits(rest, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *out = (minus ? -1 : 1) * (hour * INT64_C(3600) + minute * INT64_C(60));
    return true;
}

bool weft_timestamp_from_text(weft_str text, weft_timestamp *out)
{
    weft_date date;
    int64_t clock, offset;
    int32_t fraction;
    bool leap;
    if (!take_date(&text, &date) || !take_letter(&text, 'T') || !take_clock(&text, &clock, &leap) ||
        !take_fraction(&text, &fraction) || !take_offset(&text, &offset) || text.len != 0)
        return false;
    int64_t seconds = days_of(date) * DAY + clock - offset;
    if (seconds < EARLIEST || seconds > LATEST || (leap && seconds % DAY != 0))
        return false;
    *out = (weft_timestamp){seconds, fraction};
    return true;
}

bool weft_date_from_text(weft_str text, weft_date *out)
{
    weft_date date;
    if (!take_date(&text, &date) || text.len != 0)
        return false;
    *out = date;
    return true;
}

/* ---- writing --------------------------------------------------------------------------------- */

static char *put_digits(char *to, unsigned value, size_t count)
{
    for (size_t i = count; i > 0; i--, value /= 10)
        to[i - 1] = (char)('0' + value % 10);
    return to + count;
}

static char *put_date(char *to, weft_date date)
{
    to = put_digits(to, (unsigned)date.year, 4);
    *to++ = '-';
    to = put_digits(to, date.month, 2);
    *to++ = '-';
    return put_digits(to, date.day, 2);
}

static char *put_fraction(char *to, unsigned nanoseconds)
{
    size_t count = 9;
    if (nanoseconds == 0)
        return to;
    for (; nanoseconds % 1000 == 0; nanoseconds /= 1000)
        count -= 3;
    *to++ = '.';
    return put_digits(to, nanoseconds, count);
}

size_t weft_timestamp_to_text(weft_timestamp time, char to[static WEFT_TIMESTAMP_SIZE])
{
    if (time.seconds < EARLIEST || time.seconds > LATEST || time.nanoseconds < 0 ||
        time.nanoseconds >= NANOSECONDS)
        return 0;
    unsigned clock = (unsigned)((time.seconds - EARLIEST) % DAY);
    char *at = put_date(to, weft_date_of(time));
    *at++ = 'T';
    at = put_digits(at, clock / 3600, 2);
    *at++ = ':';
    at = put_digits(at, clock / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, clock % 60, 2);
    at = put_fraction(at, (unsigned)time.nanoseconds);
    *at++ = 'Z';
    return (size_t)(at - to);
}

size_t weft_date_to_text(weft_date date, char to[static WEFT_DATE_SIZE])
{
    if (date.year < 0 || !is_date((unsigned)date.year, date.month, date.day))
        return 0;
    return (size_t)(put_date(to, date) - to);
}
