/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * compress: what is compressed, what is left alone, what caches are told; on a plain thread and on
 * workers, where the compressor is kept.
 */
#include "harness.h"
#include "layer/gzip.h"
#include <weft/runtime.h>
#include <zlib.h>

#define BIG (1u << 20)

/* What the handler answers with. */
static struct {
    size_t len;
    const char *type;
    weft_http_status status;
    const char *field, *value;
    bool random;
} answer;

static weft_http_status handler(weft_request *request, weft_response *response)
{
    (void)request;
    weft_buffer *body = weft_response_body(response, weft_str_from(answer.type));
    unsigned state = 7;
    for (size_t i = 0; i < answer.len; i++) {
        state = state * 1103515245 + 12345;
        char byte = answer.random ? (char)(state >> 16) : "{\"id\":1,\"name\":\"weft\"}"[i % 22];
        weft_buffer_append(body, &byte, 1);
    }
    if (answer.field != NULL)
        assert_int_equal(weft_response_header_set(response, weft_str_from(answer.field),
                                                  weft_str_from(answer.value)),
                         WEFT_OK);
    return answer.status;
}

static exchange x;

static void ask(const char *accept)
{
    exchange_finish(&x);
    exchange_init(&x);
    if (accept != NULL)
        exchange_field(&x, "Accept-Encoding", accept);
    exchange_run(&x, WEFT_LAYERS(weft_compress()), handler);
}

static void reset(size_t len, const char *type)
{
    memset(&answer, 0, sizeof answer);
    answer.len = len;
    answer.type = type;
    answer.status = WEFT_HTTP_OK;
}

/* The body is the gzip form of what the handler wrote. */
static void assert_gzip(void)
{
    assert_string_equal(exchange_header(&x, "content-encoding"), "gzip");
    assert_string_equal(exchange_header(&x, "vary"), "accept-encoding");
    char *plain = malloc(answer.len + 1);
    z_stream stream = {.next_in = (Bytef *)x.response.body.at,
                       .avail_in = (uInt)x.response.body.len,
                       .next_out = (Bytef *)plain,
                       .avail_out = (uInt)answer.len + 1};
    assert_int_equal(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    assert_int_equal(stream.total_out, answer.len);
    inflateEnd(&stream);
    for (size_t i = 0; !answer.random && i < answer.len; i++)
        assert_int_equal(plain[i], "{\"id\":1,\"name\":\"weft\"}"[i % 22]);
    free(plain);
    assert_true(x.response.body.len < answer.len);
}

static void assert_plain(bool varies)
{
    assert_string_equal(exchange_header(&x, "content-encoding"), "");
    assert_string_equal(exchange_header(&x, "vary"), varies ? "accept-encoding" : "");
    assert_int_equal(x.response.body.len, answer.len);
    assert_int_equal(x.response.status, answer.status);
}

static void test_the_threshold(void **unused)
{
    (void)unused;
    reset(WEFT_COMPRESS_MIN, "application/json");
    ask("gzip");
    assert_gzip();
    answer.len--;
    ask("gzip");
    assert_plain(false);
    ask("gzip, identity;q=0"); /* the plain form is refused: even a short body is coded */
    assert_string_equal(exchange_header(&x, "content-encoding"), "gzip");
}

static void test_ranges_are_of_the_plain_form(void **unused)
{
    (void)unused;
    reset(4096, "text/plain");
    ask("gzip");
    assert_string_equal(exchange_header(&x, "accept-ranges"), "");
    answer.field = "Accept-Ranges";
    answer.value = "bytes";
    ask("gzip");
    assert_gzip();
    assert_string_equal(exchange_header(&x, "accept-ranges"), "none");
    ask("identity");
    assert_plain(true);
    assert_string_equal(exchange_header(&x, "accept-ranges"), "bytes");
}

static void test_who_does_not_accept_gets_plain_and_vary(void **unused)
{
    (void)unused;
    static const char *const values[] = {NULL,       "",         "br",
                                         "gzip;q=0", "identity", "identity;q=0.5, gzip;q=0.4"};
    reset(4096, "application/json; charset=utf-8");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        ask(values[i]);
        assert_plain(true);
    }
}

