/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What may be absent in what may be absent: null cannot say which.
 */
#include <weft/prelude.h>

typedef OPTIONAL(int32_t) year;
OPTIONAL_OF(year);
CHANGE_OF(year);
typedef CHANGE(int32_t) shift;
ARRAY_OF(shift);

DERIVE(json)
typedef struct author {
    int64_t id;
    OPTIONAL(year) born;
    CHANGE(year) died;
    ARRAY(shift) shifts;
} author;
