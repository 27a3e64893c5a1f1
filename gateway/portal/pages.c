/* SPDX-License-Identifier: MIT */
#include "portal/pages.h"

#include <stdio.h>
#include <stdlib.h>

#include "portal/form.h"
#include "portal/overview.h"
#include "portal/page_lists.h"

enum { KINDS_MAX = 16, QUERY_MAX = 4096 };

/* A page made of one answer. */
struct listing {
    enum word title;
    page_list_fn *write;
};

static void show(struct visit *visit, const struct listing *listing, const json_t *answer)
{
    struct page page = visit_page(visit, listing->title);
    struct buf html;
    buf_init(&html, VISIT_PAGE_MAX);
    page_begin(&html, &page);
    listing->write(&html, &page, answer);
    page_end(&html, &page);
    visit_reply(visit, 200, &html);
}

static bool is_good(const struct fetch_result *result)
{
    return result->status == FETCH_OK && result->http_status >= 200 && result->http_status < 300;
}

static void on_listing(struct visit *visit, const struct fetch_result *result)
{
    json_t *answer = is_good(result) ? json_read(result->body) : NULL;
    if (answer)
        show(visit, visit->more, answer);
    else
        visit_fault(visit, result);
    json_decref(answer);
}

static void ask(struct visit *visit, struct str path, const struct listing *listing)
{
    const struct visit_ask question = {.path = path};
    visit->more = (void *)listing;
    visit_ask(visit, &question, on_listing);
}

/* False: the form is none of ours, and that has been said. */
static bool is_ours(struct visit *visit)
{
    bool is_genuine = visit_is_genuine(visit);
    if (!is_genuine)
        visit_notice(visit, 403, WORD_REFUSED, WORD_REFUSED_LEAD, STR_NONE);
    return is_genuine;
}

/* ---- who has seen it, what is here ---- */

void pages_log(struct visit *visit)
{
    static const struct listing listing = {WORD_LOG, page_log};
    struct str query = visit->query;
    struct str path = query.at ? arena_format(visit->arena, "/v1/access-log?%.*s", STR_ARG(query))
                               : STR("/v1/access-log");
    ask(visit, path, &listing);
}

void pages_about(struct visit *visit)
{
    static const struct listing listing = {WORD_ABOUT, page_about};
    visit->more = (void *)&listing;
    visit_ask_gateway(visit, STR("/v1/sources"), on_listing);
}

void pages_municipality(struct visit *visit)
{
    static const struct listing listing = {WORD_MUNICIPALITY, page_municipalities};
    visit->more = (void *)&listing;
    visit_ask_gateway(visit, STR("/v1/sources"), on_listing);
}

void pages_municipality_choose(struct visit *visit)
{
    struct session *session = visit_session(visit);
    if (!is_ours(visit))
        return;
    session->municipality_count = 0;
    for (size_t i = 0; session->municipality_count < SESSION_MUNICIPALITIES_MAX; i++) {
        struct str code = form_value(visit->form, "code", i, visit->arena);
        if (!code.at)
            break;
        if (str_is_digits(code) && code.len == MUNICIPALITY_CODE - 1)
            memcpy(session->municipalities[session->municipality_count++], code.at, code.len);
    }
    session->view++;
    visit_redirect(visit, STR("/"));
}

/* ---- for another ---- */

void pages_others(struct visit *visit)
{
    static const struct listing listing = {WORD_OTHERS, page_others};
    ask(visit, STR("/v1/mandates"), &listing);
}

/* The mandate is one of those that the gateway has just named, or nothing changes. */
static void on_mandates(struct visit *visit, const struct fetch_result *result)
{
    struct session *session = visit_session(visit);
    struct str wanted = str_of(visit->more);
    json_t *answer = is_good(result) ? json_read(result->body) : NULL;
    const json_t *mandates = json_object_get(answer, "may_act_for"), *mandate;
    size_t i;
    json_array_foreach(mandates, i, mandate)
    {
        struct str handle = json_text(mandate, "mandate"), name = json_text(mandate, "name");
        if (!session || !str_equal(handle, wanted) || handle.len >= SESSION_HANDLE_MAX)
            continue;
        struct session_other *other = &session->other;
        snprintf(other->mandate, sizeof other->mandate, "%.*s", STR_ARG(handle));
        snprintf(other->name, sizeof other->name, "%.*s", STR_ARG(name));
        other->until = json_wall(mandate, "to");
        session->view++;
    }
    if (answer)
        visit_redirect(visit, STR("/"));
    else
        visit_fault(visit, result);
    json_decref(answer);
}

void pages_act_for(struct visit *visit)
{
    const struct visit_ask question = {.path = STR("/v1/mandates")};
    struct session *session = visit_session(visit);
    struct str mandate = visit_form(visit, "mandate");
    if (!is_ours(visit))
        return;
    if (!mandate.at) {
        session->other = (struct session_other){.until = WALL_NONE};
        session->view++;
        visit_redirect(visit, STR("/"));
        return;
    }
    visit->more = (void *)arena_copy(visit->arena, mandate).at;
    visit_ask(visit, &question, on_mandates);
}

/* ---- consents ---- */

