/* SPDX-License-Identifier: MIT */
#include "net/clients.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/die.h"

enum { BUCKETS = 4096 };

struct client {
    struct client *next;
    uint64_t key;
    bool is_ipv6;
    size_t count;
};

struct clients {
    struct client *buckets[BUCKETS];
    uint64_t seed; /* so that nobody can choose addresses that meet in one bucket */
};

struct clients *clients_new(void)
{
    struct clients *clients = die_calloc(1, sizeof *clients);
    if (getrandom(&clients->seed, sizeof clients->seed, 0) != sizeof clients->seed)
        die("the kernel gives no random numbers");
    clients->seed |= 1;
    return clients;
}

void clients_free(struct clients **slot)
{
    struct clients *clients = *slot;
    if (!clients)
        return;
    *slot = NULL;
    for (size_t i = 0; i < BUCKETS; i++)
        assert(!clients->buckets[i]);
    free(clients);
}

static uint64_t key_of(const struct sockaddr *from, bool *is_ipv6)
{
    uint64_t key = 0; /* all who come by a Unix socket are one client */
    *is_ipv6 = from->sa_family == AF_INET6;
    if (from->sa_family == AF_UNIX)
        return key;
    if (*is_ipv6)
        memcpy(&key, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, sizeof key);
    else
        key = ((const struct sockaddr_in *)(const void *)from)->sin_addr.s_addr;
    return key;
}

static struct client **bucket_of(struct clients *clients, uint64_t key)
{
    return &clients->buckets[(key ^ clients->seed >> 32) * clients->seed >> 52];
}

struct client *client_take(struct clients *clients, const struct sockaddr *from, size_t max)
{
    bool is_ipv6;
    uint64_t key = key_of(from, &is_ipv6);
    struct client **bucket = bucket_of(clients, key), *client = *bucket;
    while (client && (client->key != key || client->is_ipv6 != is_ipv6))
        client = client->next;
    if (client ? client->count >= max : max == 0)
        return NULL;
    if (!client) {
        client = die_malloc(sizeof *client);
        *client = (struct client){*bucket, key, is_ipv6, 0};
        *bucket = client;
    }
    client->count++;
    return client;
}

void client_drop(struct clients *clients, struct client **slot)
{
    struct client *client = *slot;
    *slot = NULL;
    if (--client->count > 0)
        return;
    struct client **link = bucket_of(clients, client->key);
    while (*link != client)
        link = &(*link)->next;
    *link = client->next;
    free(client);
}

struct str client_format(const struct sockaddr *from, char text[INET6_ADDRSTRLEN])
{
    text[0] = '\0';
    if (from->sa_family == AF_UNIX)
        return str_of(text);
    const void *bytes =
        from->sa_family == AF_INET6
            ? (const void *)&((const struct sockaddr_in6 *)(const void *)from)->sin6_addr
            : &((const struct sockaddr_in *)(const void *)from)->sin_addr;
    if (!inet_ntop(from->sa_family, bytes, text, INET6_ADDRSTRLEN))
        text[0] = '\0';
    return str_of(text);
}
