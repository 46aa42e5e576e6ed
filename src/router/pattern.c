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

/* A segment that starts as captures do elsewhere. */
static bool check_start(const weft__row *row, weft_str segment)
{
    if (segment.len == 0 || (segment.at[0] != ':' && segment.at[0] != '*'))
        return true;
    bool capture = segment.at[0] == ':';
    weft_str name = weft_str_skip(segment, 1);
    weft__row_fault(row, "\"%.*s\" is not how a %s is written: write \"{%s%.*s}\"",
                    WEFT_STR_ARGS(segment), capture ? "capture" : "wildcard", capture ? "" : "*",
                    WEFT_STR_ARGS(name));
    return false;
}

/* Text that stands for itself, in the segment that it is a part of. */
static bool check_text(const weft__row *row, weft_str segment, weft_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '{' || c == '}') {
            weft__row_fault(row,
                            "\"%.*s\" has more than one capture, or a brace without its other: "
                            "write one \"{name}\" in a segment",
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

/* A capture takes a segment, or what is between the text around it. */
static void append_capture(weft_buffer *shape, weft_str after)
{
    char mark = after.len != 0 ? WEFT__SHAPE_SUFFIXED : WEFT__SHAPE_CAPTURE;
    weft_buffer_append(shape, &mark, 1);
    weft_buffer_append_str(shape, after);
    if (after.len != 0)
        weft_buffer_append(shape, &mark, 1);
}

/* A segment with a brace in it: text, the first "{name}" or "{*name}", text. */
static bool add_braced(const weft__row *row, weft__pattern *pattern, weft_str segment, bool last,
                       weft_buffer *shape)
{
    const char *open = memchr(segment.at, '{', segment.len);
    const char *close = open ? memchr(open, '}', (size_t)(segment.at + segment.len - open)) : NULL;
    if (close == NULL)
        return check_text(row, segment, segment);
    weft_str before = {segment.at, (size_t)(open - segment.at)};
    weft_str braced = {open, (size_t)(close + 1 - open)};
    weft_str after = weft_str_skip(segment, before.len + braced.len);
    if (!check_text(row, segment, before) || !check_text(row, segment, after))
        return false;
    weft_buffer_append_str(shape, before);
    bool wildcard = open[1] == '*';
    if (!wildcard) {
        append_capture(shape, after);
        return add_name(row, pattern, braced, 1);
    }
    if (!last || before.len != 0 || after.len != 0) {
        weft__row_fault(row,
                        "\"%.*s\" takes the rest of the path: it must come last, after a \"/\"",
                        WEFT_STR_ARGS(braced));
        return false;
    }
    weft_buffer_append(shape, &(char){WEFT__SHAPE_WILDCARD}, 1);
    return add_name(row, pattern, braced, 2);
}

/* Appends the segment to the shape; `last` when nothing follows it. */
static bool add_segment(const weft__row *row, weft__pattern *pattern, weft_str segment, bool last,
                        weft_buffer *shape)
{
    if (!check_start(row, segment))
        return false;
    if (segment.len != 0 && memchr(segment.at, '{', segment.len) != NULL)
        return add_braced(row, pattern, segment, last, shape);
    weft_buffer_append_str(shape, segment);
    return check_text(row, segment, segment);
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
