/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * log/line.c: one event as one line of text, in the two forms.
 *
 * A line is a buffer over fixed memory. What does not fit is undone piece by piece: a text is cut
 * to the longest prefix that fits, fields after it are left out, and the line says so at its end,
 * so that a cut line is still valid JSON.
 */
#include "log/line.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <weft/buffer.h>
#include <weft/check.h>

#define JSON_END       "}\n"
#define JSON_CUT_END   ",\"cut\":true}\n"
#define PRETTY_CUT_END " [cut]\n"

/* Room kept for the longest of the ends. */
#define END_ROOM sizeof(JSON_CUT_END)

#define COLOUR_OFF "\033[0m"
#define COLOUR_DIM "\033[2m"

/* Appends `s` in some notation; the buffer is marked failed when it did not fit. */
typedef void append_fn(weft_buffer *line, weft_str s);

/* ---- cutting --------------------------------------------------------------------------------- */

/* Appends all of `s`, or nothing. */
static bool append_whole(weft_buffer *line, weft_str s, append_fn *append)
{
    weft_buffer before = *line;
    append(line, s);
    if (WEFT_LIKELY(!line->failed))
        return true;
    *line = before;
    return false;
}

/* At most `len` bytes of `s`, without a broken UTF-8 sequence at the end. */
static weft_str prefix(weft_str s, size_t len)
{
    if (len < s.len) {
        for (int i = 0; i < 3 && len > 0 && ((unsigned char)s.at[len] & 0xC0) == 0x80; i++)
            len--;
        s.len = len;
    }
    return s;
}

/* Appends the longest prefix of `s` that fits, found by bisection. */
WEFT_COLD static void append_prefix(weft_buffer *line, weft_str s, append_fn *append)
{
    size_t fits = 0;
    size_t most = s.len < WEFT_LOG_LINE_MAX ? s.len : WEFT_LOG_LINE_MAX;
    while (fits < most) {
        size_t middle = fits + (most - fits + 1) / 2;
        weft_buffer before = *line;
        if (append_whole(line, prefix(s, middle), append))
            fits = middle;
        else
            most = middle - 1;
        *line = before;
    }
    (void)append_whole(line, prefix(s, fits), append);
}

/* Appends `s`, or as much of it as fits; false when it was cut. */
static bool append_clipped(weft_buffer *line, weft_str s, append_fn *append)
{
    if (WEFT_LIKELY(append_whole(line, s, append)))
        return true;
    append_prefix(line, s, append);
    return false;
}

/* ---- values ---------------------------------------------------------------------------------- */

static void append_i64(weft_buffer *line, int64_t value)
{
    char *to = weft_buffer_reserve(line, 20);
    if (WEFT_LIKELY(to != NULL))
        line->len += weft_i64_to_text(value, to);
}

static char *put_digits(char *to, int64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--, value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + digits;
}

/* Milliseconds with three decimals. */
static void append_duration(weft_buffer *line, int64_t nanoseconds)
{
    int64_t microseconds = nanoseconds / WEFT_MICROSECOND;
    if (microseconds < 0) {
        weft_buffer_append(line, "-", 1);
        microseconds = -microseconds;
    }
    append_i64(line, microseconds / 1000);
    char decimals[4] = ".";
    put_digits(decimals + 1, microseconds % 1000, 3);
    weft_buffer_append(line, decimals, 4);
}

/* The shorter of the two precisions that gives the same number again; the locale's decimal sign,
 * whatever it is, becomes a point. */
static void append_double(weft_buffer *line, double number)
{
    char text[40];
    int len = snprintf(text, sizeof text, "%.15g", number);
    double again = strtod(text, NULL);
    if (again < number || again > number)
        len = snprintf(text, sizeof text, "%.17g", number);
    for (int i = 0; i < len; i++) {
        if (strchr("0123456789+-e", text[i]) == NULL)
            text[i] = '.';
    }
    weft_buffer_append(line, text, (size_t)len);
}

