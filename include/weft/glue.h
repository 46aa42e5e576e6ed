/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/glue.h: what generated code calls to bind requests to handlers and statements to databases;
 * not for people. The only room that knows JSON, HTTP, routes and databases at once.
 */
#ifndef WEFT_GLUE_H
#define WEFT_GLUE_H

#include <weft/codec.h>
#include <weft/db.h>
#include <weft/http.h>
#include <weft/multipart.h>
#include <weft/router.h>

/* ---- from the request to a handler's parameters ---------------------------------------------- */

typedef enum weft_source {
    WEFT_IN_PATH,
    WEFT_IN_QUERY,
    WEFT_IN_HEADER,
    WEFT_IN_COOKIE
} weft_source;

/* Whether a parameter that the request does not have is a violation. */
typedef enum weft_presence { WEFT_REQUIRED, WEFT_OPTIONALLY } weft_presence;

/* One request on its way to its handler. Parameters come first and report all that is wrong with
 * them; a body is looked at only when nothing was. */
typedef struct weft_binding {
    weft_request *request;
    weft_violations violations;
    weft_http_status status; /* why the request is refused; 0: it is not, so far */
} weft_binding;

static inline weft_binding weft_binding_start(weft_request *request)
{
    return (weft_binding){.request = request, .violations = {.arena = weft_request_arena(request)}};
}

/* Reads the text of the parameter `name` (static), decoded, UTF-8. True: it is there. False: it is
 * not, or a violation says what is wrong with it; *out is untouched. A query parameter that comes
 * twice is a violation. */
bool weft_bind_text(weft_binding *binding, weft_source source, const char *name,
                    weft_presence presence, weft_str *out);

/* The texts of all parameters of that name, of a header field the elements of the list that it is
 * (RFC 9110 section 5.6.1); and room for as many items of that size. NULL, and no texts: there are
 * none, or a violation says what is wrong. */
void *weft_bind_texts(weft_binding *binding, weft_source source, const char *name,
                      weft_array_weft_str *texts, size_t size, size_t align);

/* What a layer attached; without it the request is refused, 500, and logged. */
const void *weft_bind_attached(weft_binding *binding, const char *type);

/* The request's body as JSON: 415 unless its type is application/json or one with +json, 400 with
 * line and column when it is not JSON, 422 with all violations when it is not of that type.
 * Suspends. */
void weft_bind_json(weft_binding *binding, weft_json_decode_fn *decode, void *into);

/* Reads the pairs of a query string or a form into *into; what is wrong with values, in `in`, goes
 * into `violations`. OK; INVALID: the text is not UTF-8; NO_MEMORY. */
typedef weft_urlencoded_result weft_pairs_decode_fn(weft_str text, weft_arena *arena,
                                                    const char *in, weft_violations *violations,
                                                    void *into);

/* The whole query string, and the body as application/x-www-form-urlencoded: 415 unless its type is
 * that, 422 with all violations. The latter suspends. */
void weft_bind_query(weft_binding *binding, weft_pairs_decode_fn *decode, void *into);
void weft_bind_form(weft_binding *binding, weft_pairs_decode_fn *decode, void *into);

/* The parts of a form with files, one by one, into the members of a type:
 *     while (weft_parts_next(parts, &T__members))
 *         switch (weft_pairs_member(&parts->pairs, T__find(parts->pairs.name))) { ... }
 * text makes the part the value of the current pair, upload takes it as a file; false: a violation
 * was added, or the form is over. */
typedef struct weft_parts {
    weft_pairs pairs; /* its name is that of the part; it has no text of its own */
    weft_multipart *form;
    weft_part part;
} weft_parts;

bool weft_parts_next(weft_parts *parts, const weft_members *members);
bool weft_parts_text(weft_parts *parts);
bool weft_parts_upload(weft_parts *parts, weft_upload *out);

/* The body as multipart/form-data into *into: 415 unless its type is that, 400 when it is
 * malformed, 413 beyond a limit, 422 with all violations. Suspends. */
typedef void weft_parts_decode_fn(weft_parts *parts, void *into);
void weft_bind_multipart(weft_binding *binding, weft_parts_decode_fn *decode, void *into);

/* Whether there is a body, or the type of one: otherwise what is OPTIONAL is absent. Of JSON it is
 * absent, too, when it is null. */
bool weft_bind_has_body(const weft_binding *binding);
bool weft_bind_has_json(weft_binding *binding);

/* How the members of the body are called in C, and so in a database, for who refuses their values
 * later. */
void weft_bind_names(weft_binding *binding, const weft_members *members);

/* The request's body as it is: 400 when a text is not UTF-8. Suspends. */
void weft_bind_body_text(weft_binding *binding, weft_str *into);
void weft_bind_body_bytes(weft_binding *binding, weft_bytes *into);

/* Whether the handler may be called. False: binding->status is to be returned; violations of
 * parameters have become a 400 that lists them all. */
bool weft__binding_refuse(weft_binding *binding) WEFT_COLD;
WEFT_NODISCARD static inline bool weft_binding_finish(weft_binding *binding)
{
    bool good = binding->status == 0 && binding->violations.total == 0;
    return WEFT_LIKELY(good) || weft__binding_refuse(binding);
}

