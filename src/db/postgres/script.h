/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/script.h: where the statements of a file end, in PostgreSQL's grammar of words.
 */
#ifndef WEFT_DB_POSTGRES_SCRIPT_H
#define WEFT_DB_POSTGRES_SCRIPT_H

#include <weft/base.h>

/* One past the statement that begins at `sql`: after its semicolon, or at the final NUL. Semicolons
 * in strings, quoted names, dollar quotes, comments and SQL function bodies (BEGIN ATOMIC .. END)
 * end nothing. */
const char *weft__pg_statement_end(const char *sql) WEFT_RETURNS_NONNULL;

#endif
