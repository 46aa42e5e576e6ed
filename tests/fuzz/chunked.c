/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Chunked bodies: however the bytes are cut, the data, the refusal and the bytes consumed are the
 * same; and what was written as chunks reads back.
 */
#include "fuzz.h"
#include "http/h1/h1.h"

typedef struct result {
    weft__h1_outcome outcome;
    weft__h1_fault fault;
    weft_buffer data;
    size_t used;
} result;

/* Gives the bytes in pieces of `step`, each in an allocation of its own. */
static result decode(weft_str wire, size_t step, weft_arena *arena)
{
    weft__h1_chunked chunked = {0};
    result r = {.outcome = WEFT__H1_PARTIAL};
    weft_buffer_init(&r.data, arena);
    while (r.outcome == WEFT__H1_PARTIAL && r.used < wire.len) {
        size_t len = wire.len - r.used < step ? wire.len - r.used : step, used;
        weft_str data;
        char *piece = malloc(len);
        memcpy(piece, wire.at + r.used, len);
        r.outcome = weft__h1_chunked_take(&chunked, piece, len, &used, &data, &r.fault);
        if (r.outcome != WEFT__H1_BAD) {
            CHECK(used <= len && (used > 0 || r.outcome == WEFT__H1_DONE));
            weft_buffer_append_str(&r.data, data);
            r.used += used;
        }
        free(piece);
    }
    return r;
}

static void same(weft_str wire, size_t step, weft_arena *arena)
{
    result whole = decode(wire, wire.len, arena), cut = decode(wire, step, arena);
    CHECK(whole.outcome == cut.outcome);
    if (whole.outcome == WEFT__H1_BAD) {
        CHECK(whole.fault.status == cut.fault.status && whole.fault.reason == cut.fault.reason);
        return;
    }
    CHECK(whole.used == cut.used);
    CHECK(weft_str_equal(weft_buffer_str(&whole.data), weft_buffer_str(&cut.data)));
}

static void read_back(weft_str data, size_t chunk, weft_arena *arena)
{
    weft_buffer wire;
    weft_buffer_init(&wire, arena);
    for (size_t at = 0; at < data.len; at += chunk) {
        size_t len = data.len - at < chunk ? data.len - at : chunk;
        weft_buffer_printf(&wire, at % 2 != 0 ? "%zX;a=\"b\"\r\n" : "%zx\r\n", len);
        weft_buffer_append(&wire, data.at + at, len);
        weft_buffer_append(&wire, "\r\n", 2);
    }
    weft_buffer_append_str(&wire, WEFT_STR("0\r\nX-Sum: 1\r\n\r\n"));
    CHECK(!wire.failed);
    result r = decode(weft_buffer_str(&wire), wire.len, arena);
    CHECK(r.outcome == WEFT__H1_DONE && r.used == wire.len);
    CHECK(weft_str_equal(weft_buffer_str(&r.data), data));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weft_str wire = input_of(data, size);
    weft_arena arena;
    weft_arena_init(&arena, 0);
    same(wire, 1, &arena);
    if (size > 0) {
        same(wire, 1 + data[size - 1] % 32u, &arena);
        read_back(wire, WEFT__H1_CHUNK_FAIR + data[0], &arena);
    }
    weft_arena_reset(&arena);
    return 0;
}