static void test_neither_form_is_406(void **unused)
{
    (void)unused;
    reset(100, "application/json");
    ask("gzip;q=0, identity;q=0");
    assert_int_equal(x.response.status, 406);
    assert_true(exchange_has(&x, "Accept-Encoding refuses gzip"));
    ask("*;q=0");
    assert_int_equal(x.response.status, 406);
    answer.status = WEFT_HTTP_CONFLICT; /* an error is told in any form */
    ask("*;q=0");
    assert_int_equal(x.response.status, 409);
}

static void test_a_change_is_answered_in_any_form(void **unused)
{
    (void)unused;
    reset(100, "application/json");
    exchange_finish(&x);
    exchange_init(&x);
    exchange_field(&x, "Accept-Encoding", "*;q=0");
    x.request.method = WEFT_METHOD_POST;
    x.request.method_name = WEFT_STR("POST");
    exchange_run(&x, WEFT_LAYERS(weft_compress()), handler);
    assert_int_equal(x.response.status, 200);
}

static void test_types(void **unused)
{
    (void)unused;
    static const char *const good[] = {
        "text/html; charset=utf-8", "IMAGE/SVG+XML",    "text/plain",
        "application/problem+json", "application/wasm", "application/octet-stream"};
    static const char *const bad[] = {"image/png",
                                      "Image/JPEG",
                                      "video/mp4",
                                      "audio/ogg",
                                      "font/woff2",
                                      "application/zip",
                                      "application/pdf",
                                      "application/gzip; x=y",
                                      "text/event-stream",
                                      "application/grpc+proto",
                                      ""};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        reset(4096, good[i]);
        ask("gzip");
        assert_gzip();
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        reset(4096, bad[i]);
        ask("gzip");
        assert_plain(false);
    }
}

static void test_what_is_left_alone(void **unused)
{
    (void)unused;
    reset(4096, "application/json");
    static const struct {
        const char *field, *value;
    } fields[] = {{"Content-Range", "bytes 0-1/2"}, {"Cache-Control", "private, No-Transform"}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        answer.field = fields[i].field;
        answer.value = fields[i].value;
        ask("gzip");
        assert_plain(false);
    }
    answer.field = "Content-Encoding";
    answer.value = "br";
    ask("gzip");
    assert_string_equal(exchange_header(&x, "content-encoding"), "br");
    assert_int_equal(x.response.body.len, answer.len);
    reset(4096, "application/json");
    answer.status = WEFT_HTTP_PARTIAL_CONTENT;
    ask("gzip");
    assert_plain(false);
}

static void test_vary_is_kept(void **unused)
{
    (void)unused;
    reset(4096, "application/json");
    answer.field = "Vary";
    answer.value = "Origin, Accept-Encoding";
    ask("gzip");
    assert_string_equal(exchange_header(&x, "vary"), "Origin, Accept-Encoding");
    assert_int_equal(x.response.field_count, 2);
    answer.value = "Origin, X-Accept-Encoding";
    ask("gzip");
    assert_int_equal(x.response.field_count, 3);
    answer.value = "*";
    ask("gzip");
    assert_int_equal(x.response.field_count, 2);
}

static void test_what_does_not_shrink_stays(void **unused)
{
    (void)unused;
    reset(4096, "application/octet-stream");
    answer.random = true;
    ask("gzip");
    assert_plain(true);
}

static void test_errors_and_head_are_compressed_alike(void **unused)
{
    (void)unused;
    reset(4096, "application/json");
    answer.status = WEFT_HTTP_CONFLICT;
    ask("gzip");
    assert_gzip();
    answer.status = WEFT_HTTP_OK;
    exchange_finish(&x);
    exchange_init(&x);
    exchange_field(&x, "Accept-Encoding", "gzip");
    x.request.method = WEFT_METHOD_HEAD;
    exchange_run(&x, WEFT_LAYERS(weft_compress()), handler);
    assert_gzip();
}

