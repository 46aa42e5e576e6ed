/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/copy.h: PostgreSQL's COPY, many rows in one stream of bytes, in the format that the
 * statement names:
 *
 *     weft_copy *copy;
 *     WEFT_TRY(weft_copy_begin(db, "COPY users (name, email) FROM STDIN (FORMAT csv)", &copy));
 *     result = weft_copy_write(copy, WEFT_STR("Ada,ada@example.com\n"));
 *     ...
 *     WEFT_TRY(weft_copy_end(copy, &rows));
 *
 * A copy belongs to the fiber (or plain thread) that began it and has a connection for itself, or
 * that of the transaction that it was begun in (on weft_within(tx)), where nothing else may be done
 * until it has ended.
 */
#ifndef WEFT_COPY_H
#define WEFT_COPY_H

#include <weft/db.h>

typedef struct WEFT_OWNED("copy") weft_copy weft_copy;

/* `sql` is COPY .. FROM STDIN or COPY .. TO STDOUT; it is not checked when the program is built.
 * WEFT_DB_FAILED for SQLite, which has no COPY. */
weft_db_result weft_copy_begin(weft_database *database, const char *sql, weft_copy **out)
    WEFT_TRY_OPENS(*out) WEFT_BEFORE_END(database) WEFT_NODISCARD WEFT_NONNULL(1, 2, 3);

/* FROM STDIN: sends bytes, in pieces of any size. Waits while the server is slow. */
weft_db_result weft_copy_write(weft_copy *copy, weft_str bytes) WEFT_USES(copy)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* TO STDOUT: the next row, which lives until the next call; WEFT_DB_NONE after the last. */
weft_db_result weft_copy_read(weft_copy *copy, weft_str *row) WEFT_USES(copy)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* Ends; `copy` is gone, whatever is answered. *rows (may be NULL) were copied. What failed in
 * between has copied nothing, and is answered here again; only when the answer to the end itself
 * was lost is the failure in_doubt. */
weft_db_result weft_copy_end(weft_copy *copy, int64_t *rows) WEFT_CLOSES(copy)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* Gives up: nothing was copied. `copy` is gone. NULL is a no-op. */
void weft_copy_abort(weft_copy *copy) WEFT_CLOSES(copy);

#endif
