/* SPDX-License-Identifier: MIT */
#include "policy/document.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/die.h"
#include "base/reader.h"
#include "policy/hint.h"

enum { BYTES_MAX = 4 * 1024 * 1024, MEMORY_MAX = 64 * BYTES_MAX, MESSAGE_MAX = 512 };

/* ---- faults ---- */

void faults_init(struct faults *faults, struct arena *arena)
{
    *faults = (struct faults){.arena = arena};
}

/* A fault that finds no room is counted all the same: nobody mistakes the list for an empty one. */
static void add(struct faults *faults, struct str where, struct str what)
{
    struct fault *fault = ARENA_NEW(faults->arena, struct fault);

    faults->count++;
    if (!fault)
        return;
    fault->where = arena_copy(faults->arena, where);
    fault->what = arena_copy(faults->arena, what);
    *(faults->first ? faults->end : &faults->first) = fault;
    faults->end = &fault->next;
}

void faults_add(struct faults *faults, struct str where, const char *format, ...)
{
    char what[MESSAGE_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    add(faults, where, str_of(what));
}

/* ---- where each value stands ---- */

struct place {
    struct str pointer;
    unsigned line, column; /* from 1; columns count characters */
    struct place *next;    /* while scanning */
};

struct document {
    struct arena *arena;
    struct str file, bytes;
    json_t *root;
    struct places *places;
};
/* Sorted by pointer. Looked for when the first is asked for: most files have no fault. */
struct places {
    struct place *at;
    size_t count;
};

/* Walks over the bytes with the reader and remembers how far it has counted lines. */
struct scan {
    struct reader reader;
    struct arena *arena;
    const char *at;
    unsigned line, column;
    struct place *first, **end;
    size_t count;
};

static void count_to(struct scan *scan, const char *to)
{
    for (; scan->at < to; scan->at++) {
        if (*scan->at == '\n') {
            scan->line++;
            scan->column = 1;
        } else if (((unsigned char)*scan->at & 0xc0) != 0x80) {
            scan->column++;
        }
    }
}

/* `parent` and a member's name, by RFC 6901. */
static struct str pointer_add(struct arena *arena, struct str parent, struct str name)
{
    char *text = arena_alloc(arena, parent.len + 1 + 2 * name.len);
    size_t len = parent.len;

    if (!text)
        return STR_NONE;
    if (parent.len > 0)
        memcpy(text, parent.at, parent.len);
    text[len++] = '/';
    for (size_t i = 0; i < name.len; i++) {
        bool is_special = name.at[i] == '~' || name.at[i] == '/';

        text[len++] = is_special ? '~' : name.at[i];
        if (is_special)
            text[len++] = name.at[i] == '~' ? '0' : '1';
    }
    return str_make(text, len);
}

static struct str pointer_add_index(struct arena *arena, struct str parent, size_t index)
{
    char text[24];

    snprintf(text, sizeof text, "%zu", index);
    return pointer_add(arena, parent, str_of(text));
}

static void scan_value(struct scan *scan, struct str pointer)
{
    struct reader *reader = &scan->reader;
    enum json_type type = reader_peek(reader);
    struct place *place = ARENA_NEW(scan->arena, struct place);

    if (!place || !pointer.at) {
        reader_fail(reader, "the file is too large");
        return;
    }
    count_to(scan, reader->at);
    *place = (struct place){.pointer = pointer, .line = scan->line, .column = scan->column};
    *scan->end = place;
    scan->end = &place->next;
    scan->count++;

    if (type == JSON_TYPE_OBJECT) {
        struct str name;

        reader_object(reader);
        while (reader_member(reader, &name))
            scan_value(scan, pointer_add(scan->arena, pointer, name));
    } else if (type == JSON_TYPE_ARRAY) {
        reader_array(reader);
        for (size_t i = 0; reader_element(reader); i++)
            scan_value(scan, pointer_add_index(scan->arena, pointer, i));
    } else {
        reader_skip(reader);
    }
}

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int order = str_compare(x->pointer, y->pointer);

    if (order == 0)
        order = (x->line > y->line) - (x->line < y->line);
    return order != 0 ? order : (x->column > y->column) - (x->column < y->column);
}

static void sort_places(const struct document *document, const struct scan *scan)
{
    struct places *places = document->places;

    places->at = arena_calloc(document->arena, scan->count, sizeof *places->at);
    if (!places->at)
        die("no memory for the places of %.*s", STR_ARG(document->file));
    for (const struct place *place = scan->first; place; place = place->next)
        places->at[places->count++] = *place;
    qsort(places->at, places->count, sizeof *places->at, compare_places);
}

/* The reader at the end of the document, or where it is wrong. */
static void find_places(const struct document *document, struct scan *scan)
{
    *scan =
        (struct scan){.arena = document->arena, .at = document->bytes.at, .line = 1, .column = 1};
    scan->end = &scan->first;
    reader_init(&scan->reader, document->bytes, document->arena);
    scan_value(scan, str_make("", 0));
    if (reader_end(&scan->reader))
        sort_places(document, scan);
}

