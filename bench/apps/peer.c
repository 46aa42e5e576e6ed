/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/apps/peer: the application of bench/peers/README.md on Weft: examples/techempower, the
 * users API (users_rows.c), and a cache.
 */
int techempower_main(void);
#define main techempower_main
#include "../../examples/techempower/techempower.c"
#undef main

#include "users_rows.h"

SQL("SELECT id, randomNumber AS \"randomNumber\" FROM world ORDER BY id")
db_result all_worlds(database *db, ARRAY(world) *rows);

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
    MERGE(memory_rows),
};

static const route peer_api[] = {
    MERGE(endpoints),
    MERGE(memory_rows),
    MERGE(users_rows),
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
