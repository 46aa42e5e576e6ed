/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/library.c: see library.h.
 */
#include "db/sqlite/library.h"

weft__sqlite_functions weft__sqlite_library;

bool weft__sqlite_load(char *why, size_t why_size)
{
    static weft__library library = {
        .file = "libsqlite3.so.0",
        .missing = "SQLite's library is missing or too old: install SQLite 3.38 or later (Debian: "
                   "libsqlite3-0)",
        .names = WEFT__SQLITE(WEFT__LIBRARY_NAME),
        .functions = &weft__sqlite_library,
    };
    return weft__library_load(&library, why, why_size);
}
