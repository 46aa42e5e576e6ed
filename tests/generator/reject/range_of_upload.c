/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A file has a length, and nothing else that could be checked.
 */
#include <weft/prelude.h>

DERIVE(multipart)
typedef struct photo {
    upload image RANGE(1, 100);
    upload thumbnail PATTERN(".*png");
    upload large DEFAULT("none");
} photo;
