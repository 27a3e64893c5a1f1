/* SPDX-License-Identifier: MIT */
/* soap: the SOAP 1.1 messages of KOMBIT's services, read in one streaming pass and written
 * piece by piece. What a message may hold is a table of types; an element is taken at its exact
 * place and nowhere else, so that a wrapped or doubled Body finds nobody who listens. Elements that
 * no table names are passed over with all they hold. */
#ifndef ADAPTERS_SOAP_H
#define ADAPTERS_SOAP_H

#include "adapters/adapter.h"

/* X(enumerator, prefix in what we write, URI); source: the WSDLs of the indexes and of
 * Klassifikation. */
#define SOAP_NAMESPACES(X)                                                                         \
    X(NS_SOAP, "soap", "http://schemas.xmlsoap.org/soap/envelope/")                                \
    X(NS_HEADER, "rh", "http://kombit.dk/xml/schemas/RequestHeader/1/")                            \
    X(NS_SD, "sd", "urn:oio:sagdok:3.0.0")                                                         \
    X(NS_GD, "gd", "urn:oio:sts:generelledefinitioner:6")                                          \
    X(NS_SAG, "sag", "urn:oio:sts:sagdok:sag:6")                                                   \
    X(NS_SI, "si", "urn:oio:sts:sagdok:sagindeks:6")                                               \
    X(NS_DI, "di", "urn:oio:sts:sagdok:dokumentindeks:6")                                          \
    X(NS_SDI, "sdi", "urn:oio:sts:sagdok:sagdokumentindeks:6")                                     \
    X(NS_YI, "yi", "urn:oio:sts:ydelse:ydelseindeks:6")                                            \
    X(NS_BI, "bi", "urn:oio:sts:ydelse:bevillingindeks:6")                                         \
    X(NS_OEI, "oei", "urn:oio:sts:ydelse:oekonomiskeffektueringindeks:6")                          \
    X(NS_KLASSE, "klasse", "http://stoettesystemerne.dk/klassifikation/klasse/7/")

enum soap_namespace {
#define X(name, prefix, uri) name,
    SOAP_NAMESPACES(X)
#undef X
        SOAP_NAMESPACE_COUNT
};

/* ---- reading ---- */

/* One element that a type may hold. `tag` tells it apart in the callbacks and is positive;
 * `type` NULL: it holds text only, and an element inside is a fault. */
struct soap_type;
struct soap_element {
    enum soap_namespace ns;
    struct str name;
    int tag;
    const struct soap_type *type;
    bool repeats; /* else a second one in the same parent is a fault */
};
struct soap_type {
    const struct soap_element *children; /* at most 32 */
    size_t count;
};
/* For the tables: SOAP_TYPE(array), SOAP_ONE(ns, name, tag, type), SOAP_MANY(...). */
#define SOAP_TYPE(array)                                                                           \
    {                                                                                              \
        (array), sizeof(array) / sizeof(array)[0]                                                  \
    }
#define SOAP_ONE(ns, name, tag, type)                                                              \
    {                                                                                              \
        ns, STR_INIT(name), tag, type, false                                                       \
    }
#define SOAP_MANY(ns, name, tag, type)                                                             \
    {                                                                                              \
        ns, STR_INIT(name), tag, type, true                                                        \
    }

/* An element whose content does not matter, only that it is there. */
extern const struct soap_type soap_opaque;

/* Called for the elements of the tables only. NULL: go on; else a constant text that says what is
 * wrong. `text` is borrowed during the call and empty for an element that holds elements. */
struct soap_handler {
    const char *(*on_enter)(void *ctx, int tag);
    const char *(*on_leave)(void *ctx, int tag, struct str text);
};

struct soap_message {
    struct str transaction; /* RequestHeader/TransactionUUID, in the arena; STR_NONE: none */
    bool is_fault;          /* the Body holds a Fault and nothing else */
};

/* Reads one envelope whose Body holds `payload` or a Fault. False: *fault says why. */
bool soap_read(struct arena *arena, struct str bytes, const struct soap_element *payload,
               const struct soap_handler *handler, void *ctx, struct soap_message *message,
               struct answer_fault *fault) __attribute__((warn_unused_result));

/* What an HTTP answer is before its body is looked at. ANSWERED: read the body. */
enum outcome soap_http_outcome(const struct answer *answer, struct answer_fault *fault);

/* ---- writing ---- */

/* <soap:Envelope> with every namespace declared under its prefix, the header with the
 * transaction's id, <soap:Body>; and the end of both. */
void soap_open(struct buf *out, struct str transaction);
void soap_close(struct buf *out);

/* soap_text(out, "sd:StatusKode", s): <sd:StatusKode>s</sd:StatusKode>, s escaped. */
void soap_text(struct buf *out, const char *element, struct str s);

/* The request's headers; `action` without quotes, a literal of the WSDL. */
bool soap_headers(struct arena *arena, struct ask *ask, const char *action);

#endif
