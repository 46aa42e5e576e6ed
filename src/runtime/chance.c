/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/chance.c: which fiber is next, by a seed instead of by the order of arrival; a run with
 * one worker that a test can repeat.
 */
#include "runtime/worker.h"

#define CHOICE 64 /* of so many ready fibers one is chosen */

/* Steele, Lea and Flood's splitmix64: every seed, also 1, 2, 3, gives a sequence of its own. */
static uint64_t draw(uint64_t *state)
{
    uint64_t bits = *state += UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
    return bits ^ bits >> 31;
}

static unsigned count_ready(const weft__queue *queue)
{
    unsigned count = 0;
    for (const weft_fiber *fiber = queue->first; fiber && count < CHOICE; fiber = fiber->next)
        count++;
    return count;
}

void weft__chance_pick(weft__worker *worker)
{
    weft__queue *queue = &worker->ready;
    unsigned count = count_ready(queue);
    if (count < 2)
        return;
    unsigned index = (unsigned)(draw(&worker->chance) % count);
    if (index == 0)
        return;
    weft_fiber *before = queue->first;
    while (--index > 0)
        before = before->next;
    weft_fiber *chosen = before->next;
    before->next = chosen->next;
    if (queue->last == chosen)
        queue->last = before;
    chosen->next = queue->first;
    queue->first = chosen;
}
