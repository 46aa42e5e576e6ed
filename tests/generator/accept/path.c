/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Path parameters: every scalar, an enum, a wildcard, a capture between text, rules.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef enum unit { UNIT_METRE, UNIT_FOOT } unit;

static http_status numbers(int8_t a, int16_t b, int32_t c, int64_t d, response *res)
{
    response_location(res, "/%d/%d/%d/%lld", a, b, c, (long long)d);
    return HTTP_SEE_OTHER;
}

static http_status naturals(uint8_t a, uint16_t b, uint32_t c, uint64_t d, response *res)
{
    response_location(res, "/%u/%u/%u/%llu", a, b, c, (unsigned long long)d);
    return HTTP_SEE_OTHER;
}

static http_status others(bool a, float b, double c, unit d, response *res)
{
    response_location(res, "/%d/%f/%f/%d", a, (double)b, c, (int)d);
    return HTTP_SEE_OTHER;
}

static http_status file(str rest LENGTH(1, 200), response *res)
{
    response_location(res, "/%.*s", STR_ARGS(rest));
    return HTTP_SEE_OTHER;
}

static http_status item(int32_t id RANGE(1, INT32_MAX), response *res)
{
    response_location(res, "/%d", id);
    return HTTP_SEE_OTHER;
}

static const route api[] = {
    GET("/numbers/{a}/{b}/{c}/{d}", numbers),
    GET("/naturals/{a}/{b}/{c}/{d}", naturals),
    GET("/others/{a}/{b}/{c}/{d}", others),
    GET("/files/{*rest}", file),
    GET("/items/{id}", item),
    GET("/items/no-{id}.json", item),
};

int main(void)
{
    router app = {.routes = ROUTES(api)};
    return serve("127.0.0.1:3000", &app);
}
