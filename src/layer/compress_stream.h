/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/compress_stream.h: gzip for bodies that a producer writes.
 */
#ifndef WEFT_LAYER_COMPRESS_STREAM_H
#define WEFT_LAYER_COMPRESS_STREAM_H

#include "http/message.h"

/* Puts gzip between the response's producer and whoever runs it. False: out of memory, and nothing
 * has changed. The fields are the caller's. */
bool weft__compress_stream(weft_response *response);

#endif
