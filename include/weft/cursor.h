/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/cursor.h: the rows of a result one at a time, in memory that does not grow with their
 * number. After a type that derives `row`, WEFT_CURSOR_OF(T) declares WEFT_CURSOR(T), which an
 * SQL(..) prototype may have as its last parameter:
 *
 *     SQL("SELECT id, name, email FROM users ORDER BY id")
 *     db_result each_user(database *db, CURSOR(user) *rows) TRY_OPENS(rows);
 *
 *     CURSOR(user) rows;
 *     TRY(each_user(db, &rows));
 *     for (user one; cursor_next(&rows, &one);)
 *         ...
 *     TRY(cursor_close(&rows));
 *
 * A cursor belongs to the fiber (or plain thread) that opened it and holds a connection, or that
 * of the transaction which it was opened in; it is closed before that ends. What a handler leaves
 * open is closed when it returns, and logged; the same at the end of a fiber.
 */
#ifndef WEFT_CURSOR_H
#define WEFT_CURSOR_H

#include <weft/db.h>

typedef struct weft_cursor weft_cursor;

/* {weft_cursor *rows; T *row;}: T only names the type. The handle is the WEFT_CURSOR(T), so that a
 * prototype which opens one says WEFT_TRY_OPENS(rows). */
#define WEFT_CURSOR(T) weft_cursor_##T
#define WEFT_CURSOR_OF(T)                                 \
    typedef struct WEFT_OWNED("cursor") weft_cursor_##T { \
        weft_cursor *rows;                                \
        const T *row;                                     \
    } weft_cursor_##T

/* Reads the next row into *row, a T; its texts live until the next call. False: there are no more,
 * or it failed, which closing tells. */
#define weft_cursor_next(cursor, into)                                   \
    ((void)sizeof((cursor)->row == (into)), WEFT__WATCHED(uses, cursor), \
     weft__cursor_next((cursor)->rows, (into)))

/* Closes; WEFT_DB_OK, or what went wrong. A cursor may be closed before its last row. Closing a
 * cursor that could not be opened is a no-op. */
#define weft_cursor_close(cursor) \
    (WEFT__WATCHED(gives, cursor), weft__cursor_close(&(cursor)->rows))

bool weft__cursor_next(weft_cursor *rows, void *into) WEFT_NODISCARD;
weft_db_result weft__cursor_close(weft_cursor **rows) WEFT_NODISCARD WEFT_NONNULL(1);

/* For generated code: opens the statement's rows; *rows is NULL when that failed. The parameters
 * are not needed any more when it returns. */
weft_db_result weft_db_open(weft_database *database, const weft_statement *statement,
                            const weft_db_value *parameters, weft_row_decode_fn *decode,
                            weft_cursor **rows) WEFT_NODISCARD WEFT_NONNULL(1, 2, 4, 5);

#endif
