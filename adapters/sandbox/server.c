/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/server.h"

#include <errno.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/die.h"
#include "net/tls.h"

enum { BACKLOG = 1024 };

struct sandbox_server {
    struct sandbox_office office;
    struct sandbox_connections connections;
    SSL_CTX *tls[SANDBOX_DOORS]; /* by door; NULL: the open door's. All NULL: plain */
    enum sandbox_door door;
    uint16_t port;
    int place; /* bound to the port and never listening: keeps it ours while the door is shut */
    struct evconnlistener *listener; /* NULL: shut */
};

static int socket_bound(uint16_t port, bool shared)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){shared}, sizeof(int));
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

/* A place is taken alone, so that two sandboxes never share a port, and shared from then on with
 * the listeners that come and go there. */
static int place_take(uint16_t port)
{
    int fd = socket_bound(port, false);
    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
    return fd;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_in address = {0};
    socklen_t len = sizeof address;
    getsockname(fd, (struct sockaddr *)&address, &len);
    return ntohs(address.sin_port);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
                      int from_len, void *ctx)
{
    (void)listener, (void)from, (void)from_len;
    struct sandbox_server *server = ctx;
    if (server->door == DOOR_SILENT)
        sandbox_connection_ignore(&server->connections, fd);
    else
        sandbox_connection_start(&server->connections, fd,
                                 server->tls[server->door] ? server->tls[server->door]
                                                           : server->tls[DOOR_OPEN]);
}

static void listener_open(struct sandbox_server *server)
{
    int fd = socket_bound(server->port, true);
    if (fd >= 0)
        server->listener =
            evconnlistener_new(loop_base(server->connections.loop), on_accept, server,
                               LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, BACKLOG, fd);
    if (!server->listener)
        die("cannot listen on port %u: %s", server->port, strerror(errno));
}

static void listener_close(struct sandbox_server *server)
{
    if (server->listener)
        evconnlistener_free(server->listener);
    server->listener = NULL;
}

static void on_call(void *ctx, const struct sandbox_call *call, struct sandbox_transfer *transfer)
{
    struct sandbox_server *server = ctx;
    sandbox_office_answer(&server->office, call, transfer);
}

static SSL_CTX *tls_new(const char *certs_dir, struct str name, enum tls_clients clients,
                        char why[SERVER_WHY_MAX])
{
    char cert[4096], key[4096], ca[4096];
    snprintf(cert, sizeof cert, "%s/%.*s.pem", certs_dir, STR_ARG(name));
    snprintf(key, sizeof key, "%s/%.*s.key", certs_dir, STR_ARG(name));
    snprintf(ca, sizeof ca, "%s/ca.pem", certs_dir);
    const char *what = NULL;
    SSL_CTX *tls = tls_server_new(
        &(struct tls_server_spec){
            .cert_file = cert, .key_file = key, .client_ca_file = ca, .clients = clients},
        &what);
    if (!tls)
        snprintf(why, SERVER_WHY_MAX, "%s", what);
    return tls;
}

static bool start(struct sandbox_server *server, struct sandbox_world *world,
                  const struct sandbox_authority *authority, uint16_t port,
                  char why[SERVER_WHY_MAX])
{
    if (!sandbox_office_init(&server->office, world, authority, why))
        return false;
    if (!world->insecure) {
        struct str own = authority->certificate.at ? authority->certificate : authority->name;
        const struct {
            enum sandbox_door door;
            struct str name;
            enum tls_clients clients;
        } doors[] = {{DOOR_OPEN, own, TLS_CLIENTS_REQUIRED},
                     {DOOR_EXPIRED, STR("expired"), TLS_CLIENTS_REQUIRED},
                     {DOOR_STRANGER, STR("stranger"), TLS_CLIENTS_REQUIRED},
                     {DOOR_MISNAMED, STR("misnamed"), TLS_CLIENTS_REQUIRED},
                     {DOOR_ANYBODY, own, TLS_CLIENTS_OPTIONAL}};
        for (size_t i = 0; i < sizeof doors / sizeof doors[0]; i++) {
            server->tls[doors[i].door] =
                tls_new(world->certs_dir, doors[i].name, doors[i].clients, why);
            if (!server->tls[doors[i].door])
                return false;
        }
    }
    server->place = place_take(port);
    if (server->place < 0) {
        snprintf(why, SERVER_WHY_MAX, "port %u: %s", port, strerror(errno));
        return false;
    }
    server->port = port_of(server->place);
    listener_open(server);
    return true;
}

struct sandbox_server *sandbox_server_new(struct sandbox_world *world,
                                          const struct sandbox_authority *authority, uint16_t port,
                                          char why[SERVER_WHY_MAX])
{
    struct sandbox_server *server = die_calloc(1, sizeof *server);
    server->place = -1;
    server->connections.loop = world->loop;
    server->connections.answer = on_call;
    server->connections.ctx = server;
    if (!start(server, world, authority, port, why))
        sandbox_server_free(&server);
    return server;
}

void sandbox_server_free(struct sandbox_server **slot)
{
    struct sandbox_server *server = *slot;
    if (!server)
        return;
    *slot = NULL;
    listener_close(server);
    sandbox_connections_close(&server->connections);
    if (server->place >= 0)
        close(server->place);
    for (size_t i = 0; i < SANDBOX_DOORS; i++)
        if (server->tls[i])
            tls_server_free(&server->tls[i]);
    sandbox_office_clear(&server->office);
    free(server);
}

uint16_t sandbox_server_port(const struct sandbox_server *server)
{
    return server->port;
}

struct str sandbox_server_name(const struct sandbox_server *server)
{
    return server->office.authority->name;
}

void sandbox_server_obey(struct sandbox_server *server)
{
    enum sandbox_door door =
        sandbox_rules_door(&server->office.world->rules, server->office.authority);
    if (door == server->door)
        return;
    server->door = door;
    listener_close(server); /* also those who wait to be accepted meet the new door */
    sandbox_connections_close(&server->connections);
    if (door != DOOR_REFUSING)
        listener_open(server);
}

json_t *sandbox_server_calls(const struct sandbox_server *server)
{
    const struct sandbox_office *office = &server->office;
    return json_pack("{s:I, s:I, s:I, s:I, s:O, s:O}", "connections",
                     (json_int_t)server->connections.accepted, "calls", (json_int_t)office->calls,
                     "unauthorized", (json_int_t)office->unauthorized, "departed",
                     (json_int_t)server->connections.departed, "paths", office->paths,
                     "last_headers", office->last_headers);
}

json_t *sandbox_server_holdings(const struct sandbox_server *server)
{
    return (json_t *)server->office.data.holdings;
}
