/* SPDX-License-Identifier: MIT */
/* correction_endpoint: where an authority takes what its citizens say is wrong: "corrections" of
 * its card (docs/correction-contract.md). Each letter has a connection
 * of its own: what goes over a kept one that turns out to be closed is put again by net/fetch, and
 * a letter is sent once. Pure. */
#ifndef POLICY_CORRECTION_ENDPOINT_H
#define POLICY_CORRECTION_ENDPOINT_H

#include "net/fetch.h"
#include "policy/settings.h"

struct correction_endpoint {
    struct fetch_target target; /* url STR_NONE: the server of the source that is corrected */
    struct str path;
};

/* {"path"} or {"url", "path", "tls", "addresses"}. NULL: there is none. `has_server`: the
 * authority owns a source, whose server may be it; else "url" is needed. `base` is the folder that
 * relative file names are resolved against. */
const struct correction_endpoint *correction_endpoint_parse(struct node node,
                                                            const struct settings *settings,
                                                            struct str base, bool has_server,
                                                            struct faults *faults);

#endif
