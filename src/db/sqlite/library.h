/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/library.h: SQLite, loaded when the first sqlite URL is opened. Everything in this
 * folder calls it through here, by the names that it has. weftgen, which shares some of the folder,
 * is linked with SQLite instead, as is the library in a build with -Dsqlite=linked.
 */
#ifndef WEFT_DB_SQLITE_LIBRARY_H
#define WEFT_DB_SQLITE_LIBRARY_H

#include <sqlite3.h>

#ifdef WEFT__SQLITE_LOADED

#include "db/library.h"

#define WEFT__SQLITE(X)             \
    X(sqlite3_bind_blob64)          \
    X(sqlite3_bind_double)          \
    X(sqlite3_bind_int64)           \
    X(sqlite3_bind_null)            \
    X(sqlite3_bind_parameter_count) \
    X(sqlite3_bind_parameter_index) \
    X(sqlite3_bind_text64)          \
    X(sqlite3_busy_handler)         \
    X(sqlite3_changes64)            \
    X(sqlite3_close)                \
    X(sqlite3_column_blob)          \
    X(sqlite3_column_bytes)         \
    X(sqlite3_column_count)         \
    X(sqlite3_column_double)        \
    X(sqlite3_column_int64)         \
    X(sqlite3_column_name)          \
    X(sqlite3_column_text)          \
    X(sqlite3_column_type)          \
    X(sqlite3_config)               \
    X(sqlite3_errmsg)               \
    X(sqlite3_error_offset)         \
    X(sqlite3_exec)                 \
    X(sqlite3_finalize)             \
    X(sqlite3_get_autocommit)       \
    X(sqlite3_limit)                \
    X(sqlite3_open_v2)              \
    X(sqlite3_prepare_v2)           \
    X(sqlite3_prepare_v3)           \
    X(sqlite3_progress_handler)     \
    X(sqlite3_reset)                \
    X(sqlite3_set_authorizer)       \
    X(sqlite3_step)                 \
    X(sqlite3_system_errno)         \
    X(sqlite3_threadsafe)           \
    X(sqlite3_total_changes64)

typedef struct weft__sqlite_functions {
    WEFT__SQLITE(WEFT__LIBRARY_FIELD)
} weft__sqlite_functions;

extern weft__sqlite_functions weft__sqlite_library;

/* Before the first of them is called; false with the cause, and what to do, in `why`. */
bool weft__sqlite_load(char *why, size_t why_size);

/* clang-format off */
#define sqlite3_bind_blob64          weft__sqlite_library.sqlite3_bind_blob64
#define sqlite3_bind_double          weft__sqlite_library.sqlite3_bind_double
#define sqlite3_bind_int64           weft__sqlite_library.sqlite3_bind_int64
#define sqlite3_bind_null            weft__sqlite_library.sqlite3_bind_null
#define sqlite3_bind_parameter_count weft__sqlite_library.sqlite3_bind_parameter_count
#define sqlite3_bind_parameter_index weft__sqlite_library.sqlite3_bind_parameter_index
#define sqlite3_bind_text64          weft__sqlite_library.sqlite3_bind_text64
#define sqlite3_busy_handler         weft__sqlite_library.sqlite3_busy_handler
#define sqlite3_changes64            weft__sqlite_library.sqlite3_changes64
#define sqlite3_close                weft__sqlite_library.sqlite3_close
#define sqlite3_column_blob          weft__sqlite_library.sqlite3_column_blob
#define sqlite3_column_bytes         weft__sqlite_library.sqlite3_column_bytes
#define sqlite3_column_count         weft__sqlite_library.sqlite3_column_count
#define sqlite3_column_double        weft__sqlite_library.sqlite3_column_double
#define sqlite3_column_int64         weft__sqlite_library.sqlite3_column_int64
#define sqlite3_column_name          weft__sqlite_library.sqlite3_column_name
#define sqlite3_column_text          weft__sqlite_library.sqlite3_column_text
#define sqlite3_column_type          weft__sqlite_library.sqlite3_column_type
#define sqlite3_config               weft__sqlite_library.sqlite3_config
#define sqlite3_errmsg               weft__sqlite_library.sqlite3_errmsg
#define sqlite3_error_offset         weft__sqlite_library.sqlite3_error_offset
#define sqlite3_exec                 weft__sqlite_library.sqlite3_exec
#define sqlite3_finalize             weft__sqlite_library.sqlite3_finalize
#define sqlite3_get_autocommit       weft__sqlite_library.sqlite3_get_autocommit
#define sqlite3_limit                weft__sqlite_library.sqlite3_limit
#define sqlite3_open_v2              weft__sqlite_library.sqlite3_open_v2
#define sqlite3_prepare_v2           weft__sqlite_library.sqlite3_prepare_v2
#define sqlite3_prepare_v3           weft__sqlite_library.sqlite3_prepare_v3
#define sqlite3_progress_handler     weft__sqlite_library.sqlite3_progress_handler
#define sqlite3_reset                weft__sqlite_library.sqlite3_reset
#define sqlite3_set_authorizer       weft__sqlite_library.sqlite3_set_authorizer
#define sqlite3_step                 weft__sqlite_library.sqlite3_step
#define sqlite3_system_errno         weft__sqlite_library.sqlite3_system_errno
#define sqlite3_threadsafe           weft__sqlite_library.sqlite3_threadsafe
#define sqlite3_total_changes64      weft__sqlite_library.sqlite3_total_changes64
/* clang-format on */

#else

#include <stdbool.h>
#include <stddef.h>

static inline bool weft__sqlite_load(char *why, size_t why_size)
{
    (void)why, (void)why_size;
    return true;
}

#endif
#endif
