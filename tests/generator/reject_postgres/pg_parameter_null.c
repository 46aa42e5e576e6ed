/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A value that may be missing for a column that must not be.
 */
#include <weft/prelude.h>

SQL("INSERT INTO authors (name) VALUES ($1)")
http_status add(database *db, OPTIONAL(str) name);

SQL("UPDATE books SET isbn = :isbn, cover = :cover WHERE id = :id")
http_status change(database *db, int64_t id, OPTIONAL(str) isbn, OPTIONAL(bytes) cover);
