/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A layer of one's own: who reads users needs a token.
 */
#include <weft/prelude.h>

/// A registered user.
DERIVE(json, row)
typedef struct user {
    int32_t id;
    str name;
    str email;
} user;

/// What a client sends to create a user.
DERIVE(json)
typedef struct new_user {
    str name LENGTH(1, 80);
    str email EMAIL;
} new_user;

DERIVE(state)
typedef struct app_state {
    database *db;
} app_state;

SQL("SELECT id, name, email FROM users WHERE id = $1")
http_status find_user(database *db, int32_t id, user *row);

SQL("INSERT INTO users (name, email) VALUES ($1, $2) RETURNING id, name, email")
http_status insert_user(database *db, str name, str email, user *row);

/// Fetch one user.
static http_status get_user(const app_state *state, int32_t id, user *out)
{
    return find_user(state->db, id, out);
}

/// Create a user; its e-mail address must be new.
static http_status create_user(const app_state *state, const new_user *in, user *out)
{
    TRY(insert_user(state->db, in->name, in->email, out));
    return HTTP_CREATED;
}

/// Lets nobody in without an Authorization header.
static http_status require_token(request *req, response *res, next *rest)
{
    if (request_header(req, "authorization").len == 0)
        return HTTP_UNAUTHORIZED;
    return next_run(rest, req, res);
}

static const route users_api[] = {
    GET("/users/{id}", get_user),
    POST("/users", create_user),
};

int main(void)
{
    database *db = database_open(getenv("DATABASE_URL"));
    app_state state = {.db = expect(db, "cannot open DATABASE_URL")};

    router app = {
        .state = &state,
        .layers = LAYERS(trace(), timeout(10 * SECOND), compress(), layer_from(require_token)),
        .routes = ROUTES(users_api),
    };
    int result = serve("127.0.0.1:3000", &app);
    database_close(db);
    return result;
}
