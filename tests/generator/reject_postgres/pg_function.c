/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A function that does not exist, or not for such a value.
 */
#include <weft/prelude.h>

SQL("SELECT lenght(name) FROM authors")
http_status measure(database *db, ARRAY(int32_t) *rows);

SQL("SELECT upper(id) FROM authors")
http_status shout(database *db, ARRAY(str) *rows);
