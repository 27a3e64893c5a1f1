/* SPDX-License-Identifier: MIT */
#include "adapters/soap.h"

#include "base/xml.h"

#include <assert.h>

static const struct str uris[SOAP_NAMESPACE_COUNT] = {
#define X(name, prefix, uri) [name] = STR_INIT(uri),
    SOAP_NAMESPACES(X) SOAP_OTHER_NAMESPACES(X)
#undef X
};

const struct soap_type soap_opaque = {NULL, 0};

enum { CHILDREN_MAX = 32, TRANSACTION_MAX = 64 };

/* The envelope's own elements; the caller's tags are positive. */
enum envelope_tag {
    TAG_ENVELOPE = -100,
    TAG_HEAD,
    TAG_REQUEST_HEADER,
    TAG_TRANSACTION,
    TAG_BODY,
    TAG_FAULT
};

static const struct soap_element request_header_children[] = {
    SOAP_ONE(NS_HEADER, "TransactionUUID", TAG_TRANSACTION, NULL),
};
static const struct soap_type request_header = SOAP_TYPE(request_header_children);
static const struct soap_element head_children[] = {
    SOAP_ONE(NS_HEADER, "RequestHeader", TAG_REQUEST_HEADER, &request_header),
};
static const struct soap_type head = SOAP_TYPE(head_children);

/* One open element of the tables. */
struct frame {
    const struct soap_element *element;
    uint32_t seen; /* which children of its type have come */
    size_t depth;  /* of the document; an element deeper than frame + 1 is inside an unknown one */
};

struct soap {
    struct arena *arena;
    const struct soap_handler *handler;
    void *ctx;
    struct soap_message *message;
    struct frame frames[XML_DEPTH_MAX + 1]; /* the first is the document itself */
    size_t open, depth;
    bool has_body;
};

static const char *take_child(struct soap *s, struct frame *parent, size_t index)
{
    const struct soap_element *child = &parent->element->type->children[index];
    uint32_t bit = (uint32_t)1 << index;

    if (!child->repeats && (parent->seen & bit))
        return "an element comes twice";
    parent->seen |= bit;
    s->frames[s->open++] = (struct frame){child, 0, s->depth};
    switch (child->tag) {
    case TAG_HEAD:
        return parent->seen == bit ? NULL : "the Header comes after the Body";
    case TAG_ENVELOPE:
    case TAG_BODY:
    case TAG_REQUEST_HEADER:
    case TAG_TRANSACTION:
        return NULL;
    case TAG_FAULT:
        s->message->is_fault = true;
        return parent->seen == bit ? NULL : "the Body holds two elements";
    default:
        if (parent->element->tag == TAG_BODY && parent->seen != bit)
            return "the Body holds two elements";
        return s->handler->on_enter(s->ctx, child->tag);
    }
}

static bool is_named(const struct soap_element *element, struct str uri, struct str name)
{
    return str_equal(element->name, name) && str_equal(uris[element->ns], uri);
}

static const char *on_start(void *ctx, struct str uri, struct str name,
                            const struct xml_attribute *attributes, size_t count)
{
    struct soap *s = ctx;
    struct frame *parent = &s->frames[s->open - 1];
    const struct soap_type *type = parent->element->type;

    (void)attributes, (void)count;
    s->depth++;
    if (parent->depth + 1 != s->depth)
        return NULL; /* inside an unknown element */
    if (!type)
        return "an element inside a text";
    assert(type->count <= CHILDREN_MAX);
    for (size_t i = 0; i < type->count; i++)
        if (is_named(&type->children[i], uri, name))
            return take_child(s, parent, i);
    if (s->open == 1)
        return "not a SOAP 1.1 envelope";
    if (parent->element->tag == TAG_BODY || parent->element->tag == TAG_ENVELOPE)
        return "an unknown element in the envelope or its Body";
    return NULL;
}

