/* SPDX-License-Identifier: MIT */
/* config_files: a configuration as it was read, before anything is understood of it: its files, and
 * what owners have handed in, as bytes. Its revision is told by these bytes alone. Who reads them
 * is serve/configuration. */
#ifndef POLICY_CONFIG_FILES_H
#define POLICY_CONFIG_FILES_H

#include "base/str.h"
#include "policy/document.h"
#include "policy/registration.h"

/* A file as it was read: its name as the operator knows it, its folder, its bytes (STR_NONE: it
 * could not be read, which is told already; a snapshot made without it is not to be used). */
struct config_file {
    struct str name, folder, bytes;
};
/* What an owner has handed in (policy/registration), in force or being tried. */
struct config_document {
    enum registration_kind kind;
    struct str name; /* a source's id, or a municipality's code */
    int64_t version;
    struct str owner; /* CVR number */
    enum registration_state state;
    bool is_new;      /* it is looked at before it is kept */
    struct str terms; /* of an approval, JSON; STR_NONE: none */
    struct config_file file;
};

/* X(name, is_needed): policies/<name>.json, in the order in which they are read. One that is not
 * needed may be absent: it has no bytes then. */
#define POLICY_FILES(X)                                                                            \
    X(agreements, true)                                                                            \
    X(authorities, true)                                                                           \
    X(municipalities, true)                                                                        \
    X(exposure, true)                                                                              \
    X(operators, false)                                                                            \
    X(kle, false)                                                                                  \
    X(mandates, false)                                                                             \
    X(case_status, false)                                                                          \
    X(processing_times, false)                                                                     \
    X(units, false)                                                                                \
    X(services, false)                                                                             \
    X(texts, true)
struct config_files {
    struct config_file main;     /* conf/overblikd.json */
    struct config_file *sources; /* conf/sources/<id>.json */
    size_t source_count;
    bool sources_unread; /* their folder could not be listed, which is told already */
#define X(name, is_needed) struct config_file name;
    POLICY_FILES(X)
#undef X
    const struct config_document *documents; /* one active or approved of a kind and name */
    size_t document_count;
    int64_t registry_revision;  /* of the registry, before they were read */
    struct config_file routing; /* policies/routing.json, read with the sources; no bytes: none */
};

/* NULL: it is no JSON, and a fault was added; or it could not be read, and whoever tried has said
 * so. */
struct document *config_file_open(const struct config_file *file, struct faults *faults);
/* Files and what owners have handed in: so many say how a source is reached. */
size_t config_files_manifests(const struct config_files *files);
/* "conf/sources/atp.pension.json" -> "atp.pension" */
struct str config_file_id(struct str name);
/* Is the file, or what was handed in, named after this source? */
bool config_file_is_of(struct str file, struct str id);

enum { REVISION_TEXT = 17 };
/* 16 hex digits of the SHA-256 over all of them. */
void config_files_revision(const struct config_files *files, char revision[REVISION_TEXT]);

#endif
