/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/rescue.c: what becomes of a request whose handler has crashed. The fiber that served it is
 * gone for good (runtime/crash.h); another one takes over its visit, which still lies on the old
 * stack, answers 500, ends the connection, and closes what the handler had open. What the handler's
 * children may still use stays as it is until the process ends.
 */
#include "base/chunk.h"
#include "runtime/crash.h"
#include "runtime/fiber.h"
#include "runtime/hold.h"
#include "serve/burst.h"
#include <sys/socket.h>

static weft__server *served;

/* ---- another fiber --------------------------------------------------------------------------- */

/* A response that has begun can only be cut, so that nobody takes it for whole. */
static void cut(const weft__visit *visit)
{
    const struct linger at_once = {.l_onoff = 1};
    setsockopt(visit->source->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/* The request's memory goes with the fiber that had it. */
static void leave_memory(weft__burst *burst, weft_fiber *crashed)
{
    weft__crash_keep(burst->arena.reserved);
    weft__arena_give(&crashed->arena, &burst->arena);
    burst->arena.limit = burst->visit->shard->server->arena_limit;
}

/* True when the client has got its answer and may still be sending. */
static bool answer(weft__burst *burst)
{
    weft__visit *visit = burst->visit;
    if (visit->begun || visit->crashed) {
        cut(visit);
        return false;
    }
    visit->crashed = true; /* a renderer that crashes, too, gets no second chance */
    burst->context->request = &burst->request;
    burst->context->arena = &burst->arena;
    bool sent = weft__burst_refuse(burst, WEFT_HTTP_INTERNAL_SERVER_ERROR,
                                   "the server failed while it worked on the answer");
    burst->context->request = NULL;
    burst->context->arena = NULL;
    return sent;
}

static void put_away(weft__burst *burst, bool has_orphans)
{
    weft__shard *shard = burst->visit->shard;
    burst->visit->burst = NULL;
    if (!has_orphans) {
        weft__burst_free(burst);
        return;
    }
    weft__crash_keep(burst->size);
    burst->next = shard->orphans;
    shard->orphans = burst;
}

static void take_over(void *arg)
{
    weft__visit *visit = arg;
    weft__burst *burst = visit->burst;
    weft_fiber *crashed = visit->fiber;
    bool has_orphans = crashed->scopes > 0 || visit->crashed; /* or may have had, before this one */
    visit->fiber = weft_fiber_current();
    burst->context = weft__context_current();
    leave_memory(burst, crashed);
    bool sent = answer(burst);
    weft__release_owned(&crashed->context, NULL);
    put_away(burst, has_orphans);
    if (sent)
        weft__visit_linger(visit);
    weft__visit_end(visit, false);
}

/* ---- for the runtime ------------------------------------------------------------------------- */

static bool serves(const weft_fiber *fiber)
{
    return fiber->fn == weft__burst_run || fiber->fn == take_over;
}

static bool rescue(weft_fiber *fiber)
{
    weft__visit *visit = served->shards[weft_worker_index()].visits;
    while (visit != NULL && visit->fiber != fiber)
        visit = visit->next;
    return visit != NULL && visit->burst != NULL &&
           weft__fiber_start(weft_fiber_name(fiber), take_over, visit) == WEFT_OK;
}

void weft__rescue_open(weft__server *server)
{
    static const weft__rescuer rescuer = {serves, weft__stop_crash, rescue};
    served = server;
    weft__crash_isolate(&rescuer);
}

void weft__rescue_close(void)
{
    weft__crash_isolate(NULL);
    served = NULL;
}
