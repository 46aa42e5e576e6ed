/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What pair.c completes: the header of the same name.
 */
#ifndef PAIR_H
#define PAIR_H

#include "shared.h"

SQL("SELECT id, name FROM users WHERE id = $1")
http_status find_person(database *db, int32_t id, person *row);

http_status get_person(const shared_state *state, int32_t id, person *out);

#endif
