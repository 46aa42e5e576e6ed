/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * See queries.h.
 */
#include "queries.h"

int64_t length_of_name(database *db, int32_t id)
{
    str name;
    return find_name(db, id, &name) == WEFT_DB_OK ? (int64_t)name.len : -1;
}
