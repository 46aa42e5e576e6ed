/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/slots.c: the slab of one shard's connections. Blocks are kept until the shard ends, so
 * that a slot never moves and a connection costs nothing but its slot.
 */
#include "serve/server.h"
#include <stdlib.h>

typedef struct weft__block {
    struct weft__block *next;
    weft__connection slots[WEFT__SLOTS_PER_BLOCK];
} block;

static bool grow(weft__slots *slots)
{
    block *added = calloc(1, sizeof *added);
    if (added == NULL)
        return false;
    added->next = slots->blocks;
    slots->blocks = added;
    for (size_t i = WEFT__SLOTS_PER_BLOCK; i-- > 0;) {
        added->slots[i].next_free = slots->free;
        slots->free = &added->slots[i];
    }
    return true;
}

weft__connection *weft__slots_take(weft__slots *slots)
{
    if (slots->free == NULL && !grow(slots))
        return NULL;
    weft__connection *connection = slots->free;
    slots->free = connection->next_free;
    *connection = (weft__connection){.phase = WEFT__PHASE_IDLE};
    return connection;
}

void weft__slots_give(weft__slots *slots, weft__connection *connection)
{
    connection->phase = WEFT__PHASE_FREE;
    connection->next_free = slots->free;
    slots->free = connection;
}

void weft__slots_each(weft__slots *slots, void (*visit)(weft__connection *connection))
{
    for (block *at = slots->blocks; at != NULL; at = at->next)
        for (size_t i = 0; i < WEFT__SLOTS_PER_BLOCK; i++)
            if (at->slots[i].phase != WEFT__PHASE_FREE)
                visit(&at->slots[i]);
}

void weft__slots_finish(weft__slots *slots)
{
    while (slots->blocks != NULL) {
        block *first = slots->blocks;
        slots->blocks = first->next;
        free(first);
    }
    slots->free = NULL;
}
