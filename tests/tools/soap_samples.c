/* SPDX-License-Identifier: MIT */
/* Writes the requests that our adapters make of the municipal indexes, and the answers that the
 * sandbox gives to them, for every citizen, municipality, page and kind of question, and the same
 * of Klassifikation for every facet and class, into a folder: soap_samples ROOT FOLDER The part
 * behind the number tells which schema a file has to follow. Prints how many there are. */
#include <stdio.h>
#include <stdlib.h>

#include "adapters/klassifikation.h"
#include "adapters/municipal_benefits.h"
#include "adapters/municipal_cases.h"
#include "adapters/sandbox/data.h"
#include "adapters/sandbox/klassifikation_service.h"
#include "adapters/sandbox/municipal_services.h"

static const char *folder;
static unsigned written;

static const struct index {
    const char *name;
    const struct adapter *adapter;
    const struct sandbox_service *service;
    const char *action;
} indexes[] = {
    {"cases", &adapter_municipal_cases, &municipal_services[0],
     "http://kombit.dk/sts/sagdokumentindeks/fremsoeg"},
    {"benefits", &adapter_municipal_benefits, &municipal_services[1],
     "http://kombit.dk/sts/ydelseindeks/fremsoeg"},
};

static void write_sample(const char *name, const char *direction, struct str bytes)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%05u.%s.%s.xml", folder, written++, name, direction);
    file = fopen(path, "wb");
    if (!file || fwrite(bytes.at, 1, bytes.len, file) != bytes.len || fclose(file) != 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
}

/* Asks, answers, reads, and asks on as the answer says. */
static void converse(const struct index *index, const struct sandbox_data *data,
                     struct question question)
{
    struct arena *arena = arena_new(64u << 20);
    struct buf body, answer_body;
    size_t details = 0;

    buf_init(&body, 1u << 20);
    buf_init(&answer_body, 32u << 20);
    for (int page = 0; page < 10; page++) {
        struct ask ask = {.body = &body};
        struct sandbox_request request = {.soap_action = str_of(index->action),
                                          .now = question.now};
        struct sandbox_reply reply = {.body = &answer_body};
        struct answer answer = {.items_max = 10000};
        struct answer_fault fault;
        struct parsed parsed;
        enum outcome outcome;

        buf_reset(&body);
        buf_reset(&answer_body);
        if (!index->adapter->build(arena, &question, &ask))
            abort();
        write_sample(index->name, "request", buf_str(&body));
        request.body = buf_str(&body);
        index->service->answer(data, &request, BEND_NONE, arena, &reply);
        write_sample(index->name, "answer", buf_str(&answer_body));
        answer.http_status = reply.status;
        answer.content_type = str_of(reply.content_type);
        answer.body = buf_str(&answer_body);
        outcome = index->adapter->parse(arena, &question, &answer, &parsed, &fault);
        if (outcome != OUTCOME_ANSWERED && outcome != OUTCOME_EMPTY) {
            fprintf(stderr, "outcome %d: %s\n", (int)outcome, fault.why);
            exit(EXIT_FAILURE);
        }
        if (question.kind == QUESTION_LIST && page == 0)
            for (struct item *item = parsed.items.first; item && details < 5; item = item->next) {
                struct question detail = question;

                details++;
                detail.kind = QUESTION_DETAIL;
                detail.item_id = item->id;
                converse(index, data, detail);
            }
        if (!parsed.cursor.at)
            break;
        question.cursor = parsed.cursor;
    }
    buf_clear(&body);
    buf_clear(&answer_body);
    arena_free(&arena);
}

/* ---- Klassifikation ---- */

#define CLASS_REQUEST STR("019a0000-0000-7000-8000-000000000002")

/* Sends what stands in `ask` and keeps both messages. */
static struct answer answer_classes(const struct sandbox_data *data, const char *name,
                                    const struct ask *ask, struct arena *arena, struct buf *body)
{
    char action[128];
    struct sandbox_request request = {.now = clock_wall(), .body = buf_str(ask->body)};
    struct sandbox_reply reply = {.body = body};

    snprintf(action, sizeof action, "http://kombit.dk/sts/klassifikation/klasse/%s", name);
    request.soap_action = str_of(action);
    buf_reset(body);
    write_sample(name, "request", request.body);
    klassifikation_services[0].answer(data, &request, BEND_NONE, arena, &reply);
    write_sample(name, "answer", buf_str(body));
    return (struct answer){.http_status = reply.status,
                           .content_type = str_of(reply.content_type),
                           .body = buf_str(body)};
}

