/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A C string has no length.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    int64_t id;
    const char *name;
    char *site;
} author;
