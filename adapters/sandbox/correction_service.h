/* SPDX-License-Identifier: MIT */
/* correction_service: the endpoint that every authority of the sandbox has for what its citizens
 * say is wrong (docs/correction-contract.md). It checks the letter and gives a receipt, the same
 * for the same id; it keeps nothing. Its faults are those of all services. */
#ifndef SANDBOX_CORRECTION_SERVICE_H
#define SANDBOX_CORRECTION_SERVICE_H

#include "adapters/sandbox/service.h"

extern const struct sandbox_service correction_service;

#endif