static const struct places *places_of(const struct document *document)
{
    struct scan scan;

    if (!document->places->at)
        find_places(document, &scan);
    return document->places;
}

static struct str place_text(struct str file, const struct place *place, struct faults *faults)
{
    return arena_format(faults->arena, "%.*s:%u:%u", STR_ARG(file), place->line, place->column);
}

static bool is_below(struct str pointer, struct str above)
{
    return above.at && pointer.len > above.len && str_starts_with(pointer, above) &&
           pointer.at[above.len] == '/';
}

/* What stands below a member that comes twice comes twice as well: only the top is told. */
static void find_duplicates(const struct document *document, struct faults *faults)
{
    struct str told = STR_NONE;

    for (size_t i = 1; i < document->places->count; i++) {
        const struct place *place = &document->places->at[i];

        if (!str_equal(place->pointer, place[-1].pointer) || is_below(place->pointer, told))
            continue;
        told = place->pointer;
        faults_add(faults, place_text(document->file, place, faults),
                   "%.*s: comes twice, first in line %u", STR_ARG(place->pointer), place[-1].line);
    }
}

static void fault_at(const struct document *document, size_t offset, const char *what,
                     struct faults *faults)
{
    struct str bytes = document->bytes;
    struct scan scan = {.at = bytes.at, .line = 1, .column = 1};

    count_to(&scan, bytes.at + (offset < bytes.len ? offset : bytes.len));
    faults_add(
        faults,
        arena_format(faults->arena, "%.*s:%u:%u", STR_ARG(document->file), scan.line, scan.column),
        "not JSON: %s", what);
}

