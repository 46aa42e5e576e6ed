/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * More values than columns.
 */
#include <weft/prelude.h>

SQL("INSERT INTO authors (name) VALUES ($1, $2)")
http_status add_author(database *db, str name, str site);
