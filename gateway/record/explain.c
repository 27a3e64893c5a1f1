/* SPDX-License-Identifier: MIT */
#include "record/explain.h"

#include "base/die.h"
#include "base/uuid.h"
#include "base/writer.h"

#include <pthread.h>
#include <stdlib.h>

enum { RECEIPT_LEN = UUID_TEXT - 1, PORTAL_MAX = 128, NOT_HAPPENED = -1 };

/* ---- what is kept of a look-up: one piece of memory, lists and texts behind the struct ---- */

/* Microseconds since the look-up began; NOT_HAPPENED. */
struct kept_attempt {
    int32_t started, connected, first_byte, ended;
    uint32_t bytes;
    uint16_t page, http_status;
    uint8_t kind, fetch_status;
    bool is_over, is_cancelled, is_reused;
};

struct kept_withheld {
    uint32_t count;
    uint8_t verdict;
};

struct kept_row {
    const char *why, *rule; /* constant texts */
    size_t bytes_in;
    uint32_t held, shown;
    int32_t started, settled;
    uint32_t attempts, retries, hedges, pages;
    uint8_t outcome, skip, source_len, municipality_len, timeline_count, withheld_count;
};

struct kept {
    struct kept *next; /* while it is being dropped */
    size_t size;
    struct explain_note note; /* its texts lie behind */
    size_t row_count;
    struct kept_row *rows;
    struct kept_attempt *attempts;  /* of all rows, in their order, */
    struct kept_withheld *withheld; /* as these, */
    char *texts;                    /* and the sources' ids with their municipalities' codes */
};

struct slot {
    char receipt[RECEIPT_LEN];
    struct kept *kept;
};

struct explain {
    pthread_mutex_t lock; /* guards all below */
    struct slot *slots;   /* a ring */
    size_t max, first, count, bytes, bytes_max;
};

/* ---- adding ---- */

static int32_t since(instant started, instant then)
{
    int64_t us = then == INSTANT_NEVER ? NOT_HAPPENED : then - started;
    return us > INT32_MAX ? INT32_MAX : us < NOT_HAPPENED ? 0 : (int32_t)us;
}

