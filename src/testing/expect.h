/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * testing/expect.h: what expectations tell the runner.
 */
#ifndef WEFT_TESTING_EXPECT_H
#define WEFT_TESTING_EXPECT_H

/* Expectations that have failed so far in this process. */
unsigned weft__test_failures(void);

#endif
