/* SPDX-License-Identifier: MIT */
#include "command/admin_client.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"

enum { ANSWER_MAX = 64 * 1024 * 1024, PATH_BYTES = 4096, WAIT_S = 60 };

/* ---- options ---- */

bool admin_option(struct admin_client *client, const char *name, const char *value)
{
    if (strcmp(name, "socket") == 0)
        client->socket = value;
    else if (strcmp(name, "config") == 0)
        client->config = value;
    else if (strcmp(name, "json") == 0)
        client->json = true;
    else
        return false;
    return true;
}

void admin_print_options(void)
{
    printf("where the gateway is:\n"
           "  --socket PATH    its socket (admin.socket of the configuration)\n"
           "  -c, --config FILE  its configuration (build/demo/conf/overblikd.json where the demo\n"
           "                   runs, else /etc/overblik/overblikd.json)\n"
           "  --json           the answer as it came\n");
}

/* ---- where the socket is ---- */

static const char *find_config(void)
{
    static const char *const places[] = {"build/demo/conf/overblikd.json",
                                         "/etc/overblik/overblikd.json", "conf/overblikd.json"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (access(places[i], F_OK) == 0)
            return places[i];
    return NULL;
}

/* As the gateway reads it: relative to the configuration's folder. */
static bool find_socket(const struct admin_client *client, char path[PATH_BYTES])
{
    const char *config = client->config ? client->config : find_config();
    json_error_t error;

    if (client->socket) {
        snprintf(path, PATH_BYTES, "%s", client->socket);
        return true;
    }
    if (!config) {
        fprintf(stderr, "overblik: no configuration was found. Say where overblikd's socket is "
                        "with --socket PATH, or where its configuration is with -c FILE.\n");
        return false;
    }
    json_t *root = json_load_file(config, 0, &error);
    const char *socket =
        json_string_value(json_object_get(json_object_get(root, "admin"), "socket"));
    const char *slash = strrchr(config, '/');
    if (!root)
        fprintf(stderr, "overblik: %s: %s\n", config, error.text);
    else if (!socket)
        fprintf(stderr, "overblik: %s names no admin.socket. Add one and restart overblikd.\n",
                config);
    else
        snprintf(path, PATH_BYTES, "%.*s%s",
                 socket[0] == '/' || !slash ? 0 : (int)(slash - config + 1), config, socket);
    json_decref(root);
    return socket;
}

/* Why nobody can be reached there; 0: somebody can. */
static int try_socket(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd, error = 0;
    if (strlen(path) >= sizeof at.sun_path)
        return ENAMETOOLONG;
    memcpy(at.sun_path, path, strlen(path));
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&at, sizeof at) != 0)
        error = errno;
    if (fd >= 0)
        close(fd);
    return error;
}

static int complain_of_socket(const char *path, int error)
{
    switch (error) {
    case ENOENT:
    case ECONNREFUSED:
        fprintf(stderr,
                "overblik: nobody listens at %s. Is overblikd running? Start it, or say where its "
                "socket is with --socket PATH or -c FILE.\n",
                path);
        return EX_UNAVAILABLE;
    case EACCES:
    case EPERM:
        fprintf(stderr,
                "overblik: %s may be opened only by root and the user who runs overblikd. Try it "
                "with sudo.\n",
                path);
        return EX_NOPERM;
    default:
        fprintf(stderr, "overblik: %s: %s\n", path, strerror(error));
        return EX_UNAVAILABLE;
    }
}

/* ---- one question ---- */

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct buf *body = ctx;
    return buf_add(body, bytes, size * count) ? size * count : 0;
}

static CURLcode perform(const char *socket, const char *method, const char *path, const char *body,
                        struct buf *answer, long *status)
{
    struct buf url;
    CURL *easy = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Accept-Language: en");
    headers = curl_slist_append(headers, "Content-Type: application/json");
    buf_init(&url, 64 * 1024);
    buf_format(&url, "http://overblikd%s", path);
    buf_add_byte(&url, '\0');
    curl_easy_setopt(easy, CURLOPT_URL, url.at);
    curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, socket);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    if (body)
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)WAIT_S);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    CURLcode result = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, status);
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    buf_clear(&url);
    return result;
}

/* The gateway refused: problem+json, or a reload with faults. */
static int complain_of_answer(long status, const json_t *answer)
{
    const char *title = json_string_value(json_object_get(answer, "title"));
    const char *detail = json_string_value(json_object_get(answer, "detail"));
    fprintf(stderr, "overblik: %s%s%s\n", title ? title : "the gateway refused", detail ? ": " : "",
            detail ? detail : "");
    if (status == 403)
        return EX_NOPERM;
    if (status >= 500)
        return EX_TEMPFAIL;
    return status == 404 ? EX_NOINPUT : EX_USAGE;
}

int admin_ask(const struct admin_client *client, const char *method, const char *path,
              const json_t *body, json_t **answer)
{
    char socket[PATH_BYTES];
    struct buf bytes;
    long status = 0;
    int exit_status = EX_OK;

    *answer = NULL;
    if (!find_socket(client, socket))
        return EX_NOINPUT;
    int error = try_socket(socket);
    if (error)
        return complain_of_socket(socket, error);
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    buf_init(&bytes, ANSWER_MAX);
    CURLcode result = perform(socket, method, path, text, &bytes, &status);
    if (result == CURLE_OK)
        *answer = json_loadb(bytes.at ? bytes.at : "", bytes.len, 0, NULL);
    if (!*answer) {
        fprintf(stderr, "overblik: %s: %s\n", socket,
                result == CURLE_OK ? "the answer is no JSON" : curl_easy_strerror(result));
        exit_status = EX_UNAVAILABLE;
    } else if (status >= 400 && status != 422) { /* 422: faults, which the command shows */
        exit_status = complain_of_answer(status, *answer);
        json_decref(*answer);
        *answer = NULL;
    }
    free(text);
    buf_clear(&bytes);
    return exit_status;
}

/* ---- printing ---- */

void admin_print_json(const json_t *answer)
{
    json_dumpf(answer, stdout, JSON_INDENT(2));
    printf("\n");
}

const char *admin_member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && *text ? text : "-";
}

long long admin_number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}
