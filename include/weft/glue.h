/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/glue.h: what generated code calls to bind requests to handlers and statements to databases;
 * not for people. The only room that knows JSON, HTTP, routes and databases at once.
 */
#ifndef WEFT_GLUE_H
#define WEFT_GLUE_H

#include <weft/db.h>
#include <weft/http.h>
#include <weft/json.h>
#include <weft/router.h>

#endif
