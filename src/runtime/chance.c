/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/chance.c: what is next where order does not matter. With a seed, chance decides which
 * fiber that is, instead of the order of arrival; a run with one worker that a test can repeat.
 */
#include "runtime/hold.h"
#include "runtime/park.h"
#include "runtime/worker.h"

#define CHOICE 64                   /* of so many ready fibers one is chosen */
#define GOLDEN UINT32_C(0x9e3779b9) /* of the range of 32 bits */

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

uint32_t weft__turn(void)
{
    static _Thread_local uint32_t turn_of_thread;
    weft__worker *worker = weft__worker_here;
    if (!worker)
        return turn_of_thread += GOLDEN;
    WEFT__HOLD_WORKER();
    if (WEFT_UNLIKELY(worker->seeded))
        return (uint32_t)(draw(&worker->chance) >> 32);
    return worker->turn += GOLDEN;
}
