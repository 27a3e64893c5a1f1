/* SPDX-License-Identifier: MIT */
#include "record/checkpoint.h"

#include "base/base64url.h"
#include "base/hex.h"

#include <inttypes.h>
#include <stdio.h>

static const struct str title = STR_INIT("overblik access record");

bool checkpoint_make(struct assertion_signer *signer, struct str node, uint64_t size,
                     const struct chain_hash *root, struct wall now, struct checkpoint *checkpoint)
{
    char hex[2 * CHAIN_HASH + 1], time[WALL_TEXT];
    unsigned char signature[64];
    hex_encode(root->bytes, CHAIN_HASH, hex);
    int len =
        snprintf(checkpoint->text, sizeof checkpoint->text, "%.*s\n%.*s\n%" PRIu64 "\n%s\n%.*s\n",
                 STR_ARG(title), STR_ARG(node), size, hex, STR_ARG(wall_format(now, time)));
    if (len >= (int)sizeof checkpoint->text ||
        !assertion_signer_sign(signer, str_of(checkpoint->text), signature))
        return false;
    snprintf(checkpoint->kid, sizeof checkpoint->kid, "%.*s",
             STR_ARG(assertion_signer_kid(signer)));
    struct str text = base64url_encode(signature, sizeof signature, checkpoint->signature);
    checkpoint->signature[text.len] = '\0';
    return true;
}

bool checkpoint_parse(struct str text, struct checkpoint_head *head)
{
    struct str lines[6];
    size_t count = 0, len = 0;
    for (struct str rest = text; rest.at && count < 6;)
        lines[count++] = str_split(&rest, '\n');
    return count == 6 && lines[5].len == 0 && str_equal(lines[0], title) && lines[1].len > 0 &&
           (head->node = lines[1], str_to_u64(lines[2], INT64_MAX, &head->size)) &&
           lines[3].len == 2 * CHAIN_HASH &&
           hex_decode(lines[3], head->root.bytes, CHAIN_HASH, &len) &&
           wall_parse(lines[4], &head->time);
}

static bool is_signed(const struct key *key, const struct log_checkpoint *checkpoint)
{
    char raw[64];
    size_t len = 0;
    return checkpoint->signature.len == CHECKPOINT_SIGNATURE &&
           base64url_decode(checkpoint->signature, raw, &len) && len == sizeof raw &&
           key_verify(key, ALGORITHM_ES256, checkpoint->text, str_make(raw, len));
}

const char *checkpoint_fault(const struct log_checkpoint *checkpoint, struct str node,
                             const struct key_set *keys, struct checkpoint_head *head)
{
    const struct key *key = key_set_find(keys, checkpoint->kid);
    if (!checkpoint_parse(checkpoint->text, head))
        return "its text is not a checkpoint's";
    if (!str_equal(head->node, node))
        return "it is of another node";
    if (head->size != checkpoint->size)
        return "it is filed under another number of records";
    if (checkpoint->kid.len == 0 || !key || !(key_algorithms(key) & ALGORITHM_ES256))
        return "it is signed by a key that is not known here";
    return is_signed(key, checkpoint) ? NULL : "its signature is wrong";
}
