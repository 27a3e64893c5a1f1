/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/klassifikation_service.h"
#include "adapters/sandbox/mandate_services.h"
#include "adapters/sandbox/municipal_services.h"
#include "adapters/sandbox/service.h"
#include "adapters/sandbox/state_services.h"

#define AUTHORITY(id, begins, has, count, least)                                                   \
    {                                                                                              \
        .name = STR_INIT(id), .sources = STR_INIT(begins), .services = has,                        \
        .service_count = count, .level = least                                                     \
    }
static const struct sandbox_authority authorities[] = {
    AUTHORITY("municipal", "kommuner.", municipal_services, MUNICIPAL_SERVICES, LEVEL_SUBSTANTIAL),
    AUTHORITY("udbetaling-danmark", "udk.", state_udbetaling_danmark_services,
              STATE_UDBETALING_DANMARK_SERVICES, LEVEL_SUBSTANTIAL),
    AUTHORITY("star", "star.", state_star_services, STATE_STAR_SERVICES, LEVEL_SUBSTANTIAL),
    AUTHORITY("atp", "atp.", state_atp_services, STATE_ATP_SERVICES, LEVEL_SUBSTANTIAL),
    AUTHORITY("rigspolitiet", "politi.", state_rigspolitiet_services, STATE_RIGSPOLITIET_SERVICES,
              LEVEL_SUBSTANTIAL),
    AUTHORITY("digitaliseringsstyrelsen", "digst.", state_digitaliseringsstyrelsen_services,
              STATE_DIGITALISERINGSSTYRELSEN_SERVICES, LEVEL_SUBSTANTIAL),
    AUTHORITY("klassifikation", "klassifikation", klassifikation_services, KLASSIFIKATION_SERVICES,
              LEVEL_NONE),
    AUTHORITY("digital-fuldmagt", "mandat.", mandate_services, MANDATE_SERVICES, LEVEL_NONE),
};

const struct sandbox_authority *sandbox_authority_at(size_t index)
{
    return index < sizeof authorities / sizeof authorities[0] ? &authorities[index] : NULL;
}
