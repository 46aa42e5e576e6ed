/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/sql.h: what "weft sql .." share: weftgen run over every file of the project that has
 * SQL(..), which asks PostgreSQL and says of each description what has become of it.
 */
#ifndef WEFT_TOOL_SQL_H
#define WEFT_TOOL_SQL_H

#include "command.h"

#define QUERIES_FOLDER ".weft/queries"

/* A description, as weftgen speaks of it: "same", "changed" or "new". */
typedef struct described {
    const char *state, *file;
} described;

typedef struct described_list {
    described *at;
    size_t len;
    size_t sources;     /* files with SQL(..) */
    const char **stale; /* files of the folder that no statement has */
    size_t stale_count;
} described_list;

/* Runs weftgen with --describe `how` over the project; false: a run failed, or could not be made,
 * as has been said. */
bool describe_project(const tool_arguments *given, const char *how, described_list *list);

#endif
