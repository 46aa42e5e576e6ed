/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Query and header parameters: required, optional, with defaults and rules.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef enum order { ORDER_ASCENDING RENAME("asc"), ORDER_DESCENDING RENAME("desc") } order;
OPTIONAL_OF(order);

static http_status search(str text LENGTH(2, 100), int32_t limit RANGE(1, 100) DEFAULT(20),
                          OPTIONAL(int64_t) after RANGE(0, INT64_MAX),
                          OPTIONAL(str) tag LENGTH(1, 20), order by DEFAULT(ORDER_ASCENDING),
                          OPTIONAL(order) then, bool exact DEFAULT(false),
                          double radius RANGE(0.5, 1e3) DEFAULT(1.5),
                          str lang RENAME("hl") PATTERN("[a-z]{2}") DEFAULT("en"))
{
    bool any = text.len + lang.len + VALUE_OR(tag, STR("")).len != 0 && limit > 0 && !after.present;
    return any && exact && radius > 1 && by != VALUE_OR(then, by) ? HTTP_OK : HTTP_NOT_FOUND;
}

static http_status fetch(str token HEADER("x-token") LENGTH(16, 64),
                         OPTIONAL(int32_t) depth HEADER("x-depth"), str mail EMAIL)
{
    return token.len + mail.len > (size_t)VALUE_OR(depth, 0) ? HTTP_OK : HTTP_NOT_FOUND;
}

static const route api[] = {
    GET("/search", search),
    GET("/fetch", fetch),
};

int main(void)
{
    router app = {.routes = ROUTES(api)};
    return serve("127.0.0.1:3000", &app);
}
