/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * JSON through generated codecs: scalars, optional members, records and arrays, rules. See json.h.
 */
#include "json.h"
#include "types.weft.h"

static const codec codecs[] = {
    {scalars__decode_json, scalars__encode_json}, {nested__decode_json, nested__encode_json},
    {ruled__decode_json, ruled__encode_json},     {sparse__decode_json, sparse__encode_json},
    {hollow__decode_json, hollow__encode_json},   {plain__decode_json, plain__encode_json},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    union {
        scalars scalars;
        nested nested;
        ruled ruled;
        sparse sparse;
        hollow hollow;
        plain plain;
    } value;
    check_codecs(codecs, sizeof codecs / sizeof codecs[0], input_of(data, size), &value);
    return 0;
}
