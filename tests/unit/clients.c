/* SPDX-License-Identifier: MIT */
/* Counting connections by client: whose count is whose, and that counts come back to nothing. */
#include "net/clients.h"

#include <arpa/inet.h>

#include "tests/tap.h"

static struct sockaddr_storage address(const char *text)
{
    struct sockaddr_storage made = {0};
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)&made;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&made;
    if (inet_pton(AF_INET, text, &ipv4->sin_addr) == 1)
        ipv4->sin_family = AF_INET;
    else if (inet_pton(AF_INET6, text, &ipv6->sin6_addr) == 1)
        ipv6->sin6_family = AF_INET6;
    return made;
}

static struct client *take(struct clients *clients, const char *text, size_t max)
{
    struct sockaddr_storage from = address(text);
    return client_take(clients, (const struct sockaddr *)&from, max);
}

static void test_same(void)
{
    static const struct {
        const char *one, *other;
        bool same;
    } cases[] = {
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1", "193.0.2.1", false},
        {"2001:db8::1", "2001:db8::ffff:1", true}, /* one /64, one subscriber */
        {"2001:db8:0:1::1", "2001:db8:0:2::1", false},
        {"0.0.0.0", "::", false},
        {"32.1.13.184", "2001:db8::", false}, /* the same first bytes */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clients *clients = clients_new();
        struct client *one = take(clients, cases[i].one, 1);
        struct client *other = take(clients, cases[i].other, 1);
        ok(one != NULL, "%s is let in", cases[i].one);
        is_int(other == NULL, cases[i].same, "%s %s", cases[i].other,
               cases[i].same ? "is the same client" : "is another one");
        client_drop(clients, &one);
        ok(!one, "its slot is cleared");
        if (other)
            client_drop(clients, &other);
        clients_free(&clients);
    }
}

static void test_counts(void)
{
    enum { CLIENTS = 5000, EACH = 3 };
    static struct client *held[CLIENTS][EACH];
    struct clients *clients = clients_new();
    int taken = 0, beyond = 0;
    char text[INET6_ADDRSTRLEN];
    for (int i = 0; i < CLIENTS; i++) {
        snprintf(text, sizeof text, i % 2 ? "10.0.%d.%d" : "2001:db8:%x:%x::", i / 250, i % 250);
        for (int k = 0; k < EACH; k++) {
            held[i][k] = take(clients, text, EACH);
            taken += held[i][k] != NULL;
        }
        beyond += take(clients, text, EACH) != NULL;
    }
    is_int(taken, CLIENTS * EACH, "%d clients of %d connections", CLIENTS, EACH);
    is_int(beyond, 0, "and no more");
    for (int i = CLIENTS - 1; i >= 0; i--)
        for (int k = 0; k < EACH; k++)
            client_drop(clients, &held[i][k]);
    struct client *again = take(clients, "10.0.0.1", 1);
    ok(again != NULL, "who has left altogether begins anew");
    client_drop(clients, &again);
    ok(!take(clients, "10.0.0.1", 0), "a limit of none lets none in");
    clients_free(&clients);
    ok(!clients, "all counts have come back to nothing");
}

static void test_text(void)
{
    static const char *const texts[] = {"192.0.2.1", "::1", "2001:db8::ff00:42:8329"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct sockaddr_storage from = address(texts[i]);
        char text[INET6_ADDRSTRLEN];
        struct str made = client_format((const struct sockaddr *)&from, text);
        is_bytes(made.at, made.len, texts[i], strlen(texts[i]), "%s", texts[i]);
    }
}

int main(void)
{
    test_same();
    test_counts();
    test_text();
    return done_testing();
}
