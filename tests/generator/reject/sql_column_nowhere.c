/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A column where there is no table.
 */
#include <weft/prelude.h>

SQL("SELECT id")
http_status find_id(database *db, int64_t *id);
