/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/check/sql_postgres.h: what the files that check against PostgreSQL share.
 */
#ifndef WEFTGEN_CHECK_SQL_POSTGRES_H
#define WEFTGEN_CHECK_SQL_POSTGRES_H

#include "check/sql.h"

/* What to declare when the parameter's values are not all of the type that the statement wants: a
 * note. NULL: they are. */
const char *sql_postgres_mispass(weft_arena *arena, const pg_type *wanted,
                                 const gen_parameter *parameter);

/* Describes each statement, by a live server or from the committed descriptions; true: all that
 * could be were, and what was refused has been reported. */
bool sql_postgres_ask(gen_unit *unit, sql_check *checks, size_t count);
bool sql_postgres_recall(gen_unit *unit, sql_check *checks, size_t count);

/* Writes what has been described, or compares it with the files, as unit->describe says; a line on
 * standard output for each: same, changed or new, and the file's name. */
void sql_settle(gen_unit *unit, const sql_check *checks, size_t count);

/* The text of schema.json: the fingerprint of the project's migrations. NULL: it has none. */
const char *sql_schema_json(gen_unit *unit);

#endif
