/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Cookies. The first line of the input is a Cookie field as a client sends it, the next two a name
 * and a value to set: what was set reads back, in the clear and sealed; nothing that the client wrote
 * passes for sealed.
 */
#include "fuzz.h"
#include "http/message.h"
#include <weft/cookie.h>

typedef weft_error set_fn(weft_response *response, const weft_cookie_keys *keys,
                          const weft_cookie *cookie);
typedef weft_str get_fn(const weft_request *request, const weft_cookie_keys *keys,
                        const char *name);

static weft_error set_plain(weft_response *response, const weft_cookie_keys *keys,
                            const weft_cookie *cookie)
{
    (void)keys;
    return weft_response_cookie_set(response, cookie);
}

static weft_str get_plain(const weft_request *request, const weft_cookie_keys *keys,
                          const char *name)
{
    (void)keys;
    return weft_request_cookie(request, name);
}

/* MemorySanitizer knows nothing of what libcrypto writes: there, only what is in the clear. */
#if __has_feature(memory_sanitizer)
enum { KINDS = 1 };
#else
enum { KINDS = 3 };
#endif

static const struct {
    set_fn *set;
    get_fn *get;
} kinds[] = {
    {set_plain, get_plain},
    {weft_response_cookie_set_signed, weft_request_cookie_signed},
    {weft_response_cookie_set_encrypted, weft_request_cookie_encrypted},
};

static weft_cookie_keys *keys;

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    if (KINDS > 1)
        keys = weft_cookie_keys_create("0123456789abcdef0123456789abcdef");
    return KINDS > 1 && keys == NULL;
}

static weft_request request_with(weft__field *field, weft_arena *arena)
{
    weft_request request;
    weft__request_init(&request, arena);
    request.fields = field;
    request.field_count = 1;
    return request;
}

static void round_trip(size_t kind, const weft_cookie *cookie, const char *name, weft_arena *arena)
{
    weft_response response;
    weft__response_init(&response, arena);
    if (kinds[kind].set(&response, keys, cookie) != WEFT_OK)
        return;
    weft_str sent = weft_response_header(&response, "Set-Cookie");
    CHECK(sent.at != NULL);
    weft__field field = {WEFT_STR("Cookie"), input_until(&sent, ';')};
    weft_request request = request_with(&field, arena);
    CHECK(weft_str_equal(kinds[kind].get(&request, keys, name), cookie->value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weft_str rest = input_of(data, size);
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft__field field = {WEFT_STR("Cookie"), input_until(&rest, '\n')};
    weft_str name = input_until(&rest, '\n');
    const char *text = weft_arena_printf(&arena, "%.*s", WEFT_STR_ARGS(name)).at;
    weft_request request = request_with(&field, &arena);
    weft_str value = weft_request_cookie(&request, text);
    CHECK(value.len <= field.value.len);
    for (size_t kind = 1; kind < KINDS; kind++)
        CHECK(kinds[kind].get(&request, keys, text).at == NULL);
    const weft_cookie cookie = {.name = weft_str_from(text), .value = rest};
    for (size_t kind = 0; kind < KINDS; kind++)
        round_trip(kind, &cookie, text, &arena);
    weft_arena_reset(&arena);
    return 0;
}
