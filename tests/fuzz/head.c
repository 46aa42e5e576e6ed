/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a client writes to a connection: heads and framed bodies one after the other. Whole, byte by
 * byte and cut in two, the requests, the refusal and the bytes consumed are the same;
 * so are they, twice in a row, where fields that come again are not parsed.
 */
#include "fuzz.h"
#include "session.h"

enum { BYTEWISE_MAX = 512 }; /* each byte scans the head anew */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weft_str input = input_of(data, size);
    size_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += data[i];
    session whole;
    session_init(&whole);
    if (sum % 4 == 0) /* small enough to be reached by what the fuzzer writes */
        whole.limits = (weft__h1_limits){.request_line = 32, .head = 128, .fields = 3};
    session_feed(&whole, input.at, size);
    if (size > 0) {
        CHECK(session_cut_same(&whole, input.at, size, sum % size, size));
        CHECK(session_again_same(&whole, input.at, size));
        CHECK(session_cut_same(&whole, input.at, size, 0, size <= BYTEWISE_MAX ? 1 : 97));
    }
    session_finish(&whole);
    return 0;
}
