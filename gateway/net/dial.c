/* SPDX-License-Identifier: MIT */
#include "net/dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/fetch_server.h"
#include "net/fetch_tls.h"

/* One attempt under way. */
struct dialling {
    const struct fetch_target *target;
    struct dial_report *report;
    struct fetch_server server;
    struct addrinfo *found;
    int fd;
    instant until;
};

static void note(struct dial_finding *finding, bool is_well, instant since, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static void note(struct dial_finding *finding, bool is_well, instant since, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(finding->why, sizeof finding->why, format, args);
    va_end(args);
    finding->is_tried = true;
    finding->is_well = is_well;
    finding->took_us = clock_instant() - since;
}

/* ---- the name and its addresses ---- */

static bool find_name(struct dialling *d)
{
    struct dial_finding *finding = &d->report->steps[DIAL_NAME];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    instant since = clock_instant();
    char port[8];
    size_t count = 0;

    if (!d->server.host) {
        note(finding, false, since, "the URL is none that we ask");
        return false;
    }
    snprintf(port, sizeof port, "%u", d->server.port);
    int error = getaddrinfo(d->server.host, port, &hints, &d->found);
    if (error) {
        note(finding, false, since, "%s: %s", d->server.host, gai_strerror(error));
        return false;
    }
    for (const struct addrinfo *one = d->found; one; one = one->ai_next)
        count++;
    note(finding, true, since, "%s has %zu address%s", d->server.host, count,
         count == 1 ? "" : "es");
    return true;
}

static void print_address(const struct addrinfo *one, char text[INET6_ADDRSTRLEN])
{
    if (getnameinfo(one->ai_addr, one->ai_addrlen, text, INET6_ADDRSTRLEN, NULL, 0,
                    NI_NUMERICHOST) != 0)
        text[0] = '\0';
}

/* They are noted as net/fetch wants them; addresses beyond the room are left out. */
static bool check_addresses(struct dialling *d)
{
    struct dial_finding *finding = &d->report->steps[DIAL_ADDRESS];
    char *resolved = d->report->resolved, text[INET6_ADDRSTRLEN];
    size_t len = (size_t)snprintf(resolved, DIAL_ADDRESSES_MAX, "%.400s", d->server.name);
    instant since = clock_instant();

    for (const struct addrinfo *one = d->found; one; one = one->ai_next) {
        print_address(one, text);
        if (!fetch_server_allows(&d->server, one->ai_addr)) {
            note(finding, false, since, "%s is outside the ranges of \"addresses\"", text);
            return false;
        }
        if (len + strlen(text) + 4 < DIAL_ADDRESSES_MAX)
            len += (size_t)snprintf(resolved + len, DIAL_ADDRESSES_MAX - len,
                                    one->ai_family == AF_INET6 ? "%s[%s]" : "%s%s",
                                    one == d->found ? "" : ",", text);
    }
    note(finding, true, since, "%s", d->server.is_anywhere ? "any address is allowed" : "allowed");
    return true;
}

/* ---- TCP ---- */

/* Waits for the socket; false: the time is up. */
static bool wait_for(const struct dialling *d, short events)
{
    struct pollfd one = {.fd = d->fd, .events = events};
    int64_t left = instant_left_ms(clock_instant(), d->until);
    int ready;

    do
        ready = poll(&one, 1, left > INT32_MAX ? INT32_MAX : (int)left);
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

/* 0, or the error. */
static int connect_to(struct dialling *d, const struct addrinfo *one)
{
    int error = 0;
    socklen_t len = sizeof error;

    d->fd = socket(one->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (d->fd < 0)
        return errno;
    if (connect(d->fd, one->ai_addr, one->ai_addrlen) != 0)
        error = errno;
    if (error == EINPROGRESS)
        error = wait_for(d, POLLOUT) ? 0 : ETIMEDOUT;
    if (!error && getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
        error = errno;
    if (error) {
        close(d->fd);
        d->fd = -1;
    }
    return error;
}

static bool reach(struct dialling *d)
{
    struct dial_finding *finding = &d->report->steps[DIAL_TCP];
    instant since = clock_instant();
    char text[INET6_ADDRSTRLEN];

    for (const struct addrinfo *one = d->found; one; one = one->ai_next) {
        int error = connect_to(d, one);
        print_address(one, text);
        note(finding, !error, since, "%s port %u: %s", text, d->server.port,
             error ? strerror(error) : "connected");
        if (!error)
            return true;
    }
    return false;
}

/* ---- TLS and the certificate ---- */

/* Which step an error of verification speaks of. */
static enum dial_step step_of(int error)
{
    switch (error) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return DIAL_HOST;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
    case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
        return DIAL_TIME;
    default:
        return DIAL_CHAIN;
    }
}

/* OpenSSL tells of each fault and goes on, so that each step is judged; the first one of a step
 * stays. Nothing is sent over this connection. */
static int on_verified(int is_well, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct dialling *d = SSL_get_app_data(ssl);
    int error = X509_STORE_CTX_get_error(store);
    struct dial_finding *finding = &d->report->steps[step_of(error)];

    if (!is_well && !finding->is_tried)
        note(finding, false, clock_instant(), "%s", X509_verify_cert_error_string(error));
    return 1;
}

static const char *handshake(struct dialling *d, SSL *ssl)
{
    for (;;) {
        int result = SSL_do_handshake(ssl), error = SSL_get_error(ssl, result);
        if (result == 1)
            return NULL;
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
            if (wait_for(d, error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT))
                continue;
            return "it says nothing";
        }
        const char *why = ERR_reason_error_string(ERR_peek_last_error());
        return why ? why : "the connection was closed";
    }
}

/* The steps that OpenSSL did not complain of are well. */
static void judge_certificate(struct dialling *d, SSL *ssl)
{
    struct dial_finding *steps = d->report->steps;
    X509 *certificate = SSL_get0_peer_certificate(ssl);
    char name[100] = "";
    int seconds = 0;
    instant now = clock_instant();

    if (!certificate ||
        !ASN1_TIME_diff(&d->report->days_left, &seconds, NULL, X509_get0_notAfter(certificate)))
        d->report->days_left = 0;
    if (certificate)
        X509_NAME_oneline(X509_get_issuer_name(certificate), name, sizeof name);
    if (!steps[DIAL_CHAIN].is_tried)
        note(&steps[DIAL_CHAIN], true, now, "issued by %s", name);
    if (!steps[DIAL_HOST].is_tried)
        note(&steps[DIAL_HOST], true, now, "it is %s", d->server.host);
    if (!steps[DIAL_TIME].is_tried)
        note(&steps[DIAL_TIME], true, now, "%d days left", d->report->days_left);
}

static void shake_hands(struct dialling *d)
{
    struct dial_finding *finding = &d->report->steps[DIAL_TLS];
    instant since = clock_instant();
    const char *why = NULL;
    SSL_CTX *context = fetch_tls_new(d->target, &why);
    SSL *ssl = context ? fetch_tls_connect(context, d->fd, d->server.host) : NULL;

    if (ssl) {
        SSL_set_app_data(ssl, d);
        SSL_set_verify(ssl, SSL_VERIFY_PEER, on_verified);
        ERR_clear_error();
        why = handshake(d, ssl);
    } else if (!why) {
        why = "no memory for TLS";
    }
    note(finding, !why, since, "%s", why ? why : SSL_get_version(ssl));
    if (!why)
        judge_certificate(d, ssl);
    else
        for (int step = DIAL_CHAIN; step < DIAL_STEPS; step++)
            d->report->steps[step] = (struct dial_finding){0};
    if (ssl)
        SSL_shutdown(ssl);
    ERR_clear_error();
    SSL_free(ssl);
    SSL_CTX_free(context);
}

void dial(const struct fetch_target *target, unsigned timeout_ms, struct dial_report *report)
{
    struct dialling d = {.target = target, .report = report, .fd = -1};

    *report = (struct dial_report){.is_plain = target->insecure};
    fetch_server_init(&d.server, target);
    if (find_name(&d) && check_addresses(&d)) {
        d.until = instant_after_ms(clock_instant(), timeout_ms);
        if (reach(&d) && !target->insecure) {
            d.until = instant_after_ms(clock_instant(), timeout_ms);
            shake_hands(&d);
        }
    }
    if (d.fd >= 0)
        close(d.fd);
    if (d.found)
        freeaddrinfo(d.found);
    fetch_server_clear(&d.server);
}

bool dial_is_well(const struct dial_report *report)
{
    for (int step = 0; step < (report->is_plain ? DIAL_TLS : DIAL_STEPS); step++)
        if (!report->steps[step].is_well)
            return false;
    return true;
}
