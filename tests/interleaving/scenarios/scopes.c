/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenarios/scopes.c: scopes whose children run on another worker. The scope lies in memory of its
 * own that is freed when it has been left, so that a child which touches it later is found out.
 */
#include "fibers.h"
#include <stdlib.h>
#include <weft/scope.h>
#include <weft/sync.h>

static _Atomic unsigned ended;

static weft_error succeed(void *arg)
{
    (void)arg;
    atomic_fetch_add(&ended, 1);
    return WEFT_OK;
}

static weft_error fail(void *arg)
{
    (void)arg;
    atomic_fetch_add(&ended, 1);
    return WEFT_IO;
}

static weft_error wait_to_be_cancelled(void *arg)
{
    (void)arg;
    weft_notify never = WEFT_NOTIFY_INIT;
    weft_error error = weft_notify_wait(&never, WEFT_NEVER);
    atomic_fetch_add(&ended, 1);
    return error;
}

static weft_scope *enter(unsigned flags)
{
    weft_scope *scope = malloc(sizeof *scope);
    weft_scope_enter(scope, flags);
    return scope;
}

static weft_error leave(weft_scope *scope)
{
    weft_error error = weft_scope_leave(scope);
    free(scope);
    return error;
}

static void spawn(weft_scope *scope, unsigned on, weft_scope_fn *fn)
{
    CHECK(weft_scope_spawn_on(scope, on, "child", fn, NULL) == WEFT_OK);
}

/* ---- joining ------------------------------------------------------------------------------------- */

static void join_two(void *unused)
{
    (void)unused;
    explore_begin();
    weft_scope *scope = enter(WEFT_SCOPE_ALL);
    spawn(scope, 1, succeed);
    spawn(scope, 1, succeed);
    CHECK(leave(scope) == WEFT_OK && ended == 2);
    explore_end();
}

SCENARIO(scope_joins, 3, "two children on another worker end while their owner leaves the scope")
{
    run_fibers(2, join_two);
}

/* ---- cancelling ---------------------------------------------------------------------------------- */

static void cancel_one(void *unused)
{
    (void)unused;
    explore_begin();
    weft_scope *scope = enter(WEFT_SCOPE_ALL);
    spawn(scope, 1, wait_to_be_cancelled);
    weft_scope_cancel(scope);
    CHECK(weft_scope_spawn_on(scope, 1, "late", succeed, NULL) == WEFT_CANCELLED);
    CHECK(leave(scope) == WEFT_OK && ended == 1);
    explore_end();
}

SCENARIO(scope_cancels, 3, "a scope is cancelled while its child starts, waits and ends elsewhere")
{
    run_fibers(2, cancel_one);
}

static void fail_one(void *unused)
{
    (void)unused;
    explore_begin();
    weft_scope *scope = enter(WEFT_SCOPE_FIRST_ERROR);
    spawn(scope, 0, wait_to_be_cancelled);
    spawn(scope, 1, fail);
    CHECK(leave(scope) == WEFT_IO && ended == 2);
    explore_end();
}

SCENARIO(scope_first_error, 3, "a child fails and has its sibling on another worker cancelled")
{
    run_fibers(2, fail_one);
}

static weft_error leave_late(void *arg)
{
    weft_error *error = arg;
    weft_scope *scope = enter(WEFT_SCOPE_ALL);
    spawn(scope, 0, succeed);
    *error = leave(scope);
    return WEFT_OK;
}

static void cancel_the_owner(void *unused)
{
    (void)unused;
    weft_error error;
    explore_begin();
    weft_scope *outer = enter(WEFT_SCOPE_ALL);
    CHECK(weft_scope_spawn_on(outer, 1, "owner", leave_late, &error) == WEFT_OK);
    weft_scope_cancel(outer);
    CHECK(leave(outer) == WEFT_OK && error == WEFT_OK && ended == 1);
    explore_end();
}

SCENARIO(scope_owner_cancelled, 3, "an owner is cancelled while its child, which succeeds, ends")
{
    run_fibers(2, cancel_the_owner);
}
