/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * ARRAY and OPTIONAL do not hold each other.
 */
#include <weft/prelude.h>

typedef OPTIONAL(int32_t) year;
ARRAY_OF(year);

DERIVE(json)
typedef struct author {
    int64_t id;
    ARRAY(year) years;
} author;
