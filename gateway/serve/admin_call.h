/* SPDX-License-Identifier: MIT */
/* admin_call: one request at the operators' door, as its handler sees it, and what handlers share.
 * Private to serve/admin*.c. A handler answers by one of the functions below, or keeps the exchange
 * by http_keep and copies what it needs: the call is gone when it returns. */
#ifndef SERVE_ADMIN_CALL_H
#define SERVE_ADMIN_CALL_H

#include "base/writer.h"
#include "serve/admin.h"

#include <jansson.h>

enum { ADMIN_WHO_MAX = 192, ADMIN_REASON_MAX = 400, ADMIN_REPLY_MAX = 16 * 1024 * 1024 };

/* A reload that somebody waits for. */
struct admin_waiter {
    struct admin_waiter *next;
    struct admin *admin;
    struct http_exchange *exchange; /* slot */
    uint64_t ticket;
};

struct admin {
    struct loop *loop;
    struct http_server *server;
    admin_look_fn *look;
    void *ctx;
    struct wall started, loaded; /* `loaded`: the configuration in force */
    uint64_t reloads_accepted, reloads_refused;
    struct reload_report *refused; /* the newest refused; NULL: none since the last accepted one */
    struct admin_waiter *waiters;
    struct admin_task *tasks; /* that wait for their change to be in force: serve/admin_task */
    unsigned handing_in;      /* owners' tasks under way */
    unsigned previews, readings, reports; /* under way */
};

struct admin_call {
    struct admin *admin;
    struct admin_facts facts;
    const struct http_request *request;
    struct http_exchange *exchange;
    struct str rest;   /* what stood for the star in the route's path */
    struct str who;    /* "anna", "root" */
    struct str reason; /* with writes; no personal number in it; "": none was given */
    enum operator_role role;
    struct str authority; /* whom OPERATOR_AUTHORITY acts for: a CVR number; else STR_NONE */
    enum language language;
    const json_t *body; /* an object with known members only; NULL: the route takes none */
    struct arena *arena;
};

/* Answers. `body` is taken over. */
void admin_reply(struct admin_call *call, int status, struct buf *body);
void admin_refuse(struct admin_call *call, enum problem_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Begins a JSON reply. */
struct writer admin_begin(struct buf *body);
/* A member of the body: a text, or STR_NONE when it is absent or no text. */
struct str admin_text(const struct admin_call *call, const char *name);
/* Says in the log and in the access record who did what, and why. `target` STR_NONE: none. */
void admin_note(const struct admin_call *call, const char *what, struct str target);
/* The same, of somebody whose call is over. */
void admin_note_as(struct admin *admin, struct str who, const char *what, struct str target,
                   struct str why);
/* Is the source among those that who asks may see: its owner its own, others all? */
bool admin_owns(const struct admin_call *call, const struct route *route);
/* The route of the source in the path; NULL: it was refused. */
const struct route *admin_route_named(struct admin_call *call);

/* ---- handlers, by file ---- */

/* admin_status.c */
void admin_get_status(struct admin_call *call);
void admin_get_configuration(struct admin_call *call);
void admin_post_reload(struct admin_call *call);
void admin_get_log_level(struct admin_call *call);
void admin_put_log_level(struct admin_call *call);
void admin_get_explain(struct admin_call *call);
/* admin_log.c */
void admin_get_log(struct admin_call *call);
void admin_get_log_authority(struct admin_call *call);
/* admin_metrics.c */
void admin_get_metrics(struct admin_call *call);
/* admin_report.c */
void admin_get_report(struct admin_call *call);
/* admin_sources.c */
void admin_get_sources(struct admin_call *call);
void admin_get_source(struct admin_call *call);
void admin_post_enable(struct admin_call *call);
void admin_post_disable(struct admin_call *call);
void admin_post_drain(struct admin_call *call);
void admin_post_maintenance(struct admin_call *call);
void admin_post_rearm(struct admin_call *call);
/* admin_portals.c */
void admin_get_portal_page(struct admin_call *call);
/* admin_plan.c */
void admin_post_plan(struct admin_call *call);
/* admin_exposure.c */
void admin_post_preview(struct admin_call *call);
void admin_post_quality(struct admin_call *call);
/* … and whom a preview is about: the portal of this id (empty: the first; NULL: there is none), and
 * the test citizen of this id (empty: all but the sources' own) as that portal sees them. */
struct preview_citizen;
const struct portal *admin_preview_portal(const struct snapshot *snapshot, struct str id);
size_t admin_preview_citizens(const struct snapshot *snapshot, struct str id,
                              const struct portal *portal, struct arena *arena,
                              const struct preview_citizen **list);
/* admin_figures.c */
void admin_get_figures(struct admin_call *call);
/* admin_registrations.c */
void admin_get_registrations(struct admin_call *call);
void admin_get_registration(struct admin_call *call);
void admin_get_registration_report(struct admin_call *call);
void admin_put_registration(struct admin_call *call);
void admin_post_registration_retry(struct admin_call *call);
void admin_post_registration_approve(struct admin_call *call);
void admin_post_registration_reject(struct admin_call *call);
void admin_post_registration_withdraw(struct admin_call *call);
/* admin_rules.c */
void admin_get_rules(struct admin_call *call);
void admin_get_rules_versions(struct admin_call *call);
void admin_put_rules(struct admin_call *call);
void admin_post_rules_preview(struct admin_call *call);
void admin_post_rules_activate(struct admin_call *call);
void admin_post_rules_undo(struct admin_call *call);
void admin_post_rules_retire(struct admin_call *call);

#endif
