/* SPDX-License-Identifier: MIT */
#include "net/fetch_http2.h"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/die.h"
#include "net/fetch_sockets.h"

struct http2 {
    const struct fetch_server *server;
    fetch_ended_fn *ended;
    CURLM *multi;
    struct fetch_sockets *sockets;
    struct curl_slist resolve; /* what the multi handle's address cache was last told */
    unsigned resolve_version;  /* of the pool's addresses, then */
    struct deferred due;       /* libcurl wants to be called */
    struct timer timer;        /* or later */
    bool has_timeout;          /* it has just said when */
    long timeout_ms;
};

/* libcurl's side of a transfer; kept for its next question. */
struct http2_handle {
    struct http2 *http2;
    struct fetch_transfer *transfer;
    CURL *easy;
    bool is_attached; /* to the multi handle */
    struct curl_slist headers[FETCH_HEADERS_MAX];
    char words[CURL_ERROR_SIZE]; /* libcurl's */
};

/* An option that libcurl knows but does not take is a fault of ours, or no memory. */
#define set(easy, option, value)                                                                   \
    do {                                                                                           \
        if (curl_easy_setopt((easy), (option), (value)) != CURLE_OK)                               \
            die("libcurl does not take " #option);                                                 \
    } while (0)

/* --- what libcurl calls --------------------------------------------------------------------------
 */

/* After resolving, before connecting: the one place where an address cannot be disguised. */
static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http2_handle *handle = ctx;
    struct fetch_transfer *transfer = handle->transfer;
    (void)purpose;
    if (!fetch_server_allows(transfer->server, &address->addr)) {
        transfer->is_outside = true;
        return CURL_SOCKET_BAD;
    }
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    address->protocol);
    if (fd < 0)
        return CURL_SOCKET_BAD;
    transfer->opened = true;
    ++*handle->http2->server->connections;
    fetch_sockets_open(handle->http2->sockets, fd, handle->http2);
    return fd;
}

static int on_close(void *ctx, curl_socket_t fd)
{
    struct http2 *http2 = ctx;
    --*http2->server->connections;
    fetch_sockets_close(http2->sockets, fd);
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
    struct http2_handle *handle = ctx;
    fetch_transfer_connect(handle->transfer);
    return CURL_PREREQFUNC_OK;
}

static size_t on_header(char *at, size_t size, size_t count, void *ctx)
{
    struct http2_handle *handle = ctx;
    size_t len = size * count;
    fetch_transfer_note(handle->transfer, len);
    return fetch_transfer_line(handle->transfer, str_make(at, len)) == FETCH_OK ? len : 0;
}

