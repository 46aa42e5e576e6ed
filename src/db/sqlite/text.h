/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/text.h: the little that must be known of a statement's text before SQLite sees it.
 */
#ifndef WEFT_DB_SQLITE_TEXT_H
#define WEFT_DB_SQLITE_TEXT_H

#include <weft/base.h>

/* The first byte that is neither space, comment nor semicolon; the final NUL when there is none. */
const char *weft__sql_start(const char *sql) WEFT_RETURNS_NONNULL;

/* Whether the statement begins, ends or divides transactions, or attaches databases. */
bool weft__sql_is_control(const char *sql);

#endif