/* Without a fault, as nearly all are: the grammar by our reader, the tree by jansson. */
static bool read_good(struct document *document)
{
    struct reader reader;

    reader_init(&reader, document->bytes, document->arena);
    reader_skip(&reader);
    if (reader_end(&reader))
        document->root = json_loadb(document->bytes.at, document->bytes.len,
                                    JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    return document->root;
}

static bool read_document(struct document *document, struct faults *faults)
{
    json_error_t error;
    struct scan scan;

    if (read_good(document))
        return true;
    find_places(document, &scan);
    if (!document->places->at) {
        fault_at(document, scan.reader.fault_offset, scan.reader.fault, faults);
        return false;
    }
    document->root = json_loadb(document->bytes.at, document->bytes.len, JSON_DECODE_ANY, &error);
    if (!document->root) { /* a number beyond what a computer counts with */
        fault_at(document, error.position > 0 ? (size_t)error.position - 1 : 0, error.text, faults);
        return false;
    }
    find_duplicates(document, faults);
    return true;
}

struct document *document_parse(struct str file, struct str bytes, struct faults *faults)
{
    if (bytes.len > BYTES_MAX) {
        faults_add(faults, file, "larger than %d bytes", BYTES_MAX);
        return NULL;
    }
    if (bytes.len == 0) {
        faults_add(faults, file, "empty");
        return NULL;
    }
    struct document *document = die_calloc(1, sizeof *document);
    document->arena = arena_new(MEMORY_MAX);
    document->file = arena_copy(document->arena, file);
    document->bytes = arena_copy(document->arena, bytes);
    document->places = ARENA_NEW(document->arena, struct places);
    if (!document->bytes.at || !document->places)
        die("no memory for %.*s", STR_ARG(file));
    if (!read_document(document, faults))
        document_free(&document);
    return document;
}

void document_free(struct document **document)
{
    if (!*document)
        return;
    json_decref((*document)->root);
    arena_free(&(*document)->arena);
    free(*document);
    *document = NULL;
}

json_t *document_root(const struct document *document)
{
    return document->root;
}

/* ---- nodes ---- */

struct node document_node(const struct document *document)
{
    return (struct node){document, document->root, str_make("", 0)};
}

/* null is the absent value. */
static struct node node_of(struct node parent, json_t *value, struct str pointer)
{
    return (struct node){parent.document, json_is_null(value) ? NULL : value, pointer};
}

struct node node_member(struct node node, const char *name, struct faults *faults)
{
    return node_of(node, json_object_get(node.value, name),
                   pointer_add(faults->arena, node.pointer, str_of(name)));
}

struct node node_element(struct node node, size_t index, struct faults *faults)
{
    return node_of(node, json_array_get(node.value, index),
                   pointer_add_index(faults->arena, node.pointer, index));
}

size_t node_count(struct node node)
{
    return json_array_size(node.value);
}

bool node_is_present(struct node node)
{
    return node.value != NULL;
}

static const struct place *place_find(const struct document *document, struct str pointer)
{
    const struct places *places = places_of(document);
    size_t low = 0, high = places->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(places->at[middle].pointer, pointer);

        if (order == 0)
            return &places->at[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The place of an absent value is that of the nearest value around it. */
struct str node_where(struct node node, struct faults *faults)
{
    struct str pointer = node.pointer;

    if (!node.document)
        return STR("");
    for (;;) {
        const struct place *place = place_find(node.document, pointer);

        if (place)
            return place_text(node.document->file, place, faults);
        if (pointer.len == 0)
            return node.document->file;
        do
            pointer.len--;
        while (pointer.len > 0 && pointer.at[pointer.len] != '/');
    }
}

void node_fault(struct node node, struct faults *faults, const char *format, ...)
{
    char what[MESSAGE_MAX];
    int len =
        node.pointer.len > 0 ? snprintf(what, sizeof what / 2, "%.*s: ", STR_ARG(node.pointer)) : 0;
    va_list args;

    if (len >= (int)sizeof what / 2)
        len = (int)sizeof what / 2 - 1;
    va_start(args, format);
    vsnprintf(what + len, sizeof what - (size_t)len, format, args);
    va_end(args);
    add(faults, node_where(node, faults), str_of(what));
}

void node_fault_name(struct node node, struct faults *faults, const struct str *names, size_t count,
                     const char *what)
{
    struct str name = str_make(json_string_value(node.value), json_string_length(node.value));

    if (name.len > 0)
        node_fault(node, faults, "%s%.*s", what,
                   STR_ARG(hint_text(faults->arena, name, names, count)));
    else
        node_fault(node, faults, "%s", what);
}

/* ---- values ---- */

int64_t node_int(struct node node, int64_t standard, int64_t least, int64_t most,
                 struct faults *faults)
{
    if (!node.value)
        return standard;
    json_int_t value = json_integer_value(node.value);
    if (json_is_integer(node.value) && value >= least && value <= most)
        return value;
    node_fault(node, faults, "expected a whole number from %" PRId64 " to %" PRId64, least, most);
    return standard;
}

bool node_bool(struct node node, bool standard, struct faults *faults)
{
    if (!node.value)
        return standard;
    if (json_is_boolean(node.value))
        return json_is_true(node.value);
    node_fault(node, faults, "expected true or false");
    return standard;
}

struct str node_str(struct node node, struct faults *faults)
{
    if (!node.value)
        return STR_NONE;
    if (json_string_length(node.value) > 0)
        return arena_copy(faults->arena,
                          str_make(json_string_value(node.value), json_string_length(node.value)));
    node_fault(node, faults, "expected a text that is not empty");
    return STR_NONE;
}

struct str node_str_needed(struct node node, struct faults *faults)
{
    if (!node.value)
        node_fault(node, faults, "is needed");
    return node_str(node, faults);
}

struct str *node_strs(struct node node, size_t *count, struct faults *faults)
{
    *count = 0;
    if (!node.value)
        return NULL;
    if (!json_is_array(node.value)) {
        node_fault(node, faults, "expected a list of texts");
        return NULL;
    }
    struct str *list = arena_calloc(faults->arena, node_count(node) + 1, sizeof *list);
    for (size_t i = 0; list && i < node_count(node); i++) {
        struct str one = node_str_needed(node_element(node, i, faults), faults);

        if (one.at)
            list[(*count)++] = one;
    }
    return list;
}

struct text node_text(struct node node, struct faults *faults)
{
    static const char *const known[] = {"da", "en"};
    struct text text = {0};

    if (!node.value) {
        node_fault(node, faults, "is needed, in \"da\" and \"en\"");
        return text;
    }
    node_only(node, known, 2, faults);
    if (!json_is_object(node.value))
        return text;
    for (enum language language = 0; language < LANGUAGES; language++)
        text.in[language] = node_str_needed(node_member(node, known[language], faults), faults);
    return text;
}

struct date node_date(struct node node, struct faults *faults)
{
    struct date date = DATE_NONE;

    if (!node.value)
        return DATE_NONE;
    struct str text = str_of(json_string_value(node.value));
    if (text.at && date_parse(text, &date))
        return date;
    node_fault(node, faults, "expected a date as \"2026-11-21\"");
    return DATE_NONE;
}

/* ---- unknown members ---- */

static bool is_known(const char *name, const char *const *known, size_t count)
{
    bool found = strcmp(name, "$schema") == 0 || strcmp(name, "comment") == 0;

    for (size_t i = 0; i < count && !found; i++)
        found = strcmp(name, known[i]) == 0;
    return found;
}

void node_only(struct node node, const char *const *known, size_t count, struct faults *faults)
{
    const char *name;
    json_t *value;

    if (node.value && !json_is_object(node.value))
        node_fault(node, faults, "expected an object");
    json_object_foreach(node.value, name, value)
    {
        if (is_known(name, known, count))
            continue;
        struct node member = {node.document, value,
                              pointer_add(faults->arena, node.pointer, str_of(name))};
        const char *hint = hint_find(name, known, count);
        if (hint)
            node_fault(member, faults, "is unknown; did you mean \"%s\"?", hint);
        else
            node_fault(member, faults, "is unknown");
    }
}
