/* SPDX-License-Identifier: MIT */
/* Address ranges: what is in, what is not, and what is no range. */
#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "tests/tap.h"

static bool is_within(const char *address, const char *text)
{
    struct address_ranges ranges;
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    if (!address_ranges_parse(str_of(text), &ranges))
        return false;
    if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1)
        return address_is_within((void *)&v6, &ranges);
    if (inet_pton(AF_INET, address, &v4.sin_addr) != 1)
        abort();
    return address_is_within((void *)&v4, &ranges);
}

int main(void)
{
    static const struct {
        const char *address, *ranges;
        bool want;
    } rows[] = {
        {"127.0.0.1", "127.0.0.0/8", true},
        {"127.255.255.255", "127.0.0.0/8", true},
        {"128.0.0.0", "127.0.0.0/8", false},
        {"126.255.255.255", "127.0.0.0/8", false},
        {"10.1.2.3", "10.1.2.3", true},
        {"10.1.2.4", "10.1.2.3", false},
        {"10.1.2.4", "10.1.2.3,10.1.2.4", true},
        {"10.1.2.5", " 10.1.2.4/31 , 10.1.2.6 / 31", true} /* bits below the prefix */,
        {"10.1.2.5", "10.1.2.4/31", true},
        {"10.1.2.6", "10.1.2.4/31", false},
        {"192.168.130.1", "192.168.128.0/17", true},
        {"192.168.127.1", "192.168.128.0/17", false},
        {"1.2.3.4", "0.0.0.0/0", true},
        {"::1", "0.0.0.0/0", false},
        {"::1", "::1/128", true},
        {"::1", "::1", true},
        {"::2", "::1", false},
        {"fd00::1", "fc00::/7", true},
        {"fe00::1", "fc00::/7", false},
        {"2001:db8::1", "::/0", true},
        /* One address, two spellings. */
        {"::ffff:127.0.0.1", "127.0.0.0/8", true},
        {"127.0.0.1", "::ffff:127.0.0.0/104", true},
        {"::ffff:127.0.0.1", "::/0", false},
        {"127.0.0.1", "::/0", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        is_int(is_within(rows[i].address, rows[i].ranges), rows[i].want, "%s within %s",
               rows[i].address, rows[i].ranges);

    static const struct str wrong[] = {
        STR_INIT(""),
        STR_INIT(","),
        STR_INIT("127.0.0.1,"),
        STR_INIT("127.0.0.1/33"),
        STR_INIT("127.0.0.1/-1"),
        STR_INIT("127.0.0.1/"),
        STR_INIT("127.0.0.1/8/8"),
        STR_INIT("::1/129"),
        STR_INIT("127.1"),
        STR_INIT("0x7f.0.0.1"),
        STR_INIT("localhost"),
        STR_INIT("127.0.0.1\0"),
        STR_INIT("[::1]"),
        STR_INIT("1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd"),
    };
    struct address_ranges ranges;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ok(!address_ranges_parse(wrong[i], &ranges), "no range: \"%.*s\"", STR_ARG(wrong[i]));
        is_int((long long)ranges.count, 0, "and nothing of it is kept");
    }
    char many[ADDRESS_RANGES_MAX * 10 + 20] = "127.0.0.1";
    for (int i = 1; i < ADDRESS_RANGES_MAX; i++)
        strcat(many, ",127.0.0.1");
    ok(address_ranges_parse(str_of(many), &ranges), "as many as may be");
    strcat(many, ",::1");
    ok(!address_ranges_parse(str_of(many), &ranges), "one more");

    ok(address_is_literal(STR("127.0.0.1")) && address_is_literal(STR("::1")), "literals");
    ok(!address_is_literal(STR("localhost")) && !address_is_literal(STR("[::1]")) &&
           !address_is_literal(STR("127.1")) && !address_is_literal(STR("")),
       "names and other spellings are none");
    struct sockaddr other = {.sa_family = AF_UNIX};
    ok(address_ranges_parse(STR("0.0.0.0/0,::/0"), &ranges) && !address_is_within(&other, &ranges),
       "an address of another family is nowhere");
    return done_testing();
}
