/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/klassifikation_service.h"
#include "adapters/sandbox/municipal_services.h"
#include "adapters/sandbox/service.h"
#include "adapters/sandbox/state_services.h"

static const struct sandbox_authority authorities[] = {
    {STR_INIT("municipal"), STR_INIT("kommuner."), municipal_services, MUNICIPAL_SERVICES},
    {STR_INIT("udbetaling-danmark"), STR_INIT("udk."), state_udbetaling_danmark_services,
     STATE_UDBETALING_DANMARK_SERVICES},
    {STR_INIT("star"), STR_INIT("star."), state_star_services, STATE_STAR_SERVICES},
    {STR_INIT("atp"), STR_INIT("atp."), state_atp_services, STATE_ATP_SERVICES},
    {STR_INIT("rigspolitiet"), STR_INIT("politi."), state_rigspolitiet_services,
     STATE_RIGSPOLITIET_SERVICES},
    {STR_INIT("digitaliseringsstyrelsen"), STR_INIT("digst."),
     state_digitaliseringsstyrelsen_services, STATE_DIGITALISERINGSSTYRELSEN_SERVICES},
    {STR_INIT("klassifikation"), STR_INIT("klassifikation"), klassifikation_services,
     KLASSIFIKATION_SERVICES},
};

const struct sandbox_authority *sandbox_authority_at(size_t index)
{
    return index < sizeof authorities / sizeof authorities[0] ? &authorities[index] : NULL;
}
