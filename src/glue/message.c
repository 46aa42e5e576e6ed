/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * glue/message.c: texts into records and back, for programs that do so by themselves.
 */
#include <weft/message.h>

/* The first thing that is wrong; there may be more. */
static weft_str first_violation(const weft_violations *violations)
{
    if (violations->len == 0)
        return WEFT_STR("it is not what is expected here");
    const weft_violation *first = &violations->at[0];
    const char *what = first->pointer.len != 0 ? " " : "it ";
    return weft_arena_printf(violations->arena, "%.*s%s%.*s", WEFT_STR_ARGS(first->pointer), what,
                             WEFT_STR_ARGS(first->detail));
}

weft_error weft__message_read(weft_str text, weft_arena *arena, weft_json_decode_fn *decode,
                              void *into, weft_str *why)
{
    weft_violations violations = {.arena = arena};
    weft_json_fault fault;
    switch (weft_json_decode(text, arena, decode, into, &violations, &fault)) {
    case WEFT_JSON_OK: return WEFT_OK;
    case WEFT_JSON_SYNTAX:
        *why = weft_arena_printf(arena, "it is not JSON: line %u, column %u: %s", fault.line,
                                 fault.column, fault.reason);
        return WEFT_INVALID;
    case WEFT_JSON_SHAPE: *why = first_violation(&violations); return WEFT_INVALID;
    case WEFT_JSON_NO_MEMORY: break;
    }
    return WEFT_NO_MEMORY;
}

weft_str weft__message_text(weft_arena *arena, weft_json_encode_fn *encode, const void *from)
{
    weft_buffer text;
    weft_buffer_init(&text, arena);
    encode(&text, from);
    return text.failed ? (weft_str){NULL, 0} : weft_buffer_str(&text);
}
