/* SPDX-License-Identifier: MIT */
/* municipal_services: the two municipal indexes as services, over data/municipal.json, whose words
 * are described in municipal_data.h. */
#ifndef SANDBOX_MUNICIPAL_SERVICES_H
#define SANDBOX_MUNICIPAL_SERVICES_H

#include "adapters/sandbox/service.h"

enum { MUNICIPAL_SERVICES = 2 };
extern const struct sandbox_service municipal_services[MUNICIPAL_SERVICES];

#endif
