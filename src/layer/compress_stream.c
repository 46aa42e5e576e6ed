/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/compress_stream.c: gzip around a producer: what it writes is compressed on its way, and
 * what it flushes can be read by the client. A compressor lives as long as its body: the producer
 * suspends between two pieces, so that it cannot be the worker's.
 */
#include "layer/compress_stream.h"
#include "layer/gzip.h"
#include <weft/runtime.h>

enum { OUT = 4096 }; /* bytes compressed before they are handed on */

typedef struct coded {
    weft_body_fn *produce; /* of the plain body */
    void *arg;
    uint64_t length;
} coded;

typedef struct coding {
    weft_body body;
    weft_body *out;
    struct z_stream_s *zip;
} coding;

/* Hands on what comes of `len` bytes at `from`. */
static weft_error run(const coding *self, const char *from, size_t len, int flush)
{
    WEFT__UNINITIALIZED char to[OUT];
    bool more;
    weft__gzip_feed(self->zip, from, len);
    do {
        size_t got = weft__gzip_take(self->zip, to, sizeof to, flush, &more);
        WEFT_TRY(weft_body_write(self->out, to, got));
    } while (more);
    return WEFT_OK;
}

static weft_error write_body(weft_body *body, const void *from, size_t len)
{
    const char *at = from;
    while (len > WEFT__GZIP_INLINE_MAX) {
        WEFT_TRY(run((coding *)(void *)body, at, WEFT__GZIP_INLINE_MAX, WEFT__GZIP_ON));
        at += WEFT__GZIP_INLINE_MAX;
        len -= WEFT__GZIP_INLINE_MAX;
        weft_yield();
    }
    return run((coding *)(void *)body, at, len, WEFT__GZIP_ON);
}

static weft_error flush_body(weft_body *body)
{
    const coding *self = (coding *)(void *)body;
    WEFT_TRY(run(self, NULL, 0, WEFT__GZIP_FLUSH));
    return weft_body_flush(self->out);
}

static weft_error add_trailer(weft_body *body, weft_str name, weft_str value)
{
    return weft_body_trailer(((coding *)(void *)body)->out, name, value);
}

static void is_endless(weft_body *body)
{
    weft_body_endless(((coding *)(void *)body)->out);
}

static weft_error produce(weft_body *out, void *arg)
{
    static const weft__body_calls calls = {write_body, flush_body, add_trailer, is_endless};
    const coded *plain = arg;
    coding self = {.body = {.calls = &calls, .request = out->request, .length = plain->length},
                   .out = out,
                   .zip = weft__gzip_open()};
    if (self.zip == NULL)
        return WEFT_NO_MEMORY;
    weft_error error = weft__body_produce(&self.body, plain->produce, plain->arg);
    out->cause = self.body.cause;
    if (error == WEFT_OK)
        error = run(&self, NULL, 0, WEFT__GZIP_END);
    weft__gzip_close(self.zip);
    return error;
}

bool weft__compress_stream(weft_response *response)
{
    weft__flow *flow = response->flow;
    coded *plain = WEFT_NEW(response->arena, coded);
    if (plain == NULL)
        return false;
    *plain = (coded){flow->produce, flow->arg, flow->length};
    flow->produce = produce;
    flow->arg = plain;
    flow->length = WEFT_LENGTH_UNKNOWN;
    return true;
}
