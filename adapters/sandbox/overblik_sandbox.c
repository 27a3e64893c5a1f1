/* SPDX-License-Identifier: MIT */
/* overblik-sandbox: the authorities as servers, with synthetic citizens and faults on request. */
#include <event2/event.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "adapters/sandbox/fault.h"
#include "adapters/sandbox/sandbox.h"
#include "base/die.h"
#include "base/log.h"

static const char usage[] =
    "usage: overblik-sandbox --certs DIR [option...]\n"
    "  --certs DIR         certificates and keys by certs/make-certs\n"
    "  --data DIR          citizens.json and data/ (adapters/sandbox)\n"
    "  --ports-file FILE   where the ports are written when all listen\n"
    "  --port-base N       the first port; 0: the kernel chooses (0)\n"
    "  --control-port N    for POST /faults, GET /calls; 0: the one after the others (0)\n"
    "  --gateway ID        `iss` of the gateway's tokens (https://overblik.example)\n"
    "  --issuer URL        `iss` of demo tokens (the demo issuer's own address)\n"
    "  --log FILE          instead of stderr\n"
    "  --capture DIR       keeps requests and answers, which hold personal numbers; for tests\n"
    "  --file-set FILE     one more authority, as the file says (README.md); up to 4\n"
    "  --insecure          plain http without client certificates; for benches\n"
    "  --faults            prints the table of faults and ends\n";

enum { EXIT_USAGE = 64 };

enum option_key {
    OPTION_CERTS = 1,
    OPTION_DATA,
    OPTION_PORTS_FILE,
    OPTION_PORT_BASE,
    OPTION_CONTROL_PORT,
    OPTION_GATEWAY,
    OPTION_ISSUER,
    OPTION_LOG,
    OPTION_CAPTURE,
    OPTION_FILE_SET,
    OPTION_INSECURE,
    OPTION_FAULTS,
    OPTION_HELP,
};

static const struct option names[] = {
    {"certs", required_argument, NULL, OPTION_CERTS},
    {"data", required_argument, NULL, OPTION_DATA},
    {"ports-file", required_argument, NULL, OPTION_PORTS_FILE},
    {"port-base", required_argument, NULL, OPTION_PORT_BASE},
    {"control-port", required_argument, NULL, OPTION_CONTROL_PORT},
    {"gateway", required_argument, NULL, OPTION_GATEWAY},
    {"issuer", required_argument, NULL, OPTION_ISSUER},
    {"log", required_argument, NULL, OPTION_LOG},
    {"capture", required_argument, NULL, OPTION_CAPTURE},
    {"file-set", required_argument, NULL, OPTION_FILE_SET},
    {"insecure", no_argument, NULL, OPTION_INSECURE},
    {"faults", no_argument, NULL, OPTION_FAULTS},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static uint16_t port_parse(const char *text)
{
    uint64_t port;
    if (!str_to_u64(str_of(text), UINT16_MAX, &port)) {
        fprintf(stderr, "overblik-sandbox: %s is no port\n", text);
        exit(EXIT_USAGE);
    }
    return (uint16_t)port;
}

static void print_faults(void)
{
    struct buf table;
    buf_init(&table, 65536);
    sandbox_fault_describe(&table);
    fwrite(table.at, 1, table.len, stdout);
    buf_clear(&table);
}

static void parse_options(int argc, char **argv, struct sandbox_options *options,
                          const char **log_file)
{
    int key;
    while ((key = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch ((enum option_key)key) {
        case OPTION_CERTS:
            options->certs_dir = optarg;
            break;
        case OPTION_DATA:
            options->data_dir = optarg;
            break;
        case OPTION_PORTS_FILE:
            options->ports_file = optarg;
            break;
        case OPTION_PORT_BASE:
            options->port_base = port_parse(optarg);
            break;
        case OPTION_CONTROL_PORT:
            options->control_port = port_parse(optarg);
            break;
        case OPTION_GATEWAY:
            options->gateway_id = optarg;
            break;
        case OPTION_ISSUER:
            options->issuer = optarg;
            break;
        case OPTION_LOG:
            *log_file = optarg;
            break;
        case OPTION_CAPTURE:
            options->capture_dir = optarg;
            break;
        case OPTION_FILE_SET:
            if (options->file_set_count == SANDBOX_FILE_SETS_MAX) {
                fprintf(stderr, "overblik-sandbox: more than %d file sets\n",
                        SANDBOX_FILE_SETS_MAX);
                exit(EXIT_USAGE);
            }
            options->file_sets[options->file_set_count++] = optarg;
            break;
        case OPTION_INSECURE:
            options->insecure = true;
            break;
        case OPTION_FAULTS:
            print_faults();
            exit(EXIT_SUCCESS);
        case OPTION_HELP:
            fputs(usage, stdout);
            exit(EXIT_SUCCESS);
        default:
            fputs(usage, stderr);
            exit(EXIT_USAGE);
        }
    }
    if (!options->certs_dir || optind != argc) {
        fputs(usage, stderr);
        exit(EXIT_USAGE);
    }
}

static void on_signal(evutil_socket_t number, short what, void *ctx)
{
    (void)number, (void)what;
    loop_stop(ctx);
}

static struct event *stop_on(struct loop *loop, int number)
{
    struct event *event = evsignal_new(loop_base(loop), number, on_signal, loop);
    if (!event || event_add(event, NULL))
        die("cannot watch for signals");
    return event;
}

int main(int argc, char **argv)
{
    struct sandbox_options options = {
        .data_dir = "adapters/sandbox",
        .gateway_id = "https://overblik.example",
    };
    const char *log_file = NULL;
    char why[SANDBOX_WHY_MAX] = "";
    signal(SIGPIPE, SIG_IGN);
    parse_options(argc, argv, &options, &log_file);
    if (!log_open(log_file, "overblik-sandbox", LOG_INFO)) {
        perror(log_file);
        return EXIT_FAILURE;
    }

    struct loop *loop = loop_new();
    struct event *stops[] = {stop_on(loop, SIGINT), stop_on(loop, SIGTERM)};
    struct sandbox *sandbox = sandbox_new(loop, &options, why);
    if (sandbox)
        loop_run(loop);
    else
        fprintf(stderr, "overblik-sandbox: %s\n", why);
    bool ran = sandbox != NULL;
    sandbox_free(&sandbox);
    event_free(stops[0]);
    event_free(stops[1]);
    loop_free(&loop);
    return ran ? EXIT_SUCCESS : EXIT_FAILURE;
}
