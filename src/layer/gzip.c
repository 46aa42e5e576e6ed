/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/gzip.c: zlib. For whole bodies each worker has one compressor, made when first needed, so
 * that the steady state allocates nothing; it is used without a suspension in between, hence by one
 * fiber at a time. A body in pieces has one of its own.
 */
#include "layer/gzip.h"
#include "runtime/hold.h"
#include "runtime/reactor.h"
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum {
    LEVEL = 1,        /* a third of the time of level 6 for a tenth more bytes, on JSON */
    GZIP_FORMAT = 16, /* added to the window bits, it asks for gzip instead of zlib */
    MEMORY_LEVEL = 8, /* zlib's default */
};

static z_stream *create(void)
{
    z_stream *stream = calloc(1, sizeof *stream);
    if (stream != NULL && deflateInit2(stream, LEVEL, Z_DEFLATED, MAX_WBITS + GZIP_FORMAT,
                                       MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

static void destroy(void *stream)
{
    if (stream != NULL)
        deflateEnd(stream);
    free(stream);
}

static size_t compress_with(z_stream *stream, weft_str from, char *to, size_t room)
{
    if (stream == NULL || deflateReset(stream) != Z_OK)
        return 0;
    stream->next_in = (Bytef *)(uintptr_t)from.at; /* zlib reads it only */
    stream->avail_in = (uInt)from.len;
    stream->next_out = (Bytef *)to;
    stream->avail_out = (uInt)room;
    return deflate(stream, Z_FINISH) == Z_STREAM_END ? room - stream->avail_out : 0;
}

/* The compressor of this worker. */
static z_stream *of_worker(void)
{
    void **slot = weft__worker_slot(WEFT__SLOT_LAYER);
    if (*slot == NULL) {
        weft__worker_slot_destructor(WEFT__SLOT_LAYER, destroy);
        *slot = create();
    }
    return *slot;
}

typedef struct task {
    weft_str from;
    char *to;
    size_t room;
    size_t len;
} task;

static void compress_alone(void *arg)
{
    task *job = arg;
    z_stream *stream = create();
    job->len = compress_with(stream, job->from, job->to, job->room);
    destroy(stream);
}

size_t weft__gzip(weft_str from, char *to, size_t room)
{
    if (from.len > UINT_MAX || room > UINT_MAX)
        return 0;
    bool on_worker = weft_worker_index() != UINT_MAX;
    if (on_worker && from.len <= WEFT__GZIP_INLINE_MAX) {
        WEFT__HOLD_WORKER(); /* the compressor is the worker's */
        return compress_with(of_worker(), from, to, room);
    }
    task job = {.from = from, .to = to, .room = room};
    return weft_blocking_run(compress_alone, &job) == WEFT_OK ? job.len : 0;
}

/* ---- in pieces ------------------------------------------------------------------------------- */

struct z_stream_s *weft__gzip_open(void)
{
    return create();
}

void weft__gzip_close(struct z_stream_s *stream)
{
    destroy(stream);
}

void weft__gzip_feed(struct z_stream_s *stream, const char *from, size_t len)
{
    stream->next_in = (Bytef *)(uintptr_t)from; /* zlib reads it only */
    stream->avail_in = (uInt)len;
}

size_t weft__gzip_take(struct z_stream_s *stream, char *to, size_t room, int how, bool *more)
{
    static const int flushes[] = {Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH};
    stream->next_out = (Bytef *)to;
    stream->avail_out = (uInt)room;
    int result = deflate(stream, flushes[how]);
    *more = how == WEFT__GZIP_END ? result == Z_OK : stream->avail_out == 0;
    return room - stream->avail_out;
}
