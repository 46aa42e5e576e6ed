/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A list is asked for its item, and knows how many it has.
 */
#include <weft/prelude.h>

int64_t third(ARRAY(int64_t) list);

int64_t third(ARRAY(int64_t) list)
{
    return list.len > 2 ? AT(list, 2) : 0;
}