static size_t on_body(char *at, size_t size, size_t count, void *ctx)
{
    struct http2_handle *handle = ctx;
    size_t len = size * count;
    fetch_transfer_note(handle->transfer, len);
    return fetch_transfer_data(handle->transfer, str_make(at, len)) == FETCH_OK ? len : 0;
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

static struct http2_handle *handle_new(struct http2 *http2, const struct fetch_target *target,
                                       struct fetch_transfer *transfer)
{
    const struct fetch_server *server = http2->server;
    struct http2_handle *handle = die_calloc(1, sizeof *handle);
    CURL *easy = curl_easy_init();
    if (!easy)
        die("no memory for a transfer");
    *handle = (struct http2_handle){.http2 = http2, .transfer = transfer, .easy = easy};
    set(easy, CURLOPT_PRIVATE, handle);
    set(easy, CURLOPT_ERRORBUFFER, handle->words);
    set(easy, CURLOPT_HEADERFUNCTION, on_header);
    set(easy, CURLOPT_HEADERDATA, handle);
    set(easy, CURLOPT_WRITEFUNCTION, on_body);
    set(easy, CURLOPT_WRITEDATA, handle);
    set(easy, CURLOPT_PREREQFUNCTION, on_connected);
    set(easy, CURLOPT_PREREQDATA, handle);
    set(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    set(easy, CURLOPT_OPENSOCKETDATA, handle);
    set(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    set(easy, CURLOPT_CLOSESOCKETDATA, http2); /* outlives the transfer */
    set(easy, CURLOPT_MAXAGE_CONN, (long)server->settings->connection_idle_s);
    set(easy, CURLOPT_MAXLIFETIME_CONN, (long)server->settings->connection_life_s);
    set(easy, CURLOPT_CA_CACHE_TIMEOUT, (long)server->settings->connection_life_s);
    set_strictness(easy, target);
    set_tls(easy, target, server);
    return handle;
}

void http2_forget(struct fetch_transfer *transfer)
{
    struct http2_handle *handle = transfer->handle;
    if (!handle)
        return;
    curl_easy_cleanup(handle->easy);
    free(handle);
    transfer->handle = NULL;
}

/* --- one question --------------------------------------------------------------------------------
 */

/* The list lies here and not on libcurl's heap: no allocation, and it points where it is wiped. */
static struct curl_slist *headers_of(struct http2_handle *handle)
{
    const struct fetch_transfer *transfer = handle->transfer;
    for (size_t i = 0; i < transfer->header_count; i++)
        handle->headers[i] = (struct curl_slist){
            .data = (char *)(uintptr_t)transfer->headers[i].at,
            .next = i + 1 < transfer->header_count ? &handle->headers[i + 1] : NULL,
        };
    return transfer->header_count ? handle->headers : NULL;
}

/* Makes the transfer's question libcurl's. False: its URL is too long. */
static bool handle_ask(struct http2_handle *handle, const struct fetch_target *target)
{
    const struct fetch_transfer *transfer = handle->transfer;
    CURL *easy = handle->easy;
    char url[4096];
    int len = snprintf(url, sizeof url, "%.*s%.*s", STR_ARG(target->url), STR_ARG(transfer->path));
    if (len < 0 || (size_t)len >= sizeof url)
        return false;
    handle->words[0] = '\0';
    set(easy, CURLOPT_URL, url);
    set(easy, CURLOPT_HTTPHEADER, headers_of(handle));
    if (transfer->question.at) {
        set(easy, CURLOPT_POSTFIELDS, transfer->question.at); /* borrowed, not copied */
        set(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->question.len);
    } else {
        set(easy, CURLOPT_HTTPGET, 1L);
    }
    set(easy, CURLOPT_CUSTOMREQUEST, transfer->is_delete ? "DELETE" : NULL);
    return true;
}

static void handle_wipe(struct http2_handle *handle)
{
    set(handle->easy, CURLOPT_POSTFIELDS, NULL);
    set(handle->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)0);
    set(handle->easy, CURLOPT_HTTPHEADER, NULL);
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
static bool words_have(const struct http2_handle *handle, const char *phrase)
{
    return strstr(handle->words, phrase) != NULL;
}

/* From libcurl's code and the notes. */
static enum fetch_status judge(struct http2_handle *handle, CURLcode code)
{
    struct fetch_transfer *transfer = handle->transfer;
    if (transfer->refusal != FETCH_OK)
        return transfer->refusal;
    if (code == CURLE_OK) {
        if (transfer->head.ended)
            return FETCH_OK;
        transfer->why = "no whole head";
        return transfer->head.status ? FETCH_CUT : FETCH_PROTOCOL;
    }
    transfer->why = handle->words[0] ? handle->words : curl_easy_strerror(code);
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
        return words_have(handle, " alert ") ? FETCH_TLS : FETCH_UNREACHABLE;
    return words_have(handle, "chunked-encoding") ? FETCH_PROTOCOL : FETCH_CUT;
}

/* --- when libcurl works --------------------------------------------------------------------------
 */

static int on_curl_timer(CURLM *multi, long timeout_ms, void *ctx)
{
    (void)multi;
    struct http2 *http2 = ctx;
    http2->has_timeout = true;
    http2->timeout_ms = timeout_ms;
    return 0;
}

/* The easy handle that comes with it may be one of libcurl's own: never used. */
static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *assigned)
{
    (void)easy, (void)assigned;
    struct http2 *http2 = ctx;
    bool is_removed = what == CURL_POLL_REMOVE;
    fetch_sockets_watch(http2->sockets, fd, http2, !is_removed && (what & CURL_POLL_IN),
                        !is_removed && (what & CURL_POLL_OUT));
    return 0;
}

static void on_due(void *ctx);

static void on_timer(void *ctx)
{
    struct http2 *http2 = ctx;
    loop_defer(http2->server->loop, &http2->due, on_due, http2);
}

/* After every call that lets libcurl work: acts on what it noted. */
static void after(struct http2 *http2)
{
    struct loop *loop = http2->server->loop;
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(http2->multi, &left))) {
        struct http2_handle *handle;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&handle);
        enum fetch_status status = judge(handle, code);
        http2->ended(handle->transfer->owner, status,
                     status == FETCH_OK ? "" : handle->transfer->why);
    }
    if (!http2->has_timeout)
        return;
    http2->has_timeout = false;
    timer_cancel(loop, &http2->timer);
    if (http2->timeout_ms == 0)
        on_timer(http2);
    else if (http2->timeout_ms > 0)
        timer_start(loop, &http2->timer, instant_after_ms(loop_now(loop), http2->timeout_ms),
                    on_timer, http2);
}

