/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A migration that PostgreSQL refuses.
 * arguments: --migrations broken
 */
#include <weft/prelude.h>

SQL("SELECT id FROM a")
http_status find(database *db, int32_t *id);
