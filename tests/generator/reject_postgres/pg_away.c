/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A server that is not there.
 * arguments: --database postgresql://nobody@/nothing?host=/nowhere
 */
#include <weft/prelude.h>

SQL("SELECT 1")
http_status find(database *db, int32_t *id);
