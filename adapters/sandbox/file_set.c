/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/file_set.h"

#include <stdio.h>
#include <stdlib.h>

enum { DASHED = 12, DATE_DIGITS = 6, PAGES_MAX = 100, WORD_BYTES = 64 };

#define CERTIFICATE STR("made-up")

static struct str text_of(const json_t *object, const char *name)
{
    return str_of(json_string_value(json_object_get(object, name)));
}

/* ---- who is asked about, and which page ---- */

static bool holds(struct str text, struct str part)
{
    return part.len > 0 && str_find(text, part) < text.len;
}

static void write_dashed(struct str cpr, char dashed[DASHED])
{
    snprintf(dashed, DASHED, "%.*s-%.*s", STR_ARG(str_head(cpr, DATE_DIGITS)),
             STR_ARG(str_skip(cpr, DATE_DIGITS)));
}

/* However a question is written, the number stands in it. NULL: nobody's. */
static const json_t *find_citizen(const struct sandbox_data *data, struct str body)
{
    const json_t *citizen;
    char dashed[DASHED];
    size_t i;

    json_array_foreach(data->citizens, i, citizen)
    {
        write_dashed(text_of(citizen, "cpr"), dashed);
        if (holds(body, text_of(citizen, "cpr")) || holds(body, str_of(dashed)))
            return citizen;
    }
    return NULL;
}

static void add_replaced(struct buf *out, struct str text, struct str word, struct str by)
{
    for (;;) {
        size_t at = str_find(text, word);

        buf_add_str(out, str_head(text, at));
        if (at == text.len)
            return;
        buf_add_str(out, by);
        text = str_skip(text, at + word.len);
    }
}

/* The one of an answer's pages whose mark, with its number, stands in the question. */
static const json_t *find_page(const struct sandbox_data *data, const json_t *pages,
                               struct str body)
{
    struct str mark = text_of(data->holdings, "page");

    for (size_t i = json_array_size(pages); i > 0; i--) {
        char number[WORD_BYTES];
        struct buf wanted;
        bool is_wanted;

        snprintf(number, sizeof number, "%zu", i);
        buf_init(&wanted, WORD_BYTES * (size_t)2);
        add_replaced(&wanted, mark, STR("{n}"), str_of(number));
        is_wanted = holds(body, buf_str(&wanted));
        buf_clear(&wanted);
        if (is_wanted)
            return json_array_get(pages, i - 1);
    }
    return json_array_get(pages, 0);
}

/* ---- what is answered ---- */

/* Puts words in their places; one that is absent takes its quotation marks with it. */
static void replace(struct buf *text, const char *word, struct str by)
{
    char quoted[WORD_BYTES];
    struct buf out;

    buf_init(&out, text->max);
    snprintf(quoted, sizeof quoted, by.at ? "%s" : "\"%s\"", word);
    add_replaced(&out, buf_str(text), str_of(quoted), by.at ? by : STR("null"));
    buf_clear(text);
    buf_move(text, &out);
}

static void answer(const struct sandbox_data *data, const struct sandbox_request *request,
                   enum sandbox_bend bend, struct arena *arena, struct sandbox_reply *reply)
{
    const json_t *self = find_citizen(data, request->body), *named = self, *page;
    bool is_named = bend != BEND_UNNAMED && bend != BEND_WRONG_ECHO;
    char dashed[DASHED];
    struct str request_id = request->request_id;

    (void)arena;
    reply->citizen = self ? text_of(self, "id") : STR("");
    reply->content_type = text_of(data->holdings, "content_type").at;
    if (bend == BEND_ERROR) {
        reply->status = 500;
        return;
    }
    page = sandbox_holdings(data, self);
    page = find_page(data, page ? page : json_object_get(data->holdings, "unknown"), request->body);
    if (bend == BEND_FOREIGN)
        named = json_array_get(data->citizens, json_array_get(data->citizens, 0) == self ? 1 : 0);
    if (bend == BEND_WRONG_ECHO)
        request_id = STR("00000000-0000-7000-8000-000000000000");
    if (json_is_string(page)) {
        buf_add_str(reply->body, str_of(json_string_value(page)));
    } else {
        char *dumped = json_dumps(page, JSON_COMPACT);
        buf_add_str(reply->body, str_of(dumped));
        free(dumped);
    }
    write_dashed(text_of(named, "cpr"), dashed);
    replace(reply->body, "{cpr}", is_named ? text_of(named, "cpr") : STR_NONE);
    replace(reply->body, "{cpr_dashed}", is_named ? str_of(dashed) : STR_NONE);
    replace(reply->body, "{request_id}", bend == BEND_UNNAMED ? STR_NONE : request_id);
}

/* ---- the file ---- */

bool sandbox_file_set_load(struct sandbox_file_set *set, const char *path, char why[DATA_WHY_MAX])
{
    static const char *const needed[] = {"name", "sources", "path", "content_type"};
    json_error_t error;

    *set = (struct sandbox_file_set){.root = json_load_file(path, JSON_REJECT_DUPLICATES, &error)};
    if (!set->root) {
        snprintf(why, DATA_WHY_MAX, "%.160s:%d: %.120s", path, error.line, error.text);
        return false;
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (text_of(set->root, needed[i]).at)
            continue;
        snprintf(why, DATA_WHY_MAX, "%.240s: \"%s\" is needed", path, needed[i]);
        return false;
    }
    if (json_array_size(json_object_get(set->root, "unknown")) == 0) {
        snprintf(why, DATA_WHY_MAX, "%.240s: \"unknown\" is needed: pages about nobody", path);
        return false;
    }
    set->service = (struct sandbox_service){text_of(set->root, "path"), answer};
    set->authority = (struct sandbox_authority){.name = text_of(set->root, "name"),
                                                .sources = text_of(set->root, "sources"),
                                                .services = &set->service,
                                                .service_count = 1,
                                                .level = LEVEL_SUBSTANTIAL,
                                                .certificate = CERTIFICATE,
                                                .holdings = set->root};
    return true;
}

void sandbox_file_set_clear(struct sandbox_file_set *set)
{
    json_decref(set->root);
    *set = (struct sandbox_file_set){.root = NULL};
}
