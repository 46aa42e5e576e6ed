/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/background.c: the scope of background tasks, which lives as long as the runtime's first
 * fiber. Once it is stopped it stays so, and what comes later is refused.
 */
#include "runtime/scope.h"
#include "runtime/worker.h"
#include <weft/log.h>

static weft_scope background = {.stopped = true};

void weft__background_open(void)
{
    weft_scope_enter(&background, WEFT_SCOPE_FORGET | WEFT__SCOPE_BACKGROUND);
    WEFT_GIVES(&background); /* to weft__background_close */
}

weft_error weft_background(const char *name, weft_scope_fn *fn, void *arg)
{
    if (!weft__fiber_running())
        return WEFT_INVALID;
    WEFT_LENT(&background); /* or stopped, which it says */
    weft_error error = weft_scope_spawn(&background, name, fn, arg);
    return error == WEFT_CANCELLED ? WEFT_SHUTTING_DOWN : error;
}

void weft__background_ended(const char *name, weft_error error)
{
    if (!WEFT_FAILED(error) || (error == WEFT_CANCELLED && background.asked))
        return;
    const weft_log_field fields[] = {
        WEFT_FIELD_STR("task", weft_str_from(name)),
        WEFT_FIELD_STR("error", weft_str_from(weft_error_text(error))),
    };
    weft_log_event(WEFT_LOG_ERROR, "runtime", WEFT_STR("a background task failed"), fields, 2);
}

void weft__background_report(void)
{
    weft__scope_report(&background);
}

void weft__background_close(int64_t patience)
{
    WEFT_TAKES(&background);
    weft_scope_cancel(&background);
    weft_shield shield = weft_shield_begin();
    if (weft__scope_join(&background, weft_deadline_after(patience)) == WEFT_TIMED_OUT)
        weft__background_report();
    (void)!weft_scope_leave(&background); /* errors have been logged one by one */
    weft_shield_end(shield);
}
