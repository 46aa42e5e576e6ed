/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/rows.h: functions that read one row of a result, as weft_row_decode_fn.
 */
#ifndef WEFTGEN_ROWS_H
#define WEFTGEN_ROWS_H

#include "write/write.h"

/* Those of one unit: statements that fill the same type from the same columns share one. */
struct row_readers {
    struct row_reader {
        const char *name;
        const gen_type *type;
        const gen_statement *statement;
    } * at;
    size_t count;
};

/* Writes the reader of the type unless it is there already; its name. The type is a record, a
 * scalar (column 0), or an OPTIONAL of a scalar (which a NULL leaves absent). */
const char *rows_write_reader(gen_text *out, struct row_readers *readers,
                              const gen_statement *statement, const gen_type *type);

/* Writes what collects the rows of a statement with `nested`: the type of a line, its reader,
 * and the function that makes items of lines. `reader` is that of the type. */
void rows_write_collector(gen_text *out, struct row_readers *readers,
                          const gen_statement *statement, const gen_type *type, const char *reader);

/* Writes the text forms of every enumeration that a statement reads or takes. */
void rows_write_enumerations(gen_text *out, const gen_unit *unit);

#endif
