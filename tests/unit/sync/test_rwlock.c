/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_rwlock.c: the read-write lock between fibers, workers and plain threads.
 */
#include "crowd.h"

static void shares_with_readers_only(void **state)
{
    (void)state;
    weft_rwlock lock = WEFT_RWLOCK_INIT;
    assert_int_equal(weft_rwlock_lock_read(&lock, 0), WEFT_OK);
    assert_true(weft_rwlock_try_lock_read(&lock));
    assert_false(weft_rwlock_try_lock_write(&lock));
    assert_int_equal(weft_rwlock_lock_write(&lock, in_ms(1)), WEFT_TIMED_OUT);
    weft_rwlock_unlock(&lock);
    assert_false(weft_rwlock_try_lock_write(&lock)); /* one reader is left */
    weft_rwlock_unlock(&lock);
    assert_int_equal(weft_rwlock_lock_write(&lock, 0), WEFT_OK);
    assert_false(weft_rwlock_try_lock_write(&lock));
    assert_false(weft_rwlock_try_lock_read(&lock));
    int64_t deadline = in_ms(5);
    assert_int_equal(weft_rwlock_lock_read(&lock, deadline), WEFT_TIMED_OUT);
    assert_true(weft_clock_now() >= deadline);
    assert_int_equal(weft_rwlock_lock_read(&lock, -1), WEFT_TIMED_OUT);
    weft_rwlock_unlock(&lock);
    assert_true(weft_rwlock_try_lock_read(&lock));
    weft_rwlock_unlock(&lock);
}

/* ---- the line ----------------------------------------------------------------------------- */

struct log {
    weft_rwlock lock;
    char text[16];
    size_t len;
};

static void note(struct log *log, char letter)
{
    log->text[log->len++] = letter;
}

static void read_once(void *arg)
{
    struct log *log = arg;
    CHECK(weft_rwlock_lock_read(&log->lock, WEFT_NEVER) == WEFT_OK);
    note(log, 'r');
    weft_yield(); /* the others that may come in do so now */
    note(log, '.');
    weft_rwlock_unlock(&log->lock);
}

static void write_once(void *arg)
{
    struct log *log = arg;
    CHECK(weft_rwlock_lock_write(&log->lock, WEFT_NEVER) == WEFT_OK);
    note(log, 'W');
    weft_yield();
    note(log, '.');
    weft_rwlock_unlock(&log->lock);
}

static void stand_in_line(void *arg)
{
    (void)arg;
    struct log log = {.lock = WEFT_RWLOCK_INIT};
    CHECK(weft_rwlock_try_lock_read(&log.lock));
    weft_fiber_fn *ways[] = {write_once, read_once, read_once, write_once, write_once, read_once};
    weft_fiber *fibers[6];
    for (int i = 0; i < 6; i++)
        fibers[i] = start(ways[i], &log);
    weft_yield();
    CHECK(!weft_rwlock_try_lock_read(&log.lock)); /* a writer waits: no reader passes it */
    CHECK(log.len == 0);
    weft_rwlock_unlock(&log.lock);
    for (int i = 0; i < 6; i++)
        weft_fiber_join(fibers[i]);
    CHECK(strcmp(log.text, "W.rr..W.W.r.") == 0);
}

static void serves_in_order_of_arrival(void **state)
{
    (void)state;
    run_with(1, stand_in_line, NULL);
}

/* ---- giving up ---------------------------------------------------------------------------- */

static void write_cancelled(void *arg)
{
    CHECK(weft_rwlock_lock_write(arg, WEFT_NEVER) == WEFT_CANCELLED);
}

static void write_late(void *arg)
{
    CHECK(weft_rwlock_lock_write(arg, in_ms(3)) == WEFT_TIMED_OUT);
}

static void read_own_deadline(void *arg)
{
    weft_deadline_narrow(in_ms(3));
    CHECK(weft_rwlock_lock_read(arg, WEFT_NEVER) == WEFT_TIMED_OUT);
}

static void read_at_last(void *arg)
{
    CHECK(weft_rwlock_lock_read(arg, WEFT_NEVER) == WEFT_OK);
    weft_rwlock_unlock(arg);
}

/* The lock stays held for reading: only the waiting writer keeps the reader out. */
static void give_up_first_place(weft_rwlock *lock, weft_fiber_fn *writer, bool cancel)
{
    CHECK(weft_rwlock_try_lock_read(lock));
    weft_fiber *first = start(writer, lock), *second = start(read_at_last, lock);
    weft_yield();
    if (cancel)
        weft_fiber_cancel(first);
    weft_fiber_join(second);
    weft_fiber_join(first);
    weft_rwlock_unlock(lock);
}

static void give_up(void *arg)
{
    (void)arg;
    weft_rwlock lock = WEFT_RWLOCK_INIT;
    give_up_first_place(&lock, write_cancelled, true);
    give_up_first_place(&lock, write_late, false);
    CHECK(weft_rwlock_try_lock_write(&lock));
    weft_fiber_join(start(read_own_deadline, &lock));
    weft_rwlock_unlock(&lock);
    CHECK(weft_rwlock_try_lock_write(&lock));
}

static void a_writer_that_gives_up_lets_readers_pass(void **state)
{
    (void)state;
    run_with(1, give_up, NULL);
}

/* ---- stress ------------------------------------------------------------------------------- */

enum { FIBERS = 8, THREADS = 3, ROUNDS = 3000 };

struct record {
    weft_rwlock lock;
    long left, right; /* equal but while a writer is at work */
    _Atomic long written, readers;
};

static void write_record(struct record *record, bool linger)
{
    CHECK(record->readers == 0);
    record->left++;
    if (linger)
        weft_yield();
    record->right++;
    record->written++;
}

static void read_record(struct record *record, bool linger)
{
    record->readers++;
    CHECK(record->left == record->right);
    if (linger)
        weft_yield();
    CHECK(record->left == record->right);
    record->readers--;
}

static void use_record(void *arg, unsigned number)
{
    struct record *record = arg;
    for (int i = 0; i < ROUNDS; i++) {
        bool writing = (i + (int)number) % 4 == 0, linger = i % 16 == 0;
        int64_t deadline = number % 2 ? in_us(i % 50) : WEFT_NEVER;
        weft_error error = writing ? weft_rwlock_lock_write(&record->lock, deadline)
                                   : weft_rwlock_lock_read(&record->lock, deadline);
        CHECK(error == WEFT_OK || (error == WEFT_TIMED_OUT && number % 2));
        if (error)
            continue;
        (writing ? write_record : read_record)(record, linger);
        weft_rwlock_unlock(&record->lock);
    }
}

static void excludes_between_workers_and_threads(void **state)
{
    (void)state;
    struct record record = {.lock = WEFT_RWLOCK_INIT};
    crowd_run((struct crowd){3, FIBERS, THREADS, use_record, &record});
    assert_int_equal(record.left, record.right);
    assert_int_equal(record.left, record.written);
    assert_true(record.written >= FIBERS / 2 * ROUNDS / 4);
    assert_true(weft_rwlock_try_lock_write(&record.lock));
    assert_null(record.lock.waits.first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_with_readers_only),
        cmocka_unit_test(serves_in_order_of_arrival),
        cmocka_unit_test(a_writer_that_gives_up_lets_readers_pass),
        cmocka_unit_test(excludes_between_workers_and_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
