/* SPDX-License-Identifier: MIT */
/* state_services: the five state authorities as services that implement docs/source-contract.yaml.
 * They differ in their data only: data/<authority>.json holds, for each citizen and each model, the
 * items as the contract writes them (the words in which the data are written are in state_data.h).
 */
#ifndef SANDBOX_STATE_SERVICES_H
#define SANDBOX_STATE_SERVICES_H

#include "adapters/sandbox/service.h"

enum {
    STATE_UDBETALING_DANMARK_SERVICES = 6,
    STATE_STAR_SERVICES = 4,
    STATE_ATP_SERVICES = 2,
    STATE_RIGSPOLITIET_SERVICES = 2,
    STATE_DIGITALISERINGSSTYRELSEN_SERVICES = 2
};
extern const struct sandbox_service
    state_udbetaling_danmark_services[STATE_UDBETALING_DANMARK_SERVICES],
    state_star_services[STATE_STAR_SERVICES], state_atp_services[STATE_ATP_SERVICES],
    state_rigspolitiet_services[STATE_RIGSPOLITIET_SERVICES],
    state_digitaliseringsstyrelsen_services[STATE_DIGITALISERINGSSTYRELSEN_SERVICES];

#endif
