/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/media.c: the media type of a request's body, and the refusal of another.
 */
#include "http/message.h"

weft_str weft__media_type(const weft_request *request)
{
    weft_str rest = weft_request_header(request, "content-type");
    return weft__trim(weft__cut(&rest, ';'));
}

weft_http_status weft__media_refuse(weft_request *request, const char *wanted)
{
    weft_str type = weft__media_type(request);
    if (type.len == 0)
        return weft_rejectf(request, WEFT_HTTP_UNSUPPORTED_MEDIA_TYPE,
                            "the request has no Content-Type; it must be %s", wanted);
    return weft_rejectf(request, WEFT_HTTP_UNSUPPORTED_MEDIA_TYPE,
                        "the Content-Type must be %s, not %.*s", wanted, WEFT_STR_ARGS(type));
}
