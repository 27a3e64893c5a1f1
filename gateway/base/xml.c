/* SPDX-License-Identifier: MIT */
#include "base/xml.h"

#include <expat.h>
#include <malloc.h>
#include <stdlib.h>

/* Stands between URI and local name in what expat reports. XML 1.0 forbids this character even as
 * a reference, so that no document can hold it. */
enum { SEPARATOR = 0x1F };

struct xml {
    XML_Parser parser;
    const struct xml_handler *handler;
    void *ctx;
    struct xml_fault *fault;
    struct buf text;                 /* of all open elements, the innermost last */
    size_t text_from[XML_DEPTH_MAX]; /* where each open element's text begins */
    size_t depth, elements, attributes, namespaces;
};

/* expat works on copies of personal data; they are wiped like ours. */
static void *wiped_alloc(size_t size)
{
    return malloc(size);
}

static void wiped_free(void *memory)
{
    if (memory)
        explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

static void *wiped_realloc(void *memory, size_t size)
{
    size_t kept = memory ? malloc_usable_size(memory) : 0;
    void *moved = malloc(size);

    if (!moved)
        return NULL;
    if (memory)
        memcpy(moved, memory, kept < size ? kept : size);
    wiped_free(memory);
    return moved;
}

static const XML_Memory_Handling_Suite wiping = {wiped_alloc, wiped_realloc, wiped_free};

/* The first fault counts. expat may still report a little after it was told to stop, so that every
 * handler begins by asking is_over. */
static void stop(struct xml *x, const char *why)
{
    if (x->fault->why)
        return;
    *x->fault = (struct xml_fault){why, XML_GetCurrentLineNumber(x->parser),
                                   XML_GetCurrentColumnNumber(x->parser) + 1};
    XML_StopParser(x->parser, XML_FALSE);
}

static bool is_over(const struct xml *x)
{
    return x->fault->why != NULL;
}

static bool split_name(struct xml *x, const char *joined, struct str *uri, struct str *name)
{
    struct str all = str_of(joined);
    size_t separator = str_find_byte(all, SEPARATOR);

    if (all.len > XML_NAME_MAX) {
        stop(x, "a name is too long");
        return false;
    }
    *uri = separator < all.len ? str_head(all, separator) : STR("");
    *name = separator < all.len ? str_skip(all, separator + 1) : all;
    return true;
}

/* How many attributes were set, or -1 after a fault. expat gives names and values in turn. */
static int collect_attributes(struct xml *x, const XML_Char **pairs,
                              struct xml_attribute attributes[XML_ATTRIBUTES_MAX])
{
    int count = 0;

    for (; pairs[0]; pairs += 2, count++) {
        struct xml_attribute *attribute = &attributes[count];

        if (count == XML_ATTRIBUTES_MAX || ++x->attributes > XML_TOTAL_ATTRIBUTES_MAX) {
            stop(x, "too many attributes");
            return -1;
        }
        attribute->value = str_of(pairs[1]);
        if (attribute->value.len > XML_TEXT_MAX) {
            stop(x, "an attribute is too long");
            return -1;
        }
        if (!split_name(x, pairs[0], &attribute->uri, &attribute->name))
            return -1;
    }
    return count;
}

static void on_start(void *ctx, const XML_Char *joined, const XML_Char **pairs)
{
    struct xml_attribute attributes[XML_ATTRIBUTES_MAX];
    struct xml *x = ctx;
    struct str uri, name;
    const char *objection;
    int count;

    if (is_over(x))
        return;
    if (x->depth == XML_DEPTH_MAX) {
        stop(x, "nested too deeply");
        return;
    }
    if (++x->elements > XML_ELEMENTS_MAX) {
        stop(x, "too many elements");
        return;
    }
    count = collect_attributes(x, pairs, attributes);
    if (count < 0 || !split_name(x, joined, &uri, &name))
        return;
    x->text_from[x->depth++] = x->text.len;
    objection = x->handler->on_start(x->ctx, uri, name, attributes, (size_t)count);
    if (objection)
        stop(x, objection);
}

static void on_end(void *ctx, const XML_Char *joined)
{
    struct xml *x = ctx;
    struct str uri, name, text;
    const char *objection;

    if (is_over(x) || !split_name(x, joined, &uri, &name))
        return;
    text = str_skip(buf_str(&x->text), x->text_from[--x->depth]);
    objection = x->handler->on_end(x->ctx, uri, name, text);
    x->text.len -= text.len;
    if (objection)
        stop(x, objection);
}

static void on_text(void *ctx, const XML_Char *at, int len)
{
    struct xml *x = ctx;

    if (is_over(x))
        return;
    if ((size_t)len > XML_TEXT_MAX - (x->text.len - x->text_from[x->depth - 1]))
        stop(x, "a text is too long");
    else if (!buf_add(&x->text, at, (size_t)len))
        stop(x, "no memory");
}

static void on_namespace(void *ctx, const XML_Char *prefix, const XML_Char *uri)
{
    struct xml *x = ctx;

    (void)prefix, (void)uri;
    if (++x->namespaces > XML_NAMESPACES_MAX)
        stop(x, "too many namespace declarations");
}

static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *system_id,
                       const XML_Char *public_id, int has_internal_subset)
{
    (void)name, (void)system_id, (void)public_id, (void)has_internal_subset;
    stop(ctx, "a DOCTYPE is not allowed");
}