static void append_number(weft_buffer *line, const weft_log_field *field, const char *not_finite)
{
    if (field->type == WEFT_LOG_DURATION)
        append_duration(line, field->integer);
    else if (field->type == WEFT_LOG_I64)
        append_i64(line, field->integer);
    else if (isfinite(field->number))
        append_double(line, field->number);
    else
        weft_buffer_append_str(line, weft_str_from(not_finite));
}

/* ---- JSON ------------------------------------------------------------------------------------ */

/* Year, month and day of a count of days since 1970-01-01, in the Gregorian calendar. The year is
 * reckoned from March, so that the leap day is its last. */
static void civil_from_days(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
    int64_t since_0000 = days + 719468; /* 0000-03-01 */
    int64_t era = since_0000 / 146097;  /* 400 years each; times before 1970 are not logged */
    int64_t of_era = since_0000 % 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * of_year + 2) / 153; /* March is 0 */
    *day = of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = era * 400 + year_of_era + (*month <= 2);
}

/* "2026-11-23T01:02:03.123Z", 24 bytes. */
static void put_time_utc(char *to, int64_t time)
{
    int64_t milliseconds = time > 0 ? time / WEFT_MILLISECOND : 0;
    int64_t seconds = milliseconds / 1000, of_day = seconds % 86400;
    int64_t year, month, day;
    civil_from_days(seconds / 86400, &year, &month, &day);
    const struct {
        int64_t value;
        int digits;
        char after;
    } parts[] = {
        {year, 4, '-'},
        {month, 2, '-'},
        {day, 2, 'T'},
        {of_day / 3600, 2, ':'},
        {of_day / 60 % 60, 2, ':'},
        {of_day % 60, 2, '.'},
        {milliseconds % 1000, 3, 'Z'},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        to = put_digits(to, parts[i].value, parts[i].digits);
        *to++ = parts[i].after;
    }
}

static bool json_field(weft_buffer *line, const weft_log_field *field)
{
    weft_buffer before = *line;
    weft_buffer_append(line, ",\"", 2);
    weft_buffer_append_str(line, weft_str_from(field->name));
    if (field->type == WEFT_LOG_DURATION)
        weft_buffer_append(line, "_ms", 3);
    weft_buffer_append(line, "\":", 2);
    bool whole = true;
    if (field->type == WEFT_LOG_STR)
        whole = append_clipped(line, field->text, weft_buffer_append_quoted);
    else
        append_number(line, field, "null");
    /* Not even an empty text fitted, or not the name, or not the number. */
    bool broken = line->failed || (!whole && line->at[line->len - 1] == ':');
    if (broken)
        *line = before;
    return whole && !broken;
}

static void json_line(weft_buffer *line, const weft__log_entry *entry)
{
    static const char *const heads[] = {
        "\",\"level\":\"debug\",\"module\":", "\",\"level\":\"info\",\"module\":",
        "\",\"level\":\"warn\",\"module\":", "\",\"level\":\"error\",\"module\":"};
    char time[24];
    put_time_utc(time, entry->time);
    weft_buffer_append(line, "{\"time\":\"", 9);
    weft_buffer_append(line, time, sizeof time);
    weft_buffer_append_str(line, weft_str_from(heads[entry->level]));
    weft_buffer_append_quoted(line, prefix(weft_str_from(entry->module), 64));
    weft_buffer_append(line, ",\"message\":", 11);
    bool whole = append_clipped(line, entry->message, weft_buffer_append_quoted);
    for (size_t i = 0; whole && i < entry->count; i++)
        whole = json_field(line, &entry->fields[i]);
    line->capacity = WEFT_LOG_LINE_MAX;
    weft_buffer_append_str(line, whole ? WEFT_STR(JSON_END) : WEFT_STR(JSON_CUT_END));
}

/* ---- for people ------------------------------------------------------------------------------ */

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7F;
}

/* A message keeps its lines, indented so that none can pass for a line of the log; other control
 * characters become "?". */
static void append_message(weft_buffer *line, weft_str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!is_control(s.at[i]) || s.at[i] == '\t')
            continue;
        weft_buffer_append(line, s.at + from, i - from);
        weft_buffer_append_str(line, s.at[i] == '\n' ? WEFT_STR("\n    ") : WEFT_STR("?"));
        from = i + 1;
    }
    weft_buffer_append_str(line, weft_str_skip(s, from));
}

