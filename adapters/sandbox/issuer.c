/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/issuer.h"

#include <stdio.h>

#include "base/writer.h"
#include "identity/keys.h"

static void reply_json(struct http_exchange *exchange, struct buf *body)
{
    static const struct http_field fields[] = {
        {STR_INIT("Content-Type"), STR_INIT("application/json")},
        {STR_INIT("Cache-Control"), STR_INIT("no-store")},
    };
    http_reply(exchange, 200, fields, 2, body);
}

static void reply_problem(struct http_exchange *exchange, enum problem_kind kind)
{
    struct problem problem = problem_make(kind, "%s", "");
    http_reply_problem(exchange, &problem, LANGUAGE_EN, STR_NONE, NULL, 0);
}

static void write_discovery(const struct sandbox_issuer *issuer, struct buf *body)
{
    char jwks_uri[sizeof issuer->base + 8];
    snprintf(jwks_uri, sizeof jwks_uri, "%s/jwks", issuer->base);
    struct writer w;
    writer_init(&w, body);
    writer_object(&w);
    writer_member_str(&w, "issuer", str_of(issuer->issuer));
    writer_member_str(&w, "jwks_uri", str_of(jwks_uri));
    writer_name(&w, "subject_types_supported");
    writer_array(&w);
    writer_str(&w, STR("public"));
    writer_array_end(&w);
    writer_name(&w, "id_token_signing_alg_values_supported");
    writer_array(&w);
    for (unsigned algorithm = ALGORITHM_RS256; algorithm <= ALGORITHM_EDDSA; algorithm *= 2)
        writer_str(&w, algorithm_name(algorithm));
    writer_array_end(&w);
    writer_object_end(&w);
}

static bool read_file(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    char bytes[4096];
    size_t got;
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        buf_add(out, bytes, got);
    bool ended_well = !ferror(file);
    fclose(file);
    return ended_well && !out->failed;
}

void sandbox_issuer_handle(void *ctx, const struct http_request *request,
                           struct http_exchange *exchange)
{
    const struct sandbox_issuer *issuer = ctx;
    struct str path = request->head->path;
    struct buf body;
    buf_init(&body, KEYS_BYTES_MAX);
    if (request->head->method != HTTP_GET) {
        reply_problem(exchange, PROBLEM_METHOD);
    } else if (str_equal(path, STR("/.well-known/openid-configuration"))) {
        write_discovery(issuer, &body);
        reply_json(exchange, &body);
    } else if (!str_equal(path, STR("/jwks"))) {
        reply_problem(exchange, PROBLEM_NOT_FOUND);
    } else if (read_file(issuer->jwks_file, &body)) {
        reply_json(exchange, &body);
    } else {
        reply_problem(exchange, PROBLEM_UNAVAILABLE);
    }
    buf_clear(&body);
}