/* The same for a handler that judges for itself: it may be called though the request is refused,
 * and *why says for what; NULL: it is not. What is not the request's fault (a status of 500 or
 * more) is not left to it. */
bool weft_binding_explain(weft_binding *binding, const weft_problem **why) WEFT_NODISCARD;

/* ---- from a handler to the response ---------------------------------------------------------- */

/* The status of what a handler answered: also of a weft_db_result or weft_error, which TRY may have
 * passed on as it was. */
weft_http_status weft__status_of_result(int result) WEFT_COLD;
static inline weft_http_status weft_answer_status(weft_http_status status)
{
    return WEFT_LIKELY((int)status < WEFT_NO_MEMORY) ? status : weft__status_of_result((int)status);
}

/* The body to be written when `status` is a success that has one (not 204 and 304) and the handler
 * gave none itself; else NULL. */
weft_buffer *weft__answer_body(weft_response *response, weft_http_status status);
weft_http_status weft__answer_cut(weft_response *response) WEFT_COLD; /* no memory for it: 500 */

/* Writes *value as that body; the status to return. */
static inline weft_http_status weft_answer_json(weft_response *response, weft_http_status status,
                                                weft_json_encode_fn *encode, const void *value)
{
    status = weft_answer_status(status);
    weft_buffer *body = weft__answer_body(response, status);
    if (body == NULL)
        return status;
    encode(body, value);
    return WEFT_LIKELY(!body->failed) ? status : weft__answer_cut(response);
}

/* ---- from a database to a status ------------------------------------------------------------- */

/* The status of a database's result: no row is 404, a unique constraint 409, other constraints
 * 422, a database that is busy, away or too slow 503, the rest 500. The running request, if any,
 * remembers which column it was; what must stay inside is logged and not told. */
weft_http_status weft_status_of_db(weft_db_result result);

/* Values for statements. */
#define WEFT_DB_INTEGER_OF(v)   ((weft_db_value){.type = WEFT_DB_INTEGER, .integer = (int64_t)(v)})
#define WEFT_DB_REAL_OF(v)      ((weft_db_value){.type = WEFT_DB_REAL, .real = (v)})
#define WEFT_DB_TEXT_OF(v)      ((weft_db_value){.type = WEFT_DB_TEXT, .text = (v)})
#define WEFT_DB_BOOL_OF(v)      ((weft_db_value){.type = WEFT_DB_BOOL, .boolean = (v)})
#define WEFT_DB_TIMESTAMP_OF(v) ((weft_db_value){.type = WEFT_DB_TIMESTAMP, .timestamp = (v)})
#define WEFT_DB_DATE_OF(v)      ((weft_db_value){.type = WEFT_DB_DATE, .date = (v)})
#define WEFT_DB_UUID_OF(v)      ((weft_db_value){.type = WEFT_DB_UUID, .uuid = (v)})
#define WEFT_DB_DECIMAL_OF(v) \
    ((weft_db_value){.type = WEFT_DB_DECIMAL, .text = (v).text.len != 0 ? (v).text : WEFT_STR("0")})
#define WEFT_DB_BYTES_OF(v) \
    ((weft_db_value){.type = WEFT_DB_BLOB, .text = {(const char *)(v).at, (v).len}})
#define WEFT_DB_JSON_OF(v) \
    ((weft_db_value){.type = WEFT_DB_JSON, .text = (v).text.len ? (v).text : WEFT_STR("null")})
#define WEFT_DB_ARRAY_OF(of, items_at, count) \
    ((weft_db_value){.type = WEFT_DB_ARRAY, .element = (of), .items = {(items_at), (count)}})
#define WEFT_DB_NULL_VALUE ((weft_db_value){.type = WEFT_DB_NULL})

/* Room for the items of an array, also of an empty one; NULL: memory is out. */
static inline weft_db_value *weft_db_items(weft_arena *arena, size_t count)
{
    return WEFT_NEW_ARRAY(arena, weft_db_value, count != 0 ? count : 1);
}

/* *from as JSON, in the arena; WEFT_DB_OK or WEFT_DB_NO_MEMORY. */
weft_db_result weft_db_json(weft_arena *arena, weft_json_encode_fn *encode, const void *from,
                            weft_db_value *out) WEFT_NODISCARD;
/* The same of a list of `len` structs that a statement reads as a table; the call refuses one of
 * more than WEFT_DB_LIST_MAX. */
weft_db_result weft_db_list(weft_arena *arena, weft_json_encode_fn *encode, const void *from,
                            size_t len, weft_db_value *out) WEFT_NODISCARD;

/* ---- from a row to JSON ---------------------------------------------------------------------- */

/* A column that holds JSON (SQLite: as text), read as a type; WEFT_DB_VALUE when it is NULL, no
 * JSON or not of that type. */
weft_db_result weft_row_json(const weft_row *row, unsigned column, weft_arena *arena,
                             weft_json_decode_fn *decode, void *into) WEFT_NODISCARD;
weft_db_result weft_row_raw(const weft_row *row, unsigned column, weft_arena *arena,
                            weft_json_raw *out) WEFT_NODISCARD;

#endif
