/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/message.h: JSON that a program reads and writes by itself, by the types that derive
 * `message`: what travels over a WebSocket, in an event, in a queue. Handlers need none of it:
 * their bodies are converted for them.
 *
 *     DERIVE(message)
 *     typedef struct move {
 *         int32_t x RANGE(0, 7), y RANGE(0, 7);
 *     } move;
 *
 *     move to;
 *     weft_str why;
 *     if (WEFT_MESSAGE_READ(move, text, arena, &to, &why) != WEFT_OK)
 *         ...
 *     weft_str text = WEFT_MESSAGE_TEXT(move, arena, &to);
 */
#ifndef WEFT_MESSAGE_H
#define WEFT_MESSAGE_H

#include <weft/derive.h>
#include <weft/json.h>

/* Reads the whole of `text` into *into, a T. Its strings are views into `text` or copies in the
 * arena. WEFT_OK; WEFT_INVALID: it is not JSON, or not of that type, and *why is a clause that says
 * so, for people: "/x must be from 0 to 7, not 9"; WEFT_NO_MEMORY. */
#define WEFT_MESSAGE_READ(T, text, arena, into, why) \
    weft__message_read((text), (arena), WEFT__DECODER(T), 1 ? (into) : (T *)NULL, (why))

/* *from, a T, as JSON in the arena; {NULL, 0} when memory is exhausted. */
#define WEFT_MESSAGE_TEXT(T, arena, from) \
    weft__message_text((arena), WEFT__ENCODER(T), 1 ? (from) : (const T *)NULL)

weft_error weft__message_read(weft_str text, weft_arena *arena, weft_json_decode_fn *decode,
                              void *into, weft_str *why) WEFT_NODISCARD WEFT_NONNULL(2, 5);
weft_str weft__message_text(weft_arena *arena, weft_json_encode_fn *encode, const void *from)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* The generated unit declares both before this file's text. */
#if defined(WEFT_GENERATED)
#define WEFT__DECODER(T) T##__decode_json
#define WEFT__ENCODER(T) T##__encode_json
#elif defined(WEFT_GENERATOR)
#define WEFT__DECODER(T) NULL
#define WEFT__ENCODER(T) NULL
#else
#define WEFT__DECODER(T) \
    (weft_json_decode_fn *)weft_glue_is_missing__compile_what_weftgen_writes_instead_of_this_file
#define WEFT__ENCODER(T) \
    (weft_json_encode_fn *)weft_glue_is_missing__compile_what_weftgen_writes_instead_of_this_file
#endif

#endif
