/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/condition.c: evaluates preconditions in the order of RFC 9110 section 13.2.2, then the
 * range. One range is served; several, or a malformed one, are refused with 416: a client that asks
 * for many at once gains nothing that it could not have one after the other, and the attacks on
 * multipart ranges are well known.
 */
#include "layer/condition.h"
#include "http/h1/h1.h"

/* ---- entity tags ---------------------------------------------------------------------------- */

static bool is_weak(weft_str tag)
{
    return weft_str_starts_with(tag, WEFT_STR("W/"));
}

static weft_str opaque(weft_str tag)
{
    return is_weak(tag) ? weft_str_skip(tag, 2) : tag;
}

static bool tags_match(weft_str a, weft_str b, bool strongly)
{
    return strongly ? !is_weak(a) && weft_str_equal(a, b) : weft_str_equal(opaque(a), opaque(b));
}

/* Takes the next tag off a list; false at its end, and where it is malformed. */
static bool next_tag(weft_str *list, weft_str *tag)
{
    while (list->len != 0 && strchr(" \t,", list->at[0]) != NULL)
        *list = weft_str_skip(*list, 1);
    size_t quote = is_weak(*list) ? 2 : 0;
    if (quote >= list->len || list->at[quote] != '"')
        return false;
    const char *end = memchr(list->at + quote + 1, '"', list->len - quote - 1);
    if (end == NULL)
        return false;
    *tag = (weft_str){list->at, (size_t)(end + 1 - list->at)};
    *list = weft_str_skip(*list, tag->len);
    return true;
}

/* Whether one of the fields of that name lists the tag, or any tag. */
static bool lists(const weft_request *request, const char *name, weft_str tag, bool strongly)
{
    for (size_t i = 0; i < request->field_count; i++) {
        weft_str list = request->fields[i].value, its;
        if (!weft_str_equal_nocase(request->fields[i].name, weft_str_from(name)))
            continue;
        if (weft_str_equal(list, WEFT_STR("*")))
            return true;
        while (next_tag(&list, &its))
            if (tags_match(its, tag, strongly))
                return true;
    }
    return false;
}

/* ---- preconditions -------------------------------------------------------------------------- */

static bool has(const weft_request *request, const char *name)
{
    return weft_request_header(request, name).at != NULL;
}

/* The date of a field; false when there is none, or it is no date, and to be ignored. */
static bool date_of(const weft_request *request, const char *name, int64_t *date)
{
    return weft__http_date_parse(weft_request_header(request, name), date);
}

static bool precondition_failed(const weft_request *request, const weft__version *version)
{
    int64_t date;
    if (has(request, "if-match"))
        return !lists(request, "if-match", weft_str_from(version->etag), true);
    return date_of(request, "if-unmodified-since", &date) && version->modified > date;
}

static bool reads(const weft_request *request)
{
    return request->method == WEFT_METHOD_GET || request->method == WEFT_METHOD_HEAD;
}

/* If-Modified-Since is for who reads. */
static bool client_has(const weft_request *request, const weft__version *version)
{
    int64_t date;
    if (has(request, "if-none-match"))
        return lists(request, "if-none-match", weft_str_from(version->etag), false);
    return reads(request) && date_of(request, "if-modified-since", &date) &&
           version->modified <= date;
}

/* If-Range: a range is good only of the version that the client has the rest of. */
static bool range_wanted(const weft_request *request, const weft__version *version)
{
    weft_str had = weft_request_header(request, "if-range");
    int64_t date;
    if (request->method != WEFT_METHOD_GET || !has(request, "range"))
        return false;
    if (had.at == NULL)
        return true;
    if (weft__http_date_parse(had, &date))
        return date == version->modified;
    return tags_match(had, weft_str_from(version->etag), true);
}

/* ---- range ---------------------------------------------------------------------------------- */

/* Digits, or none; what is too large stays the largest. False when something else stands there. */
static bool parse_position(weft_str text, uint64_t *position)
{
    *position = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)text.at[i] - '0';
        if (digit > 9)
            return false;
        if (__builtin_mul_overflow(*position, 10, position) ||
            __builtin_add_overflow(*position, digit, position))
            *position = UINT64_MAX;
    }
    return true;
}

/* The last `length` bytes. */
static bool take_suffix(uint64_t length, uint64_t size, weft__part *part)
{
    part->length = length < size ? length : size;
    part->offset = size - part->length;
    return part->length != 0;
}

/* first-last, first-, -length: false when malformed or nothing of it is there. */
static bool take_range(weft_str spec, uint64_t size, weft__part *part)
{
    uint64_t first, last;
    weft_str end = spec, begin = weft__cut(&end, '-');
    if (end.at == NULL || !parse_position(begin, &first) || !parse_position(end, &last))
        return false;
    if (begin.len == 0)
        return end.len != 0 && take_suffix(last, size, part);
    if (first >= size || (end.len != 0 && last < first))
        return false;
    if (end.len == 0 || last >= size)
        last = size - 1;
    *part = (weft__part){first, last - first + 1};
    return true;
}

weft_http_status weft__condition(const weft_request *request, const weft__version *version,
                                 weft__part *part)
{
    *part = (weft__part){0, version->size};
    if (precondition_failed(request, version))
        return WEFT_HTTP_PRECONDITION_FAILED;
    if (client_has(request, version))
        return reads(request) ? WEFT_HTTP_NOT_MODIFIED : WEFT_HTTP_PRECONDITION_FAILED;
    if (!range_wanted(request, version))
        return WEFT_HTTP_OK;
    weft_str spec = weft_request_header(request, "range"), unit = weft__cut(&spec, '=');
    if (!weft_str_equal_nocase(unit, WEFT_STR("bytes")))
        return WEFT_HTTP_OK; /* a unit that we do not know is ignored */
    return take_range(weft__trim(spec), version->size, part) ? WEFT_HTTP_PARTIAL_CONTENT
                                                             : WEFT_HTTP_RANGE_NOT_SATISFIABLE;
}
