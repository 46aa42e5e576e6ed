/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/weft.h: everything, under its prefixed names.
 */
#ifndef WEFT_H
#define WEFT_H

#include <weft/advisory.h>
#include <weft/arena.h>
#include <weft/base.h>
#include <weft/body.h>
#include <weft/buffer.h>
#include <weft/channel.h>
#include <weft/check.h>
#include <weft/cookie.h>
#include <weft/copy.h>
#include <weft/cursor.h>
#include <weft/db.h>
#include <weft/derive.h>
#include <weft/events.h>
#include <weft/file.h>
#include <weft/http.h>
#include <weft/json.h>
#include <weft/kept.h>
#include <weft/layer.h>
#include <weft/log.h>
#include <weft/message.h>
#include <weft/metrics.h>
#include <weft/migrate.h>
#include <weft/multipart.h>
#include <weft/net.h>
#include <weft/own.h>
#include <weft/pool.h>
#include <weft/process.h>
#include <weft/router.h>
#include <weft/runtime.h>
#include <weft/scope.h>
#include <weft/select.h>
#include <weft/serve.h>
#include <weft/subscribe.h>
#include <weft/sync.h>
#include <weft/transaction.h>
#include <weft/urlencoded.h>
#include <weft/value.h>
#include <weft/websocket.h>

#define WEFT_VERSION "0.1.0"

#endif
