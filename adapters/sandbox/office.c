/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/office.h"

#include "adapters/sandbox/bearer.h"
#include "adapters/sandbox/capture.h"
#include "adapters/sandbox/correction_service.h"
#include "base/log.h"

enum { ANSWER_ARENA_MAX = 64 * 1024 * 1024 };

bool sandbox_office_init(struct sandbox_office *office, struct sandbox_world *world,
                         const struct sandbox_authority *authority, char why[DATA_WHY_MAX])
{
    *office = (struct sandbox_office){.world = world, .authority = authority};
    office->data.citizens = world->citizens;
    office->data.holdings = authority->holdings
                                ? json_incref(authority->holdings)
                                : sandbox_holdings_load(world->data_dir, authority->name, why);
    if (!office->data.holdings)
        return false;
    office->arena = arena_new(ANSWER_ARENA_MAX);
    office->paths = json_object();
    office->last_headers = json_array();
    return true;
}

void sandbox_office_clear(struct sandbox_office *office)
{
    json_decref((json_t *)office->data.holdings);
    json_decref(office->paths);
    json_decref(office->last_headers);
    if (office->arena)
        arena_free(&office->arena);
}

static void count_call(struct sandbox_office *office, const struct http_head *head)
{
    office->calls++;
    json_array_clear(office->last_headers);
    for (size_t i = 0; i < head->field_count; i++) {
        struct str name = head->fields[i].name;
        json_array_append_new(office->last_headers, json_stringn(name.at, name.len));
    }
}

static void count_path(struct sandbox_office *office, const struct sandbox_service *service)
{
    const char *path = service->path.at;
    json_int_t before = json_integer_value(json_object_get(office->paths, path));
    json_object_set_new(office->paths, path, json_integer(before + 1));
}

static const struct sandbox_service *service_find(const struct sandbox_authority *authority,
                                                  struct str path)
{
    for (size_t i = 0; i < authority->service_count; i++)
        if (str_equal(authority->services[i].path, path))
            return &authority->services[i];
    return str_equal(path, correction_service.path) ? &correction_service : NULL;
}

/* The only field of that name; STR_NONE when there is none or more than one. */
static struct str field(const struct http_head *head, struct str name)
{
    bool twice = false;
    struct str value = http_field_find(head, name, &twice);
    return twice ? STR_NONE : value;
}

static struct str without_quotes(struct str s)
{
    bool quoted = s.len >= 2 && s.at[0] == '"' && s.at[s.len - 1] == '"';
    return quoted ? str_make(s.at + 1, s.len - 2) : s;
}

static const struct sandbox_service *refuse(struct sandbox_answer *answer, int status,
                                            const char *fields, const char *title)
{
    sandbox_answer_problem(answer, status, fields,
                           status == 401 ? "Data-source-security-error" : "Input-param-error",
                           title);
    return NULL;
}

/* Do tokens belong to a certificate here? */
static bool is_bound(const struct sandbox_office *office)
{
    return !office->world->insecure &&
           sandbox_rules_door(&office->world->rules, office->authority) != DOOR_ANYBODY;
}

/* What every service demands of a call; NULL: the call is refused. */
static const struct sandbox_service *
admit(struct sandbox_office *office, const struct sandbox_call *call, struct sandbox_answer *answer)
{
    const struct http_head *head = call->head;
    const struct sandbox_service *service = service_find(office->authority, head->path);
    struct sandbox_bearer demand = {
        .keys = office->world->gateway_keys,
        .issuer = office->world->gateway_id,
        .sources = office->authority->sources,
        .certificate = is_bound(office) ? call->certificate : STR_NONE,
        .now = loop_wall(office->world->loop),
        .level = office->authority->level,
        .pardons = sandbox_rules_pardons(&office->world->rules, office->authority),
    };
    const char *why = sandbox_bearer_refuse(&demand, field(head, STR("Authorization")));
    if (why) {
        log_warn(STR_NONE, "authority=%.*s refused: %s", STR_ARG(office->authority->name), why);
        office->unauthorized++;
        return refuse(answer, 401, "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n", why);
    }
    if (!service)
        return refuse(answer, 404, NULL, "there is no such service");
    if (head->method != HTTP_POST)
        return refuse(answer, 405, "Allow: POST\r\n", "the service takes POST");
    if (str_is_empty(field(head, STR("X-Request-Id"))))
        return refuse(answer, 400, NULL, "X-Request-Id is missing");
    return service;
}

static struct sandbox_reply ask(struct sandbox_office *office,
                                const struct sandbox_service *service,
                                const struct sandbox_request *request, enum sandbox_bend bend,
                                struct buf *body)
{
    struct sandbox_reply reply = {.status = 200, .body = body};
    buf_reset(body);
    arena_reset(office->arena);
    service->answer(&office->data, request, bend, office->arena, &reply);
    return reply;
}

/* Asks the service, once more when the fault lies in its content. */
static struct sandbox_effect serve(struct sandbox_office *office,
                                   const struct sandbox_service *service,
                                   const struct sandbox_call *call, struct sandbox_answer *answer)
{
    struct sandbox_request request = {
        .path = service->path,
        .soap_action = without_quotes(field(call->head, STR("SOAPAction"))),
        .request_id = field(call->head, STR("X-Request-Id")),
        .body = call->body,
        .now = loop_wall(office->world->loop),
    };
    if (!request.soap_action.at)
        request.soap_action = STR("");
    struct sandbox_reply reply = ask(office, service, &request, BEND_NONE, &answer->body);
    const json_t *citizen = sandbox_citizen_by_id(office->data.citizens, reply.citizen);
    struct sandbox_effect effect =
        sandbox_rules_take(&office->world->rules, office->authority, service->path, citizen);
    if (effect.fault && effect.fault->bend != BEND_NONE)
        reply = ask(office, service, &request, effect.fault->bend, &answer->body);
    answer->status = reply.status;
    answer->content_type = reply.content_type;

    const char *id = json_string_value(json_object_get(citizen, "id"));
    log_info(request.request_id, "authority=%.*s path=%s citizen=%s status=%d fault=%s",
             STR_ARG(office->authority->name), service->path.at, id ? id : "-", answer->status,
             effect.fault ? effect.fault->name : "-");
    return effect;
}

void sandbox_office_answer(struct sandbox_office *office, const struct sandbox_call *call,
                           struct sandbox_transfer *transfer)
{
    struct sandbox_answer answer = {.connections = call->connections};
    struct sandbox_effect effect = {0};
    buf_init(&answer.body, TRANSFER_BYTES_MAX);
    count_call(office, call->head);
    const struct sandbox_service *service = admit(office, call, &answer);
    if (service) {
        count_path(office, service);
        effect = serve(office, service, call, &answer);
    }
    if (office->world->capture_dir)
        sandbox_capture(office->world->capture_dir, ++office->world->captured,
                        office->authority->name, call, buf_str(&answer.body));
    sandbox_effect_apply(effect, &answer, transfer);
    buf_clear(&answer.body);
    arena_reset(office->arena);
}
