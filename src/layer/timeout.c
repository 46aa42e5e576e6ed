/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/timeout.c: a deadline for everything inside. Nothing is killed: waits fail once it has
 * passed, the code inside cleans up and returns, and its answer is replaced.
 */
#include "http/message.h"
#include <weft/layer.h>
#include <weft/runtime.h>

/* From the moment the head was complete, where that is known. */
static int64_t deadline_of(const weft_request *request, int64_t duration)
{
    int64_t deadline;
    if (request->started == 0 || duration < 0 ||
        __builtin_add_overflow(request->started, duration, &deadline))
        return weft_deadline_after(duration);
    return deadline;
}

WEFT_COLD static weft_http_status too_late(weft_request *request, weft_response *response,
                                           int64_t duration)
{
    weft_response_body_clear(response);
    if (duration % WEFT_SECOND == 0)
        return weft_rejectf(request, WEFT_HTTP_SERVICE_UNAVAILABLE,
                            "the request took longer than %lld s",
                            (long long)(duration / WEFT_SECOND));
    return weft_rejectf(request, WEFT_HTTP_SERVICE_UNAVAILABLE,
                        "the request took longer than %lld ms",
                        (long long)(duration / WEFT_MILLISECOND));
}

weft_http_status weft__timeout(const weft_layer *self, weft_request *request,
                               weft_response *response, weft_next *next)
{
    size_t fields = response->field_count;
    int64_t deadline = deadline_of(request, self->number);
    int64_t outer = weft_deadline_narrow(deadline);
    weft_http_status status = weft_next_run(next, request, response);
    weft_deadline_restore(outer);
    if (WEFT_LIKELY(weft_clock_now() < deadline))
        return status;
    if (response->field_count > fields)
        response->field_count = fields; /* what was said about the answer goes with it */
    return too_late(request, response, self->number);
}
