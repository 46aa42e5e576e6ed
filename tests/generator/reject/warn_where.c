/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A change of every row.
 */
#include <weft/prelude.h>

SQL("DELETE FROM loans")
http_status forget_loans(database *db, int64_t *count);

SQL("UPDATE books SET price = price * 2")
http_status inflate(database *db);
