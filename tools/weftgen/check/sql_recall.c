/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The committed descriptions: what PostgreSQL said when it was last asked, one file per text of a
 * statement, and schema.json, which says of which migrations.
 */
#include "check/sql_postgres.h"
#include "db/migration_files.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>

/* ---- files ----------------------------------------------------------------------------------- */

static const char *path_of(const gen_unit *unit, const char *file)
{
    return gen_format(unit->arena, "%s/%s", unit->descriptions, file);
}

static bool read_file(weft_arena *arena, const char *path, weft_str *text)
{
    enum { CHUNK = 4096 };
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    weft_buffer buffer;
    weft_buffer_init(&buffer, arena);
    size_t got = CHUNK;
    for (char *to; got == CHUNK && (to = weft_buffer_reserve(&buffer, CHUNK)) != NULL;) {
        got = fread(to, 1, CHUNK, file);
        buffer.len += got;
    }
    bool good = got < CHUNK && !ferror(file);
    fclose(file);
    *text = weft_buffer_str(&buffer);
    return good;
}

static const char *file_of(const sql_check *check)
{
    return description_file(check->arena, check->statement->function->name, check->statement->sql);
}

/* ---- the schema ------------------------------------------------------------------------------ */

const char *sql_schema_json(gen_unit *unit)
{
    weft__migrations migrations;
    weft_str why = {0};
    uint64_t hash = DESCRIPTION_HASH;
    if (unit->migrations == NULL)
        return NULL;
    const char *folder = weft__migrations_folder(unit->migrations, "postgres", unit->arena);
    if (folder == NULL ||
        weft__migrations_read(folder, unit->arena, &migrations, &why) != WEFT_DB_OK)
        return NULL;
    for (size_t i = 0; i < migrations.len; i++) {
        const weft_migration *m = &migrations.at[i];
        hash = description_hash(hash, m->file.at, m->file.len + 1);
        hash = description_hash(hash, m->sql.at, m->sql.len);
    }
    return gen_format(unit->arena, "{\n  \"migrations\": \"%016" PRIx64 "\"\n}\n", hash);
}

static bool is_of_this_schema(gen_unit *unit)
{
    const char *wanted = sql_schema_json(unit);
    weft_str text = {0};
    const char *path = path_of(unit, "schema.json");
    GEN_PUSH(unit->arena, unit->dependencies, unit->dependency_count, path);
    if (wanted == NULL || !read_file(unit->arena, path, &text) ||
        weft_str_equal(text, weft_str_from(wanted)))
        return true;
    gen_report(GEN_ERROR, NULL,
               "the migrations have changed since PostgreSQL described the statements");
    gen_report(GEN_NOTE, NULL, "run weft sql prepare with DATABASE_URL set, and commit %s",
               unit->descriptions);
    return false;
}

/* ---- descriptions ---------------------------------------------------------------------------- */

/* What is wrong with a description, when it is one: its file's name is made from the statement. */
static const char *mismatch(const pg_description *d, const sql_check *check)
{
    if (strcmp(d->sql, check->statement->sql) != 0)
        return "\"sql\" is another statement";
    return d->parameter_count != check->value_count ? "it has other parameters" : NULL;
}

/* *fault says why there is none, though its file is there. */
static const pg_description *recall(gen_unit *unit, const sql_check *check, const char *path,
                                    description_fault *fault)
{
    weft_str text;
    if (!read_file(unit->arena, path, &text))
        return NULL;
    GEN_PUSH(unit->arena, unit->dependencies, unit->dependency_count, path);
    const pg_description *d = description_read(unit->arena, text, fault);
    const char *reason = d ? mismatch(d, check) : NULL;
    if (reason == NULL)
        return d;
    *fault = (description_fault){1, 1, reason};
    return NULL;
}

