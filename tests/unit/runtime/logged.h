/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * logged.h: for tests that look at what is logged.
 */
#ifndef WEFT_TESTS_LOGGED_H
#define WEFT_TESTS_LOGGED_H

#include "fibers.h"
#include <string.h>
#include <unistd.h>
#include <weft/log.h>

static int saved_errors;
static FILE *log_file;
static char logged[1 << 16]; /* what has been, once released */

/* What is logged goes to a file from here on. */
static inline void catch_log(void)
{
    fflush(stderr);
    log_file = tmpfile();
    assert_non_null(log_file);
    saved_errors = dup(STDERR_FILENO);
    assert_true(saved_errors >= 0 && dup2(fileno(log_file), STDERR_FILENO) >= 0);
}

static inline void release_log(void)
{
    weft_log_flush(weft_deadline_after(WEFT_SECOND));
    fflush(stderr);
    dup2(saved_errors, STDERR_FILENO);
    close(saved_errors);
    ssize_t len = pread(fileno(log_file), logged, sizeof logged - 1, 0);
    assert_true(len >= 0);
    logged[len] = '\0';
    fclose(log_file);
}

static inline unsigned count_in_log(const char *text)
{
    unsigned count = 0;
    for (const char *at = logged; (at = strstr(at, text)); at++)
        count++;
    return count;
}

#endif
