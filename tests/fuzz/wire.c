/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * JSON through generated codecs: values that travel as text, maps, changes, raw JSON, flat records,
 * unions with a tag. See json.h.
 */
#include "json.h"
#include "wire.weft.h"

static const codec codecs[] = {
    {event__decode_json, event__encode_json},
    {event_patch__decode_json, event_patch__encode_json},
    {shape__decode_json, shape__encode_json},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    union {
        event event;
        event_patch event_patch;
        shape shape;
    } value;
    check_codecs(codecs, sizeof codecs / sizeof codecs[0], input_of(data, size), &value);
    return 0;
}
