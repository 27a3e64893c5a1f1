/* SPDX-License-Identifier: MIT */
/* adapters: the explicit list of all adapters, by the name that configuration calls them. */
#ifndef ADAPTERS_ADAPTERS_H
#define ADAPTERS_ADAPTERS_H

#include "adapters/adapter.h"

extern const struct adapter adapter_borgervendt;

#endif
