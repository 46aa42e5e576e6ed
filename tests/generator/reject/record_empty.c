/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A record without fields says nothing.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct nothing {
} nothing;
