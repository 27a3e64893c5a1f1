/* SPDX-License-Identifier: MIT */
/* overblik portal: what a portal's developer is told. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "command/admin_client.h"
#include "command/command.h"

static void print_help(void)
{
    printf(
        "usage: overblik portal page ID [--language da|en] [--html]\n\n"
        "Prints the page that tells a portal's developer the first call: where tokens come from,\n"
        "the command as it is typed, what comes back, what may go wrong, and whom one may log in\n"
        "as to try it. ID is of policies/agreements.json.\n\n"
        "  --language da|en  Danish when left out\n"
        "  --html            a page for a browser instead of text\n\n");
    admin_print_options();
}

static int print_page(const struct admin_client *client, const char *id, const char *language,
                      bool is_html)
{
    char path[256];
    json_t *answer;

    if (strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") !=
        strlen(id)) {
        fprintf(stderr, "overblik: \"%s\" is no id of a portal\n", id);
        return EX_USAGE;
    }
    snprintf(path, sizeof path, "/portals/%.128s/page", id);
    int status = admin_ask(client, "GET", path, NULL, &answer);
    if (status != EX_OK)
        return status;
    const json_t *page = json_object_get(answer, language);
    if (client->json)
        admin_print_json(answer);
    else
        printf("%s", admin_member(page, is_html ? "html" : "text"));
    json_decref(answer);
    return EX_OK;
}

int command_portal(int argc, char **argv)
{
    enum { HELP = 1, LANGUAGE, HTML, ADMIN };
    static const struct option options[] = {
        {"help", no_argument, NULL, HELP},
        {"language", required_argument, NULL, LANGUAGE},
        {"html", no_argument, NULL, HTML},
        ADMIN_OPTIONS(ADMIN),
        {NULL, 0, NULL, 0},
    };
    struct admin_client client = {0};
    const char *language = "da";
    bool is_html = false;
    int option, at;

    while ((option = getopt_long(argc, argv, "hc:", options, &at)) != -1) {
        if (option == HELP || option == 'h') {
            print_help();
            return EX_OK;
        }
        if (option == LANGUAGE)
            language = optarg;
        else if (option == HTML)
            is_html = true;
        else if (option == 'c')
            client.config = optarg;
        else if (option != ADMIN || !admin_option(&client, options[at].name, optarg))
            return EX_USAGE;
    }
    bool is_known = strcmp(language, "da") == 0 || strcmp(language, "en") == 0;
    if (argc - optind == 2 && strcmp(argv[optind], "page") == 0 && is_known)
        return print_page(&client, argv[optind + 1], language, is_html);
    fprintf(stderr, "usage: overblik portal page ID [--language da|en] [--html]\n");
    return EX_USAGE;
}
