/* SPDX-License-Identifier: MIT */
/* visit: one request of a browser, from its arrival to its reply. A handler owes it one reply, at
 * once or after it has asked the gateway or the broker; when the browser leaves before, the
 * question is cancelled. A reply ends the visit, and all that it held is wiped. */
#ifndef PORTAL_VISIT_H
#define PORTAL_VISIT_H

#include "base/arena.h"
#include "portal/json.h"
#include "portal/page.h"
#include "portal/portal.h"

enum {
    VISIT_FIELDS_MAX = 12,
    VISIT_PAGE_MAX = 8 * 1024 * 1024,
    VISIT_ANSWER_MAX = 16 * 1024 * 1024
};

typedef void visit_answered_fn(struct visit *visit, const struct fetch_result *result);
typedef void visit_part_fn(struct visit *visit, int http_status, struct str part);

struct visit {
    struct portal *portal;
    struct http_exchange *exchange; /* slot; NULL: replied, or gone */
    struct fetch *fetch;            /* slot */
    struct arena *arena;
    enum language language;
    struct str query, form; /* borrowed until the reply */
    struct str origin;      /* what the browser says the request came from; STR_NONE */
    char session_id[SESSION_SECRET_TEXT];
    struct page_visitor visitor; /* as of the request; its texts lie in the arena */
    bool has_visitor;
    struct str act_for; /* mandate as of the request; STR_NONE */
    struct http_field fields[VISIT_FIELDS_MAX];
    size_t field_count;
    struct buf question; /* body of the question under way */
    visit_answered_fn *answered;
    visit_part_fn *part;
    void (*clear)(struct visit *visit); /* NULL: `more` needs no end */
    void *more;                         /* the handler's own, in the arena */
};

/* Begins one; the session is the one of its cookie, if it is logged in. */
struct visit *visit_new(struct portal *portal, const struct http_request *request,
                        struct http_exchange *exchange);

/* The session, if it is still there. Valid until the handler returns. */
struct session *visit_session(struct visit *visit);
/* Does a form that was posted come from a page of ours, of this session? */
bool visit_is_genuine(struct visit *visit);
/* A value of the query or the form; STR_NONE. */
struct str visit_query(struct visit *visit, const char *name);
struct str visit_form(struct visit *visit, const char *name);

/* A field of the reply to come; `value` lives until the reply. */
void visit_field(struct visit *visit, struct str name, struct str value);
/* Sets the session's cookie; "": takes it away. */
void visit_cookie(struct visit *visit, const char *id);

struct page visit_page(const struct visit *visit, enum word title);

/* The replies. Each ends the visit, but for visit_stream. */
void visit_reply(struct visit *visit, int status, struct buf *html);
void visit_reply_file(struct visit *visit, struct str type, struct str name, struct str bytes);
void visit_redirect(struct visit *visit, struct str where);
void visit_notice(struct visit *visit, int status, enum word title, enum word lead,
                  struct str receipt);
/* What the gateway could not do, as a page: also the way back to the login. */
void visit_fault(struct visit *visit, const struct fetch_result *result);
void visit_stream(struct visit *visit);
void visit_end(struct visit *visit);

/* One question to the gateway as the citizen of the session. `accept` and `path` are borrowed
 * during the call; `is_delete` and `visit->question` (JSON) tell the method. */
struct visit_ask {
    struct str path;
    const char *accept; /* NULL: JSON */
    bool is_delete;
    bool is_for_other; /* with the mandate, if there is one */
    int patience_ms;
};
void visit_ask(struct visit *visit, const struct visit_ask *ask, visit_answered_fn *answered);
/* One for what is the same for everybody: without a token. */
void visit_ask_gateway(struct visit *visit, struct str path, visit_answered_fn *answered);
/* One to the broker: a form in visit->question, else GET. `path` as of its URL. */
void visit_ask_broker(struct visit *visit, struct str path, visit_answered_fn *answered);

#endif
