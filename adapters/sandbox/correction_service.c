/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/correction_service.h"

enum { ID_SHOWN = 8, HUGE_BYTES = 20 * 1024 * 1024, DEEP_LEVELS = 100000 };

static const char *member(const json_t *letter, const char *name)
{
    return json_string_value(json_object_get(letter, name));
}

/* What is wrong with a letter; NULL: nothing. */
static const char *fault_of(const json_t *letter)
{
    static const char *const needed[] = {"id",     "sent",     "cpr", "authority",
                                         "source", "language", "text"};
    static const char *const may_be_null[] = {"item", "reply_to"};

    if (!json_is_object(letter))
        return "the body is no JSON object without a member twice";
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!member(letter, needed[i]) || !member(letter, needed[i])[0])
            return "a member is missing";
    for (size_t i = 0; i < sizeof may_be_null / sizeof *may_be_null; i++) {
        const json_t *value = json_object_get(letter, may_be_null[i]);
        if (!json_is_null(value) && !json_is_string(value))
            return "item and reply_to are texts or null";
    }
    bool is_whole = json_object_size(letter) ==
                    sizeof needed / sizeof *needed + sizeof may_be_null / sizeof *may_be_null;
    return is_whole ? NULL : "there is a member too many";
}

static void write_problem(struct sandbox_reply *reply, int status, const char *title)
{
    reply->status = status;
    reply->content_type = "application/problem+json";
    buf_format(reply->body, "{\"title\":\"%s\",\"status\":%d}", title, status);
}

static void repeat(struct buf *out, const char *text, size_t count)
{
    while (count-- > 0)
        buf_add_str(out, str_of(text));
}

/* Only what lies in the content of a receipt can be bent: it is not the citizen's data. */
static void write_receipt(struct sandbox_reply *reply, const char *id, enum sandbox_bend bend)
{
    struct buf *out = reply->body;

    reply->status = 202;
    reply->content_type = "application/json";
    buf_add_str(out, STR("{"));
    if (bend == BEND_DEEP)
        repeat(out, "\"a\":{", DEEP_LEVELS);
    if (bend == BEND_HUGE) {
        buf_add_str(out, STR("\"fyld\":\""));
        repeat(out, "0123456789abcdef", HUGE_BYTES / 16);
        buf_add_str(out, STR("\","));
    }
    if (bend == BEND_WRONG_TYPE)
        buf_add_str(out, STR("\"receipt\":1"));
    else
        buf_format(out, "\"receipt\":\"R-%.*s\"", ID_SHOWN, id);
    if (bend == BEND_DUPLICATE)
        buf_add_str(out, STR(",\"receipt\":\"R-anden\""));
    if (bend == BEND_DEEP)
        repeat(out, "}", DEEP_LEVELS);
    buf_add_str(out, STR("}"));
}

static void answer(const struct sandbox_data *data, const struct sandbox_request *request,
                   enum sandbox_bend bend, struct arena *arena, struct sandbox_reply *reply)
{
    json_t *letter = json_loadb(request->body.at, request->body.len, JSON_REJECT_DUPLICATES, NULL);
    const char *why = fault_of(letter);
    const json_t *citizen = why ? NULL : sandbox_citizen(data, str_of(member(letter, "cpr")));

    reply->citizen = arena_copy(arena, str_of(citizen ? member(citizen, "id") : ""));
    if (why)
        write_problem(reply, 400, why);
    else if (!citizen)
        write_problem(reply, 404, "nobody here has this number");
    else if (bend == BEND_ERROR)
        write_problem(reply, 422, "the letter is not taken");
    else
        write_receipt(reply, member(letter, "id"), bend);
    json_decref(letter);
}

const struct sandbox_service correction_service = {STR_INIT("/rettelser/1"), answer};
