/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/klassifikation_service.h"
#include "adapters/sandbox/mandate_services.h"
#include "adapters/sandbox/municipal_services.h"
#include "adapters/sandbox/service.h"
#include "adapters/sandbox/state_services.h"

static const struct sandbox_authority authorities[] = {
    {STR_INIT("municipal"), STR_INIT("kommuner."), municipal_services, MUNICIPAL_SERVICES,
     LEVEL_SUBSTANTIAL},
    {STR_INIT("udbetaling-danmark"), STR_INIT("udk."), state_udbetaling_danmark_services,
     STATE_UDBETALING_DANMARK_SERVICES, LEVEL_SUBSTANTIAL},
    {STR_INIT("star"), STR_INIT("star."), state_star_services, STATE_STAR_SERVICES,
     LEVEL_SUBSTANTIAL},
    {STR_INIT("atp"), STR_INIT("atp."), state_atp_services, STATE_ATP_SERVICES, LEVEL_SUBSTANTIAL},
    {STR_INIT("rigspolitiet"), STR_INIT("politi."), state_rigspolitiet_services,
     STATE_RIGSPOLITIET_SERVICES, LEVEL_SUBSTANTIAL},
    {STR_INIT("digitaliseringsstyrelsen"), STR_INIT("digst."),
     state_digitaliseringsstyrelsen_services, STATE_DIGITALISERINGSSTYRELSEN_SERVICES,
     LEVEL_SUBSTANTIAL},
    {STR_INIT("klassifikation"), STR_INIT("klassifikation"), klassifikation_services,
     KLASSIFIKATION_SERVICES, LEVEL_NONE},
    {STR_INIT("digital-fuldmagt"), STR_INIT("mandat."), mandate_services, MANDATE_SERVICES,
     LEVEL_NONE},
};

const struct sandbox_authority *sandbox_authority_at(size_t index)
{
    return index < sizeof authorities / sizeof authorities[0] ? &authorities[index] : NULL;
}
