/* SPDX-License-Identifier: MIT */
#include "policy/breaker.h"

bool health_is_off(const struct health_values *values, struct str cvr)
{
    if (values->is_off)
        return true;
    for (size_t i = 0; cvr.at && i < values->off_count; i++)
        if (str_equal(cvr, str_of(values->off[i])))
            return true;
    return false;
}
