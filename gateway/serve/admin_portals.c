/* SPDX-License-Identifier: MIT */
/* The page that tells a portal's developer the first call. */
#include "joining/portal_page.h"
#include "serve/admin_call.h"

enum { PAGE_BYTES_MAX = 1024 * 1024 };

static const struct portal *find_portal(struct admin_call *call)
{
    const struct agreements *agreements = &call->facts.snapshot->agreements;

    for (size_t i = 0; i < agreements->portal_count; i++)
        if (str_equal(agreements->portals[i].id, call->rest))
            return &agreements->portals[i];
    admin_refuse(call, PROBLEM_NOT_FOUND,
                 "policies/agreements.json has no portal of this id, and no agreement of one");
    return NULL;
}

/* What portals call the door: as it is said, else where it listens. */
static struct str door_url(struct admin_call *call)
{
    const struct settings *settings = &call->facts.snapshot->settings;
    const struct shared *shared = call->facts.shared;
    bool is_tls = shared->tls_port != 0;

    if (settings->listen_url.at)
        return settings->listen_url;
    return arena_format(call->arena, "%s://%.*s:%u", is_tls ? "https" : "http",
                        STR_ARG(settings->listen_address),
                        is_tls ? shared->tls_port : shared->plain_port);
}

static void write_language(struct writer *w, struct portal_page *page)
{
    struct buf out;

    buf_init(&out, PAGE_BYTES_MAX);
    writer_object(w);
    for (int is_html = 0; is_html < 2; is_html++) {
        out.len = 0;
        page->is_html = is_html;
        portal_page_write(page, &out);
        if (is_html)
            writer_member_str(w, "html", buf_str(&out));
        else
            writer_member_str(w, "text", buf_str(&out));
    }
    writer_object_end(w);
    buf_clear(&out);
}

void admin_get_portal_page(struct admin_call *call)
{
    const struct portal *portal = find_portal(call);
    struct buf body;

    if (!portal)
        return;
    struct portal_page page = {
        .snapshot = call->facts.snapshot, .portal = portal, .url = door_url(call)};
    struct writer w = admin_begin(&body);
    writer_object(&w);
    writer_member_str(&w, "portal", portal->id);
    for (page.language = 0; page.language < LANGUAGES; page.language++) {
        writer_name_text(&w, language_tag(page.language));
        write_language(&w, &page);
    }
    writer_object_end(&w);
    admin_reply(call, 200, &body);
}
