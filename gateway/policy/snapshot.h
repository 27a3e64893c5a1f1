/* SPDX-License-Identifier: MIT */
/* snapshot: the whole configuration as it was read at one moment: immutable, shared by all threads,
 * counted. A request keeps the snapshot it began with. Made from bytes; who reads the files is
 * serve/configuration. */
#ifndef POLICY_SNAPSHOT_H
#define POLICY_SNAPSHOT_H

#include "identity/token.h"
#include "policy/agreement.h"
#include "policy/authorities.h"
#include "policy/case_status.h"
#include "policy/classification.h"
#include "policy/classification_source.h"
#include "policy/config_files.h"
#include "policy/coverage.h"
#include "policy/exposure.h"
#include "policy/index.h"
#include "policy/mandate_service.h"
#include "policy/municipality.h"
#include "policy/operator.h"
#include "policy/override.h"
#include "policy/processing_time.h"
#include "policy/registration.h"
#include "policy/service.h"
#include "policy/settings.h"
#include "policy/test_citizen.h"
#include "policy/texts.h"
#include "policy/units.h"

struct snapshot {
    char revision[REVISION_TEXT]; /* 16 hex digits of the SHA-256 over all files */
    struct settings settings;
    struct route *routes; /* in plan order */
    size_t route_count;
    struct index route_index; /* of their ids */
    struct token_profile *profiles;
    size_t profile_count;
    struct test_citizens test_citizens;
    struct municipalities municipalities;
    struct agreements agreements;
    struct authorities authorities;
    struct exposure exposure;
    struct mandate_rules mandates;
    struct mandate_service *mandate_services; /* enabled ones */
    size_t mandate_service_count;
    struct operators operators;
    struct services services; /* who may read by consent; empty without a file */
    struct texts texts;
    /* Of the file; in a snapshot with what Klassifikation says, that over it. Empty without both.
     */
    struct classification classification;
    struct classification_source classification_source;
    struct overrides overrides; /* of the rules, by portal */
    struct units units;         /* empty without a file */
    struct case_status case_status;
    struct processing_times processing_times;
    struct str exposure_text; /* policies/exposure.json as it was read: owners see what counts */
    const struct config_document *documents; /* what owners have handed in, with its bytes */
    size_t document_count;
    int64_t registry_revision;
    struct text *shows; /* what each of `municipalities` shows, told to people; in their order */
    /* from here on private to snapshot*.c */
    struct arena *arena;
    struct snapshot *base; /* whose all but the classification is; NULL: it is its own */
    int references;
};

/* The snapshot with one reference, or NULL with at least one fault. All faults of all files are
 * found in one go. `insecure_sources` is the command line's switch. */
struct snapshot *snapshot_parse(const struct config_files *files, bool insecure_sources,
                                struct faults *faults);
/* The same configuration, of the same revision, with what Klassifikation says in place of what the
 * file says of the same numbers. NULL: together they are too much. `base` comes from snapshot_parse
 * and is referred to; `read` is borrowed. */
struct snapshot *snapshot_with_classification(struct snapshot *base,
                                              const struct classification *read);
struct snapshot *snapshot_ref(struct snapshot *snapshot);
void snapshot_unref(struct snapshot **snapshot);
/* What a municipality shows, in sentences. */
const struct text *snapshot_shows(const struct snapshot *snapshot,
                                  const struct municipality *municipality);
/* What its owner has handed in and is in force, or NULL. */
const struct config_document *snapshot_document(const struct snapshot *snapshot,
                                                enum registration_kind kind, struct str name);
const struct route *snapshot_route(const struct snapshot *snapshot, struct str source_id);
/* A test citizen: one of all by "jens", one of a source's own by "atp.pension/jens". NULL: none. */
const struct test_citizen *snapshot_test_citizen(const struct snapshot *snapshot, struct str id);

#endif
