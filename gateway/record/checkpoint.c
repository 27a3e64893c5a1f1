/* SPDX-License-Identifier: MIT */
#include "record/checkpoint.h"

#include "base/base64url.h"
#include "base/hex.h"

#include <inttypes.h>
#include <stdio.h>

static const struct str title = STR_INIT("overblik access record");

bool checkpoint_make(struct assertion_signer *signer, const struct chain_head *head,
                     struct str others, struct wall now, struct checkpoint *checkpoint)
{
    char hex[2 * CHAIN_HASH + 1], time[WALL_TEXT];
    unsigned char signature[64];
    hex_encode(head->root.bytes, CHAIN_HASH, hex);
    int len =
        snprintf(checkpoint->text, sizeof checkpoint->text,
                 "%.*s\n%.*s\n%" PRIu64 "\n%s\n%.*s\n%.*s", STR_ARG(title), STR_ARG(head->node),
                 head->size, hex, STR_ARG(wall_format(now, time)), STR_ARG(others));
    if (len >= (int)sizeof checkpoint->text ||
        !assertion_signer_sign(signer, str_of(checkpoint->text), signature))
        return false;
    snprintf(checkpoint->kid, sizeof checkpoint->kid, "%.*s",
             STR_ARG(assertion_signer_kid(signer)));
    struct str text = base64url_encode(signature, sizeof signature, checkpoint->signature);
    checkpoint->signature[text.len] = '\0';
    return true;
}

void checkpoint_add_other(struct buf *others, const struct chain_head *head)
{
    char hex[2 * CHAIN_HASH + 1];
    hex_encode(head->root.bytes, CHAIN_HASH, hex);
    buf_format(others, "%.*s %" PRIu64 " %s\n", STR_ARG(head->node), head->size, hex);
}

static bool parse_head(struct str node, struct str size, struct str root, struct chain_head *head)
{
    size_t len = 0;
    head->node = node;
    return node.len > 0 && str_to_u64(size, INT64_MAX, &head->size) && root.len == 2 * CHAIN_HASH &&
           hex_decode(root, head->root.bytes, CHAIN_HASH, &len);
}

bool checkpoint_next_other(struct str *others, struct chain_head *head)
{
    struct str line = str_split(others, '\n');
    struct str node = str_split(&line, ' '), size = str_split(&line, ' ');
    return parse_head(node, size, line, head);
}

bool checkpoint_find_other(struct str others, struct str node, struct chain_head *head)
{
    while (checkpoint_next_other(&others, head))
        if (str_equal(head->node, node))
            return true;
    return false;
}

/* Nothing, or whole lines. */
static bool are_others(struct str text)
{
    struct chain_head head;
    while (text.len > 0)
        if (!checkpoint_next_other(&text, &head) || !text.at)
            return false;
    return true;
}

bool checkpoint_parse(struct str text, struct checkpoint_head *head)
{
    struct str lines[5];
    for (size_t i = 0; i < 5; i++) /* behind the last line there is "", or the other heads */
        lines[i] = text.at ? str_split(&text, '\n') : STR_NONE;
    head->others = text;
    return text.at && str_equal(lines[0], title) &&
           parse_head(lines[1], lines[2], lines[3], &head->own) &&
           wall_parse(lines[4], &head->time) && are_others(text);
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
    if (!str_equal(head->own.node, node))
        return "it is of another node";
    if (head->own.size != checkpoint->size)
        return "it is filed under another number of records";
    if (checkpoint->kid.len == 0 || !key || !(key_algorithms(key) & ALGORITHM_ES256))
        return "it is signed by a key that is not known here";
    return is_signed(key, checkpoint) ? NULL : "its signature is wrong";
}