static uint32_t small(size_t number)
{
    return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

static size_t withheld_kinds(const struct part *part)
{
    size_t kinds = 0;
    for (size_t i = 0; i < EXPOSURE_VERDICT_COUNT; i++)
        kinds += part->withheld[i] > 0;
    return kinds;
}

static struct str municipality_code(const struct part *part)
{
    return part->row->municipality ? part->row->municipality->code : STR_NONE;
}

static struct str put_text(char **to, struct str text)
{
    char *at = *to;
    if (text.len)
        memcpy(at, text.at, text.len);
    *to += text.len;
    return str_make(at, text.len);
}

static struct kept_attempt keep_attempt(const struct attempt *attempt, instant started)
{
    const struct fetch_times *times = &attempt->times;
    return (struct kept_attempt){
        .started = since(started, times->started),
        .connected = since(started, times->connected),
        .first_byte = since(started, times->first_byte),
        .ended = since(started, times->ended),
        .bytes = small(times->bytes),
        .page = (uint16_t)attempt->page,
        .http_status = (uint16_t)attempt->http_status,
        .kind = (uint8_t)attempt->kind,
        .fetch_status = (uint8_t)attempt->status,
        .is_over = attempt->is_over,
        .is_cancelled = attempt->is_cancelled,
        .is_reused = times->reused,
    };
}

static struct kept_row keep_row(const struct part *part, instant started)
{
    bool is_settled = part->outcome != OUTCOME_PENDING;
    return (struct kept_row){
        .why = part->why,
        .rule = part->rule ? part->rule : part->row->rule,
        .bytes_in = part->bytes_in,
        .held = small(part->held),
        .shown = small(part->shown_count),
        .started = since(started, part->started),
        .settled = is_settled ? since(started, part->settled) : NOT_HAPPENED,
        .attempts = part->attempts,
        .retries = part->retries,
        .hedges = part->hedges,
        .pages = part->pages,
        .outcome = (uint8_t)part->outcome,
        .skip = (uint8_t)part->row->skip,
        .source_len = (uint8_t)part->row->route->source.id.len,
        .municipality_len = (uint8_t)municipality_code(part).len,
        .timeline_count = (uint8_t)part->timeline_count,
        .withheld_count = (uint8_t)withheld_kinds(part),
    };
}

/* How much memory it takes, and how many attempts and verdicts that are. */
static size_t measure(const struct explain_note *note, const struct part *parts, size_t count,
                      size_t *attempts, size_t *withheld)
{
    size_t texts = note->operation.len + note->portal.len + note->revision.len + note->mandate.len;
    *attempts = *withheld = 0;
    for (size_t i = 0; i < count; i++) {
        *attempts += parts[i].timeline_count;
        *withheld += withheld_kinds(&parts[i]);
        texts += parts[i].row->route->source.id.len + municipality_code(&parts[i]).len;
    }
    return sizeof(struct kept) + count * sizeof(struct kept_row) +
           *attempts * sizeof(struct kept_attempt) + *withheld * sizeof(struct kept_withheld) +
           texts;
}

static struct kept *keep(const struct explain_note *note, const struct part *parts, size_t count)
{
    size_t attempts, withheld;
    size_t size = measure(note, parts, count, &attempts, &withheld);
    struct kept *kept = die_malloc(size);
    *kept = (struct kept){.size = size, .note = *note, .row_count = count};
    kept->rows = (struct kept_row *)(void *)(kept + 1);
    kept->attempts = (struct kept_attempt *)(void *)(kept->rows + count);
    kept->withheld = (struct kept_withheld *)(void *)(kept->attempts + attempts);
    kept->texts = (char *)(kept->withheld + withheld);

    struct kept_attempt *attempt = kept->attempts;
    struct kept_withheld *verdict = kept->withheld;
    char *text = kept->texts;
    for (size_t i = 0; i < count; i++) {
        const struct part *part = &parts[i];
        kept->rows[i] = keep_row(part, note->started);
        for (unsigned k = 0; k < part->timeline_count; k++)
            *attempt++ = keep_attempt(&part->timeline[k], note->started);
        for (size_t k = 0; k < EXPOSURE_VERDICT_COUNT; k++)
            if (part->withheld[k] > 0)
                *verdict++ = (struct kept_withheld){small(part->withheld[k]), (uint8_t)k};
        put_text(&text, part->row->route->source.id);
        put_text(&text, municipality_code(part));
    }
    kept->note.operation = put_text(&text, note->operation);
    kept->note.portal = put_text(&text, note->portal);
    kept->note.revision = put_text(&text, note->revision);
    if (note->mandate.at)
        kept->note.mandate = put_text(&text, note->mandate);
    return kept;
}

/* Takes the oldest out of the ring and puts it before *dropped; under the lock. */
static void drop_oldest(struct explain *explain, struct kept **dropped)
{
    struct kept *kept = explain->slots[explain->first].kept;
    explain->first = (explain->first + 1) % explain->max;
    explain->count--;
    explain->bytes -= kept->size;
    kept->next = *dropped;
    *dropped = kept;
}

static void free_dropped(struct kept *dropped)
{
    while (dropped) {
        struct kept *next = dropped->next;
        free(dropped);
        dropped = next;
    }
}

void explain_add(struct explain *explain, const struct explain_note *note, const struct part *parts,
                 size_t count)
{
    struct explain_note bounded = *note;
    struct kept *dropped = NULL;

    if (explain->max == 0 || note->receipt.len != RECEIPT_LEN)
        return;
    bounded.portal = str_head(note->portal, PORTAL_MAX);
    struct kept *kept = keep(&bounded, parts, parts ? count : 0);
    if (kept->size > explain->bytes_max) {
        free(kept);
        return;
    }
    pthread_mutex_lock(&explain->lock);
    while (explain->count > 0 &&
           (explain->count == explain->max || explain->bytes + kept->size > explain->bytes_max))
        drop_oldest(explain, &dropped);
    struct slot *slot = &explain->slots[(explain->first + explain->count) % explain->max];
    memcpy(slot->receipt, note->receipt.at, RECEIPT_LEN);
    slot->kept = kept;
    kept->note.receipt = STR_NONE; /* the slot has it */
    explain->count++;
    explain->bytes += kept->size;
    pthread_mutex_unlock(&explain->lock);
    free_dropped(dropped);
}

/* ---- telling ---- */

static void write_us(struct writer *w, int32_t us)
{
    if (us == NOT_HAPPENED)
        writer_null(w);
    else
        writer_int(w, us);
}

#define write_member_us(w, literal, us) (writer_name(w, literal), write_us((w), (us)))

static void write_attempt(struct writer *w, const struct kept_attempt *attempt)
{
    static const struct str kinds[] = {[ATTEMPT_FIRST] = STR_INIT("first"),
                                       [ATTEMPT_RETRY] = STR_INIT("retry"),
                                       [ATTEMPT_HEDGE] = STR_INIT("hedge")};
    writer_object(w);
    writer_member_str(w, "kind", kinds[attempt->kind]);
    writer_member_int(w, "page", attempt->page);
    write_member_us(w, "started_us", attempt->started);
    write_member_us(w, "connected_us", attempt->connected);
    write_member_us(w, "first_byte_us", attempt->first_byte);
    write_member_us(w, "ended_us", attempt->ended);
    writer_member_bool(w, "connection_reused", attempt->is_reused);
    writer_member_int(w, "bytes", attempt->bytes);
    if (!attempt->is_over)
        writer_member_str(w, "ended", STR("under-way"));
    else if (attempt->is_cancelled)
        writer_member_str(w, "ended", STR("cancelled"));
    else
        writer_member_str(w, "ended", fetch_status_code((enum fetch_status)attempt->fetch_status));
    writer_name(w, "http_status");
    if (attempt->http_status)
        writer_int(w, attempt->http_status);
    else
        writer_null(w);
    writer_object_end(w);
}

/* Where the next row's attempts, verdicts and texts stand. */
struct cursor {
    const struct kept_attempt *attempt;
    const struct kept_withheld *withheld;
    const char *text;
};

static struct str take_text(struct cursor *cursor, size_t len)
{
    struct str text = {cursor->text, len};
    cursor->text += len;
    return text;
}

static void write_row(struct writer *w, const struct kept_row *row, struct cursor *cursor)
{
    bool is_settled = row->outcome != OUTCOME_PENDING;
    writer_object(w);
    writer_member_str(w, "source", take_text(cursor, row->source_len));
    struct str municipality = take_text(cursor, row->municipality_len);
    writer_member_str(w, "municipality", municipality.len ? municipality : STR_NONE);
    writer_member_str(w, "state",
                      is_settled ? outcome_name((enum outcome)row->outcome) : STR("abandoned"));
    writer_member_str(w, "code", outcome_code((enum outcome)row->outcome));
    writer_member_bool(w, "planned", row->skip == OUTCOME_PENDING);
    writer_member_str(w, "rule", str_of(row->rule));
    writer_member_str(w, "why", str_of(row->why));
    write_member_us(w, "started_us", row->started);
    write_member_us(w, "settled_us", row->settled);
    writer_member_int(w, "pages", row->pages);
    writer_member_int(w, "bytes", (int64_t)row->bytes_in);
    writer_member_int(w, "held", row->held);
    writer_member_int(w, "shown", row->shown);
    writer_name(w, "withheld");
    writer_object(w);
    for (unsigned i = 0; i < row->withheld_count; i++, cursor->withheld++) {
        writer_name_text(w, exposure_code((enum exposure_verdict)cursor->withheld->verdict));
        writer_int(w, cursor->withheld->count);
    }
    writer_object_end(w);
    writer_member_int(w, "attempts", row->attempts);
    writer_member_int(w, "retries", row->retries);
    writer_member_int(w, "hedges", row->hedges);
    writer_name(w, "timeline");
    writer_array(w);
    for (unsigned i = 0; i < row->timeline_count; i++)
        write_attempt(w, cursor->attempt++);
    writer_array_end(w);
    writer_object_end(w);
}

static void write_kept(const struct kept *kept, struct str receipt, struct buf *out)
{
    const struct explain_note *note = &kept->note;
    struct cursor cursor = {kept->attempts, kept->withheld, kept->texts};
    struct writer w;

    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "receipt", receipt);
    writer_member_str(&w, "operation", note->operation);
    writer_member_str(&w, "portal", note->portal);
    writer_member_str(&w, "mandate", note->mandate);
    writer_member_str(&w, "revision", note->revision);
    writer_name(&w, "ended");
    writer_wall(&w, note->at);
    writer_name(&w, "status");
    if (note->status)
        writer_int(&w, note->status);
    else
        writer_null(&w);
    write_member_us(&w, "elapsed_us", since(note->started, note->ended));
    writer_name(&w, "sources");
    writer_array(&w);
    for (size_t i = 0; i < kept->row_count; i++)
        write_row(&w, &kept->rows[i], &cursor);
    writer_array_end(&w);
    writer_object_end(&w);
}

