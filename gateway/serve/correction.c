/* SPDX-License-Identifier: MIT */
#include "serve/correction.h"

#include "base/writer.h"

enum { KEY_MIN = 8 };

enum field { FIELD_HANDLE, FIELD_SOURCE, FIELD_MUNICIPALITY, FIELD_TEXT, FIELD_REPLY_TO, FIELDS };
static const struct str fields[] = {
    [FIELD_HANDLE] = STR_INIT("handle"),
    [FIELD_SOURCE] = STR_INIT("source"),
    [FIELD_MUNICIPALITY] = STR_INIT("municipality"),
    [FIELD_TEXT] = STR_INIT("text"),
    [FIELD_REPLY_TO] = STR_INIT("reply_to"),
};

/* Characters of valid UTF-8. */
static size_t length(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    return count;
}

static bool is_blank(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr(" \t\r\n", text.at[i]))
            return false;
    return true;
}

/* Nobody writes control characters; line ends only where there are lines. */
static bool has_controls(struct str text, bool takes_lines)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        bool is_line = byte == '\n' || byte == '\r' || byte == '\t';
        if ((byte < ' ' || byte == 0x7f) && !(takes_lines && is_line))
            return true;
    }
    return false;
}

static bool wrong(struct problem *problem, const char *why)
{
    *problem = problem_make(PROBLEM_BAD_REQUEST, "%s", why);
    return false;
}

static bool check(const struct correction *correction, int64_t text_max, struct problem *problem)
{
    if (!correction->text.at || is_blank(correction->text))
        return wrong(problem, "text: is needed: what is wrong");
    if (length(correction->text) > (size_t)text_max) {
        *problem =
            problem_make(PROBLEM_TOO_LARGE, "text: at most %lld characters", (long long)text_max);
        return false;
    }
    if (has_controls(correction->text, true))
        return wrong(problem, "text: holds control characters");
    if (correction->reply_to.at &&
        (is_blank(correction->reply_to) || length(correction->reply_to) > CORRECTION_REPLY_TO_MAX ||
         has_controls(correction->reply_to, false)))
        return wrong(problem, "reply_to: expected one line of at most 200 characters, or nothing");
    if (!correction->handle.at == !correction->source.at)
        return wrong(problem, "expected either handle (an item's) or source (see /v1/sources)");
    if (correction->municipality.at && !correction->source.at)
        return wrong(problem, "municipality: goes with source; a handle knows its own");
    return true;
}

bool correction_parse(struct str body, int64_t text_max, struct arena *arena,
                      struct correction *correction, struct problem *problem)
{
    struct reader r;
    struct str name;
    uint64_t seen = 0;
    bool is_known = true;

    *correction = (struct correction){0};
    reader_init(&r, body, arena);
    if (reader_object(&r))
        while (reader_member(&r, &name))
            switch (reader_field(&r, name, fields, FIELDS, &seen)) {
            case FIELD_HANDLE:
                correction->handle = reader_string_or_null(&r);
                break;
            case FIELD_SOURCE:
                correction->source = reader_string_or_null(&r);
                break;
            case FIELD_MUNICIPALITY:
                correction->municipality = reader_string_or_null(&r);
                break;
            case FIELD_TEXT:
                correction->text = reader_string(&r);
                break;
            case FIELD_REPLY_TO:
                correction->reply_to = reader_string_or_null(&r);
                break;
            default:
                is_known = false;
                reader_skip(&r);
            }
    if (!reader_end(&r)) {
        *problem = problem_make(PROBLEM_BAD_REQUEST, "the body: %s",
                                r.fault ? r.fault : "expected one JSON object");
        return false;
    }
    if (!is_known)
        return wrong(problem, "the body: unknown member: expected handle or source, municipality, "
                              "text, reply_to");
    return check(correction, text_max, problem);
}

void correction_write(const struct correction_letter *letter, struct buf *out)
{
    struct writer w;

    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "id", letter->id);
    writer_name(&w, "sent");
    writer_wall(&w, letter->sent);
    writer_member_str(&w, "cpr", cpr_str(letter->citizen));
    writer_member_str(&w, "authority", letter->authority);
    writer_member_str(&w, "source", letter->source);
    writer_member_str(&w, "item", letter->item);
    writer_member_str(&w, "language", language_tag(letter->language));
    writer_member_str(&w, "text", letter->correction->text);
    writer_member_str(&w, "reply_to", letter->correction->reply_to);
    writer_object_end(&w);
}

struct str correction_receipt(struct str body, struct arena *arena)
{
    struct str name, receipt = STR_NONE;
    struct reader r;

    reader_init(&r, body, arena);
    if (reader_object(&r))
        while (reader_member(&r, &name)) {
            if (str_equal(name, STR("receipt")) && !receipt.at)
                receipt = reader_string_or_null(&r);
            else
                reader_skip(&r);
        }
    bool is_good = reader_end(&r) && receipt.at && !is_blank(receipt) &&
                   receipt.len <= CORRECTION_RECEIPT_MAX && !has_controls(receipt, false);
    return is_good ? arena_copy(arena, receipt) : STR_NONE;
}

bool correction_key_is_good(struct str key)
{
    for (size_t i = 0; i < key.len; i++)
        if (key.at[i] <= ' ' || key.at[i] > '~')
            return false;
    return key.len >= KEY_MIN && key.len <= CORRECTION_KEY_MAX;
}
