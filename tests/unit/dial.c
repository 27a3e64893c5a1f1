/* SPDX-License-Identifier: MIT */
/* Dialling a target step by step: the first step that is not well is the last that is tried. TLS
 * and certificates are dialled in tests/integration/conformance.t. */
#include "net/dial.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/tap.h"

#define LABEL "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

enum { TIMEOUT_MS = 200 };

/* A port of loopback: bound and, if `listens`, accepting into a backlog that nobody serves. */
static int port_open(bool listens, unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 ||
        (listens && listen(fd, 8) != 0) || getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return -1;
    *port = ntohs(address.sin_port);
    return fd;
}

static void test_steps(void)
{
    unsigned shut_port = 0, silent_port = 0;
    int shut = port_open(false, &shut_port), silent = port_open(true, &silent_port);
    char refusing[64], quiet[64], plain[64];

    snprintf(refusing, sizeof refusing, "https://127.0.0.1:%u", shut_port);
    snprintf(quiet, sizeof quiet, "https://127.0.0.1:%u", silent_port);
    snprintf(plain, sizeof plain, "http://127.0.0.1:%u", silent_port);
    const struct {
        const char *url, *addresses, *what;
        bool insecure;
        enum dial_step last; /* DIAL_STEPS: all that there are */
    } table[] = {
        {"nonsense", NULL, "no URL", false, DIAL_NAME},
        {"https://" LABEL ".example", NULL, "a name that cannot be", false, DIAL_NAME},
        {refusing, "192.0.2.0/24,10.0.0.0/8", "another range", false, DIAL_ADDRESS},
        {refusing, "nonsense", "ranges that cannot be read", false, DIAL_ADDRESS},
        {refusing, "127.0.0.0/8", "nobody listens", false, DIAL_TCP},
        {quiet, NULL, "nobody speaks", false, DIAL_TLS},
        {plain, NULL, "plain, and not allowed", false, DIAL_NAME},
        {plain, NULL, "plain", true, DIAL_STEPS},
    };
    ok(shut >= 0 && silent >= 0, "two ports are ours");
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct fetch_target target = {.url = str_of(table[i].url),
                                            .addresses = str_of(table[i].addresses),
                                            .insecure = table[i].insecure};
        struct dial_report report;
        bool is_right = true;

        dial(&target, TIMEOUT_MS, &report);
        for (int step = 0; step < DIAL_STEPS; step++) {
            const struct dial_finding *finding = &report.steps[step];
            bool is_there = !report.is_plain || step < DIAL_TLS;

            is_right &= finding->is_tried == (is_there && step <= (int)table[i].last) &&
                        (!finding->is_tried || finding->why[0]) &&
                        finding->is_well == (finding->is_tried && step != (int)table[i].last);
        }
        ok(is_right, "%s: as far as step %d", table[i].what, (int)table[i].last);
        is_int(dial_is_well(&report), table[i].last == DIAL_STEPS, "%s: the whole", table[i].what);
    }
    close(shut);
    close(silent);
}

static void test_resolved(void)
{
    unsigned port = 0;
    int fd = port_open(true, &port);
    char url[64], wanted[64];
    struct dial_report report;

    snprintf(url, sizeof url, "http://127.0.0.1:%u", port);
    snprintf(wanted, sizeof wanted, "127.0.0.1:%u:127.0.0.1", port);
    dial(&(struct fetch_target){.url = str_of(url), .insecure = true}, TIMEOUT_MS, &report);
    is_str(report.resolved, wanted, "addresses are noted as net/fetch wants them");
    close(fd);
}

int main(void)
{
    test_steps();
    test_resolved();
    return done_testing();
}
