/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/apps/peer: the application of bench/peers/README.md on Weft.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct message {
    str message;
} message;

DERIVE(json)
typedef struct user {
    int32_t id;
    str name;
    str email;
} user;

static http_status say_json(message *out)
{
    out->message = STR("Hello, World!");
    return HTTP_OK;
}

static http_status say_plaintext(response *res)
{
    TRY(response_text(res, STR("Hello, World!")));
    return HTTP_OK;
}

static http_status user_from_memory(int32_t id, user *out)
{
    if (id < 1)
        return HTTP_NOT_FOUND;
    *out = (user){.id = id, .name = STR("Ada Lovelace"), .email = STR("ada@example.com")};
    return HTTP_OK;
}

static const route peer_api[] = {
    GET("/json", say_json),
    GET("/plaintext", say_plaintext),
    GET("/memory/users/{id}", user_from_memory),
};

int main(void)
{
    router app = {.routes = ROUTES(peer_api)};
    return serve("127.0.0.1:0", &app);
}
