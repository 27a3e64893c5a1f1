/* SPDX-License-Identifier: MIT */
/* klassifikation_service: Klassifikation as a service, over data/klassifikation.json:
 *   facets: {name: UUID}
 *   classes: [{uuid facet changed names: [{number title from to}] published: [{is from to}] life}]
 * with the marked test numbers only, since KLE is KL's. An absent `published` says always. */
#ifndef SANDBOX_KLASSIFIKATION_SERVICE_H
#define SANDBOX_KLASSIFIKATION_SERVICE_H

#include "adapters/sandbox/service.h"

enum { KLASSIFIKATION_SERVICES = 1 };
extern const struct sandbox_service klassifikation_services[KLASSIFIKATION_SERVICES];

#endif
