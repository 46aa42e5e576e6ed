/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/apps/skew: a server whose handlers are quick, but for one in a hundred, which computes for
 * a millisecond; and that tells which worker answers. For bench/skew.
 */
#include <stdio.h>
#include <weft/prelude.h>

DERIVE(json)
typedef struct answer {
    int32_t number;
} answer;

static uint32_t calls;

/* The same sequence in every run, without a pattern: a Weyl sequence, mixed. */
static uint32_t draw(void)
{
    uint32_t bits = __atomic_add_fetch(&calls, UINT32_C(0x9e3779b9), __ATOMIC_RELAXED);
    bits = (bits ^ bits >> 16) * UINT32_C(0x85ebca6b);
    bits = (bits ^ bits >> 13) * UINT32_C(0xc2b2ae35);
    return bits ^ bits >> 16;
}

/* One call in a hundred, at random, computes for a millisecond. */
static http_status get_mixed(answer *out)
{
    out->number = (int32_t)(draw() % 100);
    if (out->number == 0)
        for (int64_t end = deadline_after(MILLISECOND); weft_clock_now() < end;)
            continue;
    return HTTP_OK;
}

static http_status get_quick(answer *out)
{
    out->number = 0;
    return HTTP_OK;
}

static http_status get_worker(response *res)
{
    char text[16];
    snprintf(text, sizeof text, "%u", weft_worker_index());
    return response_text(res, weft_str_from(text)) == WEFT_OK ? HTTP_OK
                                                              : HTTP_INTERNAL_SERVER_ERROR;
}

static const route routes[] = {
    GET("/mixed", get_mixed),
    GET("/quick", get_quick),
    GET("/worker", get_worker),
};

int main(void)
{
    router app = {.routes = ROUTES(routes)};
    return serve("127.0.0.1:0", &app);
}
