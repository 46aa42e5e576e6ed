/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Asking a live PostgreSQL about all statements of a unit at once.
 */
#include "check/sql_postgres.h"
#include "db/migration_files.h"
#include "describe/postgres.h"

static const pg_migration *read_migrations(gen_unit *unit, size_t *count)
{
    weft__migrations migrations;
    weft_str why = {0};
    *count = 0;
    if (unit->migrations == NULL)
        return NULL;
    const char *folder = weft__migrations_folder(unit->migrations, "postgres", unit->arena);
    if (folder == NULL ||
        weft__migrations_read(folder, unit->arena, &migrations, &why) != WEFT_DB_OK) {
        gen_report(GEN_ERROR, NULL, "%.*s", WEFT_STR_ARGS(why));
        return NULL;
    }
    pg_migration *list = gen_alloc(unit->arena, (migrations.len + 1) * sizeof *list);
    for (; *count < migrations.len; ++*count) {
        const weft_migration *m = &migrations.at[*count];
        const char *path = gen_format(unit->arena, "%s/%s", folder, m->file.at);
        list[*count] = (pg_migration){.path = path,
                                      .sql = gen_copy(unit->arena, m->sql.at, m->sql.len),
                                      .version = m->version};
        GEN_PUSH(unit->arena, unit->dependencies, unit->dependency_count, path);
    }
    return list;
}

/* The server's schema, as far as messages need it. */
static void read_schema(gen_unit *unit, pg_session *session, sql_schema *schema)
{
    size_t count;
    const pg_schema_column *columns = pg_schema(session, &count);
    *schema = (sql_schema){.arena = unit->arena};
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(columns[i].table, columns[i - 1].table) != 0)
            GEN_PUSH(unit->arena, schema->tables, schema->table_count,
                     ((sql_table){.name = columns[i].table}));
        sql_table *table = &schema->tables[schema->table_count - 1];
        GEN_PUSH(unit->arena, table->columns, table->column_count,
                 ((sql_column){.name = columns[i].name}));
    }
}

static void report_refusals(gen_unit *unit, pg_session *session, const sql_check *const *checks,
                            const pg_question *questions, size_t count)
{
    sql_schema schema = {0};
    sql_refusal refusal = {0};
    const gen_function *last = NULL;
    for (size_t i = 0; i < count; i++) {
        const gen_statement *statement = checks[i]->statement;
        if (questions[i].sqlstate == NULL || statement->function == last)
            continue;
        if (last == NULL) {
            read_schema(unit, session, &schema);
            refusal.functions = pg_functions(session, &refusal.function_count);
        }
        last = statement->function;
        refusal.message = questions[i].message;
        refusal.hint = questions[i].hint;
        refusal.offset = questions[i].offset;
        sql_explain_postgres(statement, &schema, &refusal);
    }
}

/* Asks about the texts at `which`, indexes of checks. */
static bool ask_some(gen_unit *unit, pg_session *session, sql_check *checks, const size_t *which,
                     size_t count, const char **why)
{
    pg_question *questions = gen_alloc(unit->arena, (count + 1) * sizeof *questions);
    const sql_check **asked = gen_alloc(unit->arena, (count + 1) * sizeof *asked);
    for (size_t i = 0; i < count; i++) {
        asked[i] = &checks[which[i]];
        questions[i] = (pg_question){.name = asked[i]->statement->function->name,
                                     .sql = asked[i]->statement->sql};
    }
    if (!pg_ask(session, questions, count, why))
        return false;
    for (size_t i = 0; i < count; i++)
        checks[which[i]].description = questions[i].description;
    report_refusals(unit, session, asked, questions, count);
    return true;
}

/* The texts of whole lists come second: the types in them are answers about the first. */
static bool ask(gen_unit *unit, pg_session *session, sql_check *checks, size_t count,
                const char **why)
{
    size_t *which = gen_alloc(unit->arena, (count + 1) * sizeof *which), len = 0;
    for (size_t i = 0; i < count; i++)
        if (!checks[i].whole)
            which[len++] = i;
    if (!ask_some(unit, session, checks, which, len, why))
        return false;
    len = 0;
    for (size_t i = 0; i < count; i++) {
        if (!checks[i].whole || checks[i - 1].description == NULL)
            continue;
        sql_expand_list(&checks[i], &checks[i - 1]);
        which[len++] = i;
    }
    return len == 0 || ask_some(unit, session, checks, which, len, why);
}

static bool prepare(gen_unit *unit, pg_session *session, const char **why)
{
    size_t count;
    unsigned errors = gen_error_count(), line = 0;
    const pg_migration *migrations = read_migrations(unit, &count), *where;
    if (errors != gen_error_count())
        return false;
    if (pg_prepare(session, migrations, count, why, &where, &line))
        return true;
    if (where != NULL) {
        gen_place place = {.file = where->path, .line = line, .column = 1};
        gen_report(GEN_ERROR, &place, "the migration fails on PostgreSQL: %s", *why);
        gen_report(
            GEN_NOTE, NULL,
            "a migration that cannot run in a transaction: apply it with weft migrate up, and "
            "the database is asked as it is");
    }
    return false;
}

bool sql_postgres_ask(gen_unit *unit, sql_check *checks, size_t count)
{
    const char *why = "";
    unsigned errors = gen_error_count();
    pg_session *session = pg_open(unit->arena, unit->database, &why);
    bool answered = session != NULL && prepare(unit, session, &why) &&
                    ask(unit, session, checks, count, &why);
    pg_close(session);
    if (!answered && errors == gen_error_count()) {
        gen_report(GEN_ERROR, NULL, "PostgreSQL cannot be asked: %s", why);
        gen_report(
            GEN_NOTE, NULL,
            "it is the database that DATABASE_URL names; without DATABASE_URL statements are "
            "checked against .weft/queries");
    }
    return answered;
}
