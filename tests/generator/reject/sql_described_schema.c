/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Descriptions of another schema.
 * arguments: --engines postgres --queries described --migrations migrations
 */
#include <weft/prelude.h>

SQL("SELECT 1")
http_status find(database *db, int32_t *one);
