/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * LENGTH, RANGE, EMAIL, PATTERN, RENAME, DEFAULT, HEADER, COOKIE, BODY and BASE64URL: each fits the
 * type that it stands after and can be kept. Bounds and defaults are C: literals and the limits of
 * <stdint.h> are judged here, other expressions by the compiler.
 */
#include "check/types.h"

#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <weft/check.h>

typedef struct noted {
    weft_arena *arena;
    const gen_notes *notes;
    const gen_type *type; /* of an OPTIONAL what is in it */
    const gen_type *whole;
    const char *name;
    bool parameter;
} noted;

static const gen_place *place_of(const noted *n, enum gen_note_kind kind)
{
    return &n->notes->places[kind];
}

/* ---- numbers as written in C ----------------------------------------------------------------- */

typedef enum reading { number_read, number_unknown, number_wrong } reading;

static const struct {
    const char *name;
    bool negative;
    uint64_t magnitude;
} limits[] = {
    {"INT8_MIN", true, 1u << 7},
    {"INT8_MAX", false, INT8_MAX},
    {"INT16_MIN", true, 1u << 15},
    {"INT16_MAX", false, INT16_MAX},
    {"INT32_MIN", true, 1u << 31},
    {"INT32_MAX", false, INT32_MAX},
    {"INT64_MIN", true, UINT64_C(1) << 63},
    {"INT64_MAX", false, INT64_MAX},
    {"UINT8_MAX", false, UINT8_MAX},
    {"UINT16_MAX", false, UINT16_MAX},
    {"UINT32_MAX", false, UINT32_MAX},
    {"UINT64_MAX", false, UINT64_MAX},
};

static bool is_suffix(const char *text)
{
    return text[strspn(text, "uUlL")] == 0 && strlen(text) <= 3;
}

/* An integer; unknown when it is an expression that only the compiler can judge. */
static reading read_integer(const char *text, __int128 *out)
{
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (strcmp(text, limits[i].name) != 0)
            continue;
        *out = limits[i].negative ? -(__int128)limits[i].magnitude : (__int128)limits[i].magnitude;
        return number_read;
    }
    bool negative = text[0] == '-';
    const char *digits = text + negative;
    if (digits[0] == '"' || digits[0] == '\'' || digits[0] == 0)
        return number_wrong;
    if (digits[0] < '0' || digits[0] > '9')
        return number_unknown;
    char *end;
    errno = 0;
    unsigned long long magnitude = strtoull(digits, &end, 0);
    if (errno != 0 || *end == '.' || *end == 'e' || *end == 'E')
        return number_wrong;
    *out = negative ? -(__int128)magnitude : (__int128)magnitude;
    return is_suffix(end) ? number_read : number_unknown;
}

static reading read_double(const char *text, double *out)
{
    if (text[0] == '"' || text[0] == '\'' || text[0] == 0)
        return number_wrong;
    char *end;
    *out = strtod(text, &end);
    return end != text && (end[0] == 0 || strcmp(end, "f") == 0) ? number_read : number_unknown;
}

static void type_bounds(gen_kind kind, __int128 *min, __int128 *max)
{
    bool is_signed = kind >= GEN_I8 && kind <= GEN_I64;
    unsigned bits = 8u << (kind - (is_signed ? GEN_I8 : GEN_U8));
    *min = is_signed ? -((__int128)1 << (bits - 1)) : 0;
    *max = ((__int128)1 << (is_signed ? bits - 1 : bits)) - 1;
}

/* ---- RANGE ----------------------------------------------------------------------------------- */

static void check_bound(const noted *n, const char *text, reading read, __int128 value)
{
    __int128 min, max;
    type_bounds(n->type->kind, &min, &max);
    if (read == number_wrong)
        gen_report(GEN_ERROR, place_of(n, GEN_NOTE_RANGE), "RANGE: %s is not an integer", text);
    else if (read == number_read && (value < min || value > max))
        gen_report(GEN_ERROR, place_of(n, GEN_NOTE_RANGE),
                   "RANGE: %s does not fit into %s, the type "
                   "of \"%s\"",
                   text, gen_type_name(n->arena, n->type), n->name);
}

static void report_order(const noted *n, enum gen_note_kind kind, const char *word, const char *min,
                         const char *max)
{
    gen_report(GEN_ERROR, place_of(n, kind), "%s(%s, %s): the lower bound comes first", word, min,
               max);
}

