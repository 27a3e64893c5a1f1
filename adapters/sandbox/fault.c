/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/fault.h"

#include "adapters/sandbox/gzip.h"

enum { GARBAGE_BYTES = 600, CROWD = 8 };

/* ---- other answers ---- */

static void set_reply(struct sandbox_answer *answer, int status, const char *content_type,
                      const char *fields, struct str body)
{
    answer->status = status;
    answer->content_type = content_type;
    answer->fields = fields;
    buf_reset(&answer->body);
    buf_add_str(&answer->body, body);
}

static void reply_error_html(struct sandbox_answer *answer)
{
    set_reply(answer, 500, "text/html; charset=utf-8", NULL,
              STR("<!DOCTYPE html>\n<html><head><title>500</title></head>"
                  "<body><h1>Intern serverfejl</h1></body></html>\n"));
}

static void reply_401(struct sandbox_answer *answer)
{
    sandbox_answer_problem(answer, 401, "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n",
                           "Data-source-security-error", "The token is not accepted");
}

static void reply_403(struct sandbox_answer *answer)
{
    sandbox_answer_problem(answer, 403, NULL, "Data-source-security-error",
                           "No agreement with the caller");
}

static void reply_404(struct sandbox_answer *answer)
{
    sandbox_answer_problem(answer, 404, NULL, "Data-source-error", "No such service");
}

static void reply_429(struct sandbox_answer *answer)
{
    sandbox_answer_problem(answer, 429, "Retry-After: 7\r\n", "Data-source-error",
                           "Too many calls");
}

static void reply_503(struct sandbox_answer *answer)
{
    sandbox_answer_problem(answer, 503, "Retry-After: 30\r\n", "Data-source-error",
                           "Service window");
}

static void reply_no_content(struct sandbox_answer *answer)
{
    set_reply(answer, 204, NULL, NULL, STR(""));
}

/* A client that follows asks the same server for a path it does not have. */
static void reply_redirect(struct sandbox_answer *answer)
{
    set_reply(answer, 307, NULL, "Location: /elsewhere\r\n", STR(""));
}

static void reply_two_lengths(struct sandbox_answer *answer)
{
    answer->fields = "Content-Length: 3\r\n";
}

/* Of an authority that bears but few at a time. */
static void reply_crowd(struct sandbox_answer *answer)
{
    if (answer->connections > CROWD)
        reply_429(answer);
}

static void reply_gzip(struct sandbox_answer *answer)
{
    struct buf packed;
    buf_init(&packed, TRANSFER_BYTES_MAX);
    sandbox_gzip(buf_str(&answer->body), &packed);
    buf_clear(&answer->body);
    buf_move(&answer->body, &packed);
    answer->fields = "Content-Encoding: gzip\r\n";
}

/* Danish letters (UTF-8: C3 and one byte) become their one byte of Latin-1. An answer without any
 * gets one, behind its first quotation mark. */
static void reply_wrong_charset(struct sandbox_answer *answer)
{
    struct str body = buf_str(&answer->body);
    struct buf latin;
    buf_init(&latin, TRANSFER_BYTES_MAX);
    for (size_t i = 0; i < body.len; i++)
        if ((unsigned char)body.at[i] == 0xC3 && i + 1 < body.len)
            buf_add_byte(&latin, (char)(body.at[++i] | 0x40));
        else
            buf_add_byte(&latin, body.at[i]);
    if (latin.len == body.len) {
        size_t quote = str_find_byte(body, '"');
        buf_reset(&latin);
        buf_add_str(&latin, str_head(body, quote + 1));
        buf_add_byte(&latin, (char)0xE6);
        buf_add_str(&latin, str_skip(body, quote + 1));
    }
    buf_clear(&answer->body);
    buf_move(&answer->body, &latin);
}

/* ---- other transfers ---- */

static void transfer_delay(struct sandbox_transfer *transfer, unsigned ms)
{
    sandbox_transfer_pace(transfer, 0, transfer->bytes.len, ms);
}

