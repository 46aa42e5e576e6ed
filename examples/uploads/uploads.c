/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Uploads: forms with files, taken as a struct or part by part, kept in the folder UPLOADS.
 */
#include <stdio.h>
#include <weft/prelude.h>

DERIVE(multipart)
typedef struct album {
    str title LENGTH(1, 80);
    OPTIONAL(int32_t) year RANGE(1826, 2100);
    ARRAY(upload) photos LENGTH(1, 20);
} album;

DERIVE(json)
typedef struct kept {
    str name; /* in the folder */
    str called;
    str content_type;
    int64_t bytes;
} kept;
ARRAY_OF(kept);

DERIVE(json)
typedef struct receipt {
    str title;
    OPTIONAL(int32_t) year;
    ARRAY(kept) photos;
} receipt;

DERIVE(state)
typedef struct app_state {
    const char *folder;
} app_state;

/* A path that nobody else has, whatever the client calls its file; `name` is its last part. */
static const char *new_path(const app_state *state, arena *memory, str *name)
{
    char id[WEFT_UUID_SIZE];
    size_t len = weft_uuid_to_text(uuid_v7(), id);
    str path = weft_arena_printf(memory, "%s/%.*s", state->folder, (int)len, id);
    if (path.at != NULL)
        *name = weft_str_skip(path, path.len - len);
    return path.at;
}

/// Keep the photos of an album: small ones come in memory, large ones in files of their own.
static http_status add_album(const app_state *state, arena *memory, const album *in, receipt *out)
{
    kept *photos = WEFT_NEW_ARRAY(memory, kept, in->photos.len);
    if (photos == NULL)
        return HTTP_INTERNAL_SERVER_ERROR;
    for (size_t i = 0; i < in->photos.len; i++) {
        const upload *photo = &in->photos.at[i];
        photos[i] = (kept){.called = photo->name,
                           .content_type = photo->content_type,
                           .bytes = (int64_t)photo->size};
        const char *path = new_path(state, memory, &photos[i].name);
        if (path == NULL || upload_save(photo, path) != WEFT_OK)
            return HTTP_INTERNAL_SERVER_ERROR;
    }
    *out = (receipt){.title = in->title, .year = in->year, .photos = {photos, in->photos.len}};
    return HTTP_CREATED;
}

/// Keep one file that may be as large as the disk: it is written while it arrives.
static http_status add_backup(const app_state *state, request *req, arena *memory, kept *out)
{
    multipart *form;
    part field;
    TRY(multipart_open(&form, req, NULL));
    uint64_t size = 0;
    while (out->name.len == 0 && multipart_next(form, &field) == HTTP_OK) {
        if (field.filename.len == 0)
            continue;
        const char *path = new_path(state, memory, &out->name);
        if (path == NULL || part_save(&field, path, &size) != HTTP_OK)
            break;
        out->called = field.filename;
        out->content_type = field.content_type;
        out->bytes = (int64_t)size;
    }
    TRY(multipart_close(form));
    return out->name.len != 0 ? HTTP_CREATED : reject(req, HTTP_BAD_REQUEST, "there is no file");
}

static const route api[] = {
    POST("/albums", add_album),
    POST("/backups", add_backup,
         .layers = LAYERS(upload_limits(.part = 1u << 30, .total = 1u << 30))),
};

int main(void)
{
    const char *folder = getenv("UPLOADS");
    app_state state = {.folder = folder ? folder : "."};
    router app = {
        .state = &state,
        .layers = LAYERS(trace()),
        .routes = ROUTES(api),
    };
    return serve("127.0.0.1:3000", &app);
}