bool explain_write(struct explain *explain, struct str receipt, struct buf *out)
{
    const struct kept *found = NULL;

    if (receipt.len != RECEIPT_LEN)
        return false;
    pthread_mutex_lock(&explain->lock);
    for (size_t i = explain->count; i > 0 && !found; i--) { /* the newest first */
        const struct slot *slot = &explain->slots[(explain->first + i - 1) % explain->max];
        if (memcmp(slot->receipt, receipt.at, RECEIPT_LEN) == 0)
            found = slot->kept;
    }
    if (found)
        write_kept(found, receipt, out);
    pthread_mutex_unlock(&explain->lock);
    return found != NULL;
}

/* ---- the ring ---- */

struct explain *explain_new(size_t entries_max, size_t bytes_max)
{
    struct explain *explain = die_calloc(1, sizeof *explain);
    pthread_mutex_init(&explain->lock, NULL);
    explain->slots = die_calloc(entries_max + 1, sizeof *explain->slots);
    explain->max = entries_max;
    explain->bytes_max = bytes_max;
    return explain;
}

void explain_free(struct explain **slot)
{
    struct explain *explain = *slot;
    struct kept *dropped = NULL;
    if (!explain)
        return;
    while (explain->count > 0)
        drop_oldest(explain, &dropped);
    free_dropped(dropped);
    pthread_mutex_destroy(&explain->lock);
    free(explain->slots);
    free(explain);
    *slot = NULL;
}

size_t explain_count(struct explain *explain)
{
    pthread_mutex_lock(&explain->lock);
    size_t count = explain->count;
    pthread_mutex_unlock(&explain->lock);
    return count;
}

size_t explain_bytes(struct explain *explain)
{
    pthread_mutex_lock(&explain->lock);
    size_t bytes = explain->bytes;
    pthread_mutex_unlock(&explain->lock);
    return bytes;
}
