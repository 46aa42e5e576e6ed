/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/watermark.c: how deep stacks were used. A stack is all zeroes before its fiber begins, so
 * the lowest word that is not tells; what the fiber has written is wiped for the next one.
 */
#include "runtime/watermark.h"
#include "runtime/stack.h"
#include <stdio.h>
#include <stdlib.h>
#include <weft/log.h>

bool weft__watermark_on;

static _Atomic size_t high_water;

size_t weft_stack_high_water(void)
{
    return atomic_load_explicit(&high_water, memory_order_relaxed);
}

weft_error weft__watermark_open(void)
{
    const char *text = getenv("WEFT_STACK_WATERMARK");
    bool on = text && strcmp(text, "1") == 0;
    if (text && !on && strcmp(text, "0") != 0) {
        fprintf(stderr, "weft: WEFT_STACK_WATERMARK must be 0 or 1, not \"%s\"\n", text);
        return WEFT_INVALID;
    }
    weft__watermark_on = on;
    atomic_store_explicit(&high_water, 0, memory_order_relaxed);
    return WEFT_OK;
}

/* Bytes of the stack that are in use, all wiped on return. Volatile and unchecked, because to the
 * tools this is memory of frames that are gone. */
__attribute__((no_sanitize("address", "thread"))) static size_t wipe(weft_fiber *fiber)
{
    volatile uint64_t *end = (volatile uint64_t *)(void *)fiber;
    volatile uint64_t *at = (volatile uint64_t *)(void *)fiber->stack;
    while (at < end && *at == 0)
        at++;
    size_t used = (size_t)((volatile char *)end - (volatile char *)at);
    while (at < end)
        *at++ = 0;
    return used;
}

void weft__watermark_take(weft_fiber *fiber)
{
    size_t used = wipe(fiber), highest = weft_stack_high_water();
    while (used > highest && !atomic_compare_exchange_weak(&high_water, &highest, used))
        continue;
    if (used <= weft__stack_size() / 4 * 3)
        return;
    const weft_log_field fields[] = {
        WEFT_FIELD_STR("fiber", weft_str_from(fiber->context.name)),
        WEFT_FIELD_I64("used", (int64_t)used),
        WEFT_FIELD_I64("stack_size", (int64_t)weft__stack_size()),
    };
    weft_log_event(WEFT_LOG_DEBUG, "runtime", WEFT_STR("a fiber has used most of its stack"),
                   fields, 3);
}
