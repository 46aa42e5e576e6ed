/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/micro/http_parse.c: nanoseconds per request head parsed and per response written. Under
 * `valgrind --tool=callgrind --toggle-collect=<case>` it counts instructions; each case is a
 * function of its own for that.
 * usage: http_parse [rounds, default 2000000]
 */
#include "http/h1/h1.h"
#include <stdio.h>
#include <stdlib.h>

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

__attribute__((noinline)) static void parse_small(void)
{
    parse(small_head, sizeof small_head - 1);
}

__attribute__((noinline)) static void parse_browser(void)
{
    parse(browser_head, sizeof browser_head - 1);
}

__attribute__((noinline)) static void write_json(void)
{
    static weft_request request = {.minor_version = 1};
    static weft_response response;
    static weft_buffer out;
    static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
    if (out.arena == NULL) {
        weft_buffer_init(&out, &arena);
        weft__response_init(&response, &arena);
        response.status = WEFT_HTTP_OK;
        weft_buffer *body = weft_response_body(&response, WEFT_STR("application/json"));
        weft_buffer_append_str(body, WEFT_STR("{\"id\":1,\"name\":\"Ada\"}"));
    }
    out.len = 0;
    weft__h1_write(&out, &request, &response, date, false);
}

static void measure(const char *name, void (*run)(void), long rounds)
{
    run();
    int64_t start = weft_clock_now();
    for (long i = 0; i < rounds; i++)
        run();
    printf("%-14s %7.1f ns\n", name, (double)(weft_clock_now() - start) / (double)rounds);
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? atol(argv[1]) : 2000000;
    if (rounds < 1) {
        fprintf(stderr, "usage: http_parse [rounds]\n");
        return 2;
    }
    weft_arena_init(&arena, 0);
    measure("parse small", parse_small, rounds);
    measure("parse browser", parse_browser, rounds);
    measure("write json", write_json, rounds);
    weft_arena_reset(&arena);
    return 0;
}
