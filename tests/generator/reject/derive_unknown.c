/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * DERIVE with a word that it does not know.
 */
#include <weft/prelude.h>

DERIVE(jsno)
typedef struct author {
    int64_t id;
} author;
