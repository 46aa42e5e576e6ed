/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a layer attached is only read.
 */
#include <weft/prelude.h>

DERIVE(attached)
typedef struct session {
    int64_t user;
} session;

static http_status log_out(session *who)
{
    who->user = 0;
    return HTTP_NO_CONTENT;
}

static const route api[] = {
    POST("/logout", log_out),
};
