/* SPDX-License-Identifier: MIT */
/* municipal_case_schema: what a case of the index may hold, as far as we read it (Sag.xsd,
 * SagIndeks.xsd), and the tags of its elements. */
#ifndef ADAPTERS_MUNICIPAL_CASE_SCHEMA_H
#define ADAPTERS_MUNICIPAL_CASE_SCHEMA_H

#include "adapters/municipal.h"

enum case_tag {
    CASE = TAG_CASES,
    CASE_REGISTRATION,
    CASE_PROPERTIES,
    CASE_KEY,
    CASE_EXEMPT,
    CASE_NUMBER,
    CASE_TITLE,
    CASE_INDEX, /* SagIndeksEgenskaber */
    CASE_STATUS_TEXT,
    CASE_SENSITIVITY,
    CASE_CREATED,
    CASE_STEP,
    CASE_STEP_CODE,
    CASE_ACTOR,
    CASE_ACTOR_NAME,
    CASE_ACTOR_CVR,
    CASE_CLASS,
    CASE_CLASS_KEY,
    CASE_PARTY,
    CASE_RELATION,
    CASE_JOURNAL,
    CASE_NOTE,
    CASE_NOTE_TITLE,
    CASE_PROFILE,
    CASE_SYSTEM,
    CASE_SYSTEM_NAME
};

extern const struct soap_type municipal_case_type;

#endif
