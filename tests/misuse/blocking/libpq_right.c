/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It asks by a statement that is checked and that only its fiber waits for.
 */
#include <weft/prelude.h>

SQL("DELETE FROM carts")
http_status clear(database *db);
