/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/list.h: texts and lists of a command, which last as long as the process, and processes that
 * it starts to read what they print. When memory is out the process says so and ends.
 */
#ifndef WEFT_TOOL_LIST_H
#define WEFT_TOOL_LIST_H

#include <weft/base.h>

#include <stdio.h>
#include <sys/types.h>

/* A copy, with a NUL behind it. */
const char *keep(const char *text, size_t len);

/* "folder/name"; of an absolute name itself. */
const char *join(const char *folder, const char *name);

/* printf. */
const char *compose(const char *format, ...) WEFT_PRINTF(1, 2);

/* Room for one more item after `len` of `size` bytes; lists grow by doubling. */
void *grow(void *at, size_t len, size_t size);

void add_text(const char ***at, size_t *len, const char *text);

/* For qsort, of texts. */
int compare_texts(const void *a, const void *b);

/* Starts arguments[0] (looked up in PATH) in `folder` (NULL: this one); what it writes to its
 * descriptor `output` comes through *from. 0 and errno on failure. */
pid_t start_process(const char *const *arguments, const char *folder, int output, FILE **from);

#endif
