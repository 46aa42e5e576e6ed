/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * site: a server for tests of files and cookies: the folder in SITE_FOLDER below "/files", and a
 * session that is kept in cookies, sealed with COOKIE_SECRETS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <weft/weft.h>

static weft_cookie_keys *keys;

static weft_http_status done(weft_error error)
{
    return error == WEFT_OK ? WEFT_HTTP_OK : WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

/* Sets a cookie of each kind to the query. */
static weft_http_status log_in(weft_request *request, weft_response *response)
{
    weft_cookie cookie = {
        .value = weft_request_query(request), .max_age = WEFT_HOUR, .http_only = true};
    cookie.name = WEFT_STR("plain");
    if (weft_response_cookie_set(response, &cookie) != WEFT_OK)
        return weft_rejectf(request, WEFT_HTTP_BAD_REQUEST, "no value for a cookie");
    cookie.name = WEFT_STR("signed");
    WEFT_TRY(done(weft_response_cookie_set_signed(response, keys, &cookie)));
    cookie.name = WEFT_STR("encrypted");
    WEFT_TRY(done(weft_response_cookie_set_encrypted(response, keys, &cookie)));
    return weft_response_redirect(response, WEFT_HTTP_SEE_OTHER, "/session");
}

static weft_http_status session(weft_request *request, weft_response *response)
{
    weft_str plain = weft_request_cookie(request, "plain"),
             its_signed = weft_request_cookie_signed(request, keys, "signed"),
             encrypted = weft_request_cookie_encrypted(request, keys, "encrypted");
    weft_buffer *body = weft_response_body(response, WEFT_STR("text/plain"));
    weft_buffer_printf(body, "%.*s|%.*s|%.*s", WEFT_STR_ARGS(plain), WEFT_STR_ARGS(its_signed),
                       WEFT_STR_ARGS(encrypted));
    return WEFT_HTTP_OK;
}

static weft_http_status log_out(weft_request *request, weft_response *response)
{
    static const char *const names[] = {"plain", "signed", "encrypted"};
    (void)request;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        weft_cookie cookie = {.name = weft_str_from(names[i])};
        WEFT_TRY(done(weft_response_cookie_remove(response, &cookie)));
    }
    return WEFT_HTTP_NO_CONTENT;
}

/* A file of the folder, to be saved. */
static weft_http_status download(weft_request *request, weft_response *response)
{
    weft_str name = weft_request_param(request, "name");
    weft_http_status status = weft_response_file(request, response, getenv("SITE_FOLDER"), name);
    if (status == WEFT_HTTP_OK)
        WEFT_TRY(done(weft_response_attachment(response, name)));
    return status;
}

#define ROW(m, p, f)                                                                   \
    {                                                                                  \
        .method = (m), .path = (p), .handler = (weft_any_fn *)(f), .handler_name = #f, \
        .call = (f), .file = __FILE__, .line = __LINE__                                \
    }
static const weft_route routes[] = {
    ROW("POST", "/login", log_in),
    ROW("GET", "/session", session),
    ROW("POST", "/logout", log_out),
    ROW("GET", "/downloads/{name}", download),
};

int main(void)
{
    const char *folder = getenv("SITE_FOLDER"), *deadline = getenv("SITE_WRITE_DEADLINE_MS");
    const weft_router router = {
        .layers = WEFT_LAYERS(weft_trace(), weft_static_files("/files", folder)),
        .routes = WEFT_ROUTES(routes),
    };
    const weft_serve_options options = {
        .workers = 2,
        .write_deadline = (deadline ? atoi(deadline) : 0) * WEFT_MILLISECOND,
    };
    keys = WEFT_EXPECT(weft_cookie_keys_create(getenv("COOKIE_SECRETS")), "cannot make keys");
    int status = weft_serve_with("127.0.0.1:0", &router, &options);
    weft_cookie_keys_destroy(keys);
    return status;
}
