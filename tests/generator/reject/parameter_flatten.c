/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * FLATTEN and TAG are about records.
 */
#include <weft/prelude.h>

typedef enum kind { KIND_A, KIND_B } kind;

static http_status find(int32_t size FLATTEN, kind kind TAG)
{
    return size > 0 && kind == KIND_A ? HTTP_OK : HTTP_NOT_FOUND;
}

static const route api[] = {
    GET("/", find),
};
