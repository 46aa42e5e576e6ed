/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Faults while requests are answered: the users API on the database that DATABASE_URL names, and a
 * route for each of what a handler can do besides. The bytes of each answer are those of the first
 * time, or the client is told that the server failed.
 */
int users_main(void); /* the program's own main is not run */
#define main users_main
#include "users.c"
#undef main

#include "faults.h"
#include "server.h"
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>
#include <weft/test_database.h>

/* ---- what handlers can do -------------------------------------------------------------------- */

DERIVE(form)
typedef struct note {
    str title LENGTH(1, 10);
    OPTIONAL(int32_t) stars RANGE(1, 5);
} note;

DERIVE(multipart)
typedef struct album {
    str title;
    ARRAY(upload) photos LENGTH(1, 3);
} album;

DERIVE(json)
typedef struct report {
    str title;
    int64_t number;
} report;

DERIVE(row)
typedef struct user_name {
    str name;
} user_name;
CURSOR_OF(user_name);

SQL("SELECT name FROM users ORDER BY id")
http_status each_name(database *db, CURSOR(user_name) *rows) TRY_OPENS(rows);

/// Tell what a form says.
static http_status keep_note(const note *in, report *out)
{
    *out = (report){.title = in->title, .number = VALUE_OR(in->stars, 0)};
    return HTTP_OK;
}

/// Count the bytes of an album.
static http_status keep_album(const album *in, report *out)
{
    out->title = in->title;
    for (size_t i = 0; i < in->photos.len; i++)
        out->number += (int64_t)in->photos.at[i].size;
    return HTTP_OK;
}

/// Save the first file of a form.
static http_status save_file(request *req, report *out)
{
    static int count;
    char path[64];
    multipart *form;
    part field;
    uint64_t size = 0;
    TRY(multipart_open(&form, req, NULL));
    while (size == 0 && multipart_next(form, &field) == HTTP_OK) {
        if (field.filename.len == 0)
            continue;
        snprintf(path, sizeof path, "saved-%d-%d", (int)getpid(), count++);
        if (part_save(&field, path, &size) == HTTP_OK)
            server_remove_file(path);
    }
    out->number = (int64_t)size;
    TRY(multipart_close(form));
    return size != 0 ? HTTP_OK : HTTP_INTERNAL_SERVER_ERROR;
}

/// Take a user in and out of a savepoint, and all of it back.
static http_status undo(const app_state *state, report *out)
{
    transaction *tx, *inner;
    user made, seen;
    TRY(transaction_begin(state->db, NULL, &tx));
    http_status status = insert_user(within(tx), STR("Temp"), STR("temp@example.com"), &made);
    if (status == HTTP_OK && transaction_begin(within(tx), NULL, &inner) == WEFT_DB_OK) {
        status = find_user(within(inner), made.id, &seen);
        transaction_rollback(inner);
    }
    if (status == HTTP_OK)
        *out = (report){.title = made.name, .number = 1};
    transaction_rollback(tx);
    return status;
}

/// Count the letters of all names, row by row.
static http_status count_letters(const app_state *state, report *out)
{
    CURSOR(user_name) rows;
    user_name one;
    TRY(each_name(state->db, &rows));
    while (cursor_next(&rows, &one))
        out->number += (int64_t)one.name.len;
    TRY(cursor_close(&rows));
    out->title = STR("letters");
    return HTTP_OK;
}

static cookie_keys *keys;

/// Set a cookie of each kind.
static http_status log_in(response *res)
{
    cookie made = {.name = STR("plain"), .value = STR("one"), .http_only = true};
    if (response_cookie_set(res, &made) != WEFT_OK)
        return HTTP_INTERNAL_SERVER_ERROR;
    made.name = STR("signed");
    if (response_cookie_set_signed(res, keys, &made) != WEFT_OK)
        return HTTP_INTERNAL_SERVER_ERROR;
    return HTTP_NO_CONTENT;
}

/// Tell what an encrypted cookie says once it is read back.
static http_status who_am_i(request *req, response *res, report *out)
{
    cookie made = {.name = STR("secret"), .value = STR("Ada")};
    if (response_cookie_set_encrypted(res, keys, &made) != WEFT_OK ||
        response_cookie_remove(res, &(cookie){.name = STR("secret")}) != WEFT_OK)
        return HTTP_INTERNAL_SERVER_ERROR;
    if (weft_response_header_set(res, STR("Set-Cookie"), STR("a=b")) != WEFT_OK)
        return HTTP_INTERNAL_SERVER_ERROR; /* instead of the sealed one, which differs each time */
    out->title = request_cookie(req, "plain");
    out->number = (int64_t)request_cookie_encrypted(req, keys, "secret").len;
    return HTTP_OK;
}

