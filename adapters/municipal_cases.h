/* SPDX-License-Identifier: MIT */
/* municipal_cases: the adapter "sagdokumentindeks": KOMBIT's Sags- og Dokumentindeks v6, operation
 * fremsoeg over SOAP 1.1. It asks for the cases in which the citizen is the primary party or the
 * owner of the property [D], at one owner authority, with their documents. */
#ifndef ADAPTERS_MUNICIPAL_CASES_H
#define ADAPTERS_MUNICIPAL_CASES_H

#include "adapters/adapter.h"

extern const struct adapter adapter_municipal_cases;

#endif
