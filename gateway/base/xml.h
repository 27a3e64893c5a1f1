/* SPDX-License-Identifier: MIT */
/* xml: reads XML in one streaming pass by expat, which no other file knows. UTF-8 is forced; a
 * DOCTYPE, a processing instruction, or any ceiling of enum xml_limit ends the reading. Elements
 * arrive as (namespace URI, local name); text is gathered per element. */
#ifndef BASE_XML_H
#define BASE_XML_H

#include "base/arena.h"
#include "base/buf.h"

enum xml_limit {
    XML_DEPTH_MAX = 32,
    XML_ATTRIBUTES_MAX = 64,   /* per element */
    XML_NAME_MAX = 256,        /* bytes, URI and local name together */
    XML_TEXT_MAX = 256 * 1024, /* bytes of text in one element */
    XML_BYTES_MAX = 4 * 1024 * 1024,
    XML_ELEMENTS_MAX = 200000,
    XML_NAMESPACES_MAX = 64, /* declarations in the whole document */
    XML_TOTAL_ATTRIBUTES_MAX = 4096 * 16
};

struct xml_attribute {
    struct str uri, name, value;
};

/* What a reader of XML is called back with. A callback returns NULL to go on, or a constant text
 * that says what is wrong, which ends the reading. All strings are valid during the call only. */
struct xml_handler {
    const char *(*on_start)(void *ctx, struct str uri, struct str name,
                            const struct xml_attribute *attributes, size_t count);
    /* text: all character data directly inside the element, entity references resolved. */
    const char *(*on_end)(void *ctx, struct str uri, struct str name, struct str text);
};

struct xml_fault {
    const char *why; /* NULL: none; a constant text, never a piece of the document */
    unsigned long line, column;
};

/* Reads the whole document. True: well-formed, within the ceilings, and no callback objected. */
bool xml_read(struct str bytes, const struct xml_handler *handler, void *ctx,
              struct xml_fault *fault) __attribute__((warn_unused_result));

/* Which byte stands at the fault's line and column; columns count characters, which is near enough
 * for people. */
size_t xml_fault_offset(struct str bytes, const struct xml_fault *fault);

/* Adds s to out as XML text (also fit for attribute values in double quotes): & < > " escaped,
 * characters that XML 1.0 forbids become U+FFFD. */
void xml_escape(struct buf *out, struct str s);

#endif