static weft_error tell_numbers(server_events *events, void *arg)
{
    (void)arg;
    TRY(events_send(events, &(server_event){.event = STR("n"), .data = STR("1\n2")}));
    return events_send(events, &(server_event){.id = STR("9"), .data = STR("three")});
}

/// Two events.
static http_status events(response *res)
{
    return response_events(res, NULL, tell_numbers, NULL);
}

static void echo_messages(websocket *socket, void *arg)
{
    (void)arg;
    websocket_message message;
    while (websocket_receive(socket, &message, NEVER) == WEFT_OK)
        if (websocket_send(socket, message.kind, message.data) != WEFT_OK)
            return;
}

/// A WebSocket that echoes.
static http_status talk(request *req, response *res)
{
    static const websocket_options options = {.compression = WEFT_WEBSOCKET_DEFLATE};
    return websocket_upgrade(req, res, &options, echo_messages, NULL);
}

static weft_error write_lines(weft_body *to, void *arg)
{
    (void)arg;
    for (int i = 0; i < 100; i++) {
        TRY(body_write(to, "a line that repeats itself\n", 27));
        if (i % 40 == 0)
            TRY(body_flush(to));
    }
    return WEFT_OK;
}

/// Many lines, in pieces.
static http_status lines(response *res)
{
    return response_stream(res, STR("text/plain"), LENGTH_UNKNOWN, write_lines, NULL);
}

/// The body, read in pieces.
static http_status echo(request *req, response *res)
{
    char piece[64];
    size_t got;
    weft_buffer *to = response_body(res, STR("text/plain"));
    do {
        TRY(request_read(req, piece, sizeof piece, &got));
        weft_buffer_append(to, piece, got);
    } while (got != 0);
    return HTTP_OK;
}

static weft_error send_one(void *arg)
{
    return channel_send(arg, &(int){7}, NEVER);
}

/// Ask another fiber for a number.
static http_status fibers(report *out)
{
    scope children;
    int number = 0;
    channel *numbers = channel_create(sizeof number, 1);
    if (numbers == NULL)
        return HTTP_INTERNAL_SERVER_ERROR;
    scope_enter(&children, SCOPE_ALL);
    weft_error error = scope_spawn(&children, "child", send_one, numbers);
    if (error == WEFT_OK)
        error = channel_receive(numbers, &number, NEVER);
    weft_error left = scope_leave(&children);
    channel_destroy(numbers);
    *out = (report){.title = STR("from a fiber"), .number = number};
    return error == WEFT_OK && left == WEFT_OK ? HTTP_OK : HTTP_INTERNAL_SERVER_ERROR;
}

static const route more[] = {
    POST("/notes", keep_note),
    POST("/albums", keep_album),
    POST("/files", save_file),
    POST("/undo", undo),
    GET("/letters", count_letters),
    POST("/login", log_in),
    GET("/me", who_am_i),
    GET("/events", events),
    GET("/talk", talk),
    GET("/lines", lines),
    POST("/echo", echo),
    GET("/fibers", fibers),
};

/* ---- what is asked --------------------------------------------------------------------------- */

#define JSON "Content-Type: application/json\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
#define GZIP "Accept-Encoding: gzip\r\n"
#define PART(head, bytes) \
    "--b\r\nContent-Disposition: form-data; name=" head "\r\n\r\n" bytes "\r\n"
#define ALBUM "Content-Type: multipart/form-data; boundary=b\r\n"
#define PARTS                                                                     \
    PART("\"title\"", "Sea")                                                      \
    PART("\"photos\"; filename=\"a.png\"\r\nContent-Type: image/png", "not much") \
    PART("\"photos\"; filename=\"b\"", "nor this") "--b--\r\n"
#define DIGITS "0123456789012345678901234567890123456789012345678901234567890123456789"

/* Zeroes as a mask leave a client's bytes as they are: a text of 140 bytes, and a Close. */
#define FRAMES "\x81\xfe\0\x8c\0\0\0\0" DIGITS DIGITS "\x88\x82\0\0\0\0\x03\xe8"

#define HOST   " HTTP/1.1\r\nHost: a\r\n"
#define CHUNKS "5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\nTrailer: t\r\n\r\n"

typedef struct asked {
    const char *name;
    server_question question;
} asked;