/* A value as it is, or as a JSON string when its ends would not be clear. */
static void append_value(weft_buffer *line, weft_str s)
{
    bool clear = s.len != 0;
    for (size_t i = 0; clear && i < s.len; i++)
        clear = (unsigned char)s.at[i] > ' ' && s.at[i] != '"' && s.at[i] != 0x7F;
    if (clear && weft_utf8_valid(s))
        weft_buffer_append_str(line, s);
    else
        weft_buffer_append_quoted(line, s);
}

static bool pretty_field(weft_buffer *line, const weft_log_field *field, bool coloured)
{
    weft_buffer before = *line;
    weft_buffer_append_str(line, coloured ? WEFT_STR(" " COLOUR_DIM) : WEFT_STR(" "));
    weft_buffer_append_str(line, weft_str_from(field->name));
    weft_buffer_append_str(line, coloured ? WEFT_STR("=" COLOUR_OFF) : WEFT_STR("="));
    bool whole = true;
    if (field->type == WEFT_LOG_STR)
        whole = append_clipped(line, field->text, append_value);
    else
        append_number(line, field, "nan");
    if (field->type == WEFT_LOG_DURATION)
        weft_buffer_append(line, "ms", 2);
    bool broken = line->failed;
    if (broken)
        *line = before;
    return whole && !broken;
}

/* "12:34:56.789", 12 bytes. */
static void put_time_local(char *to, int64_t time)
{
    time_t seconds = (time_t)(time / WEFT_SECOND);
    struct tm tm = {0};
    localtime_r(&seconds, &tm);
    to = put_digits(to, tm.tm_hour, 2);
    *to++ = ':';
    to = put_digits(to, tm.tm_min, 2);
    *to++ = ':';
    to = put_digits(to, tm.tm_sec, 2);
    *to++ = '.';
    put_digits(to, time / WEFT_MILLISECOND % 1000, 3);
}

static void pretty_line(weft_buffer *line, const weft__log_entry *entry, bool coloured)
{
    static const char *const plain[] = {" DEBUG ", " INFO  ", " WARN  ", " ERROR "};
    static const char *const colours[] = {
        COLOUR_OFF " \033[34mDEBUG" COLOUR_OFF " ", COLOUR_OFF " \033[32mINFO" COLOUR_OFF "  ",
        COLOUR_OFF " \033[33mWARN" COLOUR_OFF "  ", COLOUR_OFF " \033[31mERROR" COLOUR_OFF " "};
    char time[12];
    put_time_local(time, entry->time);
    if (coloured)
        weft_buffer_append(line, COLOUR_DIM, sizeof COLOUR_DIM - 1);
    weft_buffer_append(line, time, sizeof time);
    weft_buffer_append_str(line, weft_str_from((coloured ? colours : plain)[entry->level]));
    append_message(line, prefix(weft_str_from(entry->module), 64));
    weft_buffer_append(line, ": ", 2);
    bool whole = append_clipped(line, entry->message, append_message);
    for (size_t i = 0; whole && i < entry->count; i++)
        whole = pretty_field(line, &entry->fields[i], coloured);
    line->capacity = WEFT_LOG_LINE_MAX;
    weft_buffer_append_str(line, whole ? WEFT_STR("\n") : WEFT_STR(PRETTY_CUT_END));
}

/* ---------------------------------------------------------------------------------------------- */

size_t weft__log_line(char to[WEFT_LOG_LINE_MAX], weft__log_form form, const weft__log_entry *entry)
{
    weft_arena nothing;
    weft_arena_init(&nothing, 1); /* the buffer cannot grow */
    weft_buffer line = {.at = to, .capacity = WEFT_LOG_LINE_MAX - END_ROOM, .arena = &nothing};
    if (form == WEFT__LOG_JSON)
        json_line(&line, entry);
    else
        pretty_line(&line, entry, form == WEFT__LOG_COLOURED);
    return line.len;
}
