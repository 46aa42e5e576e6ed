/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/apps/peer: the application of bench/peers/README.md on Weft: examples/techempower, and the
 * users API without the layers that examples/users has around it.
 */
int techempower_main(void);
#define main techempower_main
#include "../../examples/techempower/techempower.c"
#undef main

DERIVE(json, row)
typedef struct user {
    int32_t id;
    str name;
    str email;
} user;
ARRAY_OF(user);

DERIVE(json)
typedef struct new_user {
    str name LENGTH(1, 80);
    str email EMAIL;
} new_user;

DERIVE(json)
typedef struct user_page {
    ARRAY(user) users;
    OPTIONAL(int32_t) next;
} user_page;

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

SQL("SELECT id, randomNumber AS \"randomNumber\" FROM world ORDER BY id")
db_result all_worlds(database *db, ARRAY(world) *rows);

/* ---- users ----------------------------------------------------------------------------------- */

static http_status user_from_memory(int32_t id, user *out)
{
    if (id < 1)
        return HTTP_NOT_FOUND;
    *out = (user){.id = id, .name = STR("Ada Lovelace"), .email = STR("ada@example.com")};
    return HTTP_OK;
}

static http_status list_users(const app_state *state, int32_t limit RANGE(1, 100) DEFAULT(20),
                              int32_t after DEFAULT(0), user_page *out)
{
    TRY(find_users_after(state->db, after, limit, &out->users));
    if (out->users.len == (size_t)limit)
        out->next = SOME(int32_t, out->users.at[limit - 1].id);
    return HTTP_OK;
}

static http_status get_user(const app_state *state, int32_t id, user *out)
{
    return find_user(state->db, id, out);
}

static http_status create_user(const app_state *state, const new_user *in, user *out, response *res)
{
    TRY(insert_user(state->db, in->name, in->email, out));
    response_location(res, "/users/%d", out->id);
    return HTTP_CREATED;
}

static http_status replace_user(const app_state *state, int32_t id, const new_user *in, user *out)
{
    return update_user(state->db, id, in->name, in->email, out);
}

static http_status delete_user(const app_state *state, int32_t id)
{
    int32_t removed;
    TRY(remove_user(state->db, id, &removed));
    return HTTP_NO_CONTENT;
}

/* ---- the cache ------------------------------------------------------------------------------- */

static world cache[WORLDS];

static http_status cached_worlds(str count DEFAULT(""), arena *memory, ARRAY(world) *out)
{
    size_t wanted = count_of(count);
    *out = (ARRAY(world)){WEFT_NEW_ARRAY(memory, world, wanted), wanted};
    if (out->at == NULL)
        return HTTP_INTERNAL_SERVER_ERROR;
    for (size_t i = 0; i < wanted; i++)
        out->at[i] = cache[random_id() - 1];
    return HTTP_OK;
}

static bool fill_cache(database *db)
{
    ARRAY(world) rows;
    if (all_worlds(db, &rows) != WEFT_DB_OK || rows.len != WORLDS)
        return false;
    memcpy(cache, rows.at, sizeof cache);
    return true;
}

/* ---- the program ----------------------------------------------------------------------------- */

static const route without_database[] = {
    GET("/json", json),
    GET("/plaintext", plaintext),
    GET("/memory/users/{id}", user_from_memory),
};

static const route peer_api[] = {
    MERGE(endpoints),
    GET("/memory/users/{id}", user_from_memory),
    GET("/users", list_users),
    POST("/users", create_user),
    GET("/users/{id}", get_user),
    PUT("/users/{id}", replace_user),
    DELETE("/users/{id}", delete_user),
    GET("/cached-worlds", cached_worlds),
};

int main(void)
{
    app_state state = {0};
    router app = {.state = &state, .layers = LAYERS(layer_from(name_server))};
    if (getenv("DATABASE_URL") == NULL) {
        app.routes = ROUTES(without_database);
        return serve("127.0.0.1:0", &app);
    }
    state.db = expect(database_open(getenv("DATABASE_URL")), "cannot open DATABASE_URL");
    if (!fill_cache(state.db))
        return EXIT_FAILURE;
    app.routes = ROUTES(peer_api);
    int result = serve("127.0.0.1:0", &app);
    database_close(state.db);
    return result;
}