void pages_consents(struct visit *visit)
{
    static const struct listing listing = {WORD_CONSENTS, page_consents};
    ask(visit, STR("/v1/consents"), &listing);
}

/* The question is this JSON. */
static void say(struct visit *visit, json_t *question)
{
    char *text = json_dumps(question, JSON_COMPACT);
    buf_add_str(&visit->question, str_of(text));
    json_decref(question);
    if (text) {
        explicit_bzero(text, strlen(text));
        free(text);
    }
}

void pages_consents_give(struct visit *visit)
{
    static const struct listing listing = {WORD_CONSENT_GIVEN, page_consent_given};
    struct str service = visit_form(visit, "service"), until = visit_form(visit, "until");
    if (!is_ours(visit))
        return;
    json_t *kinds = json_array();
    for (size_t i = 0; i < KINDS_MAX; i++) {
        struct str kind = form_value(visit->form, "kind", i, visit->arena);
        if (kind.at)
            json_array_append_new(kinds, json_stringn(kind.at, kind.len));
    }
    if (!service.at || !until.at || json_array_size(kinds) == 0) {
        json_decref(kinds);
        visit_redirect(visit, STR("/consents"));
        return;
    }
    say(visit, json_pack("{s:s%, s:o, s:s%}", "service", service.at, service.len, "kinds", kinds,
                         "until", until.at, until.len));
    ask(visit, STR("/v1/consents"), &listing);
}

static void on_stopped(struct visit *visit, const struct fetch_result *result)
{
    if (is_good(result))
        visit_redirect(visit, STR("/consents"));
    else
        visit_fault(visit, result);
}

static bool is_path_segment(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.at[i] >= '0' && s.at[i] <= '9') || (s.at[i] >= 'a' && s.at[i] <= 'z') ||
              (s.at[i] >= 'A' && s.at[i] <= 'Z') || s.at[i] == '-' || s.at[i] == '_'))
            return false;
    return s.len > 0;
}

void pages_consents_stop(struct visit *visit)
{
    struct str id = visit_form(visit, "id");
    if (!is_ours(visit))
        return;
    if (!is_path_segment(id)) {
        visit_redirect(visit, STR("/consents"));
        return;
    }
    const struct visit_ask question = {
        .path = arena_format(visit->arena, "/v1/consents/%.*s", STR_ARG(id)), .is_delete = true};
    visit_ask(visit, &question, on_stopped);
}

/* ---- something is wrong ---- */

static void show_correction(struct visit *visit, struct str handle, bool is_fault)
{
    struct page page = visit_page(visit, WORD_CORRECTION);
    struct buf html;
    buf_init(&html, VISIT_PAGE_MAX);
    page_begin(&html, &page);
    page_correction(&html, &page, handle, is_fault);
    page_end(&html, &page);
    visit_reply(visit, is_fault ? 400 : 200, &html);
}

void pages_correction(struct visit *visit)
{
    struct str handle = visit_query(visit, "item");
    if (handle.at)
        show_correction(visit, handle, false);
    else
        visit_notice(visit, 404, WORD_NOT_FOUND, WORD_NOT_FOUND_LEAD, STR_NONE);
}

void pages_correction_send(struct visit *visit)
{
    static const struct listing listing = {WORD_CORRECTION, page_corrected};
    struct str handle = visit_form(visit, "item"), text = visit_form(visit, "text"),
               reply = visit_form(visit, "reply");
    if (!is_ours(visit))
        return;
    if (!handle.at || str_is_empty(str_trim(text)) || visit->act_for.at) {
        show_correction(visit, handle, true);
        return;
    }
    json_t *letter =
        json_pack("{s:s%, s:s%}", "handle", handle.at, handle.len, "text", text.at, text.len);
    if (reply.len > 0)
        json_object_set_new(letter, "reply_to", json_stringn(reply.at, reply.len));
    say(visit, letter);
    ask(visit, STR("/v1/corrections"), &listing);
}

/* ---- a copy ---- */

void pages_export(struct visit *visit)
{
    static const struct listing listing = {WORD_EXPORT, page_export};
    show(visit, &listing, NULL);
}

static void on_file(struct visit *visit, const struct fetch_result *result)
{
    if (result->status == FETCH_OK && result->http_status == 200)
        visit_reply_file(visit, result->content_type,
                         arena_format(visit->arena, "overblik.%s", (const char *)visit->more),
                         result->body);
    else
        visit_fault(visit, result);
}

void pages_export_file(struct visit *visit)
{
    static const char *const formats[] = {"html", "csv", "ics", "json"};
    struct str format = visit_query(visit, "format"), query = overview_query(visit);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (!str_equal(format, str_of(formats[i])))
            continue;
        const struct visit_ask question = {
            .path = arena_format(visit->arena, "/v1/export%.*s%cformat=%s", STR_ARG(query),
                                 query.len > 0 ? '&' : '?', formats[i]),
            .accept = "*/*",
            .is_for_other = true,
        };
        visit->more = (void *)formats[i];
        visit_ask(visit, &question, on_file);
        return;
    }
    visit_notice(visit, 404, WORD_NOT_FOUND, WORD_NOT_FOUND_LEAD, STR_NONE);
}
