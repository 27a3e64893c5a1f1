/* SPDX-License-Identifier: MIT */
#include "policy/breaker.h"

#include "tests/tap.h"

int main(void)
{
    struct health_values well = {0};
    struct health_values off = {.is_off = true};
    struct health_values some = {.off_count = 2, .off = {"64942212", "29189714"}};

    ok(!health_is_off(&well, STR_NONE) && !health_is_off(&well, STR("64942212")), "all well");
    ok(health_is_off(&off, STR_NONE) && health_is_off(&off, STR("64942212")),
       "a source that is off is off for each authority");
    ok(health_is_off(&some, STR("64942212")) && health_is_off(&some, STR("29189714")),
       "authorities that are off");
    ok(!health_is_off(&some, STR("33236072")), "one that is not among them");
    ok(!health_is_off(&some, STR("6494221")) && !health_is_off(&some, STR("")),
       "a part of a number is another number");
    ok(!health_is_off(&some, STR_NONE), "the source itself is not off");
    some.off_count = 1;
    ok(!health_is_off(&some, STR("29189714")), "only as many as are counted");
    return done_testing();
}