static void on_due(void *ctx)
{
    struct http2 *http2 = ctx;
    int running;
    curl_multi_socket_action(http2->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    after(http2);
}

static void on_ready(void *owner, int fd, bool readable, bool writable)
{
    struct http2 *http2 = owner;
    int running;
    curl_multi_socket_action(http2->multi, fd,
                             (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0),
                             &running);
    after(http2);
}

/* --- transfers -----------------------------------------------------------------------------------
 */

/* Tells the address cache, which all transfers of the target share, what the resolver has found. */
static void resolve(struct http2 *http2, CURL *easy)
{
    const struct fetch_addresses *addresses = http2->server->addresses;
    if (http2->resolve_version == addresses->version)
        return;
    http2->resolve_version = addresses->version;
    const char *text = fetch_addresses_find(addresses, str_of(http2->server->name));
    if (!text)
        return;
    free(http2->resolve.data);
    http2->resolve.data = die_strdup(text);
    set(easy, CURLOPT_RESOLVE, &http2->resolve);
}

void http2_start(struct http2 *http2, const struct fetch_target *target,
                 struct fetch_transfer *transfer, bool keep)
{
    if (!transfer->handle)
        transfer->handle = handle_new(http2, target, transfer);
    struct http2_handle *handle = transfer->handle;
    transfer->opened = false;
    resolve(http2, handle->easy);
    set(handle->easy, CURLOPT_FRESH_CONNECT, (long)target->no_reuse);
    set(handle->easy, CURLOPT_FORBID_REUSE, (long)!keep);
    handle->is_attached =
        handle_ask(handle, target) && curl_multi_add_handle(http2->multi, handle->easy) == CURLM_OK;
    if (handle->is_attached)
        on_timer(http2);
    else
        http2->ended(transfer->owner, FETCH_UNREACHABLE, "libcurl does not take the transfer");
}

void http2_leave(struct fetch_transfer *transfer)
{
    struct http2_handle *handle = transfer->handle;
    if (!handle || !handle->is_attached)
        return;
    handle->is_attached = false;
    curl_multi_remove_handle(handle->http2->multi, handle->easy);
    handle_wipe(handle);
    after(handle->http2);
}

void http2_distrust(struct fetch_transfer *transfer)
{
    struct http2_handle *handle = transfer->handle;
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (handle && handle->is_attached)
        curl_easy_getinfo(handle->easy, CURLINFO_ACTIVESOCKET, &fd);
    if (fd != CURL_SOCKET_BAD)
        fetch_sockets_sever(handle->http2->sockets, fd);
}

/* --- a target ------------------------------------------------------------------------------------
 */

static void global_init(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        die("libcurl does not start");
}

struct http2 *http2_new(const struct fetch_server *server, fetch_ended_fn *ended)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct http2 *http2 = die_calloc(1, sizeof *http2);
    pthread_once(&once, global_init);
    CURLM *multi = curl_multi_init();
    if (!multi)
        die("no memory for a target");
    *http2 = (struct http2){.server = server, .ended = ended, .multi = multi};
    http2->sockets = fetch_sockets_new(server->loop, on_ready);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, http2);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, http2);
    /* Without it libcurl keeps four connections per transfer now under way, and closes the rest. */
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)server->settings->connections_max);
    curl_multi_setopt(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, 100L);
    return http2;
}

void http2_free(struct http2 **slot)
{
    struct http2 *http2 = *slot;
    if (!http2)
        return;
    curl_multi_cleanup(http2->multi);
    timer_cancel(http2->server->loop, &http2->timer);
    loop_defer_cancel(http2->server->loop, &http2->due);
    fetch_sockets_free(&http2->sockets);
    free(http2->resolve.data);
    free(http2);
    *slot = NULL;
}
