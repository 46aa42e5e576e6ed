/* Written by weftgen from hello.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

static weft_call_fn hello__call;
static weft_call_fn nothing__call;

#include "hello.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- handlers ---- */

static weft_http_status hello__call(weft_request *req__, weft_response *res__)
{
    (void)req__;
    return weft_answer_status(hello(res__));
}

static weft_http_status nothing__call(weft_request *req__, weft_response *res__)
{
    (void)req__;
    (void)res__;
    return weft_answer_status(nothing());
}
