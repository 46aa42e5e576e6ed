/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/media.c: the media type of a request's body, and the refusal of another, and of a coded one.
 */
#include "http/message.h"

weft_str weft__media_type(const weft_request *request)
{
    weft_str rest = weft_request_header(request, "content-type");
    return weft__trim(weft__cut(&rest, ';'));
}

static WEFT_COLD weft_http_status refuse_type(weft_request *request, const char *wanted)
{
    weft_str type = weft__media_type(request);
    if (type.len == 0)
        return weft_rejectf(request, WEFT_HTTP_UNSUPPORTED_MEDIA_TYPE,
                            "the request has no Content-Type; it must be %s", wanted);
    return weft_rejectf(request, WEFT_HTTP_UNSUPPORTED_MEDIA_TYPE,
                        "the Content-Type must be %s, not %.*s", wanted, WEFT_STR_ARGS(type));
}

weft_http_status weft__media_judge(weft_request *request, bool fits, const char *wanted)
{
    weft_str coding = weft_request_header(request, "content-encoding");
    if (!fits)
        return refuse_type(request, wanted);
    if (coding.len == 0 || weft_str_equal_nocase(coding, WEFT_STR("identity")))
        return WEFT_HTTP_OK;
    return weft_rejectf(request, WEFT_HTTP_UNSUPPORTED_MEDIA_TYPE,
                        "the body must be sent as it is, without Content-Encoding, not as %.*s",
                        WEFT_STR_ARGS(coding));
}
