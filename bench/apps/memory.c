/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/apps/memory: the users API's read, answered from memory: what a JSON response costs when no
 * database stands behind it. bench/compare runs it beside bench/null.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct user {
    int32_t id;
    str name;
    str email;
} user;

static http_status get_user(int32_t id, user *out)
{
    if (id < 1)
        return HTTP_NOT_FOUND;
    *out = (user){.id = id, .name = STR("Ada Lovelace"), .email = STR("ada@example.com")};
    return HTTP_OK;
}

static const route users_api[] = {
    GET("/users/{id}", get_user),
};

int main(void)
{
    router app = {.routes = ROUTES(users_api)};
    return serve("127.0.0.1:0", &app);
}
