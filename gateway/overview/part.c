/* SPDX-License-Identifier: MIT */
#include "overview/part.h"

int64_t part_elapsed_ms(const struct part *part)
{
    return (part->settled - part->started) / INSTANT_PER_MS;
}

struct attempt *part_attempt(struct part *part, enum attempt_kind kind)
{
    part->attempts++;
    part->retries += kind == ATTEMPT_RETRY;
    part->hedges += kind == ATTEMPT_HEDGE;
    if (part->timeline_count == PART_ATTEMPTS_MAX)
        return NULL;
    struct attempt *attempt = &part->timeline[part->timeline_count++];
    *attempt = (struct attempt){.times = FETCH_TIMES_NONE, .kind = kind, .page = part->pages + 1};
    return attempt;
}

struct str part_item(const struct part *part, const struct shown *shown)
{
    return str_make(part->json.at + shown->at, shown->len);
}

void part_clear(struct part *part, struct arena_pool *arenas)
{
    part->shown = NULL;
    part->shown_count = part->shown_cap = 0;
    buf_clear(&part->json);
    arena_pool_give(arenas, &part->arena);
}

enum outcome part_outcome_of(enum fetch_status status)
{
    switch (status) {
    case FETCH_CONNECT_LATE:
    case FETCH_FIRST_BYTE_LATE:
    case FETCH_SILENT:
    case FETCH_LATE:
        return OUTCOME_LATE;
    case FETCH_TOO_LARGE:
    case FETCH_PROTOCOL:
        return OUTCOME_INVALID;
    case FETCH_OK:
    case FETCH_UNREACHABLE:
    case FETCH_TLS:
    case FETCH_CUT:
    case FETCH_ADDRESS:
    case FETCH_STATUS_COUNT:
        break;
    }
    return OUTCOME_FAILED;
}
