/* SPDX-License-Identifier: MIT */
#include "serve/access_output.h"

#include "base/writer.h"

/* ---- our own form ---- */

static struct str source_name(const struct access_output *output, struct str id)
{
    const struct route *route = snapshot_route(output->snapshot, id);
    return route ? route->source.name.in[output->language] : STR_NONE;
}

static bool is_by_service(const struct access_view *view)
{
    return view->service.at && view->is_by_another;
}

static struct str who(const struct access_view *view)
{
    if (view->operator.at)
        return STR("operator");
    if (is_by_service(view))
        return STR("service");
    return view->is_by_another ? STR("another") : STR("you");
}

static void write_row(struct writer *w, const struct access_output *output,
                      const struct access_row *row)
{
    const struct municipality *municipality =
        row->authority.at ? municipality_find(&output->snapshot->municipalities, row->authority)
                          : NULL;
    writer_object(w);
    writer_member_str(w, "id", row->source);
    writer_member_str(w, "name", source_name(output, row->source));
    writer_member_str(w, "authority", municipality ? municipality->name : row->authority);
    writer_member_str(w, "state", row->state);
    writer_name(w, "items");
    if (row->items >= 0)
        writer_int(w, row->items);
    else
        writer_null(w);
    writer_object_end(w);
}

static struct str service_name(const struct access_output *output, struct str id)
{
    const struct service *service = service_find(&output->snapshot->services, id);
    return service ? service->name.in[output->language] : STR_NONE;
}

/* The service that read by a consent, or that was given one. */
static void write_service(struct writer *w, const struct access_output *output,
                          const struct access_view *view)
{
    writer_name(w, "service");
    if (view->service.at) {
        writer_object(w);
        writer_member_str(w, "id", view->service);
        writer_member_str(w, "name", service_name(output, view->service));
        writer_object_end(w);
    } else {
        writer_null(w);
    }
    writer_member_str(w, "consent", view->consent);
}