static void list_classes(const struct sandbox_data *data, const struct klassifikation_id *ids,
                         size_t count)
{
    struct arena *arena = arena_new(64u << 20);
    struct klassifikation_class room[1000];
    struct klassifikation_classes classes = {.at = room, .max = 1000};
    struct answer_fault fault;
    struct buf body, answer_body;
    struct ask ask = {.body = &body};

    buf_init(&body, 1u << 20);
    buf_init(&answer_body, 32u << 20);
    if (!klassifikation_build_list(arena, CLASS_REQUEST, ids, count, &ask))
        abort();
    struct answer answer = answer_classes(data, "list", &ask, arena, &answer_body);
    if (klassifikation_parse_list(arena, CLASS_REQUEST, &answer, ids, count, &classes, &fault) !=
            OUTCOME_ANSWERED ||
        classes.missing > 0) {
        fprintf(stderr, "list: %s\n", fault.why);
        exit(EXIT_FAILURE);
    }
    buf_clear(&body);
    buf_clear(&answer_body);
    arena_free(&arena);
}

static void search_facet(const struct sandbox_data *data, struct str facet)
{
    struct arena *arena = arena_new(64u << 20);
    struct klassifikation_ids *ids = malloc(sizeof *ids);
    struct buf body, answer_body;
    enum outcome outcome = OUTCOME_ANSWERED;

    buf_init(&body, 1u << 20);
    buf_init(&answer_body, 32u << 20);
    for (size_t start = 0; ids && outcome == OUTCOME_ANSWERED; start += ids->count) {
        struct ask ask = {.body = &body};
        struct answer_fault fault;

        buf_reset(&body);
        if (!klassifikation_build_soeg(arena, CLASS_REQUEST, facet, start, &ask))
            abort();
        struct answer answer = answer_classes(data, "soeg", &ask, arena, &answer_body);
        outcome = klassifikation_parse_soeg(arena, CLASS_REQUEST, &answer, ids, &fault);
        if (!outcome_is_positive(outcome)) {
            fprintf(stderr, "soeg: %s\n", fault.why);
            exit(EXIT_FAILURE);
        }
        for (size_t i = 0; i < ids->count; i++)
            list_classes(data, &ids->at[i], 1);
        if (ids->count > 0)
            list_classes(data, ids->at, ids->count);
    }
    free(ids);
    buf_clear(&body);
    buf_clear(&answer_body);
    arena_free(&arena);
}

static bool write_classes(struct sandbox_data data, const char *path)
{
    char why[DATA_WHY_MAX];
    const json_t *facet;
    const char *name;

    data.holdings = sandbox_holdings_load(path, STR("klassifikation"), why);
    if (!data.holdings) {
        fprintf(stderr, "%s\n", why);
        return false;
    }
    json_object_foreach(json_object_get(data.holdings, "facets"), name, facet)
        search_facet(&data, str_of(json_string_value(facet)));
    json_decref((json_t *)data.holdings);
    return true;
}

int main(int argc, char **argv)
{
    static const struct {
        struct str code, cvr;
    } municipalities[] = {{STR_INIT("0710"), STR_INIT("29189714")},
                          {STR_INIT("0101"), STR_INIT("64942212")},
                          {{NULL, 0}, {NULL, 0}}};
    struct source source = {.path = STR("/")};
    char path[4096], why[DATA_WHY_MAX];
    struct sandbox_data data;
    const json_t *citizen;
    size_t i;

    if (argc != 3)
        return EXIT_FAILURE;
    folder = argv[2];
    snprintf(path, sizeof path, "%s/adapters/sandbox", argv[1]);
    data.citizens = sandbox_citizens_load(path, why);
    data.holdings = data.citizens ? sandbox_holdings_load(path, STR("municipal"), why) : NULL;
    if (!data.holdings) {
        fprintf(stderr, "%s\n", why);
        return EXIT_FAILURE;
    }
    json_array_foreach(data.citizens, i, citizen)
    {
        struct cpr cpr;

        if (!cpr_parse(str_of(json_string_value(json_object_get(citizen, "cpr"))), &cpr))
            return EXIT_FAILURE;
        for (size_t m = 0; m < 2 * sizeof municipalities / sizeof municipalities[0]; m++)
            for (size_t k = 0; k < sizeof indexes / sizeof indexes[0]; k++)
                converse(&indexes[k], &data,
                         (struct question){
                             .source = &source,
                             .subject = &cpr,
                             .municipality = municipalities[m / 2].code,
                             .municipality_cvr = municipalities[m / 2].cvr,
                             .journal_notes = m % 2,
                             .request_id = STR("019a0000-0000-7000-8000-000000000001"),
                             .now = clock_wall(),
                         });
    }
    json_decref((json_t *)data.holdings);
    if (!write_classes(data, path))
        return EXIT_FAILURE;
    json_decref((json_t *)data.citizens);
    printf("%u\n", written);
    return EXIT_SUCCESS;
}
