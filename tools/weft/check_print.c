/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/check_print.c: findings in the compiler's format, for people and editors, and in JSON.
 */
#include "check.h"

#include <weft/buffer.h>

static void print_place(check_place place, const char *severity, const char *message)
{
    const char *line = check_line(place.file, place.line);
    printf("%s:%u:%u: %s: %s\n", place.file, place.line, place.column, severity, message);
    if (line == NULL)
        return;
    puts(line);
    for (size_t i = 0; i + 1 < place.column && line[i] != '\0'; i++)
        if (((unsigned char)line[i] & 0xC0) != 0x80) /* a character takes one column */
            putchar(line[i] == '\t' ? '\t' : ' ');
    puts("^");
}

void check_print_text(const check_findings *findings)
{
    for (size_t i = 0; i < findings->len; i++) {
        const check_finding *f = &findings->at[i];
        print_place(f->place, "error", f->message);
        if (f->note != NULL)
            print_place(f->note_place, "note", f->note);
    }
}

static void write_text(weft_buffer *to, const char *name, const char *text)
{
    if (text == NULL)
        return;
    weft_buffer_printf(to, ", \"%s\": ", name);
    weft_buffer_append_quoted(to, weft_str_from(text));
}

static void write_place(weft_buffer *to, check_place place, const char *message)
{
    weft_buffer_append_str(to, WEFT_STR("{\"file\": "));
    weft_buffer_append_quoted(to, weft_str_from(place.file));
    weft_buffer_printf(to, ", \"line\": %u, \"column\": %u", place.line, place.column);
    write_text(to, "message", message);
}

void check_print_json(const check_findings *findings, size_t files)
{
    weft_buffer to;
    weft_buffer_init(&to, weft_arena_current());
    weft_buffer_printf(&to, "{\"files\": %zu, \"findings\": [", files);
    for (size_t i = 0; i < findings->len; i++) {
        const check_finding *f = &findings->at[i];
        weft_buffer_append_str(&to, i == 0 ? WEFT_STR("\n  ") : WEFT_STR(",\n  "));
        write_place(&to, f->place, f->message);
        write_text(&to, "rule", f->rule);
        write_text(&to, "handle", f->handle);
        write_text(&to, "function", f->function);
        if (f->note != NULL) {
            weft_buffer_append_str(&to, WEFT_STR(", \"note\": "));
            write_place(&to, f->note_place, f->note);
            weft_buffer_append_str(&to, WEFT_STR("}"));
        }
        weft_buffer_append_str(&to, WEFT_STR("}"));
    }
    weft_buffer_append_str(&to, findings->len != 0 ? WEFT_STR("\n]}\n") : WEFT_STR("]}\n"));
    fwrite(to.at, 1, to.len, stdout);
}
