/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Values that travel as text, containers in each other, records that lie flat, unions with a tag.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef enum shape_kind { SHAPE_NONE, SHAPE_CIRCLE, SHAPE_LABEL RENAME("text") } shape_kind;

DERIVE(json)
typedef struct circle {
    double radius RANGE(0, 100);
} circle;

DERIVE(json)
typedef struct label {
    str words LENGTH(1, 20);
    OPTIONAL(decimal) size;
} label;

/// One of several.
DERIVE(json, strict)
typedef struct shape {
    uuid id;
    shape_kind kind TAG;
    union {
        circle circle;
        label label;
    };
} shape;
ARRAY_OF(shape);
ARRAY_OF(shape_kind);

typedef ARRAY(int32_t) line;
ARRAY_OF(line);
MAP_OF(line);
typedef OPTIONAL(str) maybe_str;
ARRAY_OF(maybe_str);

DERIVE(json, query)
typedef struct period {
    timestamp from;
    OPTIONAL(date) until;
} period;

DERIVE(json)
typedef struct event {
    uuid id;
    period when FLATTEN;
    decimal price RANGE(0.01, 1000000);
    bytes thumbnail LENGTH(0, 1000);
    OPTIONAL(bytes) token BASE64URL;
    ARRAY(shape) shapes;
    ARRAY(line) grid LENGTH(1, 3);
    MAP(line) named;
    MAP(int32_t) counts LENGTH(0, 2);
    ARRAY(maybe_str) holes;
    json_raw extra;
    MAP(json_raw) rest FLATTEN;
} event;

DERIVE(json, strict)
typedef struct event_patch {
    CHANGE(str) title LENGTH(1, 10);
    CHANGE(timestamp) at;
    CHANGE(int32_t) count RANGE(0, 5);
} event_patch;

DERIVE(query, strict)
typedef struct search {
    period when FLATTEN;
    OPTIONAL(uuid) owner;
    OPTIONAL(decimal) least RANGE(0, 10);
    ARRAY(shape_kind) kinds LENGTH(0, 5);
} search;

static http_status put_event(uuid id, const event *in, event *out)
{
    *out = *in;
    out->id = id;
    return HTTP_OK;
}

static http_status patch_event(uuid id, const event_patch *in, event_patch *out)
{
    (void)id;
    *out = *in;
    return HTTP_OK;
}

static http_status find_events(const search *by, OPTIONAL(date) day, MAP(int32_t) *out)
{
    (void)by, (void)day;
    *out = (MAP(int32_t)){0};
    return HTTP_OK;
}

static const route api[] = {
    PUT("/events/{id}", put_event),
    PATCH("/events/{id}", patch_event),
    GET("/events", find_events),
};
