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
#include "command/standard_config.h"

enum { ANSWER_MAX = 64 * 1024 * 1024, PATH_BYTES = 4096, WAIT_S = 60 };

/* ---- options ---- */

bool admin_option(struct admin_client *client, const char *name, const char *value)
{
    if (strcmp(name, "socket") == 0)
        client->socket = value;
    else if (strcmp(name, "config") == 0)
        client->config = value;
    else if (strcmp(name, "url") == 0)
        client->url = value;
    else if (strcmp(name, "certificate") == 0)
        client->certificate = value;
    else if (strcmp(name, "key") == 0)
        client->key = value;
    else if (strcmp(name, "ca") == 0)
        client->ca = value;
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
           "  -c, --config FILE  its configuration (" STANDARD_CONFIG_HELP ")\n"
           "  --url URL        or its TLS door, https://host:port, for who has a certificate:\n"
           "  --certificate FILE  --key FILE  --ca FILE   who you are there, and whom you trust\n"
           "  --json           the answer as it came\n");
}

/* ---- where the socket is ---- */

/* As the gateway reads it: relative to the configuration's folder. */
static bool find_socket(const struct admin_client *client, char path[PATH_BYTES])
{
    const char *config = client->config ? client->config : standard_config();
    json_error_t error;

    if (client->socket) {
        snprintf(path, PATH_BYTES, "%s", client->socket);
        return true;
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

/* One question on its way. */
struct question {
    const struct admin_client *client;
    const char *socket; /* NULL: by TLS */
    const char *method, *path, *body, *reason;
};

static struct curl_slist *make_headers(const struct question *question)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Accept-Language: en");
    struct buf reason;
    headers = curl_slist_append(headers, "Content-Type: application/json");
    if (!question->reason || !*question->reason)
        return headers;
    buf_init(&reason, 4096);
    buf_format(&reason, "Overblik-Reason: %s", question->reason);
    buf_add_byte(&reason, '\0');
    if (!reason.failed)
        headers = curl_slist_append(headers, reason.at);
    buf_clear(&reason);
    return headers;
}

static void set_door(CURL *easy, const struct question *question)
{
    const struct admin_client *client = question->client;
    if (question->socket) {
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, question->socket);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    if (client->certificate)
        curl_easy_setopt(easy, CURLOPT_SSLCERT, client->certificate);
    if (client->key)
        curl_easy_setopt(easy, CURLOPT_SSLKEY, client->key);
    if (client->ca)
        curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca);
}

static CURLcode perform(const struct question *question, struct buf *answer, long *status)
{
    struct buf url;
    CURL *easy = curl_easy_init();
    struct curl_slist *headers = make_headers(question);
    buf_init(&url, 64 * 1024);
    buf_format(&url, "%s%s", question->socket ? "http://overblikd" : question->client->url,
               question->path);
    buf_add_byte(&url, '\0');
    curl_easy_setopt(easy, CURLOPT_URL, url.at);
    set_door(easy, question);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, question->method);
    if (question->body)
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, question->body);
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

static int take_answer(const struct question *question, json_t **answer)
{
    struct buf bytes;
    long status = 0;
    int exit_status = EX_OK;

    buf_init(&bytes, ANSWER_MAX);
    CURLcode result = perform(question, &bytes, &status);
    if (result == CURLE_OK)
        *answer = json_loadb(bytes.at ? bytes.at : "", bytes.len, 0, NULL);
    if (!*answer) {
        fprintf(stderr, "overblik: %s: %s\n",
                question->socket ? question->socket : question->client->url,
                result == CURLE_OK ? "the answer is no JSON" : curl_easy_strerror(result));
        exit_status = EX_UNAVAILABLE;
    } else if (status >= 400 && status != 422) { /* 422: faults, which the command shows */
        exit_status = complain_of_answer(status, *answer);
        json_decref(*answer);
        *answer = NULL;
    }
    buf_clear(&bytes);
    return exit_status;
}

int admin_send(const struct admin_client *client, const char *method, const char *path,
               const char *document, const char *reason, json_t **answer)
{
    char socket[PATH_BYTES];
    struct question question = {
        .client = client, .method = method, .path = path, .body = document, .reason = reason};

    *answer = NULL;
    if (client->url)
        return take_answer(&question, answer);
    if (!find_socket(client, socket))
        return EX_NOINPUT;
    int error = try_socket(socket);
    if (error)
        return complain_of_socket(socket, error);
    question.socket = socket;
    return take_answer(&question, answer);
}

int admin_ask(const struct admin_client *client, const char *method, const char *path,
              const json_t *body, json_t **answer)
{
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    int status = admin_send(client, method, path, text, NULL, answer);
    free(text);
    return status;
}

/* ---- printing ---- */

bool admin_print_faults(const json_t *answer, const char *file)
{
    const json_t *faults = json_object_get(answer, "faults"), *fault;
    size_t i;
    if (!json_is_false(json_object_get(answer, "accepted")))
        return false;
    json_array_foreach(faults, i, fault) fprintf(
        stderr, "%s:%s: %s\n", file, admin_member(fault, "where"), admin_member(fault, "what"));
    if (json_is_true(json_object_get(answer, "operator_has_faults")))
        fprintf(stderr,
                "overblik: the gateway's own configuration has faults; tell its operator\n");
    return true;
}

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
