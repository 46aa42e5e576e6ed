/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_prelude.c: the short names of this room stand beside what the system calls by like names, in
 * whatever order the headers come; every status of weft/http.h has one.
 */
#include "../runtime/fibers.h"

#include <weft/prelude.h>

#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <threads.h>
#include <unistd.h>

/* Every status has its short name. */
#define SAME(name, value, text) \
    _Static_assert((int)HTTP_##name == (value), "HTTP_" #name " is another status");
WEFT_HTTP_STATUSES(SAME)
#undef SAME

static weft_error prepare(void *arg)
{
    *(int *)arg = 1;
    return WEFT_OK;
}

static void short_names_work(void **state)
{
    (void)state;
    int item = 7, got = 0;
    size_t which;
    mutex lock = WEFT_MUTEX_INIT;
    semaphore permits;
    notify stop = WEFT_NOTIFY_INIT;
    once first = WEFT_ONCE_INIT;
    channel *jobs = channel_create(sizeof item, 1);
    semaphore_init(&permits, 1, 1);
    assert_int_equal(once_run(&first, prepare, &got, NEVER), WEFT_OK);
    assert_int_equal(got, 1);
    assert_int_equal(mutex_lock(&lock, NEVER), WEFT_OK);
    mutex_unlock(&lock);
    assert_int_equal(semaphore_acquire(&permits, 1, NEVER), WEFT_OK);
    assert_int_equal(semaphore_release(&permits, 1), WEFT_OK);
    assert_int_equal(channel_send(jobs, &item, NEVER), WEFT_OK);
    select_case cases[] = {case_notified(&stop), case_receive(jobs, &got),
                           case_deadline(deadline_after(HOUR))};
    assert_int_equal(select_one(cases, 3, NEVER, &which), WEFT_OK);
    assert_int_equal(which, 1);
    assert_int_equal(got, 7);
    channel_destroy(jobs);
    struct timeval none = {0, 0};
    assert_int_equal(blocking(select)(0, NULL, NULL, NULL, &none), 0); /* the system's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(short_names_work)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
