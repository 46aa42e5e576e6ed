/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * DERIVE before a struct without a typedef.
 */
#include <weft/prelude.h>

DERIVE(json)
struct author {
    int64_t id;
};
