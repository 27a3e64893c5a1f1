/* SPDX-License-Identifier: MIT */
#include "serve/catalogue.h"

#include "base/writer.h"
#include "overview/output_item.h"

enum { CATALOGUE_MAX = 4 * 1024 * 1024 };

static void write_text(struct writer *w, const struct text *text)
{
    writer_object(w);
    writer_member_str(w, "da", text->in[LANGUAGE_DA]);
    writer_member_str(w, "en", text->in[LANGUAGE_EN]);
    writer_object_end(w);
}

/* How the authority is reached, its data-protection officer's text, where a breach is told. */
static void write_card(struct writer *w, const struct snapshot *snapshot,
                       const struct authority *authority)
{
    const struct authority_card *card = authorities_find(&snapshot->authorities, authority);

    if (!card)
        return;
    writer_name(w, "contacts");
    output_contacts(w, card->contacts);
    writer_name(w, "data_protection");
    write_text(w, &card->data_protection);
    writer_member_str(w, "breach", card->breach);
    writer_member_bool(w, "takes_corrections", card->corrections != NULL);
}

static void write_source(struct writer *w, const struct snapshot *snapshot,
                         const struct route *route)
{
    const struct source *source = &route->source;

    writer_object(w);
    writer_member_str(w, "id", source->id);
    writer_name(w, "name");
    write_text(w, &source->name);
    writer_name(w, "asked_for");
    write_text(w, &source->asked_for);
    writer_name(w, "authority");
    writer_object(w);
    writer_member_str(w, "cvr", source->authority.cvr);
    writer_member_str(w, "name", source->authority.name);
    if (!source->per_municipality)
        write_card(w, snapshot, &source->authority);
    writer_object_end(w);
    writer_member_bool(w, "per_municipality", source->per_municipality);
    writer_member_str(w, "level", level_name(route->level));
    writer_name(w, "kinds");
    item_kinds_write(w, source->kinds);
    writer_member_int(w, "waits_at_most_ms", route->rules.total_ms);
    writer_object_end(w);
}

/* What it shows begins index by index: "shown" names those that have. */
static void write_municipality(struct writer *w, const struct snapshot *snapshot,
                               const struct municipality *municipality, struct date today)
{
    struct authority authority = {municipality->cvr, municipality->code, municipality->name};

    writer_object(w);
    writer_member_str(w, "code", municipality->code);
    writer_member_str(w, "name", municipality->name);
    writer_member_bool(w, "can_be_asked", municipality->cvr.len > 0);
    writer_name(w, "shown");
    writer_array(w);
    for (size_t i = 0; i < snapshot->route_count; i++) {
        const struct source *source = &snapshot->routes[i].source;
        if (snapshot->routes[i].enabled && source->per_municipality &&
            municipality_shows(&snapshot->municipalities, municipality, source->id, today))
            writer_str(w, source->id);
    }
    writer_array_end(w);
    writer_name(w, "shows");
    write_text(w, snapshot_shows(snapshot, municipality));
    write_card(w, snapshot, &authority);
    writer_object_end(w);
}

void catalogue_write(const struct snapshot *snapshot, struct date today, struct buf *out)
{
    struct writer w;
    writer_init(&w, out);
    writer_object(&w);
    writer_name(&w, "sources");
    writer_array(&w);
    for (size_t i = 0; i < snapshot->route_count; i++)
        if (route_is_shown(&snapshot->routes[i]))
            write_source(&w, snapshot, &snapshot->routes[i]);
    writer_array_end(&w);
    writer_name(&w, "municipalities");
    writer_array(&w);
    for (size_t i = 0; i < snapshot->municipalities.count; i++)
        write_municipality(&w, snapshot, &snapshot->municipalities.at[i], today);
    writer_array_end(&w);
    writer_name(&w, "declaration");
    write_text(&w, &snapshot->texts.declaration);
    writer_member_str(&w, "revision", str_of(snapshot->revision));
    writer_object_end(&w);
}

void catalogue_get(struct worker *worker, const struct http_request *request,
                   struct http_exchange *exchange)
{
    static const struct http_field fields[] = {
        {STR_INIT("Content-Type"), STR_INIT("application/json")},
        {STR_INIT("Cache-Control"), STR_INIT("public, max-age=60")}};
    struct buf body;

    (void)request;
    buf_init(&body, CATALOGUE_MAX);
    catalogue_write(worker->snapshot, wall_date(loop_wall(worker->loop)), &body);
    http_reply(exchange, 200, fields, 2, &body);
}
