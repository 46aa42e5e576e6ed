/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Only a body can be absent as a whole.
 */
#include <weft/prelude.h>

DERIVE(query)
typedef struct filter {
    OPTIONAL(int64_t) after;
} filter;
OPTIONAL_OF(filter);

static http_status list(const OPTIONAL(filter) *in, const OPTIONAL(str) *word)
{
    return in->present || word->present ? HTTP_OK : HTTP_NOT_FOUND;
}

static const route api[] = {
    GET("/list", list),
};
