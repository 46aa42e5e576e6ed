/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A result that no row can be read into.
 */
#include <weft/prelude.h>

SQL("SELECT id FROM authors")
http_status find_ids(database *db, void *ids);
