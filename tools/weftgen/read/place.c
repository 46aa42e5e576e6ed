/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/read/place.c: text and places out of libclang.
 */
#include "read.h"

#include <ctype.h>

const char *read_text(struct reader *reader, CXString text)
{
    const char *chars = clang_getCString(text);
    const char *copy = chars == NULL ? "" : gen_copy(reader->arena, chars, strlen(chars));
    clang_disposeString(text);
    return copy;
}

const char *read_name(struct reader *reader, CXCursor cursor)
{
    return read_text(reader, clang_getCursorSpelling(cursor));
}

/* What comes out of a macro is placed where the macro is used; a macro's argument where it is
 * written. Both is what a reader of the file expects. */
gen_place read_place(struct reader *reader, CXSourceLocation location, unsigned width)
{
    CXFile file;
    gen_place place = {.width = width};
    clang_getFileLocation(location, &file, &place.line, &place.column, NULL);
    if (file == NULL)
        return (gen_place){0};
    place.file = read_text(reader, clang_getFileName(file));
    return place;
}

gen_place read_name_place(struct reader *reader, CXCursor cursor)
{
    unsigned width = (unsigned)strlen(read_name(reader, cursor));
    return read_place(reader, clang_getCursorLocation(cursor), width);
}

weft_str read_source(struct reader *reader, CXSourceLocation location, gen_place *place)
{
    CXFile file;
    unsigned offset;
    size_t size;
    clang_getFileLocation(location, &file, NULL, NULL, &offset);
    *place = read_place(reader, location, 0);
    const char *text = file == NULL ? NULL : clang_getFileContents(reader->parsed, file, &size);
    return text == NULL || offset > size ? (weft_str){0} : (weft_str){text + offset, size - offset};
}

/* ---- documentation comments ---- */

/* One line of a comment, without the marks at both ends. */
static weft_str bare_line(weft_str line)
{
    while (line.len != 0 && isspace((unsigned char)line.at[0]))
        line = weft_str_skip(line, 1);
    while (line.len != 0 && strchr("/*!", line.at[0]) != NULL)
        line = weft_str_skip(line, 1);
    if (line.len != 0 && line.at[0] == '<')
        line = weft_str_skip(line, 1);
    if (line.len >= 2 && memcmp(line.at + line.len - 2, "*/", 2) == 0)
        line.len -= 2;
    while (line.len != 0 && isspace((unsigned char)line.at[0]))
        line = weft_str_skip(line, 1);
    while (line.len != 0 && isspace((unsigned char)line.at[line.len - 1]))
        line.len--;
    return line;
}

const char *read_comment(struct reader *reader, CXCursor cursor)
{
    const char *raw = read_text(reader, clang_Cursor_getRawCommentText(cursor));
    char *bare = gen_alloc(reader->arena, strlen(raw) + 1);
    size_t len = 0;
    while (*raw != '\0') {
        size_t line_len = strcspn(raw, "\n");
        weft_str line = bare_line((weft_str){raw, line_len});
        if (line.len != 0 && len != 0)
            bare[len++] = '\n';
        memcpy(bare + len, line.at, line.len);
        len += line.len;
        raw += line_len + (raw[line_len] == '\n');
    }
    return len == 0 ? NULL : bare;
}
