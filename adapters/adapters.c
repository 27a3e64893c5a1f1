/* SPDX-License-Identifier: MIT */
#include "adapters/adapters.h"

#include "adapters/mapped.h"
#include "adapters/municipal_benefits.h"
#include "adapters/municipal_cases.h"

static const struct adapter *const adapters[] = {
    &adapter_municipal_cases,
    &adapter_municipal_benefits,
    &adapter_borgervendt,
    &adapter_mapped,
};
enum { ADAPTER_COUNT = sizeof adapters / sizeof *adapters };

const struct adapter *adapter_at(size_t index)
{
    return index < ADAPTER_COUNT ? adapters[index] : NULL;
}

const struct adapter *adapter_find(struct str name)
{
    for (size_t i = 0; i < ADAPTER_COUNT; i++)
        if (str_equal(adapters[i]->name, name))
            return adapters[i];
    return NULL;
}
