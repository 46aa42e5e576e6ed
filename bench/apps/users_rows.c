/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/apps/users_rows: the users API of examples/users as tables for bench/apps/peer, without the
 * layers and the program that the example has around it; and a user that needs no database.
 */
int users_main(void);
#define main users_main
#include "../../examples/users/users.c"
#undef main

#include "users_rows.h"

static http_status user_from_memory(int32_t id, user *out)
{
    if (id < 1)
        return HTTP_NOT_FOUND;
    *out = (user){.id = id, .name = STR("Ada Lovelace"), .email = STR("ada@example.com")};
    return HTTP_OK;
}

static const route memory_api[] = {GET("/memory/users/{id}", user_from_memory)};

const weft_routes users_rows = {users_api, sizeof users_api / sizeof *users_api};
const weft_routes memory_rows = {memory_api, sizeof memory_api / sizeof *memory_api};
