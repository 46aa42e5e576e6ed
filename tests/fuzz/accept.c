/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Accept-Encoding: weights stay within 0 and 1, and a list says the same in one field as in one
 * field for each element (RFC 9110 section 5.3).
 */
#include "layer/accept.h"
#include "fuzz.h"
#include "http/message.h"

enum { FIELDS_MAX = 64 };

static weft__accept read_fields(weft__field *fields, size_t count, weft_arena *arena)
{
    weft_request request;
    weft__request_init(&request, arena);
    request.fields = fields;
    request.field_count = count;
    return weft__accept_of(&request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weft_str rest = input_of(data, size), name = WEFT_STR("Accept-Encoding");
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft__accept whole = read_fields(&(weft__field){name, rest}, 1, &arena);
    CHECK(whole.gzip >= 0 && whole.gzip <= 1000);
    CHECK(whole.identity >= 0 && whole.identity <= 1000);
    weft__field fields[FIELDS_MAX];
    size_t count = 0;
    do
        fields[count++] = (weft__field){name, input_until(&rest, ',')};
    while (rest.len != 0 && count < FIELDS_MAX);
    if (rest.len == 0) {
        weft__accept split = read_fields(fields, count, &arena);
        CHECK(whole.gzip == split.gzip && whole.identity == split.identity);
        CHECK(whole.identity_listed == split.identity_listed);
    }
    weft_arena_reset(&arena);
    return 0;
}
