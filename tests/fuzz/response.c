/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Responses: whatever a handler passes on, a written head has exactly the lines that were set, so
 * that no input of a client can add a field or end the head. The input's parts, cut at 0xFF, are
 * names and values of fields, a location, a file's name and a content type.
 */
#include "fuzz.h"
#include "http/h1/h1.h"

static void set_all(weft_response *response, weft_str input)
{
    weft_str part = input_until(&input, (char)0xff), value = input_until(&input, (char)0xff);
    (void)weft_response_location(response, "%.*s", WEFT_STR_ARGS(value));
    (void)weft_response_attachment(response, value);
    (void)weft_response_bytes(response, part, value);
    for (bool add = false; part.len != 0; add = !add) {
        weft_error error = add ? weft_response_header_add(response, part, value)
                               : weft_response_header_set(response, part, value);
        CHECK(error == WEFT_OK || error == WEFT_INVALID);
        part = input_until(&input, (char)0xff);
        value = input_until(&input, (char)0xff);
    }
}

/* Takes one line that ends with CR LF and has no other control byte than TAB. */
static weft_str line(weft_str *rest)
{
    weft_str taken = input_until(rest, '\n');
    CHECK(taken.len >= 1 && taken.at[taken.len - 1] == '\r');
    taken.len--;
    for (size_t i = 0; i < taken.len; i++)
        CHECK((uint8_t)taken.at[i] >= ' ' || taken.at[i] == '\t');
    return taken;
}

static void read_back(const weft_response *response, weft_str wire)
{
    CHECK(weft_str_equal(line(&wire), WEFT_STR("HTTP/1.1 200 OK")));
    CHECK(weft_str_starts_with(line(&wire), WEFT_STR("Date: ")));
    if (response->body_given)
        CHECK(weft_str_starts_with(line(&wire), WEFT_STR("Content-Type: ")));
    CHECK(weft_str_starts_with(line(&wire), WEFT_STR("Content-Length: ")));
    for (size_t i = 0; i < response->field_count; i++) {
        weft_str value = line(&wire), name = input_until(&value, ':');
        CHECK(weft_str_equal(name, response->fields[i].name));
        CHECK(weft_str_equal(weft_str_skip(value, 1), response->fields[i].value));
    }
    CHECK(line(&wire).len == 0);
    CHECK(weft_str_equal(wire, response->body_given ? weft_buffer_str(&response->body)
                                                    : (weft_str){NULL, 0}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_request request;
    weft_response response;
    weft__request_init(&request, &arena);
    weft__response_init(&response, &arena);
    request.method = WEFT_METHOD_GET;
    request.minor_version = 1;
    response.status = WEFT_HTTP_OK;
    set_all(&response, input_of(data, size));
    weft_buffer wire;
    weft_buffer_init(&wire, &arena);
    weft__h1_write(&wire, &request, &response, "Sun, 06 Nov 1994 08:49:37 GMT", false);
    CHECK(!wire.failed);
    read_back(&response, weft_buffer_str(&wire));
    weft_arena_reset(&arena);
    return 0;
}
