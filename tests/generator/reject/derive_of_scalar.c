/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * DERIVE before a type that has no parts.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef int64_t author_id;
