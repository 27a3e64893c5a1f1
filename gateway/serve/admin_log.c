/* SPDX-License-Identifier: MIT */
/* The access record, page by page: all of it for operators, and for an authority when its own data
 * were shown. Who reads is recorded. */
#include "base/die.h"
#include "base/log.h"
#include "record/access_reader.h"
#include "serve/admin_call.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIMIT_STANDARD = 100, UNDER_WAY_MAX = 4, VALUE_MAX = 64, CVR_LEN = LOG_CVR_TEXT - 1 };

/* One answer that somebody waits for. */
struct admin_reading {
    struct admin *admin;
    struct http_exchange *exchange; /* slot */
    struct access_query *query;     /* slot */
    struct log_page_ask ask;
    enum language language;
};

static void free_reading(struct admin_reading *reading)
{
    access_query_cancel(&reading->query);
    reading->admin->readings--;
    free(reading);
}

static void on_gone(void *ctx)
{
    free_reading(ctx);
}

/* ---- what is asked ---- */

static bool take_text(char *to, size_t len, struct str value)
{
    if (value.len != len)
        return false;
    memcpy(to, value.at, len);
    to[len] = '\0';
    return true;
}

static bool take_limit(struct log_page_ask *ask, struct str value)
{
    uint64_t limit = 0;
    bool is_number = str_to_u64(value, LOG_PAGE_ENTRIES, &limit) && limit > 0;
    ask->limit = (size_t)limit;
    return is_number;
}

static bool take_node(struct log_page_ask *ask, struct str value)
{
    return value.len > 0 && value.len <= LOG_NODE_MAX && take_text(ask->node, value.len, value);
}

/* What is wrong with a parameter; NULL: nothing. */
static const char *take_parameter(struct log_page_ask *ask, bool is_authority, struct str name,
                                  struct str value)
{
    if (str_equal(name, STR("limit")))
        return take_limit(ask, value) ? NULL : "expected a number from 1 to 1000";
    if (str_equal(name, STR("node")))
        return take_node(ask, value) ? NULL : "expected the name of a node";
    if (str_equal(name, STR("from")))
        return str_to_u64(value, INT64_MAX, &ask->from) ? NULL : "expected a record's number";
    if (!is_authority && str_equal(name, STR("receipt")))
        return take_text(ask->receipt, UUID_TEXT - 1, value) ? NULL : "expected a receipt";
    if (is_authority && str_equal(name, STR("first")))
        return date_parse(value, &ask->first) ? NULL : "expected a day, as 2026-11-21";
    if (is_authority && str_equal(name, STR("last")))
        return date_parse(value, &ask->last) ? NULL : "expected a day, as 2026-11-21";
    if (is_authority && str_equal(name, STR("cvr")))
        return str_is_digits(value) && take_text(ask->cvr, CVR_LEN, value)
                   ? NULL
                   : "expected a CVR number, eight digits";
    return is_authority ? "is unknown; there are cvr, first, last, node, from and limit"
                        : "is unknown; there are receipt, node, from and limit";
}

/* False: it was refused. */
static bool read_parameters(struct admin_call *call, bool is_authority, struct log_page_ask *ask)
{
    struct str query = call->request->head->query;
    ask->limit = LIMIT_STANDARD;
    while (query.at) {
        char decoded[VALUE_MAX];
        struct str value = str_split(&query, '&');
        struct str name = str_split(&value, '=');
        size_t len = 0;
        const char *wrong = "is too long, or holds a wrong percent escape";
        if (name.len == 0 && value.len == 0)
            continue;
        if (value.len < VALUE_MAX && http_percent_decode(value, true, decoded, &len))
            wrong = take_parameter(ask, is_authority, name, str_make(decoded, len));
        if (wrong) {
            admin_refuse(call, PROBLEM_BAD_PARAMETER, "%.*s %s",
                         (int)(name.len < 40 ? name.len : 40), name.at, wrong);
            return false;
        }
    }
    return true;
}

