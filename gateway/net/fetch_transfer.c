/* SPDX-License-Identifier: MIT */
#include "net/fetch_transfer.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/die.h"

/* An option that libcurl knows but does not take is a fault of ours, or no memory. */
#define set(easy, option, value)                                                                   \
    do {                                                                                           \
        if (curl_easy_setopt((easy), (option), (value)) != CURLE_OK)                               \
            die("libcurl does not take " #option);                                                 \
    } while (0)

/* --- what libcurl calls --------------------------------------------------------------------------
 */

static bool server_allows(const struct fetch_server *server, const struct sockaddr *address)
{
    static const struct address_ranges loopback = {
        .at = {{.bytes = {[10] = 0xff, [11] = 0xff, [12] = 127}, .bits = 104, .is_v4 = true},
               {.bytes = {[15] = 1}, .bits = 128}},
        .count = 2,
    };
    return (!server->is_plain || address_is_within(address, &loopback)) &&
           (server->is_anywhere || address_is_within(address, &server->ranges));
}

/* After resolving, before connecting: the one place where an address cannot be disguised. */
static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct fetch_transfer *transfer = ctx;
    const struct fetch_server *server = transfer->server;
    (void)purpose;
    if (!server_allows(server, &address->addr)) {
        transfer->is_outside = true;
        return CURL_SOCKET_BAD;
    }
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    address->protocol);
    if (fd < 0)
        return CURL_SOCKET_BAD;
    transfer->opened = true;
    fetch_sockets_open(server->sockets, fd, server->owner);
    return fd;
}

static int on_close(void *ctx, curl_socket_t fd)
{
    fetch_sockets_close(ctx, fd);
    return close(fd);
}

/* libcurl falls back on the common name where a certificate names no host, and that is all its own
 * check is told. OpenSSL is told the name as well, and that only a subjectAltName counts. */
static CURLcode on_tls(CURL *easy, void *context, void *ctx)
{
    (void)easy;
    const struct fetch_server *server = ctx;
    X509_VERIFY_PARAM *param = SSL_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                               X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    int set = address_is_literal(str_of(server->host))
                  ? X509_VERIFY_PARAM_set1_ip_asc(param, server->host)
                  : X509_VERIFY_PARAM_set1_host(param, server->host, 0);
    return set == 1 ? CURLE_OK : CURLE_ABORTED_BY_CALLBACK;
}

static int on_connected(void *ctx, char *their_ip, char *our_ip, int their_port, int our_port)
{
    (void)their_ip, (void)our_ip, (void)their_port, (void)our_port;
    struct fetch_transfer *transfer = ctx;
    transfer->connected = true;
    return CURL_PREREQFUNC_OK;
}

static void note_byte(struct fetch_transfer *transfer)
{
    transfer->began = true;
    transfer->last_byte = loop_now(transfer->server->loop);
}

static size_t on_header(char *at, size_t size, size_t count, void *ctx)
{
    struct fetch_transfer *transfer = ctx;
    const struct fetch_pool_settings *settings = transfer->server->settings;
    const struct fetch_head_limits limits = {settings->header_bytes_max, settings->header_lines_max,
                                             transfer->answer_max};
    size_t len = size * count;
    note_byte(transfer);
    transfer->refusal =
        fetch_head_line(&transfer->head, str_make(at, len), &limits, &transfer->why);
    return transfer->refusal == FETCH_OK ? len : 0;
}

static size_t on_body(char *at, size_t size, size_t count, void *ctx)
{
    struct fetch_transfer *transfer = ctx;
    size_t len = size * count;
    note_byte(transfer);
    if (transfer->body.len == 0 && transfer->head.has_length)
        buf_reserve(&transfer->body, (size_t)transfer->head.length);
    if (buf_add(&transfer->body, at, len))
        return len;
    transfer->refusal = FETCH_TOO_LARGE;
    transfer->why = "body above the ceiling";
    return 0;
}

/* --- options -------------------------------------------------------------------------------------
 */

static void set_text(CURL *easy, CURLoption option, struct str text)
{
    if (!text.at)
        return;
    char *terminated = strndup(text.at, text.len);
    if (!terminated || curl_easy_setopt(easy, option, terminated) != CURLE_OK)
        die("libcurl does not take option %d", (int)option);
    free(terminated);
}

/* What stands in the URL, and with the port that it implies. */
static void server_name(struct fetch_server *server, const char *text)
{
    char *host = NULL, *port = NULL;
    CURLU *url = curl_url();
    if (!url)
        die("no memory for a target");
    if (curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK) {
        struct str bare = str_of(host);
        if (bare.len > 2 && bare.at[0] == '[')
            bare = str_make(bare.at + 1, bare.len - 2);
        server->host = strndup(bare.at ? bare.at : "", bare.len);
        if (!server->host || asprintf(&server->name, "%s:%s:", host, port) < 0)
            die("no memory for a target");
    }
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(url);
}

