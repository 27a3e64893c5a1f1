/* SPDX-License-Identifier: MIT */
#include "command/standard_config.h"

#include <stddef.h>
#include <unistd.h>

const char *standard_config(void)
{
    static const char *const places[] = {"build/demo/conf/overblikd.json",
                                         "/etc/overblik/overblikd.json"};

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (access(places[i], F_OK) == 0)
            return places[i];
    return "conf/overblikd.json";
}