static void check_integer_range(const noted *n)
{
    const gen_notes *notes = n->notes;
    __int128 min = 0, max = 0;
    reading of_min = read_integer(notes->range_min, &min);
    reading of_max = read_integer(notes->range_max, &max);
    check_bound(n, notes->range_min, of_min, min);
    check_bound(n, notes->range_max, of_max, max);
    if (of_min == number_read && of_max == number_read && min > max)
        report_order(n, GEN_NOTE_RANGE, "RANGE", notes->range_min, notes->range_max);
}

static void check_real_range(const noted *n)
{
    const gen_notes *notes = n->notes;
    double min = 0, max = 0;
    reading of_min = read_double(notes->range_min, &min);
    reading of_max = read_double(notes->range_max, &max);
    if (of_min == number_wrong || of_max == number_wrong)
        gen_report(GEN_ERROR, place_of(n, GEN_NOTE_RANGE), "RANGE: %s is not a number",
                   of_min == number_wrong ? notes->range_min : notes->range_max);
    else if (of_min == number_read && of_max == number_read && min > max)
        report_order(n, GEN_NOTE_RANGE, "RANGE", notes->range_min, notes->range_max);
}

static void check_decimal_range(const noted *n)
{
    weft_decimal min, max;
    if (!weft_decimal_from_text(weft_str_from(n->notes->range_min), &min) ||
        !weft_decimal_from_text(weft_str_from(n->notes->range_max), &max))
        gen_report(GEN_ERROR, place_of(n, GEN_NOTE_RANGE),
                   "RANGE(%s, %s): \"%s\" is decimal, so the bounds are plain decimal numbers",
                   n->notes->range_min, n->notes->range_max, n->name);
    else if (weft_decimal_compare(min, max) > 0)
        report_order(n, GEN_NOTE_RANGE, "RANGE", n->notes->range_min, n->notes->range_max);
}

static void check_range(const noted *n)
{
    if (gen_is_integer(n->type->kind)) {
        check_integer_range(n);
    } else if (gen_is_number(n->type->kind)) {
        check_real_range(n);
    } else if (n->type->kind == GEN_DECIMAL) {
        check_decimal_range(n);
    } else {
        gen_report(GEN_ERROR, place_of(n, GEN_NOTE_RANGE), "RANGE is for numbers, but \"%s\" is %s",
                   n->name, gen_type_name(n->arena, n->whole));
        if (n->type->kind == GEN_STR || n->type->kind == GEN_ARRAY || n->type->kind == GEN_UPLOAD)
            gen_report(GEN_NOTE, place_of(n, GEN_NOTE_RANGE), "use LENGTH");
    }
}

/* ---- LENGTH ---------------------------------------------------------------------------------- */

static void check_length(const noted *n)
{
    const gen_notes *notes = n->notes;
    const gen_place *place = place_of(n, GEN_NOTE_LENGTH);
    gen_kind kind = n->type->kind;
    if (kind != GEN_STR && kind != GEN_ARRAY && kind != GEN_MAP && kind != GEN_BYTES &&
        kind != GEN_BYTES_URL && kind != GEN_UPLOAD) {
        gen_report(GEN_ERROR, place,
                   "LENGTH is for str, bytes, upload, ARRAY and MAP, but \"%s\" is %s", n->name,
                   gen_type_name(n->arena, n->whole));
        if (gen_is_number(n->type->kind))
            gen_report(GEN_NOTE, place, "use RANGE");
        return;
    }
    __int128 min = 0, max = 0;
    reading of_min = read_integer(notes->length_min, &min);
    reading of_max = read_integer(notes->length_max, &max);
    if (of_min == number_wrong || min < 0 || of_max == number_wrong || max < 0)
        gen_report(GEN_ERROR, place, "LENGTH(%s, %s): a length is an integer from 0 on",
                   notes->length_min, notes->length_max);
    else if (of_min == number_read && of_max == number_read && min > max)
        report_order(n, GEN_NOTE_LENGTH, "LENGTH", notes->length_min, notes->length_max);
}

/* ---- EMAIL, PATTERN -------------------------------------------------------------------------- */

static bool check_text_only(const noted *n, enum gen_note_kind kind, const char *word)
{
    if (n->type->kind == GEN_STR)
        return true;
    gen_report(GEN_ERROR, place_of(n, kind), "%s is for str, but \"%s\" is %s", word, n->name,
               gen_type_name(n->arena, n->whole));
    return false;
}

