/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/batch.c: where the responses of a burst gather until they are sent, and the shard's spare
 * ones.
 */
#include "serve/burst.h"
#include <stdlib.h>

void weft__batch_take(weft__burst *burst)
{
    weft__shard *shard = burst->visit->shard;
    weft__batch *batch = shard->batches;
    if (WEFT_LIKELY(batch != NULL)) {
        shard->batches = batch->next;
        shard->batch_room++;
    } else {
        batch = malloc(sizeof *batch);
        if (batch == NULL)
            return;
    }
    burst->batch = batch;
    burst->out.at = batch->bytes;
    burst->out.capacity = sizeof batch->bytes;
}

void weft__batch_close(weft__burst *burst)
{
    weft__shard *shard = burst->visit->shard;
    weft__batch *batch = burst->batch;
    if (burst->out.at == NULL && !burst->out.failed)
        return;
    if (WEFT_UNLIKELY(batch == NULL || burst->out.at != batch->bytes))
        weft_arena_reset(&burst->overflow);
    weft_buffer_init(&burst->out, &burst->overflow);
    burst->batch = NULL;
    if (WEFT_UNLIKELY(batch == NULL || shard->batch_room == 0)) {
        free(batch);
        return;
    }
    batch->next = shard->batches;
    shard->batches = batch;
    shard->batch_room--;
}

void weft__batches_free(weft__batch *batch)
{
    while (batch != NULL) {
        weft__batch *next = batch->next;
        free(batch);
        batch = next;
    }
}
