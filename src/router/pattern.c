/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/pattern.c: what a pattern may be. Each refusal says what to write instead.
 */
#include "router/pattern.h"

static bool is_name(weft_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    return s.len != 0;
}

/* The name in "{name}" or "{*name}". */
static bool add_name(const weft__row *row, weft__pattern *pattern, weft_str segment, size_t skip)
{
    weft_str name = {segment.at + skip, segment.len - skip - 1};
    if (!is_name(name)) {
        weft__row_fault(row, "\"%.*s\" needs a name of letters, digits and \"_\": write \"%s\"",
                        WEFT_STR_ARGS(segment), skip == 1 ? "{id}" : "{*rest}");
        return false;
    }
    for (size_t i = 0; i < pattern->name_count; i++) {
        if (weft_str_equal(pattern->names[i], name)) {
            weft__row_fault(row, "two captures are called \"%.*s\": rename one",
                            WEFT_STR_ARGS(name));
            return false;
        }
    }
    if (pattern->name_count == WEFT__PARAMS_MAX) {
        weft__row_fault(row, "more than %d captures in one pattern", WEFT__PARAMS_MAX);
        return false;
    }
    pattern->names[pattern->name_count++] = name;
    return true;
}

/* Text that stands for itself. */
static bool check_text(const weft__row *row, weft_str segment)
{
    if (segment.len != 0 && (segment.at[0] == ':' || segment.at[0] == '*')) {
        bool capture = segment.at[0] == ':';
        weft_str name = weft_str_skip(segment, 1);
        weft__row_fault(row, "\"%.*s\" is not how a %s is written: write \"{%s%.*s}\"",
                        WEFT_STR_ARGS(segment), capture ? "capture" : "wildcard",
                        capture ? "" : "*", WEFT_STR_ARGS(name));
        return false;
    }
    for (size_t i = 0; i < segment.len; i++) {
        unsigned char c = (unsigned char)segment.at[i];
        if (c == '{' || c == '}') {
            weft__row_fault(row, "a capture is a whole segment: \"%.*s\" mixes it with other text",
                            WEFT_STR_ARGS(segment));
            return false;
        }
        if (c <= ' ' || c >= 0x7F || strchr("\"<>?#\\^`|", c) != NULL) {
            weft__row_fault(row,
                            "the byte 0x%02X cannot stand in a path as sent: write \"%%%02X\", "
                            "or leave the query out",
                            c, c);
            return false;
        }
    }
    return true;
}

/* Appends the segment to the shape; `last` when nothing follows it. */
static bool add_segment(const weft__row *row, weft__pattern *pattern, weft_str segment, bool last,
                        weft_buffer *shape)
{
    bool braced = segment.len >= 2 && segment.at[0] == '{' && segment.at[segment.len - 1] == '}' &&
                  memchr(segment.at + 1, '{', segment.len - 1) == NULL;
    if (!braced) {
        weft_buffer_append_str(shape, segment);
        return check_text(row, segment);
    }
    bool wildcard = segment.at[1] == '*';
    if (wildcard && !last) {
        weft__row_fault(row, "\"%.*s\" takes the rest of the path: it must come last",
                        WEFT_STR_ARGS(segment));
        return false;
    }
    char mark = wildcard ? WEFT__SHAPE_WILDCARD : WEFT__SHAPE_CAPTURE;
    weft_buffer_append(shape, &mark, 1);
    return add_name(row, pattern, segment, wildcard ? 2 : 1);
}

/* What holds for the path as a whole. */
static bool check_path(const weft__row *row, weft_str path)
{
    if (path.len == 0 || path.at[0] != '/') {
        weft__row_fault(row, "a path starts with \"/\": write \"/%.*s\"", WEFT_STR_ARGS(path));
        return false;
    }
    size_t segments = 0;
    for (size_t i = 0; i < path.len; i++)
        segments += path.at[i] == '/';
    if (path.len > WEFT_PATTERN_MAX || segments > WEFT_SEGMENTS_MAX) {
        weft__row_fault(row, "a path has at most %d bytes and %d segments", WEFT_PATTERN_MAX,
                        WEFT_SEGMENTS_MAX);
        return false;
    }
    return true;
}

bool weft__pattern_parse(const weft__row *row, weft_arena *arena, weft__pattern *out)
{
    out->name_count = 0;
    weft_str rest = row->path;
    if (!check_path(row, rest))
        return false;
    weft_buffer shape;
    weft_buffer_init(&shape, arena);
    while (rest.len != 0) {
        weft_buffer_append(&shape, "/", 1);
        rest = weft_str_skip(rest, 1);
        const char *slash = rest.len ? memchr(rest.at, '/', rest.len) : NULL;
        weft_str segment = {rest.at, slash ? (size_t)(slash - rest.at) : rest.len};
        rest = weft_str_skip(rest, segment.len);
        if (!add_segment(row, out, segment, rest.len == 0, &shape))
            return false;
    }
    out->shape = weft_buffer_str(&shape);
    if (shape.failed)
        weft__row_fault(row, "%s", weft_error_text(WEFT_NO_MEMORY));
    return !shape.failed;
}
