/* SPDX-License-Identifier: MIT */
#include "record/mandate_record.h"

#include "base/die.h"
#include "base/hex.h"
#include "base/hmac.h"

enum { REFERENCE_BYTES = (MANDATE_REFERENCE_TEXT - 1) / 2, NAME_MAX_BYTES = 512 };

struct str mandate_reference(const struct pseudonym_key *key, struct str service, struct str id,
                             char text[MANDATE_REFERENCE_TEXT])
{
    unsigned char digest[HMAC_BYTES];
    struct buf name;

    buf_init(&name, NAME_MAX_BYTES);
    buf_format(&name, "mandate/%.*s/%.*s", STR_ARG(service), STR_ARG(id));
    if (name.failed)
        die("a mandate's name is too long");
    hmac_make(str_make((const char *)key->bytes, key->len), buf_str(&name), digest);
    buf_clear(&name);
    hex_encode(digest, REFERENCE_BYTES, text);
    return str_make(text, MANDATE_REFERENCE_TEXT - 1);
}

void mandate_record_write(const struct mandate_note *note, struct buf *out)
{
    char pseudonym[PSEUDONYM_TEXT];
    struct writer w;

    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "event", STR("mandate"));
    writer_member_str(&w, "receipt", note->receipt);
    writer_name(&w, "time");
    writer_wall(&w, note->now);
    writer_member_str(&w, "portal", citizen_portal(note->actor));
    pseudonym_make(note->key, citizen_actor(note->actor), note->now, pseudonym);
    writer_member_str(&w, "actor", str_of(pseudonym));
    if (cpr_is_known(&note->giver))
        pseudonym_make(note->key, &note->giver, note->now, pseudonym);
    writer_member_str(&w, "subject", str_of(pseudonym));
    writer_member_str(&w, "service", note->service);
    if (note->reference.at)
        writer_member_str(&w, "mandate", note->reference);
    writer_member_str(&w, "state", note->state);
    writer_member_int(&w, "elapsed_ms", note->elapsed_ms);
    writer_object_end(&w);
    buf_add_byte(out, '\n');
}