static void transfer_drip(struct sandbox_transfer *transfer, unsigned ms)
{
    sandbox_transfer_pace(transfer, transfer->head_len, 1, ms);
}

static void transfer_slow_head(struct sandbox_transfer *transfer, unsigned ms)
{
    transfer->paces[0] = (struct sandbox_pace){transfer->head_len, 1, ms};
    transfer->paces[1] = (struct sandbox_pace){transfer->bytes.len, transfer->bytes.len, 0};
}

static void transfer_cut(struct sandbox_transfer *transfer, unsigned ms)
{
    (void)ms;
    size_t body = transfer->bytes.len - transfer->head_len;
    sandbox_transfer_cut(transfer, transfer->head_len + body / 2, END_CLOSE);
}

static void transfer_close(struct sandbox_transfer *transfer, unsigned ms)
{
    (void)ms;
    sandbox_transfer_cut(transfer, transfer->bytes.len, END_CLOSE);
}

static void transfer_cut_head(struct sandbox_transfer *transfer, unsigned ms)
{
    (void)ms;
    sandbox_transfer_cut(transfer, transfer->head_len / 2, END_CLOSE);
}

static void transfer_never(struct sandbox_transfer *transfer, unsigned ms)
{
    (void)ms;
    sandbox_transfer_cut(transfer, 0, END_HANG);
}

static void transfer_reset(struct sandbox_transfer *transfer, unsigned ms)
{
    (void)ms;
    sandbox_transfer_cut(transfer, 0, END_RESET);
}

/* The same bytes each time: a fault that is found can be found again. */
static void transfer_garbage(struct sandbox_transfer *transfer, unsigned ms)
{
    (void)ms;
    buf_reset(&transfer->bytes);
    uint64_t state = 0x9E3779B97F4A7C15;
    for (size_t i = 0; i < GARBAGE_BYTES; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        buf_add_byte(&transfer->bytes, (char)state);
    }
    sandbox_transfer_cut(transfer, GARBAGE_BYTES, END_CLOSE);
}

