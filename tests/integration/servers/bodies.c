/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bodies: a generated server for tests of bodies that are lists, or may be absent.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct point {
    int32_t x RANGE(-100, 100);
    int32_t y;
} point;
ARRAY_OF(point);

DERIVE(json)
typedef struct sum {
    int32_t points;
    int64_t x;
    int64_t y;
} sum;

DERIVE(json)
typedef struct reason {
    str text LENGTH(1, 20);
    OPTIONAL(int32_t) code;
} reason;
OPTIONAL_OF(reason);

DERIVE(json)
typedef struct told {
    bool given;
    str text;
    OPTIONAL(int32_t) code;
} told;

DERIVE(form)
typedef struct form {
    str text LENGTH(1, 20);
} form;
OPTIONAL_OF(form);

static http_status add(const ARRAY(point) *line, sum *out)
{
    *out = (sum){.points = (int32_t)line->len};
    for (size_t i = 0; i < line->len; i++) {
        out->x += AT(*line, i).x;
        out->y += AT(*line, i).y;
    }
    return HTTP_OK;
}

static http_status turn(const ARRAY(point) *line, arena *memory, ARRAY(point) *out)
{
    *out = (ARRAY(point)){WEFT_NEW_ARRAY(memory, point, line->len + 1), line->len};
    if (out->at == NULL)
        return HTTP_INTERNAL_SERVER_ERROR;
    for (size_t i = 0; i < line->len; i++)
        out->at[line->len - 1 - i] = AT(*line, i);
    return HTTP_OK;
}

static http_status cancel(const OPTIONAL(reason) *why, told *out)
{
    const reason none = {.text = STR("none")};
    const reason given = VALUE_OR(*why, none);
    *out = (told){.given = why->present, .text = given.text, .code = given.code};
    return HTTP_OK;
}

static http_status submit(const OPTIONAL(form) *in, told *out)
{
    const form none = {.text = STR("none")};
    *out = (told){.given = in->present, .text = VALUE_OR(*in, none).text};
    return HTTP_OK;
}

static const route api[] = {
    POST("/sum", add),
    POST("/turn", turn),
    POST("/cancel", cancel),
    POST("/form", submit),
};

int main(void)
{
    router app = {.routes = ROUTES(api)};
    return serve("127.0.0.1:0", &app);
}
