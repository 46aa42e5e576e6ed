/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What only SQLite knows to be wrong.
 */
#include <weft/prelude.h>

SQL("SELECT count(*) FROM authors WHERE count(*) > 1")
http_status count_authors(database *db, int64_t *count);