/* A chunk of white space, which means nothing in JSON and XML, over and over. */
static void transfer_endless(struct sandbox_transfer *transfer, unsigned ms)
{
    (void)ms;
    enum { CHUNK = 4096 };
    struct buf *bytes = &transfer->bytes;
    buf_reset(bytes);
    buf_add_str(bytes, STR("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                           "Transfer-Encoding: chunked\r\n\r\n"));
    transfer->head_len = transfer->repeat_from = bytes->len;
    buf_format(bytes, "%x\r\n%*s\r\n", CHUNK, CHUNK, "");
    sandbox_transfer_cut(transfer, bytes->len, END_REPEAT);
}

/* The answer once more, when the connection is idle or somebody else's. */
static void transfer_late_extra(struct sandbox_transfer *transfer, unsigned ms)
{
    struct buf *bytes = &transfer->bytes;
    size_t len = bytes->len;
    if (buf_reserve(bytes, len)) {
        memcpy(bytes->at + len, bytes->at, len);
        buf_commit(bytes, len);
    }
    sandbox_transfer_pace(transfer, len, len, ms);
}

/* ---- the table ---- */

static const struct sandbox_fault faults[] = {
    /* transfer */
    {.name = "delay", .transfer = transfer_delay, .ms = 1000, .what = "answers after `ms`"},
    {.name = "drip",
     .transfer = transfer_drip,
     .ms = 20,
     .what = "sends the body one byte per `ms`"},
    {.name = "slow-head",
     .transfer = transfer_slow_head,
     .ms = 20,
     .what = "sends the head one byte per `ms`"},
    {.name = "cut", .transfer = transfer_cut, .what = "closes in the middle of the body"},
    {.name = "cut-head", .transfer = transfer_cut_head, .what = "closes in the middle of the head"},
    {.name = "never", .transfer = transfer_never, .what = "takes the request and never answers"},
    {.name = "reset",
     .transfer = transfer_reset,
     .what = "takes the request and resets the connection"},
    {.name = "garbage", .transfer = transfer_garbage, .what = "sends random bytes instead of HTTP"},
    {.name = "endless", .transfer = transfer_endless, .what = "sends a body without end"},
    {.name = "late-extra",
     .transfer = transfer_late_extra,
     .ms = 50,
     .what = "sends the right answer, and after `ms` the same unasked once more"},
    {.name = "closes",
     .transfer = transfer_close,
     .what = "closes the connection after each answer"},
    /* reply */
    {.name = "two-lengths",
     .reply = reply_two_lengths,
     .what = "names two different Content-Lengths"},
    {.name = "gzip", .reply = reply_gzip, .what = "compresses, though nobody asked for it"},
    {.name = "wrong-charset",
     .reply = reply_wrong_charset,
     .what = "sends Latin-1 where UTF-8 is agreed"},
    {.name = "redirect", .reply = reply_redirect, .what = "answers 307 to another path"},
    {.name = "no-content", .reply = reply_no_content, .what = "answers 204 without a body"},
    {.name = "401", .reply = reply_401, .what = "does not accept the token"},
    {.name = "403", .reply = reply_403, .what = "knows of no agreement"},
    {.name = "404", .reply = reply_404, .what = "knows no such service"},
    {.name = "429", .reply = reply_429, .what = "has been asked too often (Retry-After 7)"},
    {.name = "crowd",
     .reply = reply_crowd,
     .what = "answers 429 while more than eight connections are open"},
    {.name = "503-retry-after",
     .reply = reply_503,
     .what = "is in its service window (Retry-After 30)"},
    {.name = "error-html", .reply = reply_error_html, .what = "answers 500 with an HTML page"},
    /* content */
    {.name = "error", .bend = BEND_ERROR, .what = "answers with the contract's own error"},
    {.name = "foreign", .bend = BEND_FOREIGN, .what = "answers with another citizen's data"},
    {.name = "unnamed",
     .bend = BEND_UNNAMED,
     .what = "names neither the citizen nor the request it answers"},
    {.name = "wrong-echo",
     .bend = BEND_WRONG_ECHO,
     .what = "names another request, and no citizen"},
    {.name = "wrong-type", .bend = BEND_WRONG_TYPE, .what = "gives a number where a text belongs"},
    {.name = "duplicate", .bend = BEND_DUPLICATE, .what = "has a member or element twice"},
    {.name = "huge", .bend = BEND_HUGE, .what = "gives 20 MB of valid items"},
    {.name = "many", .bend = BEND_MANY, .what = "gives more items than any setting allows"},
    {.name = "deep", .bend = BEND_DEEP, .what = "nests without end"},
    {.name = "looping-pages",
     .bend = BEND_LOOPING_PAGES,
     .what = "names a next page on every page"},
    {.name = "stale", .bend = BEND_STALE, .what = "says itself that its data are from yesterday"},
    {.name = "no-echo", .bend = BEND_NO_ECHO, .what = "does not name the request it answers"},
    {.name = "any-item",
     .bend = BEND_ANY_ITEM,
     .what = "gives anybody's item to whoever asks for it by its id"},
    {.name = "untitled", .bend = BEND_UNTITLED, .what = "leaves titles out"},
    {.name = "odd-status", .bend = BEND_ODD_STATUS, .what = "gives states that no list has"},
    {.name = "unstable", .bend = BEND_UNSTABLE, .what = "says the same with other words each time"},
    {.name = "other-authority",
     .bend = BEND_OTHER_AUTHORITY,
     .what = "index: gives cases of another authority than was asked for"},
    {.name = "bare",
     .bend = BEND_BARE,
     .what = "index: leaves out case numbers and times of creation"},
    {.name = "no-notes", .bend = BEND_NO_NOTES, .what = "index: gives no journal notes"},
    {.name = "no-documents", .bend = BEND_NO_DOCUMENTS, .what = "index: gives no documents"},
    {.name = "no-organisation",
     .bend = BEND_NO_ORGANISATION,
     .what = "index: names no responsible unit"},
    {.name = "no-classification",
     .bend = BEND_NO_CLASSIFICATION,
     .what = "index: names no subject (KLE)"},
    {.name = "left-behind",
     .bend = BEND_LEFT_BEHIND,
     .what = "index: gives a case once more as an earlier system left it"},
    {.name = "odd-progress",
     .bend = BEND_ODD_PROGRESS,
     .what = "index: one inner state stands for several steps of Fremdrift"},
    /* pardon: no citizen, path or times */
    {.name = "takes-no-token", .pardon = PARDON_ABSENCE, .what = "answers without any token"},
    {.name = "takes-forged-token",
     .pardon = PARDON_SIGNATURE,
     .what = "does not look at a token's signature"},
    {.name = "takes-expired-token",
     .pardon = PARDON_EXPIRY,
     .what = "does not look at a token's time"},
    {.name = "takes-others-token",
     .pardon = PARDON_AUDIENCE,
     .what = "does not look at whom a token was made for"},
    {.name = "takes-stolen-token",
     .pardon = PARDON_BINDING,
     .what = "does not look at which certificate a token is bound to"},
    {.name = "takes-low-level",
     .pardon = PARDON_LEVEL,
     .what = "does not look at the level of the citizen's login"},
    /* door: no citizen, path or times; in force until cleared */
    {.name = "refuse", .door = DOOR_REFUSING, .what = "refuses connections"},
    {.name = "expired-certificate",
     .door = DOOR_EXPIRED,
     .what = "shows a certificate whose time has passed"},
    {.name = "silent-door",
     .door = DOOR_SILENT,
     .what = "accepts connections and says nothing, not even TLS"},
    {.name = "unknown-issuer",
     .door = DOOR_STRANGER,
     .what = "shows a certificate of an issuer whom nobody trusts"},
    {.name = "wrong-name", .door = DOOR_MISNAMED, .what = "shows a certificate of another name"},
    {.name = "anybody",
     .door = DOOR_ANYBODY,
     .what = "asks for no client certificate, and binds no token to one"},
};
enum { FAULTS = sizeof faults / sizeof faults[0] };

const struct sandbox_fault *sandbox_fault_at(size_t index)
{
    return index < FAULTS ? &faults[index] : NULL;
}

const struct sandbox_fault *sandbox_fault_find(struct str name)
{
    for (size_t i = 0; i < FAULTS; i++)
        if (str_equal(name, str_of(faults[i].name)))
            return &faults[i];
    return NULL;
}

void sandbox_fault_describe(struct buf *out)
{
    buf_add_str(out, STR("| fault | `ms` | what the authority does |\n| --- | --- | --- |\n"));
    for (size_t i = 0; i < FAULTS; i++) {
        buf_format(out, "| `%s` | ", faults[i].name);
        if (faults[i].ms)
            buf_format(out, "%u", faults[i].ms);
        buf_format(out, " | %s |\n", faults[i].what);
    }
}

bool sandbox_effect_parse(struct str text, struct sandbox_effect *effect)
{
    struct str name = str_split(&text, '=');
    const struct sandbox_fault *fault = sandbox_fault_find(name);
    if (!fault)
        return false;
    uint64_t ms = fault->ms;
    if (text.at && (!fault->ms || !str_to_u64(text, FAULT_MS_MAX, &ms)))
        return false;
    *effect = (struct sandbox_effect){fault, (unsigned)ms};
    return true;
}

void sandbox_effect_apply(struct sandbox_effect effect, struct sandbox_answer *answer,
                          struct sandbox_transfer *transfer)
{
    if (effect.fault && effect.fault->reply)
        effect.fault->reply(answer);
    sandbox_transfer_make(answer, transfer);
    if (effect.fault && effect.fault->transfer)
        effect.fault->transfer(transfer, effect.ms);
}