/* ---- on workers ---------------------------------------------------------------------------------- */

static void ask_on_worker(void *unused)
{
    (void)unused;
    static const size_t lens[] = {1024, 22000, WEFT__GZIP_INLINE_MAX, WEFT__GZIP_INLINE_MAX + 1,
                                  BIG};
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
            reset(lens[i], "application/json");
            ask("gzip");
            assert_gzip();
            reset(4096, "application/json"); /* an attempt given up leaves nothing behind */
            answer.random = true;
            ask("gzip");
            assert_plain(true);
        }
    }
}

static void test_on_a_worker(void **unused)
{
    (void)unused;
    const weft_runtime_options options = {.workers = 2};
    assert_int_equal(weft_runtime_run(&options, ask_on_worker, NULL), WEFT_OK);
}

static int finish(void **unused)
{
    (void)unused;
    exchange_finish(&x);
    return 0;
}

/* ---- producers ------------------------------------------------------------------------------- */

static struct {
    size_t pieces, size;
    uint64_t length;
    bool flush;
} produced;

static weft_error produce(weft_body *body, void *arg)
{
    char *piece = malloc(produced.size + 1);
    weft_error error = WEFT_OK;
    (void)arg;
    for (size_t i = 0; i < produced.pieces && error == WEFT_OK; i++) {
        memset(piece, 'a' + (int)(i % 26), produced.size);
        error = weft_body_write(body, piece, produced.size);
        if (error == WEFT_OK && produced.flush)
            error = weft_body_flush(body);
    }
    free(piece);
    return error;
}

static weft_http_status streaming(weft_request *request, weft_response *response)
{
    (void)request;
    assert_int_equal(weft_response_header_set(response, WEFT_STR("ETag"), WEFT_STR("\"a\"")),
                     WEFT_OK);
    return weft_response_stream(response, weft_str_from(answer.type), produced.length, produce,
                                NULL);
}

static void ask_stream(const char *accept)
{
    exchange_finish(&x);
    exchange_init(&x);
    exchange_field(&x, "Accept-Encoding", accept);
    exchange_run(&x, WEFT_LAYERS(weft_compress()), streaming);
}

