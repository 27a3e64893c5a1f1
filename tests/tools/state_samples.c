/* SPDX-License-Identifier: MIT */
/* Writes what the gateway's adapters ask of the sandbox's state authorities and what those answer:
 * one line of JSON for each citizen and service, {"path", "status", "request", "answer"}. Relative
 * dates are as of now. Usage: state_samples SANDBOX-FOLDER */
#include <stdio.h>
#include <stdlib.h>

#include "adapters/adapters.h"
#include "adapters/sandbox/data.h"
#include "adapters/sandbox/state_services.h"
#include "base/writer.h"

enum { BYTES_MAX = 16 << 20, REQUEST_MAX = 4096 };

static const struct {
    const char *name, *cvr;
    const struct sandbox_service *services;
    size_t service_count;
} offices[] = {
    {"udbetaling-danmark", "33236072", state_udbetaling_danmark_services,
     STATE_UDBETALING_DANMARK_SERVICES},
    {"star", "55568510", state_star_services, STATE_STAR_SERVICES},
    {"atp", "43405810", state_atp_services, STATE_ATP_SERVICES},
    {"rigspolitiet", "17143611", state_rigspolitiet_services, STATE_RIGSPOLITIET_SERVICES},
    {"digitaliseringsstyrelsen", "34051178", state_digitaliseringsstyrelsen_services,
     STATE_DIGITALISERINGSSTYRELSEN_SERVICES},
};

static bool is_detail(struct str path)
{
    return str_find(path, STR("liste/")) == path.len;
}

/* The id of the first thing this citizen has of any model, for asking for it by itself. */
static struct str first_id(const json_t *holdings, const char *citizen)
{
    const char *model;
    json_t *items;

    json_object_foreach(json_object_get(holdings, citizen), model, items)
    {
        const json_t *id = json_object_get(json_array_get(items, 0), "id");

        if (id)
            return str_of(json_string_value(id));
    }
    return STR("none");
}

static void print_sample(const struct sandbox_data *data, const struct sandbox_service *service,
                         const char *cvr, const json_t *citizen, enum sandbox_bend bend)
{
    struct str authorities[] = {str_of(cvr), STR("0710")};
    struct source source = {.path = service->path, .detail_path = service->path};
    struct cpr subject = CPR_NONE;
    struct question question = {
        .kind = is_detail(service->path) ? QUESTION_DETAIL : QUESTION_LIST,
        .source = &source,
        .subject = &subject,
        .item_id = first_id(data->holdings, json_string_value(json_object_get(citizen, "id"))),
        .municipality = STR("0710"),
        .cursor = is_detail(service->path) ? STR_NONE : STR("0"),
        .authorities = authorities,
        .authority_count = 2};
    struct arena *arena = arena_new(BYTES_MAX);
    struct buf body, answer, line;
    struct ask ask = {.body = &body};
    struct sandbox_reply reply = {.body = &answer};
    struct writer w;

    buf_init(&body, REQUEST_MAX);
    buf_init(&answer, BYTES_MAX);
    buf_init(&line, 2 * BYTES_MAX);
    if (!cpr_parse(str_of(json_string_value(json_object_get(citizen, "cpr"))), &subject) ||
        !adapter_borgervendt.build(arena, &question, &ask))
        abort();
    service->answer(data,
                    &(struct sandbox_request){.path = ask.path,
                                              .request_id = STR("0199-sample"),
                                              .body = buf_str(&body),
                                              .now = clock_wall()},
                    bend, arena, &reply);
    writer_init(&w, &line);
    writer_object(&w);
    writer_member_str(&w, "path", ask.path);
    writer_member_int(&w, "status", reply.status);
    writer_name(&w, "request");
    writer_raw(&w, buf_str(&body));
    writer_name(&w, "answer");
    writer_raw(&w, buf_str(&answer));
    writer_object_end(&w);
    printf("%.*s\n", STR_ARG(buf_str(&line)));
    buf_clear(&line);
    buf_clear(&answer);
    buf_clear(&body);
    arena_free(&arena);
}

static bool print_office(size_t o, const char *folder, const json_t *citizens,
                         char why[DATA_WHY_MAX])
{
    static const enum sandbox_bend bends[] = {BEND_NONE, BEND_STALE, BEND_LOOPING_PAGES,
                                              BEND_ERROR};
    json_t *holdings = sandbox_holdings_load(folder, str_of(offices[o].name), why), *citizen;
    struct sandbox_data data = {.citizens = citizens, .holdings = holdings};
    size_t i;

    if (!holdings)
        return false;
    json_array_foreach(citizens, i, citizen) for (size_t s = 0; s < offices[o].service_count;
                                                  s++) for (size_t b = 0;
                                                            b < sizeof bends / sizeof *bends; b++)
        print_sample(&data, &offices[o].services[s], offices[o].cvr, citizen, bends[b]);
    json_decref(holdings);
    return true;
}

int main(int argc, char **argv)
{
    char why[DATA_WHY_MAX] = "usage: state_samples SANDBOX-FOLDER";
    json_t *citizens = argc == 2 ? sandbox_citizens_load(argv[1], why) : NULL;
    bool done = citizens != NULL;

    for (size_t o = 0; o < sizeof offices / sizeof *offices && done; o++)
        done = print_office(o, argv[1], citizens, why);
    json_decref(citizens);
    if (!done)
        fprintf(stderr, "%s\n", why);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
