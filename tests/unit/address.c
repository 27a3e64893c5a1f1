/* SPDX-License-Identifier: MIT */
/* Address ranges: what is in, what is not, and what is no range. */
#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "tests/tap.h"

static const struct sockaddr *address_of(const char *text, struct sockaddr_storage *address)
{
    struct sockaddr_in6 *v6 = (void *)address;
    struct sockaddr_in *v4 = (void *)address;
    *address = (struct sockaddr_storage){0};
    if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
        v6->sin6_family = AF_INET6;
    else if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
        v4->sin_family = AF_INET;
    else
        abort();
    return (void *)address;
}

static bool is_within(const char *address, const char *text)
{
    struct address_ranges ranges;
    struct sockaddr_storage space;
    return address_ranges_parse(str_of(text), &ranges) &&
           address_is_within(address_of(address, &space), &ranges);
}

/* Each range by its first and last address, and by its neighbours where those are public. */
static void test_public(void)
{
    static const char *const open[] = {
        "1.0.0.0",         "9.255.255.255",   "11.0.0.0",         "100.63.255.255",
        "100.128.0.0",     "126.255.255.255", "128.0.0.0",        "168.63.129.15",
        "168.63.129.17",   "169.253.255.255", "169.255.0.0",      "172.15.255.255",
        "172.32.0.0",      "191.255.255.255", "192.0.1.0",        "192.0.3.0",
        "192.88.98.255",   "192.88.100.0",    "192.167.255.255",  "192.169.0.0",
        "198.17.255.255",  "198.20.0.0",      "198.51.99.255",    "198.51.101.0",
        "203.0.112.255",   "203.0.114.0",     "223.255.255.255",  "::ffff:8.8.8.8",
        "2000::",          "2001:200::1",     "2001:db7:ffff::1", "2001:db9::1",
        "2606:4700::1111", "2a00:1450::1",    "3fff:1000::1",     "64:ff9b::8.8.8.8",
        "2002:808:808::1"};
    static const char *const closed[] = {
        /* IPv4 */
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.100.100.200",
        "100.127.255.255", "127.0.0.0", "127.0.0.1", "127.255.255.255", "168.63.129.16",
        "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255",
        "192.0.0.0", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255",
        "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.255", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255",
        /* the same inside IPv6: mapped, compatible, NAT64 (both prefixes), 6to4 */
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::8.8.8.8",
        "64:ff9b::127.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b::10.1.2.3", "64:ff9b:1::8.8.8.8",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:a00:1::1", "2002:c0a8:101::1",
        /* IPv6 */
        "::", "::1", "100::1", "2001::1", "2001:10::1", "2001:1ff:ffff::1", "2001:db8::1",
        "2001:db8:ffff::1", "3fff::1", "3fff:fff:ffff::1", "4000::1", "5f00::1", "fc00::1",
        "fd00:ec2::254", "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ffff::1"};
    struct sockaddr_storage space;
    struct sockaddr other = {.sa_family = AF_UNIX};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        ok(address_is_public(address_of(open[i], &space)), "public: %s", open[i]);
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        ok(!address_is_public(address_of(closed[i], &space)), "not public: %s", closed[i]);
    ok(!address_is_public(&other), "another family is not public");
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
    test_public();
    return done_testing();
}
