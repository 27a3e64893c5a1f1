/* SPDX-License-Identifier: MIT */
#include "overview/html_page.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/html.h"

#define POLICY "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'"

enum { DIGEST_TEXT = 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1 };

static void hash(struct str style, char text[DIGEST_TEXT])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)style.at, style.len, digest);
    EVP_EncodeBlock((unsigned char *)text, digest, sizeof digest);
}

struct str html_page_policy(struct arena *arena, struct str style)
{
    char text[DIGEST_TEXT];

    hash(style, text);
    return arena_format(arena, POLICY "; frame-ancestors 'none'; sandbox allow-popups", text);
}

void html_page_begin(struct buf *out, enum language language, struct str title, struct str style)
{
    char text[DIGEST_TEXT];

    hash(style, text);
    buf_format(out, "<!DOCTYPE html>\n<html lang=\"%.*s\"><head><meta charset=\"utf-8\">",
               STR_ARG(language_tag(language)));
    buf_format(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">", text);
    html_add(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                  "<meta name=\"referrer\" content=\"no-referrer\">");
    html_element(out, "title", title);
    html_add(out, "<style>");
    buf_add_str(out, style);
    html_add(out, "</style></head>\n<body>\n");
}
