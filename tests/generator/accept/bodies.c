/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Records as bodies and query strings: JSON, form, query, arrays, one type as two of them; a handler
 * that is told why they are refused.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct point {
    double x;
    double y;
} point;
ARRAY_OF(point);
OPTIONAL_OF(point);

DERIVE(form)
typedef struct login {
    str user LENGTH(1, 40);
    str password LENGTH(8, 200);
} login;

DERIVE(query)
typedef struct page {
    int32_t limit RANGE(1, 100) DEFAULT(20);
    OPTIONAL(str) after;
} page;

DERIVE(json, query)
typedef struct filter {
    str name;
    int32_t least DEFAULT(0);
} filter;

static http_status move(int32_t id, const point *to)
{
    return id > 0 && to->x > to->y ? HTTP_OK : HTTP_CONFLICT;
}

static http_status draw(const ARRAY(point) *line)
{
    return line->len > 1 ? HTTP_OK : HTTP_UNPROCESSABLE_CONTENT;
}

static http_status erase(const OPTIONAL(point) *from)
{
    return from->present ? HTTP_OK : HTTP_NO_CONTENT;
}

static http_status enter(const login *form)
{
    return form->user.len != 0 ? HTTP_SEE_OTHER : HTTP_UNAUTHORIZED;
}

static http_status list(const page *at)
{
    return at->limit > 1 ? HTTP_OK : HTTP_NOT_FOUND;
}

static http_status find(const filter *by)
{
    return by->least > 0 ? HTTP_OK : HTTP_NOT_FOUND;
}

static http_status keep(const filter *by, const page *at)
{
    return by->least > at->limit ? HTTP_OK : HTTP_NOT_FOUND;
}

static http_status sign(const login *form, const problem *refused)
{
    if (refused != NULL && refused->violations == NULL)
        return refused->status;
    return form->user.len == 0 ? HTTP_UNAUTHORIZED : HTTP_SEE_OTHER;
}

static const route api[] = {
    PUT("/points/{id}", move), POST("/lines", draw),   POST("/login", enter), GET("/pages", list),
    GET("/filters", find),     POST("/filters", keep), POST("/sign", sign),   POST("/erase", erase),
};

int main(void)
{
    router app = {.routes = ROUTES(api)};
    return serve("127.0.0.1:3000", &app);
}
