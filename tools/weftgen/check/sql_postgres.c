/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Statements against PostgreSQL's descriptions of them: parameters, result columns, NULL.
 */
#include "check/sql_postgres.h"
#include "check/types.h"

/* The token that is $index+1, the first of several. */
static size_t find_parameter(const sql_check *check, size_t index)
{
    for (size_t i = 0; i < check->tokens.len; i++)
        if (check->tokens.at[i].kind == SQL_PARAMETER &&
            sql_parameter_index(&check->tokens.at[i]) == index)
            return i;
    return 0;
}

static void check_parameter(const sql_check *check, size_t index)
{
    const pg_parameter *wanted = &check->description->parameters[index];
    const gen_parameter *given = check->values[index];
    size_t at = find_parameter(check, index);
    gen_place place = sql_place(check, at, at + 1);
    const char *remedy = sql_postgres_mispass(check->arena, &wanted->type, given);
    if (remedy != NULL) {
        gen_report(GEN_ERROR, &place, "%s is %s, but PostgreSQL takes %s here",
                   sql_parameter_text(check, index), gen_type_name(check->arena, &given->type),
                   wanted->type.name);
        gen_report(GEN_NOTE, &given->place, "%s", remedy);
    } else if (wanted->stored != NULL && check->optional[index]) {
        sql_report_null_stored(check, at, index, wanted->stored);
    }
}

static bool check_parameters(const sql_check *check)
{
    unsigned errors = gen_error_count();
    for (size_t i = 0; i < check->value_count && i < check->description->parameter_count; i++)
        check_parameter(check, i);
    return errors == gen_error_count();
}

/* ---- result columns -------------------------------------------------------------------------- */

/* The parameters that may be NULL, as a set. */
static uint64_t optional_set(const sql_check *check)
{
    uint64_t set = 0;
    for (size_t i = 0; i < check->value_count && i < PG_PARAMETERS_MAX; i++)
        set |= (uint64_t)check->optional[i] << i;
    return set;
}

static sql_column_out *columns_of(const sql_check *check)
{
    const pg_description *d = check->description;
    sql_column_out *columns = gen_alloc(check->arena, (d->column_count + 1) * sizeof *columns);
    sql_span *spans;
    size_t count;
    bool told = sql_result_spans(check, &spans, &count) && count == d->column_count;
    uint64_t optional = optional_set(check);
    for (size_t i = 0; i < d->column_count; i++) {
        const pg_column *from = &d->columns[i];
        bool by_parameter = from->null == NULL && (from->with & optional) != 0;
        columns[i] = (sql_column_out){
            .name = from->name,
            .type = from->type.name,
            .described = &from->type,
            .present = from->null == NULL && !by_parameter,
            .joined = from->joined,
            .reason = by_parameter ? "a parameter that it is made of may be NULL" : from->null,
            .place = told ? sql_place(check, spans[i].first, spans[i].end)
                          : gen_statement_place(check->statement, 0, 0)};
    }
    return columns;
}

/* ---- all ------------------------------------------------------------------------------------- */

static void check_described(const sql_check *check)
{
    check->statement->columns = (unsigned)check->description->column_count;
    if (check_parameters(check))
        sql_check_result(check, columns_of(check), check->description->column_count);
}

static uint32_t *oids_of_parameters(weft_arena *arena, const pg_description *d)
{
    uint32_t *oids = gen_alloc(arena, (d->parameter_count + 1) * sizeof *oids);
    for (size_t i = 0; i < d->parameter_count; i++)
        oids[i] = sql_postgres_oid(d->parameters[i].type.name);
    return oids;
}

static uint32_t *oids_of_columns(weft_arena *arena, const pg_description *d)
{
    uint32_t *oids = gen_alloc(arena, (d->column_count + 1) * sizeof *oids);
    for (size_t i = 0; i < d->column_count; i++)
        oids[i] = sql_postgres_oid(d->columns[i].type.name);
    return oids;
}

bool sql_check_postgres(gen_unit *unit, sql_check *checks, size_t count)
{
    bool answered = unit->database != NULL ? sql_postgres_ask(unit, checks, count)
                                           : sql_postgres_recall(unit, checks, count);
    if (answered && unit->describe != GEN_DESCRIBE_USE) {
        sql_settle(unit, checks, count);
        return true;
    }
    for (size_t i = 0; answered && i < count; i++) {
        const pg_description *d = checks[i].description;
        if (d == NULL)
            continue;
        gen_sql_text *variant = checks[i].variant;
        bool sqlite = variant->sql[GEN_SQLITE] != NULL;
        variant->read_only = d->read_only && (!sqlite || variant->read_only);
        variant->parameter_types = oids_of_parameters(unit->arena, d);
        variant->column_types = oids_of_columns(unit->arena, d);
        unsigned errors = gen_error_count();
        if (checks[i].whole)
            sql_check_whole(&checks[i], d->column_count, checks[i - 1].description->column_count);
        else
            check_described(&checks[i]);
        /* the other texts of the same statement would say the same again */
        while (errors != gen_error_count() && i + 1 < count &&
               checks[i + 1].statement->function == checks[i].statement->function)
            i++;
    }
    return answered;
}