/* What a client makes of the gathered body. */
static void assert_pieces(void)
{
    size_t len = produced.pieces * produced.size;
    char *plain = malloc(len + 1);
    z_stream stream = {.next_in = (Bytef *)x.response.body.at,
                       .avail_in = (uInt)x.response.body.len,
                       .next_out = (Bytef *)plain,
                       .avail_out = (uInt)len + 1};
    assert_int_equal(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    assert_int_equal(stream.total_out, len);
    inflateEnd(&stream);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(plain[i], 'a' + (int)(i / produced.size % 26));
    free(plain);
}

static void test_a_producer_is_compressed(void **unused)
{
    (void)unused;
    static const size_t shapes[][2] = {{0, 1}, {1, 1}, {3, 5000}, {2, 200000}, {1000, 7}};
    reset(0, "text/plain");
    for (size_t i = 0; i < 4 * sizeof shapes / sizeof *shapes; i++) {
        produced.pieces = shapes[i / 4][0];
        produced.size = shapes[i / 4][1];
        produced.flush = i & 1;
        size_t len = produced.pieces * produced.size;
        produced.length = (i & 2) && len >= WEFT_COMPRESS_MIN ? len : WEFT_LENGTH_UNKNOWN;
        ask_stream("gzip");
        assert_string_equal(exchange_header(&x, "content-encoding"), "gzip");
        assert_string_equal(exchange_header(&x, "vary"), "accept-encoding");
        assert_string_equal(exchange_header(&x, "etag"), "W/\"a\"");
        assert_true(x.response.flow->length == WEFT_LENGTH_UNKNOWN);
        assert_int_equal(weft__response_gather(&x.request, &x.response), WEFT_OK);
        assert_pieces();
    }
}

static void test_producers_that_are_left_alone(void **unused)
{
    (void)unused;
    reset(0, "text/plain");
    produced = (__typeof__(produced)){.pieces = 1, .size = 100, .length = 100};
    ask_stream("gzip"); /* short, and known to be */
    assert_string_equal(exchange_header(&x, "content-encoding"), "");
    produced.length = WEFT_LENGTH_UNKNOWN;
    ask_stream("br");
    assert_string_equal(exchange_header(&x, "content-encoding"), "");
    assert_string_equal(exchange_header(&x, "vary"), "accept-encoding");
    answer.type = "text/event-stream";
    ask_stream("gzip");
    assert_string_equal(exchange_header(&x, "content-encoding"), "");
    ask_stream("identity;q=0, gzip;q=0");
    assert_int_equal(x.response.status, WEFT_HTTP_NOT_ACCEPTABLE);
}

static void test_the_announced_length_still_counts(void **unused)
{
    (void)unused;
    reset(0, "text/plain");
    for (uint64_t length = 4999; length <= 5001; length++) {
        produced = (__typeof__(produced)){.pieces = 5, .size = 1000, .length = length};
        ask_stream("gzip");
        assert_int_equal(weft__response_gather(&x.request, &x.response),
                         length == 5000 ? WEFT_OK : WEFT_LIMIT);
    }
}

/* A sink that looks at what has come at each flush. */
typedef struct looking {
    weft_body body;
    z_stream stream;
    char coded[4096], plain[4096];
    size_t len, flushes;
} looking;

static weft_error look_write(weft_body *body, const void *from, size_t len)
{
    looking *self = (looking *)(void *)body;
    assert_true(self->len + len <= sizeof self->coded);
    memcpy(self->coded + self->len, from, len);
    self->len += len;
    return WEFT_OK;
}

static weft_error look_flush(weft_body *body)
{
    looking *self = (looking *)(void *)body;
    self->flushes++;
    self->stream.avail_in = (uInt)(self->coded + self->len - (char *)self->stream.next_in);
    assert_int_equal(inflate(&self->stream, Z_SYNC_FLUSH), Z_OK);
    assert_int_equal(self->stream.total_out, 10 * self->flushes);
    return WEFT_OK;
}

static void test_a_flush_can_be_read(void **unused)
{
    (void)unused;
    static const weft__body_calls calls = {.write = look_write, .flush = look_flush};
    reset(0, "text/plain");
    produced = (__typeof__(produced)){
        .pieces = 5, .size = 10, .length = WEFT_LENGTH_UNKNOWN, .flush = true};
    ask_stream("gzip");
    looking self = {
        .body = {.calls = &calls, .request = &x.request, .length = WEFT_LENGTH_UNKNOWN}};
    self.stream.next_in = (Bytef *)self.coded;
    self.stream.next_out = (Bytef *)self.plain;
    self.stream.avail_out = sizeof self.plain;
    assert_int_equal(inflateInit2(&self.stream, 16 + MAX_WBITS), Z_OK);
    const weft__flow *flow = x.response.flow;
    assert_int_equal(weft__body_produce(&self.body, flow->produce, flow->arg), WEFT_OK);
    assert_int_equal(self.flushes, 5);
    inflateEnd(&self.stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_threshold),
        cmocka_unit_test(test_ranges_are_of_the_plain_form),
        cmocka_unit_test(test_who_does_not_accept_gets_plain_and_vary),
        cmocka_unit_test(test_neither_form_is_406),
        cmocka_unit_test(test_a_change_is_answered_in_any_form),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_what_is_left_alone),
        cmocka_unit_test(test_vary_is_kept),
        cmocka_unit_test(test_what_does_not_shrink_stays),
        cmocka_unit_test(test_errors_and_head_are_compressed_alike),
        cmocka_unit_test(test_on_a_worker),
        cmocka_unit_test(test_a_producer_is_compressed),
        cmocka_unit_test(test_producers_that_are_left_alone),
        cmocka_unit_test(test_the_announced_length_still_counts),
        cmocka_unit_test(test_a_flush_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
