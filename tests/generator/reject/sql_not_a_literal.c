/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A statement that is computed.
 */
#include <weft/prelude.h>

SQL(STATEMENT)
http_status find_id(database *db, int64_t *id);