/* Why data were processed, in words. */
static struct str action(enum language language, const struct access_view *view)
{
    bool is_of_log = view->operator.at != NULL; /* an operator exports the log, a citizen data */
    struct str operation = is_of_log && str_equal(view->operation, STR("export"))
                               ? STR("log-export")
                               : view->operation;
    static const struct {
        struct str operation;
        bool is_by_service;
        struct str words[2];
    } known[] = {
        {STR_INIT("overview"),
         false,
         {[LANGUAGE_DA] = STR_INIT("Samlet overblik"), [LANGUAGE_EN] = STR_INIT("Overview")}},
        {STR_INIT("overview"),
         true,
         {[LANGUAGE_DA] = STR_INIT("En tjeneste læste med dit samtykke"),
          [LANGUAGE_EN] = STR_INIT("A service read with your consent")}},
        {STR_INIT("item"),
         false,
         {[LANGUAGE_DA] = STR_INIT("Et enkelt punkt i overblikket"),
          [LANGUAGE_EN] = STR_INIT("One item of the overview")}},
        {STR_INIT("item"),
         true,
         {[LANGUAGE_DA] = STR_INIT("En tjeneste læste et enkelt punkt med dit samtykke"),
          [LANGUAGE_EN] = STR_INIT("A service read one item with your consent")}},
        {STR_INIT("access-log"),
         false,
         {[LANGUAGE_DA] = STR_INIT("Opslag i din adgangslog"),
          [LANGUAGE_EN] = STR_INIT("Your access log was read")}},
        {STR_INIT("consents"),
         false,
         {[LANGUAGE_DA] = STR_INIT("Du så dine samtykker"),
          [LANGUAGE_EN] = STR_INIT("You looked at your consents")}},
        {STR_INIT("consent-give"),
         false,
         {[LANGUAGE_DA] = STR_INIT("Du gav et samtykke"),
          [LANGUAGE_EN] = STR_INIT("You gave a consent")}},
        {STR_INIT("consent-withdraw"),
         false,
         {[LANGUAGE_DA] = STR_INIT("Du trak et samtykke tilbage"),
          [LANGUAGE_EN] = STR_INIT("You withdrew a consent")}},
        {STR_INIT("mandates"),
         false,
         {[LANGUAGE_DA] = STR_INIT("Opslag i, hvem du kan handle for, og hvem der kan for dig"),
          [LANGUAGE_EN] = STR_INIT("A look at whom you may act for, and who may for you")}},
        {STR_INIT("export"),
         false,
         {[LANGUAGE_DA] = STR_INIT("Samlet overblik, hentet som fil"),
          [LANGUAGE_EN] = STR_INIT("Overview, taken away as a file")}},
        {STR_INIT("correction"),
         false,
         {[LANGUAGE_DA] = STR_INIT("En rettelse fra dig"),
          [LANGUAGE_EN] = STR_INIT("A correction from you")}},
        {STR_INIT("log-export"),
         false,
         {[LANGUAGE_DA] = STR_INIT("Udskrift af din adgangslog"),
          [LANGUAGE_EN] = STR_INIT("Your access log was exported")}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_equal(known[i].operation, operation) &&
            known[i].is_by_service == is_by_service(view))
            return known[i].words[language];
    return view->operation;
}

/* Was it wished for only? A consent that was too many, or a store that failed. */
static struct str ending(enum language language, const struct access_view *view)
{
    static const struct str words[] = {
        [LANGUAGE_DA] = STR_INIT(". Det lykkedes ikke"), [LANGUAGE_EN] = STR_INIT(". That failed")};
    bool is_undone = str_starts_with(view->operation, STR("consent-")) && view->status >= 400;
    return is_undone ? words[language] : STR("");
}

/* The service that it was about, then the sources that were asked. */
static void write_action(struct writer *w, const struct access_output *output,
                         const struct access_view *view)
{
    struct buf text;
    buf_init(&text, 16 * 1024);
    buf_add_str(&text, action(output->language, view));
    if (view->service.at) {
        struct str name = service_name(output, view->service);
        buf_format(&text, " (%.*s)", STR_ARG(name.at ? name : view->service));
    }
    for (size_t i = 0; i < view->row_count; i++) {
        struct str name = source_name(output, view->rows[i].source);
        buf_format(&text, "%s%.*s", i ? ", " : ": ",
                   STR_ARG(name.at ? name : view->rows[i].source));
    }
    buf_add_str(&text, ending(output->language, view));
    writer_str(w, buf_str(&text));
    buf_clear(&text);
}

static void write_entry(struct writer *w, const struct access_output *output,
                        const struct access_view *view)
{
    writer_object(w);
    writer_member_str(w, "receipt", view->receipt);
    writer_name(w, "time");
    writer_wall(w, view->time);
    writer_member_str(w, "operation", view->operation);
    writer_name(w, "text");
    write_action(w, output, view);
    writer_member_str(w, "portal", view->portal);
    writer_member_str(w, "purpose", view->purpose);
    writer_member_str(w, "by", who(view));
    writer_member_str(w, "mandate", view->mandate);
    write_service(w, output, view);
    writer_name(w, "status");
    if (view->status != ACCESS_STATUS_UNKNOWN)
        writer_int(w, view->status);
    else
        writer_null(w);
    writer_name(w, "sources");
    writer_array(w);
    for (size_t i = 0; i < view->row_count; i++)
        write_row(w, output, &view->rows[i]);
    writer_array_end(w);
    writer_object_end(w);
}

void access_output_page(const struct access_output *output, const struct access_page *page,
                        struct buf *out)
{
    struct writer w;
    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "receipt", output->receipt);
    writer_name(&w, "entries");
    writer_array(&w);
    for (size_t i = 0; i < page->count; i++)
        write_entry(&w, output, &page->entries[i]);
    writer_array_end(&w);
    writer_name(&w, "next");
    if (page->has_more && page->count > 0) {
        buf_format(out, "\"?limit=%zu&before=%.*s\"", page->count,
                   STR_ARG(page->entries[page->count - 1].receipt));
        w.comma = true;
    } else {
        writer_null(&w);
    }
    writer_member_int(&w, "kept_days", output->snapshot->settings.record_keep_days);
    writer_object_end(&w);
}

/* ---- the data tracker's ---- */

void access_output_usage(const struct access_output *output, const struct access_page *page,
                         struct buf *out)
{
    struct writer w;
    writer_init(&w, out);
    writer_object(&w);
    writer_member_int(&w, "totalUsages", (int64_t)page->total);
    writer_name(&w, "usages");
    writer_array(&w);
    for (size_t i = 0; i < page->count; i++) {
        const struct access_view *view = &page->entries[i];
        struct str receiver = is_by_service(view) ? view->service
                              : view->portal.at   ? view->portal
                                                  : view->operator;
        writer_object(&w);
        writer_name(&w, "logtime");
        writer_wall(&w, view->time);
        writer_name(&w, "action");
        write_action(&w, output, view);
        writer_member_str(&w, "receiverCode", receiver.at ? receiver : STR("unknown"));
        writer_member_str(&w, "receiverSystem", output->snapshot->settings.gateway_id);
        writer_object_end(&w);
    }
    writer_array_end(&w);
    writer_object_end(&w);
}
