/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Forms with files, lists in queries and headers, and what layers attach.
 */
#include <weft/prelude.h>

DERIVE(multipart)
typedef enum medium { MEDIUM_VINYL, MEDIUM_TAPE } medium;
ARRAY_OF(medium);

DERIVE(multipart)
typedef struct album {
    str title LENGTH(1, 80);
    OPTIONAL(int32_t) year RANGE(1890, 2100);
    medium on;
    bool listed DEFAULT(true);
    ARRAY(str) tags LENGTH(0, 3);
    upload cover RENAME("cover-image") LENGTH(1, 1 << 20);
    OPTIONAL(upload) booklet;
    ARRAY(upload) tracks LENGTH(1, 20);
} album;
OPTIONAL_OF(album);

DERIVE(multipart, strict)
typedef struct scans {
    ARRAY(upload) page;
    OPTIONAL(upload) index LENGTH(1, 4096);
} scans;

DERIVE(json)
typedef struct shelf {
    int64_t bytes;
    int64_t count;
} shelf;

DERIVE(attached)
typedef struct session {
    int64_t user;
} session;

static http_status add_album(const album *in, shelf *out)
{
    out->bytes = (int64_t)in->cover.size;
    out->count = (int64_t)in->tracks.len + (in->booklet.present ? 1 : 0);
    return HTTP_CREATED;
}

static http_status add_scans(const session *who, const scans *in, shelf *out)
{
    *out = (shelf){.bytes = who->user, .count = (int64_t)in->page.len};
    return HTTP_CREATED;
}

static http_status list(ARRAY(int64_t) id LENGTH(0, 100), ARRAY(medium) on,
                        ARRAY(str) via HEADER("x-forwarded-for"), const session *who, shelf *out)
{
    out->count = (int64_t)(id.len + on.len + via.len);
    out->bytes = who->user;
    return HTTP_OK;
}

static http_status close_shelf(const OPTIONAL(album) *in, const session *who)
{
    return in->present && who->user == 7 ? HTTP_CONFLICT : HTTP_NO_CONTENT;
}

static http_status log_in(request *req, response *res, next *rest)
{
    session who = {.user = 7};
    if (attach(req, session, &who) != WEFT_OK)
        return HTTP_INTERNAL_SERVER_ERROR;
    return next_run(rest, req, res);
}

static const route api[] = {
    POST("/albums", add_album, .layers = LAYERS(upload_limits(.part = 1 << 20, .parts = 32))),
    POST("/scans", add_scans),
    GET("/list", list),
    POST("/shelf/close", close_shelf),
};

int main(void)
{
    router app = {.layers = LAYERS(layer_from(log_in)), .routes = ROUTES(api)};
    return serve("127.0.0.1:3000", &app);
}