void fetch_server_init(struct fetch_server *server, const struct fetch_target *target)
{
    char *text = strndup(target->url.at, target->url.len);
    if (!text)
        die("no memory for a target");
    server_name(server, text);
    free(text);
    server->is_plain = str_equal_nocase(str_head(target->url, strlen("http://")), STR("http://"));
    server->is_anywhere = !target->addresses.at;
    /* Ranges that cannot be read hold no address: the target cannot be reached. */
    if (!server->is_anywhere && !address_ranges_parse(target->addresses, &server->ranges))
        server->ranges.count = 0;
}

void fetch_server_clear(struct fetch_server *server)
{
    free(server->host);
    free(server->name);
    server->host = server->name = NULL;
}

static void set_strictness(CURL *easy, const struct fetch_target *target)
{
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_QUICK_EXIT, 1L); /* else a hanging look-up stops the loop */
    set(easy, CURLOPT_PROXY, "");      /* what http_proxy says is not heard */
    set(easy, CURLOPT_NOPROXY, "*");
    set(easy, CURLOPT_PROTOCOLS_STR, target->insecure ? "http,https" : "https");
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(easy, CURLOPT_PATH_AS_IS, 1L);
    set(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    /* HTTP/2 only where TLS has agreed on it; without reuse it could only mix requests up. */
    set(easy, CURLOPT_HTTP_VERSION,
        (long)(target->no_reuse ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
}

static void set_tls(CURL *easy, const struct fetch_target *target,
                    const struct fetch_server *server)
{
    set(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    /* Nobody but ca_file is trusted: libcurl would add the system's roots. */
    set(easy, CURLOPT_CAPATH, NULL);
    set(easy, CURLOPT_CAINFO, NULL);
    set_text(easy, CURLOPT_CAINFO, target->ca_file);
    set_text(easy, CURLOPT_CRLFILE, target->crl_file);
    /* By file, not in on_tls: only so is it part of what libcurl compares before reuse. */
    set_text(easy, CURLOPT_SSLCERT, target->cert_file);
    set_text(easy, CURLOPT_SSLKEY, target->key_file);
    set(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
    set(easy, CURLOPT_SSL_CTX_DATA, (void *)(uintptr_t)server); /* libcurl has no const */
    /* A resumed session is not verified again, so a revocation would not be noticed. */
    set(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
}

void fetch_transfer_init(struct fetch_transfer *transfer, const struct fetch_server *server,
                         const struct fetch_target *target, void *owner)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        die("no memory for a transfer");
    *transfer = (struct fetch_transfer){.easy = easy, .server = server};
    buf_init(&transfer->lines, FETCH_HEADER_BYTES_MAX);
    buf_init(&transfer->body, 0);
    set(easy, CURLOPT_PRIVATE, owner);
    set(easy, CURLOPT_ERRORBUFFER, transfer->words);
    set(easy, CURLOPT_HEADERFUNCTION, on_header);
    set(easy, CURLOPT_HEADERDATA, transfer);
    set(easy, CURLOPT_WRITEFUNCTION, on_body);
    set(easy, CURLOPT_WRITEDATA, transfer);
    set(easy, CURLOPT_PREREQFUNCTION, on_connected);
    set(easy, CURLOPT_PREREQDATA, transfer);
    set(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    set(easy, CURLOPT_OPENSOCKETDATA, transfer);
    set(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    set(easy, CURLOPT_CLOSESOCKETDATA, server->sockets); /* outlives the transfer */
    set(easy, CURLOPT_MAXAGE_CONN, (long)server->settings->connection_idle_s);
    set(easy, CURLOPT_MAXLIFETIME_CONN, (long)server->settings->connection_life_s);
    set(easy, CURLOPT_CA_CACHE_TIMEOUT, (long)server->settings->connection_life_s);
    set_strictness(easy, target);
    set_tls(easy, target, server);
}

void fetch_transfer_clear(struct fetch_transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    buf_clear(&transfer->lines);
    buf_clear(&transfer->body);
}

/* --- one question --------------------------------------------------------------------------------
 */

/* Without a way out of the loop, so that the compiler takes many bytes at a time. */
static bool is_printable(struct str s, char least)
{
    unsigned char wrong = 0;
    for (size_t i = 0; i < s.len; i++)
        wrong |= (unsigned char)((s.at[i] >= 0 && s.at[i] < least) | (s.at[i] == 127));
    return wrong == 0;
}

/* A line break in a header line or a target would be a second header line, or request. */
static bool spec_is_sayable(const struct fetch_spec *spec)
{
    if (!str_starts_with(spec->path, STR("/")) || !is_printable(spec->path, '!') ||
        spec->header_count > FETCH_HEADERS_MAX)
        return false;
    for (size_t i = 0; i < spec->header_count; i++)
        if (!is_printable(spec->headers[i], ' ') || str_find_byte(spec->headers[i], ':') == 0)
            return false;
    return true;
}

/* The list lies in the transfer and not on libcurl's heap: no allocation, and it can be wiped. */
static bool headers_build(struct fetch_transfer *transfer, const struct fetch_spec *spec)
{
    size_t total = 0;
    for (size_t i = 0; i < spec->header_count; i++)
        total += spec->headers[i].len + 1;
    if (!buf_reserve(&transfer->lines, total)) /* at once, since the list points into it */
        return false;
    for (size_t i = 0; i < spec->header_count; i++) {
        transfer->headers[i].data = transfer->lines.at + transfer->lines.len;
        transfer->headers[i].next = i + 1 < spec->header_count ? &transfer->headers[i + 1] : NULL;
        buf_add_str(&transfer->lines, spec->headers[i]);
        buf_add_byte(&transfer->lines, '\0');
    }
    set(transfer->easy, CURLOPT_HTTPHEADER, spec->header_count ? transfer->headers : NULL);
    return true;
}

bool fetch_transfer_ask(struct fetch_transfer *transfer, const struct fetch_spec *spec)
{
    CURL *easy = transfer->easy;
    const struct fetch_target *target = spec->target;
    char url[4096];
    transfer->answer_max = spec->answer_max;
    transfer->opened = transfer->connected = transfer->began = transfer->is_outside = false;
    transfer->refusal = FETCH_OK;
    transfer->why = transfer->words;
    transfer->words[0] = '\0';
    transfer->head = (struct fetch_head){0};
    buf_init(&transfer->body, spec->answer_max);
    if (!transfer->server->host || !spec_is_sayable(spec) ||
        target->url.len + spec->path.len >= sizeof url || !headers_build(transfer, spec))
        return false;
    memcpy(url, target->url.at, target->url.len);
    memcpy(url + target->url.len, spec->path.at, spec->path.len);
    url[target->url.len + spec->path.len] = '\0';
    set(easy, CURLOPT_URL, url);
    if (spec->body.at) {
        set(easy, CURLOPT_POSTFIELDS, spec->body.at); /* borrowed, not copied */
        set(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)spec->body.len);
    } else {
        set(easy, CURLOPT_HTTPGET, 1L);
    }
    return true;
}

void fetch_transfer_wipe(struct fetch_transfer *transfer)
{
    set(transfer->easy, CURLOPT_POSTFIELDS, NULL);
    set(transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)0);
    set(transfer->easy, CURLOPT_HTTPHEADER, NULL);
    buf_reset(&transfer->lines);
    buf_clear(&transfer->body);
    transfer->head = (struct fetch_head){0};
}

/* --- how it ended --------------------------------------------------------------------------------
 */

static bool is_tls_code(CURLcode code)
{
    switch (code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_USE_SSL_FAILED:
        return true;
    default:
        return false;
    }
}

/* libcurl has one code for all that goes wrong while receiving; only its words tell more. */
static bool words_have(const struct fetch_transfer *transfer, const char *phrase)
{
    return strstr(transfer->words, phrase) != NULL;
}

enum fetch_status fetch_transfer_judge(struct fetch_transfer *transfer, CURLcode code)
{
    if (transfer->refusal != FETCH_OK)
        return transfer->refusal;
    if (code == CURLE_OK) {
        if (transfer->head.ended)
            return FETCH_OK;
        transfer->why = "no whole head";
        return transfer->head.status ? FETCH_CUT : FETCH_PROTOCOL;
    }
    if (transfer->words[0] == '\0')
        transfer->why = curl_easy_strerror(code);
    if (is_tls_code(code))
        return FETCH_TLS;
    switch (code) {
    case CURLE_COULDNT_CONNECT:
        return transfer->is_outside ? FETCH_ADDRESS : FETCH_UNREACHABLE;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_LOGIN_DENIED: /* a user in the URL */
        return FETCH_PROTOCOL;
    case CURLE_OUT_OF_MEMORY: /* so it calls a header line above its own ceiling */
        return FETCH_TOO_LARGE;
    default:
        break;
    }
    /* TLS 1.3 lets the client finish before the server has looked at its certificate: the refusal
     * comes as an alert in the place of the answer. */
    if (!transfer->began)
        return words_have(transfer, " alert ") ? FETCH_TLS : FETCH_UNREACHABLE;
    return words_have(transfer, "chunked-encoding") ? FETCH_PROTOCOL : FETCH_CUT;
}
