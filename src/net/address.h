/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/address.h: between weft_address and what the system calls take.
 */
#ifndef WEFT_NET_ADDRESS_H
#define WEFT_NET_ADDRESS_H

#include <sys/socket.h>
#include <weft/net.h>

socklen_t weft__address_to_system(const weft_address *address, struct sockaddr_storage *to);
weft_address weft__address_from_system(const struct sockaddr_storage *from);

#endif
