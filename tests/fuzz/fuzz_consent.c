/* SPDX-License-Identifier: MIT */
/* Any bytes as the body that gives a consent, and as a service's token: a scope within what the
 * service may have, or a problem; no token that we have not made. */
#include <assert.h>

#include "identity/consent_token.h"
#include "serve/consent_request.h"

static const struct wall now = {INT64_C(1795863600000), true};

static void check_body(struct str body)
{
    struct service service = {
        .id = STR("budget"), .kinds = ITEM_KIND_BIT(ITEM_BENEFIT), .max_days = 30};
    struct route route = {.source.id = STR("atp.pension")};
    struct snapshot snapshot = {.services = {&service, 1}, .routes = &route, .route_count = 1};
    struct arena *arena = arena_new(1 << 18);
    struct consent consent;
    struct problem problem = {0};

    if (consent_request_parse(body, &snapshot, now, arena, &consent, &problem)) {
        assert(consent.kinds == service.kinds && consent.source_count <= 1);
        assert(str_equal(consent.service, service.id) && consent.until.unix_ms > now.unix_ms);
        assert(consent.until.unix_ms - now.unix_ms <= INT64_C(32) * 24 * 3600 * 1000);
        assert(consent.until.unix_ms % 1000 == 0);
    } else {
        assert(problem.kind == PROBLEM_BAD_REQUEST || problem.kind == PROBLEM_INTERNAL);
    }
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char key[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                              "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeffe0e1e2e3e4e5e6e7e8e9eaebecedeeef";
    static struct consent_sealer *sealer;
    struct consent_claims claims;
    const char *why;

    if (!sealer)
        sealer = consent_sealer_new(str_of(key), &why);
    bool is_open = consent_token_open(sealer, str_make((const char *)bytes, len), &claims);
    assert(!is_open);
    check_body(str_make((const char *)bytes, len));
    return 0;
}
