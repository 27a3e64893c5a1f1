/* SPDX-License-Identifier: MIT */
/* consent_output: consents as JSON, for the citizen who gave them. Pure. */
#ifndef SERVE_CONSENT_OUTPUT_H
#define SERVE_CONSENT_OUTPUT_H

#include "base/text.h"
#include "base/writer.h"
#include "identity/consent.h"
#include "identity/consent_token.h"
#include "policy/snapshot.h"

struct consent_output {
    const struct snapshot *snapshot;
    enum language language;
    struct str receipt;
    struct wall now;
};

/* {"receipt","consents":[{"id","service":{"id","name","purpose"},"kinds","sources","state","given",
 *  "until","withdrawn","used"}],"services":[{"id","name","purpose","kinds","max_days"}],
 *  "active_max"} */
void consent_output_list(const struct consent_output *output, const struct consent *list,
                         size_t count, struct buf *out);
/* {"receipt","consent":{…},"token","token_type","cnf":{"x5t#S256"}} */
void consent_output_given(const struct consent_output *output, const struct consent *consent,
                          const struct consent_claims *claims, struct str token, struct buf *out);

#endif
