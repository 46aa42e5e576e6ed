/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/diagnose.c: messages in the compiler's format, so that editors jump to them.
 */
#include "model.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned errors;

static const char *const severity_names[] = {
    [GEN_ERROR] = "error", [GEN_WARNING] = "warning", [GEN_NOTE] = "note"};

/* Prints `line` and below it a caret and its tail. Tabs are repeated, so that the caret stands
 * right whatever a tab's width; bytes that continue a UTF-8 character take no column. */
static void print_caret(const char *line, const gen_place *place)
{
    size_t len = strcspn(line, "\r\n");
    fprintf(stderr, "%.*s\n", (int)len, line);
    for (size_t i = 0; i + 1 < place->column && i < len; i++)
        if (((unsigned char)line[i] & 0xC0) != 0x80)
            fputc(line[i] == '\t' ? '\t' : ' ', stderr);
    fputc('^', stderr);
    for (size_t i = place->column; i + 1 < (size_t)place->column + place->width && i < len; i++)
        if (((unsigned char)line[i] & 0xC0) != 0x80)
            fputc('~', stderr);
    fputc('\n', stderr);
}

static void print_source(const gen_place *place)
{
    FILE *file = fopen(place->file, "r");
    if (file == NULL)
        return;
    char *line = NULL;
    size_t size = 0;
    unsigned number = 0;
    while (number < place->line && getline(&line, &size, file) >= 0)
        number++;
    if (number == place->line && number != 0)
        print_caret(line, place);
    free(line);
    fclose(file);
}

void gen_report(gen_severity severity, const gen_place *place, const char *format, ...)
{
    if (severity == GEN_ERROR)
        errors++;
    if (place != NULL && place->file != NULL)
        fprintf(stderr, "%s:%u:%u: ", place->file, place->line, place->column);
    else
        fputs("weftgen: ", stderr);
    fprintf(stderr, "%s: ", severity_names[severity]);

    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    if (place != NULL && place->file != NULL)
        print_source(place);
}

unsigned gen_error_count(void)
{
    return errors;
}

gen_place gen_statement_place(const gen_statement *statement, size_t offset, size_t width)
{
    gen_place place = statement->place;
    for (size_t i = 0; i < statement->piece_count; i++) {
        const gen_piece *piece = &statement->pieces[i];
        if (offset < piece->offset)
            break;
        place = piece->place;
        if (place.width == 0) /* plain text: each byte has its own column */
            place.column += (unsigned)(offset - piece->offset);
        else if (offset == piece->offset && width == piece->len)
            return place; /* what stands for something of another length */
    }
    place.width = (unsigned)width;
    return place;
}

/* ---- names that look alike ----------------------------------------------------------------- */

enum { NAME_MAX_COMPARED = 64 };

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Edits (insert, delete, replace, swap neighbours) between two names, without case. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][NAME_MAX_COMPARED + 1];
    size_t a_len = strlen(a), b_len = strlen(b);
    if (a_len > NAME_MAX_COMPARED || b_len > NAME_MAX_COMPARED)
        return SIZE_MAX;
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            row[j] = least(row[j - 1] + 1, above[j] + 1, above[j - 1] + !same);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1, SIZE_MAX);
        }
    }
    return rows[a_len % 3][b_len];
}

const char *gen_nearest(const char *wanted, const char *const *names, size_t count)
{
    /* A slip per three letters: "emial" is "email", but "id" is not "db". */
    size_t bound = (strlen(wanted) + 2) / 3 + 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t edits = distance(wanted, names[i]);
        if (edits < bound) {
            bound = edits;
            nearest = names[i];
        }
    }
    return nearest;
}
