/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Several files: a header of the same name, shared types, a handler from another file.
 */
#include "pair.h"

http_status get_person(const shared_state *state, int32_t id, person *out)
{
    return find_person(state->db, id, out);
}

static const route api[] = {
    GET("/people/{id}", get_person),
    GET("/elsewhere/{id}", elsewhere),
};

static const route more[] = {
    GET("/persons/{id}", get_person),
};

void mount(router *out);

void mount(router *out)
{
    out->routes = ROUTES(api);
    out->routes = ROUTES(more);
}