static void check_pattern(const noted *n)
{
    if (!check_text_only(n, GEN_NOTE_PATTERN, "PATTERN"))
        return;
    regex_t compiled;
    int code = regcomp(&compiled, n->notes->pattern, REG_EXTENDED | REG_NOSUB);
    if (code == 0) {
        regfree(&compiled);
        return;
    }
    char text[128];
    regerror(code, &compiled, text, sizeof text);
    gen_report(GEN_ERROR, place_of(n, GEN_NOTE_PATTERN),
               "PATTERN: \"%s\" is no POSIX extended regular expression: %s", n->notes->pattern,
               text);
}

/* ---- DEFAULT --------------------------------------------------------------------------------- */

static void report_default(const noted *n, const char *what)
{
    gen_report(GEN_ERROR, place_of(n, GEN_NOTE_DEFAULT), "DEFAULT(%s): \"%s\" is %s, %s",
               n->notes->fallback, n->name, gen_type_name(n->arena, n->type), what);
}

static void check_default_integer(const noted *n)
{
    __int128 value = 0, min, max;
    reading read = read_integer(n->notes->fallback, &value);
    type_bounds(n->type->kind, &min, &max);
    if (read == number_wrong)
        report_default(n, "so the default is an integer");
    else if (read == number_read && (value < min || value > max))
        report_default(n, "which cannot hold that");
    if (read != number_read || n->notes->range_min == NULL)
        return;
    __int128 low = min, high = max;
    if (read_integer(n->notes->range_min, &low) != number_wrong &&
        read_integer(n->notes->range_max, &high) != number_wrong && low <= high &&
        (value < low || value > high))
        gen_report(GEN_ERROR, place_of(n, GEN_NOTE_DEFAULT), "DEFAULT(%s) is outside RANGE(%s, %s)",
                   n->notes->fallback, n->notes->range_min, n->notes->range_max);
}

static void check_default_real(const noted *n)
{
    double value, min, max;
    reading read = read_double(n->notes->fallback, &value);
    if (read == number_wrong)
        report_default(n, "so the default is a number");
    if (read == number_read && n->notes->range_min != NULL &&
        read_double(n->notes->range_min, &min) == number_read &&
        read_double(n->notes->range_max, &max) == number_read && (value < min || value > max))
        gen_report(GEN_ERROR, place_of(n, GEN_NOTE_DEFAULT), "DEFAULT(%s) is outside RANGE(%s, %s)",
                   n->notes->fallback, n->notes->range_min, n->notes->range_max);
}

/* The rule of a str that its own default breaks, or NULL. */
static const char *broken_rule(const noted *n, weft_str text)
{
    const gen_notes *notes = n->notes;
    __int128 min = 0, max = INT64_MAX;
    if (notes->length_min && read_integer(notes->length_min, &min) != number_wrong &&
        read_integer(notes->length_max, &max) != number_wrong &&
        ((__int128)weft_utf8_length(text) < min || (__int128)weft_utf8_length(text) > max))
        return "LENGTH";
    if (notes->email && !weft_is_email(text))
        return "EMAIL";
    weft_pattern *pattern = notes->pattern ? weft_pattern_compile(notes->pattern) : NULL;
    bool broken = pattern && !weft_pattern_matches(pattern, text);
    weft_pattern_destroy(pattern);
    return broken ? "PATTERN" : NULL;
}

static void check_default_str(const noted *n)
{
    const char *text = n->notes->fallback;
    size_t len = strlen(text);
    if (len < 2 || text[0] != '"' || text[len - 1] != '"') {
        report_default(n, "so the default is a literal in double quotes");
        return;
    }
    const char *rule = strchr(text, '\\') ? NULL : broken_rule(n, (weft_str){text + 1, len - 2});
    if (rule)
        gen_report(GEN_ERROR, place_of(n, GEN_NOTE_DEFAULT), "DEFAULT(%s) breaks the %s of \"%s\"",
                   text, rule, n->name);
}

static void check_default_enum(const noted *n)
{
    const gen_enumeration *enumeration = n->type->enumeration;
    const char **names = gen_alloc(n->arena, (enumeration->item_count + 1) * sizeof *names);
    for (size_t i = 0; i < enumeration->item_count; i++) {
        names[i] = enumeration->items[i].name;
        if (strcmp(names[i], n->notes->fallback) == 0)
            return;
    }
    report_default(n, "so the default is one of its enumerators");
    const char *nearest = gen_nearest(n->notes->fallback, names, enumeration->item_count);
    gen_report(GEN_NOTE, place_of(n, GEN_NOTE_DEFAULT), nearest ? "did you mean %s?" : "such as %s",
               nearest ? nearest : names[0]);
}