/* Whose disclosures: an authority's own, whatever it asks for; else whom the parameter names. */
static bool find_authority(struct admin_call *call, struct log_page_ask *ask)
{
    if (call->role == OPERATOR_AUTHORITY) {
        if (ask->cvr[0] && !str_equal(str_of(ask->cvr), call->authority)) {
            log_warn(STR_NONE, "event=admin-refused who=\"%.*s\" what=log-authority target=%s",
                     STR_ARG(call->who), ask->cvr);
            admin_refuse(call, PROBLEM_FORBIDDEN, "your certificate is that of authority %.*s",
                         STR_ARG(call->authority));
            return false;
        }
        snprintf(ask->cvr, sizeof ask->cvr, "%.*s", STR_ARG(call->authority));
    }
    if (ask->cvr[0])
        return true;
    admin_refuse(call, PROBLEM_BAD_PARAMETER, "cvr is needed: whose disclosures?");
    return false;
}

/* ---- the page ---- */

static void write_next(struct writer *w, const struct log_page_ask *ask,
                       const struct log_page *page)
{
    char next[256], first[DATE_TEXT], last[DATE_TEXT];
    size_t len = (size_t)snprintf(next, sizeof next, "?node=%s&from=%" PRIu64 "&limit=%zu",
                                  page->node, page->from, ask->limit);
    if (ask->cvr[0])
        len += (size_t)snprintf(next + len, sizeof next - len, "&cvr=%s", ask->cvr);
    if (date_is_known(ask->first))
        len += (size_t)snprintf(next + len, sizeof next - len, "&first=%.*s",
                                STR_ARG(date_format(ask->first, first)));
    if (date_is_known(ask->last))
        snprintf(next + len, sizeof next - len, "&last=%.*s",
                 STR_ARG(date_format(ask->last, last)));
    bool has_next = page->has_more && !ask->receipt[0];
    writer_member_str(w, "next", has_next ? str_of(next) : STR_NONE);
}

static void on_page(void *ctx, const struct log_page *page)
{
    static const struct http_field fields[] = {
        {STR_INIT("Content-Type"), STR_INIT("application/json")},
        {STR_INIT("Cache-Control"), STR_INIT("no-store")}};
    struct admin_reading *reading = ctx;
    struct buf body;
    if (!page) {
        struct problem problem = problem_make(
            PROBLEM_UNAVAILABLE, "the access record could not be read; the log says why");
        problem.retry_after_s = 5;
        http_reply_problem(reading->exchange, &problem, reading->language, STR_NONE, NULL, 0);
        free_reading(reading);
        return;
    }
    struct writer w = admin_begin(&body);
    writer_object(&w);
    if (reading->ask.cvr[0])
        writer_member_str(&w, "authority", str_of(reading->ask.cvr));
    writer_name_text(&w, reading->ask.cvr[0] ? STR("disclosures") : STR("records"));
    writer_array(&w);
    if (page->count > 0)
        writer_raw(&w, buf_str(&page->entries));
    writer_array_end(&w);
    write_next(&w, &reading->ask, page);
    writer_object_end(&w);
    buf_add_byte(&body, '\n');
    http_reply(reading->exchange, 200, fields, 2, &body);
    free_reading(reading);
}

static void start(struct admin_call *call, const struct log_page_ask *ask)
{
    if (call->admin->readings >= UNDER_WAY_MAX) {
        admin_refuse(call, PROBLEM_UNAVAILABLE, "%d readings are under way already", UNDER_WAY_MAX);
        return;
    }
    struct admin_reading *reading = die_calloc(1, sizeof *reading);
    *reading =
        (struct admin_reading){.admin = call->admin, .ask = *ask, .language = call->language};
    reading->ask.snapshot = NULL; /* the query holds it */
    call->admin->readings++;
    admin_note(call, ask->cvr[0] ? "log-authority" : "log-read",
               str_of(ask->cvr[0] ? ask->cvr : ask->receipt));
    if (!access_page_start(call->facts.shared->access_reader, call->admin->loop, ask,
                           &reading->query, on_page, reading)) {
        free_reading(reading);
        admin_refuse(call, PROBLEM_UNAVAILABLE, "too many read the access record now");
        return;
    }
    http_keep(call->exchange, &reading->exchange, on_gone, reading);
}

void admin_get_log(struct admin_call *call)
{
    struct log_page_ask ask = {.snapshot = call->facts.snapshot};
    if (!read_parameters(call, false, &ask))
        return;
    if (ask.receipt[0])
        ask.limit = LOG_PAGE_ENTRIES; /* a look-up has a few */
    start(call, &ask);
}

void admin_get_log_authority(struct admin_call *call)
{
    struct log_page_ask ask = {.snapshot = call->facts.snapshot};
    if (read_parameters(call, true, &ask) && find_authority(call, &ask))
        start(call, &ask);
}