static void on_instruction(void *ctx, const XML_Char *target, const XML_Char *data)
{
    (void)target, (void)data;
    stop(ctx, "a processing instruction is not allowed");
}

static void listen(struct xml *x)
{
    XML_SetUserData(x->parser, x);
    XML_SetParamEntityParsing(x->parser, XML_PARAM_ENTITY_PARSING_NEVER);
    XML_SetElementHandler(x->parser, on_start, on_end);
    XML_SetCharacterDataHandler(x->parser, on_text);
    XML_SetStartNamespaceDeclHandler(x->parser, on_namespace);
    XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
    XML_SetProcessingInstructionHandler(x->parser, on_instruction);
}

bool xml_read(struct str bytes, const struct xml_handler *handler, void *ctx,
              struct xml_fault *fault)
{
    static const XML_Char separator[] = {SEPARATOR, '\0'};
    struct xml x = {.handler = handler, .ctx = ctx, .fault = fault};

    *fault = (struct xml_fault){0};
    if (bytes.len > XML_BYTES_MAX) {
        fault->why = "the document is too long";
        return false;
    }
    /* expat takes UTF-16 for what it is although UTF-8 is forced; none is without a NUL. */
    if (str_find_byte(bytes, '\0') < bytes.len) {
        fault->why = "NUL in the document";
        return false;
    }
    x.parser = XML_ParserCreate_MM("UTF-8", &wiping, separator);
    if (!x.parser) {
        fault->why = "no memory";
        return false;
    }
    buf_init(&x.text, XML_BYTES_MAX);
    listen(&x);
    /* In one piece, since a token that spans pieces would be scanned again with each. */
    if (XML_Parse(x.parser, bytes.at, (int)bytes.len, XML_TRUE) != XML_STATUS_OK)
        stop(&x, XML_ErrorString(XML_GetErrorCode(x.parser)));
    XML_ParserFree(x.parser);
    buf_clear(&x.text);
    return !fault->why;
}

size_t xml_fault_offset(struct str bytes, const struct xml_fault *fault)
{
    size_t offset = 0;

    for (unsigned long line = 1; line < fault->line && offset < bytes.len; line++)
        offset += str_find_byte(str_skip(bytes, offset), '\n') + 1;
    offset += fault->column ? fault->column - 1 : 0;
    return offset < bytes.len ? offset : bytes.len;
}

static struct str replacement(struct str character)
{
    unsigned char first = (unsigned char)character.at[0];

    switch (first) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    /* As references: raw ones would be normalised in an attribute, and CR also in text. */
    case '\t':
        return STR("&#9;");
    case '\n':
        return STR("&#10;");
    case '\r':
        return STR("&#13;");
    default:
        break;
    }
    if (first < 0x20 || str_equal(character, STR("\xEF\xBF\xBE")) ||
        str_equal(character, STR("\xEF\xBF\xBF"))) /* U+FFFE, U+FFFF */
        return STR("\xEF\xBF\xBD");                /* U+FFFD */
    return STR_NONE;
}

void xml_escape(struct buf *out, struct str s)
{
    const char *span = s.at;

    while (s.len) {
        size_t len = str_utf8_sequence(s);
        struct str instead = len ? replacement(str_head(s, len)) : STR("\xEF\xBF\xBD");

        if (instead.at) {
            buf_add(out, span, (size_t)(s.at - span));
            buf_add_str(out, instead);
            span = s.at + (len ? len : 1);
        }
        s = str_skip(s, len ? len : 1);
    }
    buf_add(out, span, (size_t)(s.at - span));
}
