/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One of everything that codecs are generated for; test_codecs.c runs them.
 */
#include <weft/prelude.h>

DERIVE(json, query)
typedef enum color { COLOR_RED, COLOR_GREEN, COLOR_BLUE RENAME("deep \"blue\"") } color;
ARRAY_OF(color);
OPTIONAL_OF(color);

DERIVE(json)
typedef struct point {
    double x;
    double y DEFAULT(1.5);
} point;
ARRAY_OF(point);
OPTIONAL_OF(point);

/// All scalars.
DERIVE(json, query, form)
typedef struct scalars {
    bool flag;
    int8_t i8;
    int16_t i16;
    int32_t i32;
    int64_t i64;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    float real;
    double precise;
    str text RENAME("a/b~c");
    color tint;
} scalars;

/// What may be absent, at both ends.
DERIVE(json)
typedef struct sparse {
    OPTIONAL(int32_t) first;
    OPTIONAL(str) second;
    int32_t sure;
    OPTIONAL(color) tint;
    OPTIONAL(point) place;
    OPTIONAL(str) last;
} sparse;

/// Nothing but what may be absent.
DERIVE(json)
typedef struct hollow {
    OPTIONAL(bool) a;
    OPTIONAL(str) b;
} hollow;

/// Types in types.
DERIVE(json)
typedef struct nested {
    point origin;
    ARRAY(point) path LENGTH(0, 3);
    ARRAY(str) tags;
    ARRAY(int32_t) numbers;
    ARRAY(color) tints;
    sparse rest;
} nested;

/// The types of C itself.
DERIVE(json, query)
typedef struct plain {
    signed char a;
    unsigned char b;
    short c;
    unsigned short d;
    int e;
    unsigned f;
    long g;
    unsigned long h;
    long long i RANGE(-5, INT64_MAX);
    unsigned long long j;
    size_t k;
} plain;

/// Every rule.
DERIVE(json, query)
typedef struct ruled {
    str name LENGTH(1, 80);
    str email EMAIL;
    str code PATTERN("[A-Z]{2}[0-9]+|\"\\\\\"");
    int32_t age RANGE(0, 150) DEFAULT(30);
    uint64_t big RANGE(1, UINT64_MAX) DEFAULT(1);
    double ratio RANGE(-0.5, 1) DEFAULT(0);
    OPTIONAL(str) nick LENGTH(2, 4);
    str greeting DEFAULT("hello") LENGTH(1, SIZE_MAX);
    color tint DEFAULT(COLOR_GREEN);
} ruled;

static http_status put_scalars(const scalars *in, scalars *out)
{
    *out = *in;
    return HTTP_OK;
}

static http_status find_scalars(const ruled *in, nested *out)
{
    (void)in;
    *out = (nested){0};
    return HTTP_OK;
}

static http_status put_nested(const nested *in, sparse *out)
{
    *out = in->rest;
    return HTTP_OK;
}

static http_status put_ruled(const ruled *in, hollow *out)
{
    (void)in;
    *out = (hollow){0};
    return HTTP_OK;
}

static http_status list_points(const hollow *in, ARRAY(point) *out)
{
    (void)in;
    *out = (weft_array_point){0};
    return HTTP_OK;
}

static http_status put_plain(const plain *in, plain *out)
{
    *out = *in;
    return HTTP_OK;
}

static http_status get_plain(const plain *in)
{
    (void)in;
    return HTTP_NO_CONTENT;
}

static http_status paint(color tint, ruled *out)
{
    *out = (ruled){.tint = tint};
    return HTTP_OK;
}

static http_status put_form(request *req, const scalars *in)
{
    (void)req;
    (void)in;
    return HTTP_NO_CONTENT;
}

static const route everything[] = {
    POST("/scalars", put_scalars), GET("/scalars", find_scalars), POST("/nested", put_nested),
    POST("/ruled", put_ruled),     POST("/points", list_points),  GET("/paint/{tint}", paint),
    GET("/form", put_form),        PUT("/plain", put_plain),      GET("/plain", get_plain),
};
