/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/parts/http_parse: a request head parsed, a response head and body written.
 */
#include <stdlib.h>

#include "http/h1/h1.h"
#include "measure.h"

static const char small_head[] = "GET /users/1 HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n";

static const char browser_head[] =
    "GET /api/v1/users/42/orders?limit=20&after=1000 HTTP/1.1\r\n"
    "Host: api.example.com\r\n"
    "Connection: keep-alive\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36\r\n"
    "Accept: application/json, text/plain, */*\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-US,en;q=0.9\r\n"
    "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n"
    "Cookie: session=0123456789abcdef; theme=dark\r\n"
    "Referer: https://www.example.com/orders\r\n"
    "X-Request-Id: 7f8a4c1e-9f0b-4e63-8a57-3f1d2c4b5a69\r\n\r\n";

static weft_arena arena;

static void parse(const char *bytes, size_t len)
{
    static const weft__h1_limits limits;
    weft_request request;
    weft__h1_fault fault;
    size_t used;
    weft__request_init(&request, &arena);
    char *mark = arena.at;
    if (weft__h1_parse(bytes, len, &limits, &request, &used, &fault) != WEFT__H1_DONE)
        abort();
    if (mark != NULL)
        arena.at = mark; /* what a fresh request would find */
}

static void parse_small(unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        parse(small_head, sizeof small_head - 1);
}

static void parse_browser(unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        parse(browser_head, sizeof browser_head - 1);
}

static weft_request request = {.minor_version = 1};
static weft_response response;
static weft_buffer out;

static void prepare_response(void)
{
    weft_buffer_init(&out, &arena);
    weft__response_init(&response, &arena);
    response.status = WEFT_HTTP_OK;
    weft_buffer *body = weft_response_body(&response, WEFT_STR("application/json"));
    weft_buffer_append_str(body, WEFT_STR("{\"id\":1,\"name\":\"Ada\"}"));
}

static void write_json(unsigned times)
{
    static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (unsigned i = 0; i < times; i++) {
        out.len = 0;
        weft__h1_write(&out, &request, &response, date, false);
    }
}

int main(void)
{
    weft_arena_init(&arena, 0);
    prepare_response();
    measure("request head of 1 field parsed", parse_small, 200000);
    measure("request head of 10 fields parsed", parse_browser, 200000);
    measure("response of 21 bytes written", write_json, 200000);
    weft_arena_reset(&arena);
    return 0;
}
