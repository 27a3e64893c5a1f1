/* SPDX-License-Identifier: MIT */
/* For tests of mappings: the mapping of a file, and items as text, every field of them. */
#pragma once

#include "adapters/mapped.h"
#include "base/writer.h"
#include "policy/mapping.h"
#include "tests/config.h"

enum { MAPPED_ANY_KIND = (1u << ITEM_KIND_COUNT) - 1 };

/* The member "mapping" of a manifest, or a file that is one; faults are told and end the test. */
__attribute__((unused)) static void mapping_of(struct arena *arena, struct str bytes,
                                               struct mapping *mapping)
{
    struct faults faults;
    faults_init(&faults, arena);
    struct document *document = document_parse(STR("mapping.json"), bytes, &faults);
    struct node root = document ? document_node(document) : (struct node){0};
    struct node member = node_member(root, "mapping", &faults);
    if (document)
        (void)mapping_parse(node_is_present(member) ? member : root, MAPPED_ANY_KIND, arena,
                            mapping, &faults);
    for (const struct fault *fault = faults.first; fault; fault = fault->next)
        printf("# %.*s: %.*s\n", STR_ARG(fault->where), STR_ARG(fault->what));
    document_free(&document);
    if (faults.count > 0)
        exit(1);
}

__attribute__((unused)) static void mapping_read(struct arena *arena, const char *path,
                                                 struct mapping *mapping)
{
    struct str bytes = config_read(path);
    mapping_of(arena, bytes, mapping);
    free((void *)(uintptr_t)bytes.at);
}

static void dump_str(struct writer *w, const char *name, struct str s)
{
    if (s.at) {
        writer_name_text(w, str_of(name));
        writer_str(w, s);
    }
}

static void dump_int(struct writer *w, const char *name, int64_t value)
{
    if (value != 0) {
        writer_name_text(w, str_of(name));
        writer_int(w, value);
    }
}

static void dump_wall(struct writer *w, const char *name, struct wall wall)
{
    if (wall.known) {
        writer_name_text(w, str_of(name));
        writer_wall(w, wall);
    }
}

static void dump_date(struct writer *w, const char *name, struct date date)
{
    if (date_is_known(date)) {
        writer_name_text(w, str_of(name));
        writer_date(w, date);
    }
}

static void dump_money(struct writer *w, const char *name, struct money money)
{
    if (money.known) {
        writer_name_text(w, str_of(name));
        writer_oere(w, money.oere);
    }
}

static void dump_parts(struct writer *w, const struct item *item)
{
    for (const struct contact *one = item->contacts; one; one = one->next) {
        dump_int(w, "contact", one->type);
        dump_str(w, "contact_value", one->value);
    }
    for (const struct item_link *one = item->links; one; one = one->next) {
        writer_name(w, "link");
        writer_int(w, one->type);
        dump_str(w, "link_url", one->url);
        dump_int(w, "link_sign_on", one->sign_on);
    }
    for (const struct party *one = item->parties; one; one = one->next) {
        writer_name(w, "party");
        writer_int(w, one->role);
        if (cpr_is_known(&one->cpr))
            dump_str(w, "party_cpr", cpr_str(&one->cpr));
        dump_wall(w, "party_from", one->from);
        dump_wall(w, "party_to", one->to);
    }
    for (const struct status_step *one = item->history; one; one = one->next) {
        dump_str(w, "step", item_status_code(one->status));
        dump_wall(w, "step_from", one->from);
        dump_wall(w, "step_to", one->to);
    }
    for (const struct relation *one = item->relations; one; one = one->next) {
        dump_int(w, "relation", one->type);
        dump_str(w, "relation_id", one->id);
    }
    for (const struct item_owner *one = item->owners; one; one = one->next)
        dump_str(w, "owner", one->item->id);
}

static void dump_item(struct writer *w, const struct item *item)
{
    writer_object(w);
    dump_str(w, "kind", item_kind_name(item->kind));
    dump_str(w, "id", item->id);
    dump_str(w, "title", item->title);
    dump_str(w, "status", item_status_code(item->status));
    dump_str(w, "status_text", item->status_text);
    dump_str(w, "cvr", item->authority.cvr);
    dump_str(w, "code", item->authority.code);
    dump_str(w, "authority", item->authority.name);
    dump_wall(w, "created", item->created);
    dump_wall(w, "changed", item->changed);
    dump_wall(w, "as_of", item->as_of);
    dump_parts(w, item);
    dump_str(w, "owner_id", item->owner_id);
    dump_str(w, "sending_system", item->sending_system);
    dump_str(w, "unit", item->unit);
    dump_int(w, "sensitivity", item->sensitivity);
    dump_str(w, "display_class", item->display_class);
    dump_int(w, "has_security_profile", item->has_security_profile);
    dump_int(w, "is_exempt", item->is_exempt);
    dump_int(w, "is_journal_note", item->is_journal_note);
    dump_int(w, "has_protected_address", item->has_protected_address);
    dump_str(w, "kle", item->kle);
    dump_str(w, "facet", item->facet);
    dump_str(w, "number", item->number);
    dump_str(w, "uuid", item->uuid);
    dump_int(w, "awaiting", item->awaiting);
    dump_date(w, "decision_expected", item->decision_expected);
    dump_str(w, "type", item->type);
    dump_int(w, "direction", item->direction);
    dump_date(w, "date", item->date);
    dump_str(w, "payer", item->payer);
    dump_str(w, "frequency", item->frequency);
    dump_money(w, "gross", item->gross);
    dump_money(w, "net", item->net);
    dump_date(w, "valid_from", item->valid_from);
    dump_date(w, "valid_to", item->valid_to);
    dump_wall(w, "starts", item->starts);
    dump_wall(w, "ends", item->ends);
    dump_str(w, "place", item->place);
    dump_date(w, "deadline", item->deadline);
    writer_object_end(w);
}

/* A line for the answer as a whole, and one for each item; ends with a NUL that is not counted. */
__attribute__((unused)) static void dump_parsed(struct buf *out, enum outcome outcome,
                                                const struct parsed *parsed,
                                                const struct answer_fault *fault)
{
    struct writer w;

    buf_reset(out);
    buf_format(out, "%.*s", STR_ARG(outcome_name(outcome)));
    if (!outcome_is_positive(outcome)) {
        buf_format(out, " %s at %zu %.*s\n", fault->why, fault->offset, STR_ARG(fault->rule));
    } else {
        writer_init(&w, out);
        buf_add_byte(out, ' ');
        writer_object(&w);
        if (cpr_is_known(&parsed->subject))
            dump_str(&w, "subject", cpr_str(&parsed->subject));
        dump_str(&w, "request_id", parsed->request_id);
        dump_str(&w, "cursor", parsed->cursor);
        dump_wall(&w, "as_of", parsed->as_of);
        dump_int(&w, "is_stale", parsed->is_stale);
        writer_object_end(&w);
        buf_add_byte(out, '\n');
        for (const struct item *item = parsed->items.first; item; item = item->next) {
            writer_init(&w, out);
            dump_item(&w, item);
            buf_add_byte(out, '\n');
        }
    }
    buf_add_byte(out, '\0');
    out->len -= out->len > 0;
}
