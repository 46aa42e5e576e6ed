/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * descriptors.h: help for tests of what owns descriptors: each runs in a runtime of its own, after
 * which as many descriptors are open as before.
 */
#ifndef WEFT_TESTS_DESCRIPTORS_H
#define WEFT_TESTS_DESCRIPTORS_H

#include "../runtime/fibers.h"
#include <dirent.h>
#include <net/stream.h>
#include <sys/resource.h>
#include <unistd.h>

static inline int64_t soon(void)
{
    return weft_deadline_after(5 * WEFT_SECOND);
}

static inline int64_t moment(void)
{
    return weft_deadline_after(20 * WEFT_MILLISECOND);
}

static inline unsigned open_descriptors(void)
{
    unsigned count = 0;
    DIR *all = opendir("/proc/self/fd");
    CHECK(all);
    while (readdir(all))
        count++;
    closedir(all);
    return count;
}

static inline void run_and_count(unsigned workers, weft_fiber_fn *fn)
{
    unsigned before = open_descriptors();
    run_with(workers, fn, NULL);
    assert_int_equal(open_descriptors(), before);
}

/* From here no descriptor can be opened, until the limit that this returns is put back. */
static inline struct rlimit exhaust_descriptors(void)
{
    struct rlimit before, none;
    CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    return before;
}

static inline void restore_descriptors(struct rlimit before)
{
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
}

static inline weft_address address_of(const char *text)
{
    weft_address address;
    CHECK(weft_address_parse(text, &address) == WEFT_OK);
    return address;
}

static inline bool reads_as(weft_address address, const char *text)
{
    char written[WEFT_ADDRESS_TEXT];
    weft_address_format(&address, written);
    return strcmp(written, text) == 0;
}

/* The two ends of one connection, both in this process. */
struct pair {
    weft_stream *server, *client;
};

static inline struct pair connect_pair(const char *to)
{
    struct pair pair;
    weft_address address = address_of(to);
    weft_listener *listener;
    CHECK(weft_listener_open(&listener, &address) == WEFT_OK);
    address = weft_listener_address(listener);
    CHECK(weft_stream_connect(&pair.client, &address, soon()) == WEFT_OK);
    CHECK(weft_listener_accept(listener, &pair.server, soon()) == WEFT_OK);
    weft_listener_close(listener);
    return pair;
}

static inline void close_pair(struct pair pair)
{
    weft_stream_close(pair.server);
    weft_stream_close(pair.client);
}

#endif
