/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A handler answers with a status.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

static int get_author(int64_t id, author *out)
{
    *out = (author){.id = id};
    return 200;
}

static const route api[] = {
    GET("/authors/{id}", get_author),
};
