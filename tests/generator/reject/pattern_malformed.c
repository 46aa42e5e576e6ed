/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A pattern that does not compile.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct book {
    str isbn PATTERN("[0-9");
} book;
