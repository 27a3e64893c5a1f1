/* SPDX-License-Identifier: MIT */
/* municipal_benefits: the adapter "ydelsesindeks": KOMBIT's Ydelsesindeks v6, operation fremsoeg
 * over SOAP 1.1. It asks for the grants in which the citizen was granted or receives a benefit, at
 * one owner authority, and with the first page for the newest payments. */
#ifndef ADAPTERS_MUNICIPAL_BENEFITS_H
#define ADAPTERS_MUNICIPAL_BENEFITS_H

#include "adapters/adapter.h"

extern const struct adapter adapter_municipal_benefits;

#endif
