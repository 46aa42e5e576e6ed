/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Names of the user's that generated code could stumble over.
 */
#include <weft/prelude.h>

DERIVE(json, row, query)
typedef struct row {
    int32_t to;
    str into;
    str text;
} row;
ARRAY_OF(row);
OPTIONAL_OF(row);

DERIVE(json)
typedef struct key {
    row reader;
    ARRAY(row) items;
    OPTIONAL(row) object;
    int32_t index;
} key;

SQL("SELECT id AS \"to\", name AS \"into\", email AS text FROM users WHERE id = $1 AND name = $2")
http_status find_row(database *result, int32_t values, str statement, row *into);

SQL("SELECT id AS \"to\", name AS \"into\", email AS text FROM users WHERE id > $1")
db_result find_rows(database *parameters, arena *into, int32_t items, ARRAY(row) *count);

static http_status handle(int32_t request_, int32_t text, const row *query, key *status,
                          OPTIONAL(str) violations LENGTH(1, 3))
{
    status->index = request_ + text + query->to + (int32_t)VALUE_OR(violations, STR("")).len;
    return HTTP_OK;
}

static http_status handle_body(int32_t bind, const key *response_, row *out)
{
    *out = response_->reader;
    return bind > 0 ? HTTP_OK : HTTP_NOT_FOUND;
}

/* Parameters called as the handler, and as a type: programs are not bound to -Wshadow. */
#pragma GCC diagnostic ignored "-Wshadow"
static http_status tag(str tag, const row *row, key *out)
{
    out->index = row->to + (int32_t)tag.len;
    return HTTP_OK;
}

static http_status theme(str theme COOKIE("theme"))
{
    return theme.len != 0 ? HTTP_OK : HTTP_NOT_FOUND;
}

static const route api[] = {
    GET("/{request_}/{text}", handle),
    PUT("/{bind}", handle_body),
    POST("/tags/{tag}", tag),
    POST("/theme", theme),
};

int main(void)
{
    router app = {.routes = ROUTES(api)};
    return serve("127.0.0.1:3000", &app);
}