/* Whether there is a description of another text of this name. */
static bool has_other(const gen_unit *unit, const char *name)
{
    DIR *folder = opendir(unit->descriptions);
    bool found = false;
    size_t len = strlen(name);
    for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;)
        found |= strncmp(entry->d_name, name, len) == 0 && entry->d_name[len] == '-';
    if (folder)
        closedir(folder);
    return found;
}

static void report_missing(const gen_unit *unit, const sql_check *check)
{
    const char *name = check->statement->function->name;
    gen_report(GEN_ERROR, &check->statement->place,
               has_other(unit, name) ? "\"%s\" has changed since PostgreSQL described it"
                                     : "PostgreSQL has not described \"%s\" yet",
               name);
    gen_report(GEN_NOTE, NULL, "run weft sql prepare with DATABASE_URL set, and commit %s",
               unit->descriptions);
}

static void report_spoilt(const gen_unit *unit, const char *path, const description_fault *fault)
{
    const gen_place place = {path, fault->line, fault->column, 0};
    gen_report(GEN_ERROR, &place, "this is not what PostgreSQL said of a statement: %s",
               fault->reason);
    gen_report(GEN_NOTE, NULL,
               "take back what has changed in the file, or run weft sql prepare with DATABASE_URL "
               "set, which writes it anew, and commit %s",
               unit->descriptions);
}

/* Without one for what is checked, unless `again`: then that has been said. */
static const pg_description *recall_or_report(gen_unit *unit, const sql_check *check, bool again)
{
    description_fault fault = {0};
    const char *path = path_of(unit, file_of(check));
    const pg_description *d = recall(unit, check, path, &fault);
    if (d == NULL && fault.reason != NULL)
        report_spoilt(unit, path, &fault);
    else if (d == NULL && !again)
        report_missing(unit, check);
    return d;
}

bool sql_postgres_recall(gen_unit *unit, sql_check *checks, size_t count)
{
    if (unit->descriptions == NULL) {
        gen_report(GEN_ERROR, &checks[0].statement->place,
                   "there is no PostgreSQL to check this statement against");
        gen_report(GEN_NOTE, NULL,
                   "set DATABASE_URL, or commit what weft sql prepare wrote in .weft/queries");
        return false;
    }
    if (!is_of_this_schema(unit))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (checks[i].whole && checks[i - 1].description == NULL)
            continue;
        if (checks[i].whole)
            sql_expand_list(&checks[i], &checks[i - 1]);
        bool again = i > 0 && checks[i].statement->function == checks[i - 1].statement->function &&
                     checks[i - 1].description == NULL;
        checks[i].description = recall_or_report(unit, &checks[i], again);
    }
    return true;
}

/* ---- writing them ---------------------------------------------------------------------------- */

static bool write_text(const char *path, weft_str text)
{
    FILE *file = fopen(path, "w");
    bool written = file != NULL && fwrite(text.at, 1, text.len, file) == text.len;
    if (file != NULL && fclose(file) != 0)
        written = false;
    if (!written)
        gen_report(GEN_ERROR, NULL, "cannot write %s", path);
    return written;
}

/* Says on standard output what has become of the file: weft sql reads it. */
static void settle(gen_unit *unit, const char *file, weft_str text)
{
    weft_str before;
    const char *path = path_of(unit, file);
    bool there = read_file(unit->arena, path, &before);
    bool same = there && weft_str_equal(before, text);
    if (!same && unit->describe == GEN_DESCRIBE_WRITE && !write_text(path, text))
        return;
    printf("%s %s\n", same ? "same" : there ? "changed" : "new", file);
}

void sql_settle(gen_unit *unit, const sql_check *checks, size_t count)
{
    const char *schema = sql_schema_json(unit);
    if (schema != NULL)
        settle(unit, "schema.json", weft_str_from(schema));
    for (size_t i = 0; i < count; i++) {
        weft_buffer text;
        weft_buffer_init(&text, unit->arena);
        if (checks[i].description == NULL)
            continue;
        description_write(&text, checks[i].description);
        settle(unit, file_of(&checks[i]), weft_buffer_str(&text));
    }
}
