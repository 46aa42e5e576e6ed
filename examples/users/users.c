/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A users API: list, create, read, replace and delete users kept in a database, SQLite or
 * PostgreSQL as DATABASE_URL says.
 */
#include <weft/prelude.h>

/// A registered user.
DERIVE(json, row)
typedef struct user {
    int32_t id;
    str name;
    str email;
} user;
ARRAY_OF(user);

/// What a client sends to create or replace a user.
DERIVE(json)
typedef struct new_user {
    str name LENGTH(1, 80);
    str email EMAIL;
} new_user;

/// One page of users. `next` goes into `after` to read on; it is absent on the last page.
DERIVE(json)
typedef struct user_page {
    ARRAY(user) users;
    OPTIONAL(int32_t) next;
} user_page;

DERIVE(state)
typedef struct app_state {
    database *db;
} app_state;

SQL("SELECT id, name, email FROM users WHERE id = $1")
http_status find_user(database *db, int32_t id, user *row);

SQL("SELECT id, name, email FROM users WHERE id > $1 ORDER BY id LIMIT $2")
http_status find_users_after(database *db, int32_t after, int32_t limit, ARRAY(user) *rows);

SQL("INSERT INTO users (name, email) VALUES ($1, $2) RETURNING id, name, email")
http_status insert_user(database *db, str name, str email, user *row);

SQL("UPDATE users SET name = $2, email = $3 WHERE id = $1 RETURNING id, name, email")
http_status update_user(database *db, int32_t id, str name, str email, user *row);

SQL("DELETE FROM users WHERE id = $1 RETURNING id")
http_status remove_user(database *db, int32_t id, int32_t *removed);

/// List users in the order of their ids.
static http_status list_users(const app_state *state, int32_t limit RANGE(1, 100) DEFAULT(20),
                              int32_t after RANGE(0, INT32_MAX) DEFAULT(0), user_page *out)
{
    TRY(find_users_after(state->db, after, limit, &out->users));
    if (out->users.len == (size_t)limit)
        out->next = SOME(int32_t, out->users.at[limit - 1].id);
    return HTTP_OK;
}

/// Fetch one user.
static http_status get_user(const app_state *state, int32_t id, user *out)
{
    return find_user(state->db, id, out);
}

/// Create a user; its e-mail address must be new.
static http_status create_user(const app_state *state, const new_user *in, user *out, response *res)
{
    TRY(insert_user(state->db, in->name, in->email, out));
    response_location(res, "/users/%d", out->id);
    return HTTP_CREATED;
}

/// Replace a user.
static http_status replace_user(const app_state *state, int32_t id, const new_user *in, user *out)
{
    return update_user(state->db, id, in->name, in->email, out);
}

/// Delete a user.
static http_status delete_user(const app_state *state, int32_t id)
{
    int32_t removed;
    TRY(remove_user(state->db, id, &removed));
    return HTTP_NO_CONTENT;
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

static const route users_api[] = {
    GET("/livez", livez),
    GET("/readyz", readyz),
    GET("/users", list_users),
    POST("/users", create_user),
    GET("/users/{id}", get_user),
    PUT("/users/{id}", replace_user),
    DELETE("/users/{id}", delete_user),
};

int main(void)
{
    database *db = database_open(getenv("DATABASE_URL"));
    app_state state = {.db = expect(db, "cannot open DATABASE_URL")};

    router app = {
        .state = &state,
        .layers = LAYERS(trace(), timeout(10 * SECOND), compress()),
        .routes = ROUTES(users_api),
    };
    int result = serve("127.0.0.1:3000", &app);
    database_close(db);
    return result;
}
