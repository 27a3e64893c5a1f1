/* SPDX-License-Identifier: MIT */
/* Listening on a Unix socket: who may open it, who is at its other end, and what it replaces. */
#include <sys/stat.h>
#include <sys/un.h>

#include "tests/door.h"

static char folder[] = "/tmp/http-local-XXXXXX";
static char path[64];
static bool was_local;
static unsigned last_uid;

static void on_request(void *ctx, const struct http_request *request,
                       struct http_exchange *exchange)
{
    was_local = request->is_local;
    last_uid = request->uid;
    door_handle(ctx, request, exchange);
}

static int connect_local(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memcpy(at.sun_path, path, strlen(path) + 1);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void open_local(struct door *door)
{
    struct http_settings settings = http_settings_standard();
    *door = (struct door){.loop = loop_new()};
    door->server = http_server_new(door->loop, &settings, on_request, door);
}

static bool listen_local(struct door *door, const char *where, const char **why)
{
    return http_server_listen_local(door->server, where, why);
}

static bool has_come(int fd, char bytes[512])
{
    ssize_t len = recv(fd, bytes, 511, MSG_DONTWAIT);
    if (len > 0)
        bytes[len] = '\0';
    return bytes[0] != '\0';
}

static void test_serving(void)
{
    static struct door door;
    struct stat stat;
    const char *why = "", *asked = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
    char bytes[512] = "";
    open_local(&door);
    ok(listen_local(&door, path, &why), "listens: %s", why);
    ok(lstat(path, &stat) == 0 && S_ISSOCK(stat.st_mode) && (stat.st_mode & 0777) == 0600,
       "for the process's user alone: %o", stat.st_mode & 0777);
    int fd = connect_local();
    ok(fd >= 0 && send(fd, asked, strlen(asked), 0) > 0, "a client");
    RUN_UNTIL(&door, has_come(fd, bytes));
    ok(strncmp(bytes, "HTTP/1.1 200", 12) == 0 && strstr(bytes, "GET /x "), "is answered");
    ok(was_local && last_uid == geteuid(), "and known by its user: %u", last_uid);
    is_str(door.last_peer, "", "without an address");
    is_int((long long)http_server_replies(door.server, 200), 1, "one reply of 200");
    is_int((long long)http_server_replies(door.server, 404), 0, "none of 404");
    close(fd);
    RUN_UNTIL(&door, http_server_is_idle(door.server));
    door_close(&door);
    ok(lstat(path, &stat) != 0, "it is removed at the end");
}

static void test_places(void)
{
    static struct door door, other;
    struct stat stat;
    const char *why = "";
    char long_path[200];
    open_local(&door);
    open_local(&other);
    ok(listen_local(&door, path, &why), "one listens");
    ok(!listen_local(&other, path, &why) && strstr(why, "in use"), "no other does: %s", why);
    ok(lstat(path, &stat) == 0, "and the first one's socket stays");
    memset(long_path, 'x', sizeof long_path - 1);
    long_path[0] = '/';
    long_path[sizeof long_path - 1] = '\0';
    ok(!listen_local(&other, long_path, &why) && strstr(why, "at most"), "too long: %s", why);
    ok(!listen_local(&other, "/nowhere/at/all", &why), "no such folder: %s", why);
    door_close(&door);

    /* A process that was killed leaves its socket behind. */
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    memcpy(at.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ok(bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && close(fd) == 0 &&
           lstat(path, &stat) == 0,
       "a socket that nobody listens on");
    ok(listen_local(&other, path, &why), "is replaced: %s", why);
    door_close(&other);

    FILE *file = fopen(path, "w");
    ok(file && fclose(file) == 0, "a file");
    open_local(&door);
    ok(!listen_local(&door, path, &why), "is not: %s", why);
    ok(lstat(path, &stat) == 0 && S_ISREG(stat.st_mode), "it stays");
    door_close(&door);
    unlink(path);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    ok(mkdtemp(folder) != NULL, "a folder");
    snprintf(path, sizeof path, "%s/socket", folder);
    test_serving();
    test_places();
    rmdir(folder);
    return done_testing();
}
