/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * PRESENT of a column that the statement does not have.
 */
#include <weft/prelude.h>

SQL("SELECT max(price) AS dearest FROM books")
PRESENT(deerest)
http_status find_dearest(database *db, OPTIONAL(double) *price);
