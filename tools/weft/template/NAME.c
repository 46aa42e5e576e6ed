/*
 * @name@: notes, kept in a database.
 *
 * weftgen reads this file when it is built, checks the statements against migrations/, and
 * completes what is declared here: JSON, rules, rows, handlers.
 */
#include <weft/prelude.h>

/// A note.
DERIVE(json, row)
typedef struct note {
    int64_t id;
    str text;
} note;
ARRAY_OF(note);

/// What a client sends to make one.
DERIVE(json)
typedef struct new_note {
    str text LENGTH(1, 500);
} new_note;

DERIVE(state)
typedef struct app_state {
    database *db;
} app_state;

SQL("SELECT id, text FROM notes WHERE id > :after ORDER BY id LIMIT :limit")
http_status find_notes(database *db, int64_t after, int32_t limit, ARRAY(note) *rows);

SQL("SELECT id, text FROM notes WHERE id = :id")
http_status find_note(database *db, int64_t id, note *row);

SQL("INSERT INTO notes (text) VALUES (:text) RETURNING id, text")
http_status insert_note(database *db, str text, note *row);

/// List notes in the order of their ids, those behind `after`.
static http_status list_notes(const app_state *state, int64_t after DEFAULT(0),
                              int32_t limit RANGE(1, 100) DEFAULT(20), ARRAY(note) *out)
{
    return find_notes(state->db, after, limit, out);
}

/// Fetch one note.
static http_status get_note(const app_state *state, int64_t id, note *out)
{
    return find_note(state->db, id, out);
}

/// Make a note.
static http_status create_note(const app_state *state, const new_note *in, note *out, response *res)
{
    TRY(insert_note(state->db, in->text, out));
    response_location(res, "/notes/%lld", (long long)out->id);
    return HTTP_CREATED;
}

/// Whether the process runs.
static http_status livez(void)
{
    return HTTP_NO_CONTENT;
}

/// Whether it can answer: 503 while the database is away.
static http_status readyz(const app_state *state)
{
    weft_deadline_narrow(weft_deadline_after(SECOND));
    TRY(database_ready(state->db));
    return HTTP_NO_CONTENT;
}

static const route api[] = {
    GET("/livez", livez),
    GET("/readyz", readyz),
    GET("/notes", list_notes),
    POST("/notes", create_note),
    GET("/notes/{id}", get_note),
};

extern const weft_migration_text migrations[]; /* the files of migrations/ */

/* Processes that start at the same time apply each file once. Without its database the program
 * ends, for who started it to try again. */
static void migrate(database *db)
{
    if (weft_migrate_embedded(db, migrations, weft_arena_current(), NULL) == WEFT_DB_OK)
        return;
    const weft_db_failure *failure = expect(weft_db_last_failure(), "out of memory");
    weft_log(WEFT_LOG_ERROR, "@name@", "%.*s", STR_ARGS(failure->message));
    exit(EXIT_FAILURE);
}

int main(void)
{
    database *db = expect(database_open(getenv("DATABASE_URL")), "cannot open DATABASE_URL");
    app_state state = {.db = db};
    router app = {
        .state = &state,
        .layers = LAYERS(trace(), timeout(10 * SECOND), compress()),
        .routes = ROUTES(api),
    };
    migrate(db);
    int result = serve("127.0.0.1:3000", &app); /* or what WEFT_LISTEN says */
    database_close(db);
    return result;
}
