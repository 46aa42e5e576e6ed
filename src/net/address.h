/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/address.h: between weft_address and what the system calls take.
 */
#ifndef WEFT_NET_ADDRESS_H
#define WEFT_NET_ADDRESS_H

#include <sys/socket.h>
#include <weft/net.h>

socklen_t weft__address_to_system(const weft_address *address, struct sockaddr_storage *to);
weft_address weft__address_from_system(const struct sockaddr_storage *from, socklen_t len);

/* The family: AF_INET, AF_INET6, AF_UNIX; AF_UNSPEC when there is no address. */
sa_family_t weft__address_family(const weft_address *address);

/* The path of a Unix socket that has one, else NULL; within `address`. */
const char *weft__address_path(const weft_address *address);

/* The address of a peer for those who keep many: the path of a Unix socket, which clients do not
 * have, is left out. */
typedef struct weft__peer {
    uint8_t bytes[28];
    uint8_t len;
} weft__peer;

weft__peer weft__peer_keep(const weft_address *address);
void weft__peer_show(const weft__peer *peer, weft_address *to);

#endif
