/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/parts/test_client: microseconds to open a router under test and to ask it.
 * usage: test_client [rounds, default 50000]
 */
#include <stdio.h>
#include <stdlib.h>
#include <weft/base.h>
#include <weft/test.h>

static weft_http_status answer(weft_request *request, weft_response *response)
{
    (void)request;
    return weft_response_text(response, WEFT_STR("hello")) == WEFT_OK ? WEFT_HTTP_OK : 500;
}

int main(int argc, char **argv)
{
    static const weft_route routes[] = {
        {.method = "GET", .path = "/users/{id}", .handler_name = "answer", .call = answer}};
    const weft_router router = {.routes = WEFT_ROUTES(routes)};
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 50000;
    int64_t begin = weft_clock_now();
    weft_test *test = weft_test_open(&router);
    int64_t opened = weft_clock_now();
    if (test == NULL)
        return 1;
    for (long i = 0; i < rounds; i++)
        if (ask(test, "GET", "/users/1")->status != WEFT_HTTP_OK)
            return 1;
    int64_t asked = weft_clock_now();
    weft_test_close(test);
    printf("open %.1f us, ask %.2f us, close %.1f us\n", (double)(opened - begin) / 1e3,
           (double)(asked - opened) / 1e3 / (double)rounds,
           (double)(weft_clock_now() - asked) / 1e3);
    return 0;
}
