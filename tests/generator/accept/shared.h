/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Types that several files share: each file that uses them has codecs of its own.
 */
#ifndef SHARED_H
#define SHARED_H

#include <weft/prelude.h>

DERIVE(json, row)
typedef struct person {
    int32_t id;
    str name;
} person;

DERIVE(json)
typedef struct unused {
    int32_t id;
} unused;

DERIVE(state)
typedef struct shared_state {
    database *db;
} shared_state;

SQL("SELECT count(*) FROM users")
http_status completed_elsewhere(database *db, int64_t *count);

http_status elsewhere(const shared_state *state, int32_t id, person *out);

#endif
