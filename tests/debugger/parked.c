/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * parked.c: a program for the debugger: three fibers on two workers, one of which runs while the
 * others are parked where their functions' names say. It stops in all_are_parked; with an argument
 * it aborts there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <weft/channel.h>
#include <weft/runtime.h>
#include <weft/sync.h>

static weft_channel *channel;

__attribute__((noinline)) static void doze(int64_t duration)
{
    if (weft_sleep(duration) != WEFT_CANCELLED)
        abort();
    puts("woken"); /* nor that */
}

static void sleeper(void *unused)
{
    (void)unused;
    doze(1000 * WEFT_SECOND);
    puts("up"); /* so that that is no tail call */
}

__attribute__((noinline)) static void wait_for_work(void)
{
    int item;
    if (weft_channel_receive(channel, &item, WEFT_NEVER) != WEFT_CLOSED)
        abort();
    puts("closed");
}

static void receiver(void *unused)
{
    (void)unused;
    wait_for_work();
    puts("over");
}

static bool aborts;

__attribute__((noinline)) static void all_are_parked(void)
{
    if (aborts)
        abort();
    puts("parked");
}

static void run(void *unused)
{
    (void)unused;
    weft_fiber *sleeping, *receiving;
    if (weft_fiber_spawn(&sleeping, "sleeping beauty", sleeper, NULL) != WEFT_OK ||
        weft_fiber_spawn_on(&receiving, 1, "receiving end", receiver, NULL) != WEFT_OK)
        abort();
    (void)!weft_sleep(200 * WEFT_MILLISECOND);
    all_are_parked();
    weft_fiber_cancel(sleeping);
    weft_channel_close(channel);
    weft_fiber_join(sleeping);
    weft_fiber_join(receiving);
}

int main(int argc, char **argv)
{
    (void)argv;
    aborts = argc > 1;
    channel = weft_channel_create(sizeof(int), 1);
    weft_runtime_options options = {.workers = 2};
    if (!channel || weft_runtime_run(&options, run, NULL) != WEFT_OK)
        return EXIT_FAILURE;
    weft_channel_destroy(channel);
    return EXIT_SUCCESS;
}
