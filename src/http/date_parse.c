/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/date_parse.c: reads the three forms of RFC 9110 section 5.6.7, by patterns. The names of
 * days are checked to be names, not to fit the date: nobody gains from refusing what is clear.
 */
#include "http/h1/h1.h"
#include <time.h>

static const char short_days[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char *const long_days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};

/* The index of the three letters at `at` among `names`, or -1. */
static int find_three(const char *names, const char *at)
{
    for (size_t i = 0; names[3 * i] != '\0'; i++)
        if (memcmp(names + 3 * i, at, 3) == 0)
            return (int)i;
    return -1;
}

static bool read_number(weft_str *text, size_t digits, int *number)
{
    *number = 0;
    if (text->len < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (text->at[i] < '0' || text->at[i] > '9')
            return false;
        *number = 10 * *number + (text->at[i] - '0');
    }
    *text = weft_str_skip(*text, digits);
    return true;
}

/* A day of one digit stands behind a space (asctime). */
static bool read_padded(weft_str *text, int *number)
{
    bool padded = text->len != 0 && text->at[0] == ' ';
    if (padded)
        *text = weft_str_skip(*text, 1);
    return read_number(text, padded ? 1 : 2, number);
}

static bool read_name(weft_str *text, const char *names, int *index)
{
    *index = text->len >= 3 ? find_three(names, text->at) : -1;
    *text = weft_str_skip(*text, 3);
    return *index >= 0;
}

static bool read_long_day(weft_str *text)
{
    for (size_t i = 0; i < sizeof long_days / sizeof *long_days; i++)
        if (weft_str_starts_with(*text, weft_str_from(long_days[i]))) {
            *text = weft_str_skip(*text, strlen(long_days[i]));
            return true;
        }
    return false;
}

/* Two digits mean the year with them that is not more than 50 years ahead. */
static bool read_short_year(weft_str *text, int *year)
{
    struct tm now;
    time_t seconds = (time_t)(weft_clock_realtime() / WEFT_SECOND);
    if (!read_number(text, 2, year) || gmtime_r(&seconds, &now) == NULL)
        return false;
    *year += now.tm_year - now.tm_year % 100;
    if (*year > now.tm_year + 50)
        *year -= 100;
    return true;
}

static bool read_year(weft_str *text, int *year)
{
    bool good = read_number(text, 4, year);
    *year -= 1900;
    return good;
}

/* One letter of a pattern; other characters stand for themselves. */
static bool read_item(char item, weft_str *text, struct tm *tm)
{
    int day;
    switch (item) {
    case 'w': return read_name(text, short_days, &day);
    case 'W': return read_long_day(text);
    case 'd': return read_number(text, 2, &tm->tm_mday);
    case 'e': return read_padded(text, &tm->tm_mday);
    case 'b': return read_name(text, months, &tm->tm_mon);
    case 'Y': return read_year(text, &tm->tm_year);
    case 'y': return read_short_year(text, &tm->tm_year);
    case 'h': return read_number(text, 2, &tm->tm_hour);
    case 'm': return read_number(text, 2, &tm->tm_min);
    case 's': return read_number(text, 2, &tm->tm_sec);
    default: break;
    }
    bool same = text->len != 0 && text->at[0] == item;
    *text = weft_str_skip(*text, 1);
    return same;
}

static bool read_all(const char *pattern, weft_str text, struct tm *tm)
{
    while (*pattern != '\0')
        if (!read_item(*pattern++, &text, tm))
            return false;
    return text.len == 0;
}

bool weft__http_date_parse(weft_str text, int64_t *seconds)
{
    static const char *const patterns[] = {"w, d b Y h:m:s GMT", "W, d-b-y h:m:s GMT",
                                           "w b e h:m:s Y"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct tm tm = {.tm_isdst = 0};
        if (!read_all(patterns[i], text, &tm))
            continue;
        struct tm given = tm;
        int64_t result = timegm(&tm); /* which puts right what is no date */
        bool real = tm.tm_mday == given.tm_mday && tm.tm_mon == given.tm_mon &&
                    given.tm_hour < 24 && given.tm_min < 60 && given.tm_sec <= 60;
        if (real)
            *seconds = result;
        return real;
    }
    return false;
}