static asked questions[] = {
    {"read_a_user", {"GET /users/1"}},
    {"list_users", {"GET /users?limit=2&after=0", GZIP}},
    {"user_taken", {"POST /users", JSON, "{\"name\":\"Eda\",\"email\":\"ada@example.com\"}"}},
    {"user_refused",
     {"POST /users", JSON, "{\"name\":\"\",\"email\":\"no\",\"more\":[1,{\"a\":\"\\u00e9\"}]}"}},
    {"replace_user",
     {"PUT /users/1", JSON, "{\"name\":\"A\\u0064a\",\"email\":\"ada@example.com\"}"}},
    {"no_user", {"DELETE /users/999"}},
    {"transaction", {"POST /undo", "", ""}},
    {"cursor", {"GET /letters"}},
    {"form", {"POST /notes", FORM, "title=a%20b&stars=05"}},
    {"form_refused", {"POST /notes", FORM, "title=&stars=99"}},
    {"multipart", {"POST /albums", ALBUM, PARTS}},
    {"multipart_to_file", {"POST /files", ALBUM, PARTS}},
    {"cookies", {"POST /login", "", ""}},
    {"cookies_back", {"GET /me", "Cookie: plain=one; secret=" DIGITS "\r\n"}},
    {"events", {"GET /events"}},
    {"websocket",
     {"GET /talk" HOST "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
      .after = FRAMES, .after_len = sizeof FRAMES - 1}},
    {"websocket_deflate",
     {"GET /talk" HOST "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
      "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
      .after = FRAMES, .after_len = sizeof FRAMES - 1}},
    {"stream", {"GET /lines"}},
    {"stream_compressed", {"GET /lines", GZIP}},
    {"file", {"GET /files/page.txt"}},
    {"file_compressed", {"GET /files/page.txt", GZIP}},
    {"file_part", {"GET /files/page.txt", "Range: bytes=10-19\r\n"}},
    {"large_file", {"GET /files/large.bin"}},
    {"malformed", {"GET /" HOST "Host: b\r\n\r\n"}},
    {"fibers", {"GET /fibers"}},
    {"body_in_chunks",
     {"POST /echo", "Transfer-Encoding: chunked\r\n", .after = CHUNKS,
      .after_len = sizeof CHUNKS - 1}},
    {"body_continued", {"POST /echo", "Expect: 100-continue\r\n", "abc"}},
    {"pipelined",
     {"GET /users/1" HOST "\r\nGET /letters" HOST "\r\nGET /fibers" HOST
      "Connection: close\r\n\r\n"}},
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

/* ---- the server ------------------------------------------------------------------------------ */

#define FOLDER "files" /* in a folder of this process's own, which is the current one */

static weft_test_database test;
static app_state state;

static const layer layers[] = {
    trace(), timeout(30 * SECOND), compress(), static_files("/files", FOLDER), {.name = NULL}};
static const router app = {.state = &state, .layers = layers, .routes = ROUTES(users_api, more)};

static void open_data(void)
{
    user made;
    weft_test_database_open(&test, getenv("MIGRATIONS"));
    state.db = test.db;
    MUST(insert_user(test.db, STR("Ada"), STR("ada@example.com"), &made) == HTTP_OK);
    MUST(insert_user(test.db, STR("Ben"), STR("ben@example.com"), &made) == HTTP_OK);
    keys = cookie_keys_create("0123456789abcdef0123456789abcdef");
    MUST(keys != NULL);
    server_make_file(FOLDER, "page.txt", 100);
    server_make_file(FOLDER, "large.bin", 20000);
}

static void close_data(void)
{
    weft_cookie_keys_destroy(keys);
    weft_test_database_close(&test);
}

static void start_server(void)
{
    open_data();
    server_start(&app);
}

static void stop_server(void)
{
    MUST(server_stop() == 0);
    close_data();
}

/* From the table of routes to the end of the process's last thread. */
static outcome serve_one_request(void *arg)
{
    if (!server_try_start(&app))
        return OUTCOME_FAILED;
    outcome ended = server_ask(arg);
    return server_stop() == 0 ? ended : OUTCOME_FAILED;
}

static void enter_own_folder(char *folder)
{
    MUST(mkdtemp(folder) != NULL && chdir(folder) == 0);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about, (void)kind, (void)where;
    return remove(path);
}

/* With what a failure has left there. */
static void remove_own_folder(const char *folder)
{
    MUST(chdir("/") == 0 && nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/weft-faults-XXXXXX";
    scenario scenarios[QUESTIONS + 1] = {
        {"serve", serve_one_request, &questions[0].question, open_data, close_data}};
    for (size_t i = 0; i < QUESTIONS; i++)
        scenarios[i + 1] = (scenario){questions[i].name, server_ask, &questions[i].question,
                                      start_server, stop_server};
    enter_own_folder(folder);
    int status = faults_main(argc, argv, scenarios, QUESTIONS + 1);
    remove_own_folder(folder);
    return status;
}
