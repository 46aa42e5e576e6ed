/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/date.c: IMF-fixdate (RFC 9110 section 5.6.7), without locale and time zone tables.
 */
#include "http/h1/h1.h"

enum { DAY = 86400, DAYS_OF_400_YEARS = 146097, YEAR_MAX = 9999 };

static char *two(char *to, unsigned number)
{
    to[0] = (char)('0' + number / 10 % 10);
    to[1] = (char)('0' + number % 10);
    return to + 2;
}

static char *three(char *to, const char *names, unsigned index)
{
    memcpy(to, names + (size_t)3 * index, 3);
    return to + 3;
}

typedef struct civil {
    unsigned year, month, day; /* month and day from 0 */
} civil;

/* The date of a day counted from 1970-01-01. Years begin in March here, so that the leap day is the
 * last of its year and month lengths follow a straight line. */
static civil civil_from(int64_t days)
{
    unsigned since = (unsigned)(days + 719468); /* from 0000-03-01 */
    unsigned era = since / DAYS_OF_400_YEARS, day = since % DAYS_OF_400_YEARS;
    unsigned year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= 365 * year + year / 4 - year / 100;
    unsigned month = (5 * day + 2) / 153; /* 0: March */
    day -= (153 * month + 2) / 5;
    year += 400 * era + (month >= 10);
    return (civil){year, (month + 2) % 12, day};
}

void weft__http_date(int64_t seconds, char to[29])
{
    static const int64_t last = INT64_C(253402300799); /* 9999-12-31T23:59:59Z */
    seconds = seconds < 0 ? 0 : seconds > last ? last : seconds;
    int64_t days = seconds / DAY;
    unsigned rest = (unsigned)(seconds % DAY);
    civil date = civil_from(days);

    to = three(to, "ThuFriSatSunMonTueWed", (unsigned)(days % 7));
    *to++ = ',';
    *to++ = ' ';
    to = two(to, date.day + 1);
    *to++ = ' ';
    to = three(to, "JanFebMarAprMayJunJulAugSepOctNovDec", date.month);
    *to++ = ' ';
    to = two(to, date.year / 100);
    to = two(to, date.year);
    *to++ = ' ';
    to = two(to, rest / 3600);
    *to++ = ':';
    to = two(to, rest / 60 % 60);
    *to++ = ':';
    to = two(to, rest % 60);
    memcpy(to, " GMT", 4);
}