static const char *on_end(void *ctx, struct str uri, struct str name, struct str text)
{
    struct soap *s = ctx;
    const struct soap_element *element = s->frames[s->open - 1].element;

    (void)uri, (void)name;
    if (s->frames[s->open - 1].depth != s->depth--)
        return NULL;
    s->open--;
    switch (element->tag) {
    case TAG_TRANSACTION:
        if (text.len > TRANSACTION_MAX)
            return "the transaction's id is too long";
        if (text.len && !(s->message->transaction = arena_copy(s->arena, text)).at)
            return "no room";
        return NULL;
    case TAG_HEAD:
    case TAG_REQUEST_HEADER:
    case TAG_FAULT:
        return NULL;
    case TAG_BODY:
        s->has_body = true;
        return s->frames[s->open].seen ? NULL : "an empty Body";
    case TAG_ENVELOPE:
        return s->has_body ? NULL : "no Body";
    default:
        return s->handler->on_leave(s->ctx, element->tag, element->type ? STR("") : text);
    }
}

bool soap_read(struct arena *arena, struct str bytes, const struct soap_element *payload,
               const struct soap_handler *handler, void *ctx, struct soap_message *message,
               struct answer_fault *fault)
{
    static const struct xml_handler xml = {on_start, on_end};
    const struct soap_element body_children[] = {
        *payload,
        SOAP_ONE(NS_SOAP, "Fault", TAG_FAULT, &soap_opaque),
    };
    const struct soap_type body = SOAP_TYPE(body_children);
    const struct soap_element envelope_children[] = {
        SOAP_ONE(NS_SOAP, "Header", TAG_HEAD, &head),
        SOAP_ONE(NS_SOAP, "Body", TAG_BODY, &body),
    };
    const struct soap_type envelope = SOAP_TYPE(envelope_children);
    const struct soap_element document_children[] = {
        SOAP_ONE(NS_SOAP, "Envelope", TAG_ENVELOPE, &envelope),
    };
    const struct soap_type document_type = SOAP_TYPE(document_children);
    const struct soap_element document = {.type = &document_type};
    struct soap s = {.arena = arena, .handler = handler, .ctx = ctx, .message = message};
    struct xml_fault wrong;

    *message = (struct soap_message){0};
    s.frames[s.open++].element = &document;
    if (!xml_read(bytes, &xml, &s, &wrong)) {
        *fault = (struct answer_fault){.why = wrong.why, .offset = xml_fault_offset(bytes, &wrong)};
        return false;
    }
    return true;
}

static bool is_xml(struct str content_type)
{
    struct str type = str_trim(str_head(content_type, str_find_byte(content_type, ';')));

    return str_equal_nocase(type, STR("text/xml")) ||
           str_equal_nocase(type, STR("application/xml"));
}

enum outcome soap_http_outcome(const struct answer *answer, struct answer_fault *fault)
{
    *fault = (struct answer_fault){0};
    switch (answer->http_status) {
    case 200:
        if (is_xml(answer->content_type))
            return OUTCOME_ANSWERED;
        fault->why = "not text/xml";
        return OUTCOME_INVALID;
    case 401:
    case 403:
        fault->why = "refused";
        return OUTCOME_REFUSED;
    case 429:
    case 503:
        fault->why = "busy";
        return OUTCOME_BUSY;
    default:
        fault->why = answer->http_status >= 400 ? "an HTTP error" : "an unexpected HTTP status";
        return answer->http_status >= 400 ? OUTCOME_FAILED : OUTCOME_INVALID;
    }
}

void soap_open(struct buf *out, struct str transaction)
{
    static const char opening[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope"
#define X(name, prefix, uri) " xmlns:" prefix "=\"" uri "\""
        SOAP_NAMESPACES(X)
#undef X
            "><soap:Header><rh:RequestHeader>";

    buf_add(out, opening, sizeof opening - 1);
    soap_text(out, "rh:TransactionUUID", transaction);
    buf_add_str(out, STR("</rh:RequestHeader></soap:Header><soap:Body>"));
}

void soap_close(struct buf *out)
{
    buf_add_str(out, STR("</soap:Body></soap:Envelope>"));
}

void soap_text(struct buf *out, const char *element, struct str s)
{
    buf_format(out, "<%s>", element);
    xml_escape(out, s);
    buf_format(out, "</%s>", element);
}

bool soap_headers(struct arena *arena, struct ask *ask, const char *action)
{
    ask->headers[0] = STR("Content-Type: text/xml; charset=utf-8");
    ask->headers[1] = arena_format(arena, "SOAPAction: \"%s\"", action);
    ask->headers[2] = STR("Accept: text/xml");
    ask->header_count = 3;
    return ask->headers[1].at != NULL;
}
