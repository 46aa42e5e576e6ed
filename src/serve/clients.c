/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/clients.c: a table of lists. Who may choose addresses must not be able to choose one list
 * for all of them, so the place is found by multiplying with an odd number that nobody knows.
 */
#include "serve/clients.h"
#include <endian.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

enum { BITS = 10 }; /* of a place */

typedef struct client {
    struct client *next;
    uint64_t name;
    unsigned connections;
} client;

struct weft__clients {
    pthread_mutex_t lock; /* of the table */
    unsigned most;
    uint64_t multiplier;
    client *table[1 << BITS];
};

weft__clients *weft__clients_create(unsigned most)
{
    weft__clients *clients = calloc(1, sizeof *clients);
    if (clients == NULL)
        return NULL;
    clients->most = most;
    if (getrandom(&clients->multiplier, sizeof clients->multiplier, 0) < 0)
        clients->multiplier = (uint64_t)weft_clock_realtime();
    clients->multiplier |= 1;
    pthread_mutex_init(&clients->lock, NULL);
    return clients;
}

void weft__clients_destroy(weft__clients *clients)
{
    if (clients == NULL)
        return;
    for (size_t i = 0; i < 1 << BITS; i++) {
        while (clients->table[i] != NULL) {
            client *first = clients->table[i];
            clients->table[i] = first->next;
            free(first);
        }
    }
    pthread_mutex_destroy(&clients->lock);
    free(clients);
}

/* Its name in the table; false for who has none. */
static bool name_of(const weft__peer *peer, uint64_t *name)
{
    weft_address address = {.len = 0};
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    weft__peer_show(peer, &address);
    switch (weft__address_family(&address)) {
    case AF_INET:
        memcpy(&v4, address.bytes, sizeof v4);
        *name = v4.sin_addr.s_addr;
        return true;
    case AF_INET6:
        memcpy(&v6, address.bytes, sizeof v6);
        memcpy(name, v6.sin6_addr.s6_addr, sizeof *name);
        *name = be64toh(*name);
        if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
            memcpy(name, v6.sin6_addr.s6_addr + 12, sizeof v4.sin_addr.s_addr);
        return true;
    default: return false;
    }
}

/* Where the client hangs, or would. */
static client **place_of(weft__clients *clients, uint64_t name)
{
    client **at = &clients->table[name * clients->multiplier >> (64 - BITS)];
    while (*at != NULL && (*at)->name != name)
        at = &(*at)->next;
    return at;
}

static bool count_in(weft__clients *clients, uint64_t name)
{
    client **at = place_of(clients, name);
    if (*at == NULL) {
        client *added = malloc(sizeof *added);
        if (added == NULL)
            return false;
        *added = (client){.name = name};
        *at = added;
    }
    if ((*at)->connections >= clients->most)
        return false;
    (*at)->connections++;
    return true;
}

bool weft__clients_enter(weft__clients *clients, const weft__peer *peer)
{
    uint64_t name;
    if (clients == NULL || !name_of(peer, &name))
        return true;
    pthread_mutex_lock(&clients->lock);
    bool entered = count_in(clients, name);
    pthread_mutex_unlock(&clients->lock);
    return entered;
}

void weft__clients_leave(weft__clients *clients, const weft__peer *peer)
{
    uint64_t name;
    if (clients == NULL || !name_of(peer, &name))
        return;
    pthread_mutex_lock(&clients->lock);
    client **at = place_of(clients, name), *its = *at;
    if (its != NULL && --its->connections == 0) {
        *at = its->next;
        free(its);
    }
    pthread_mutex_unlock(&clients->lock);
}
