/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/model.c: memory of the model. A generator that cannot allocate has nothing better to do
 * than to say so and stop, so nobody else checks.
 */
#include "model.h"

#include "base/format.h"
#include <stdio.h>
#include <stdlib.h>

static _Noreturn void out_of_memory(void)
{
    fputs("weftgen: error: out of memory\n", stderr);
    exit(EXIT_FAILURE);
}

void *gen_alloc(weft_arena *arena, size_t size)
{
    void *memory = weft_arena_alloc(arena, size, _Alignof(max_align_t));
    if (memory == NULL)
        out_of_memory();
    return memset(memory, 0, size);
}

const char *gen_copy(weft_arena *arena, const char *text, size_t len)
{
    char *copy = gen_alloc(arena, len + 1);
    if (len != 0)
        memcpy(copy, text, len);
    return copy;
}

const char *gen_format(weft_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    weft_str text = weft__arena_vprintf(arena, format, arguments);
    va_end(arguments);
    if (text.at == NULL)
        out_of_memory();
    return text.at;
}

/* Doubles at powers of two, so that an array needs no capacity beside its count. */
void *gen__room(weft_arena *arena, void *at, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return at;
    void *larger = gen_alloc(arena, (count == 0 ? 1 : count * 2) * size);
    if (count != 0)
        memcpy(larger, at, count * size);
    return larger;
}
