/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/word.h: what kind of statement an SQL text is, by its first word.
 */
#ifndef WEFT_DB_POSTGRES_WORD_H
#define WEFT_DB_POSTGRES_WORD_H

#include <weft/base.h>

/* Whether the first word, past white space, comments and parentheses, is one of these (in lower
 * case). */
bool weft__pg_first_word_is(const char *sql, const char *const *words, size_t count);

bool weft__pg_is_plain(const char *sql);   /* reads or changes rows, in one transaction */
bool weft__pg_is_control(const char *sql); /* controls transactions, or copies */
bool weft__pg_is_setting(const char *sql); /* leaves something in the session; not SET LOCAL */

#endif
