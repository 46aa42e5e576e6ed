/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/clients.h: how many connections each client has, where that is limited. A client is an IPv4
 * address or an IPv6 network of 64 bits, which is what one customer is given; those of Unix
 * sockets are not told apart, and so not limited. For any thread: one lock, held for a look.
 */
#ifndef WEFT_SERVE_CLIENTS_H
#define WEFT_SERVE_CLIENTS_H

#include "net/address.h"

typedef struct weft__clients weft__clients;

/* `most` connections of each; NULL without memory. */
weft__clients *weft__clients_create(unsigned most);
void weft__clients_destroy(weft__clients *clients); /* NULL is a no-op */

/* Counts a connection in. False when its client has `most`, or without memory: then it is not
 * counted. `clients` NULL: there is no limit. */
bool weft__clients_enter(weft__clients *clients, const weft__peer *peer) WEFT_NODISCARD;

/* Counts off what was counted in. */
void weft__clients_leave(weft__clients *clients, const weft__peer *peer);

#endif