static void check_default(const noted *n)
{
    const char *text = n->notes->fallback;
    if (n->whole != n->type) {
        gen_report(GEN_ERROR, place_of(n, GEN_NOTE_DEFAULT),
                   "\"%s\" is OPTIONAL and has a DEFAULT: it is absent, or it is %s", n->name,
                   text);
        gen_report(GEN_NOTE, place_of(n, GEN_NOTE_DEFAULT), "keep one of them");
    } else if (gen_is_integer(n->type->kind)) {
        check_default_integer(n);
    } else if (gen_is_number(n->type->kind)) {
        check_default_real(n);
    } else if (n->type->kind == GEN_STR) {
        check_default_str(n);
    } else if (n->type->kind == GEN_ENUM) {
        check_default_enum(n);
    } else if (n->type->kind == GEN_BOOL) {
        if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
            report_default(n, "so the default is true or false");
    } else {
        gen_report(GEN_ERROR, place_of(n, GEN_NOTE_DEFAULT),
                   "DEFAULT is for numbers, bool, str and enums, but \"%s\" is %s", n->name,
                   gen_type_name(n->arena, n->whole));
    }
}

/* ---- HEADER, COOKIE, BODY -------------------------------------------------------------------- */

static void check_parameter_only(const noted *n, enum gen_note_kind kind, const char *word)
{
    if (!n->parameter)
        gen_report(GEN_ERROR, place_of(n, kind),
                   "%s is for parameters of handlers, but \"%s\" is a field", word, n->name);
}

/* Both are tokens (RFC 9110, RFC 6265). */
static void check_name(const noted *n, enum gen_note_kind kind, const char *word, const char *text,
                       const char *what)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789"
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    check_parameter_only(n, kind, word);
    if (n->parameter && (text[0] == 0 || text[strspn(text, token)] != 0))
        gen_report(GEN_ERROR, place_of(n, kind), "%s: \"%s\" cannot be the name of a %s", word,
                   text, what);
}

static void check_sources(const noted *n)
{
    if (n->notes->header)
        check_name(n, GEN_NOTE_HEADER, "HEADER", n->notes->header, "header field");
    if (n->notes->cookie)
        check_name(n, GEN_NOTE_COOKIE, "COOKIE", n->notes->cookie, "cookie");
    if (n->notes->body)
        check_parameter_only(n, GEN_NOTE_BODY, "BODY");
    if (n->parameter && n->notes->header && n->notes->cookie) {
        gen_report(GEN_ERROR, place_of(n, GEN_NOTE_COOKIE),
                   "\"%s\" is a header field, so it is no cookie", n->name);
        gen_report(GEN_NOTE, place_of(n, GEN_NOTE_HEADER), "keep one of them");
    }
}

/* ---- BASE64URL, FLATTEN, TAG ----------------------------------------------------------------- */

static void check_base64url(const noted *n)
{
    if (n->type->kind != GEN_BYTES_URL)
        gen_report(GEN_ERROR, place_of(n, GEN_NOTE_BASE64URL),
                   "BASE64URL is for bytes, but \"%s\" is %s", n->name,
                   gen_type_name(n->arena, n->whole));
}

static void check_field_only(const noted *n, enum gen_note_kind kind, const char *word)
{
    if (n->parameter)
        gen_report(GEN_ERROR, place_of(n, kind), "%s is for fields, but \"%s\" is a parameter",
                   word, n->name);
}

void gen_check_notes(weft_arena *arena, const gen_notes *notes, const gen_type *type,
                     const char *name, bool parameter)
{
    noted n = {.arena = arena,
               .notes = notes,
               .type = gen_value_type(type),
               .whole = type,
               .name = name,
               .parameter = parameter};
    if (notes->length_min)
        check_length(&n);
    if (notes->range_min)
        check_range(&n);
    if (notes->email)
        check_text_only(&n, GEN_NOTE_EMAIL, "EMAIL");
    if (notes->pattern)
        check_pattern(&n);
    if (notes->rename && notes->rename[0] == 0)
        gen_report(GEN_ERROR, place_of(&n, GEN_NOTE_RENAME), "RENAME: \"%s\" gets an empty name",
                   name);
    if (notes->fallback)
        check_default(&n);
    check_sources(&n);
    if (notes->base64url)
        check_base64url(&n);
    if (notes->flatten)
        check_field_only(&n, GEN_NOTE_FLATTEN, "FLATTEN");
    if (notes->tag)
        check_field_only(&n, GEN_NOTE_TAG, "TAG");
}
