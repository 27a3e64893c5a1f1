/* SPDX-License-Identifier: MIT */
#include "policy/url.h"

#include "tests/tap.h"

int main(void)
{
    static const struct {
        const char *text;
        bool taken, is_plain;
        const char *host;
        unsigned port;
        const char *path;
        bool is_loopback;
    } cases[] = {
        {"https://atp.example", true, false, "atp.example", 0, "", false},
        {"https://atp.example:8443", true, false, "atp.example", 8443, "", false},
        {"https://atp.example/", true, false, "atp.example", 0, "/", false},
        {"https://pp.netseidbroker.dk/op", true, false, "pp.netseidbroker.dk", 0, "/op", false},
        {"http://127.0.0.1:80", true, true, "127.0.0.1", 80, "", true},
        {"http://localhost:65535/a/b-c_d.e~f", true, true, "localhost", 65535, "/a/b-c_d.e~f",
         true},
        {"http://LOCALHOST", true, true, "LOCALHOST", 0, "", true},
        {"http://[::1]:41000", true, true, "::1", 41000, "", true},
        {"https://[2001:db8::1]", true, false, "2001:db8::1", 0, "", false},
        {"http://127.255.255.255", true, true, "127.255.255.255", 0, "", true},
        {"http://127.0.0.256", true, true, "127.0.0.256", 0, "", false},
        {"http://127.0.0.1.evil.example", true, true, "127.0.0.1.evil.example", 0, "", false},
        {"http://127.0.0.1x", true, true, "127.0.0.1x", 0, "", false},
        {"http://128.0.0.1", true, true, "128.0.0.1", 0, "", false},
        {"http://localhost.example", true, true, "localhost.example", 0, "", false},
        {"", false, false, "", 0, "", false},
        {"https://", false, false, "", 0, "", false},
        {"https:///op", false, false, "", 0, "", false},
        {"ftp://atp.example", false, false, "", 0, "", false},
        {"HTTPS://atp.example", false, false, "", 0, "", false},
        {"atp.example", false, false, "", 0, "", false},
        {"https://atp.example:", false, false, "", 0, "", false},
        {"https://atp.example:0", false, false, "", 0, "", false},
        {"https://atp.example:65536", false, false, "", 0, "", false},
        {"https://atp.example:8x", false, false, "", 0, "", false},
        {"https://me:secret@atp.example", false, false, "", 0, "", false},
        {"https://me@atp.example", false, false, "", 0, "", false},
        {"https://atp.example?x=1", false, false, "", 0, "", false},
        {"https://atp.example/a?x=1", false, false, "", 0, "", false},
        {"https://atp.example/#x", false, false, "", 0, "", false},
        {"https://atp.example/a b", false, false, "", 0, "", false},
        {"https://atp.example/%2e", false, false, "", 0, "", false},
        {"https://[::1", false, false, "", 0, "", false},
        {"https://[::1]x", false, false, "", 0, "", false},
        {"https://[/op", false, false, "", 0, "", false},
        {"https://[]:80", false, false, "", 0, "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url url;
        bool taken = url_parse(str_of(cases[i].text), &url);
        is_int(taken, cases[i].taken, "'%s' is taken or not", cases[i].text);
        if (!taken || !cases[i].taken)
            continue;
        is_int(url.is_plain, cases[i].is_plain, "plain or not");
        is_bytes(url.host.at, url.host.len, cases[i].host, strlen(cases[i].host), "its host");
        is_int((long long)url.port, cases[i].port, "its port");
        is_bytes(url.path.at, url.path.len, cases[i].path, strlen(cases[i].path), "its path");
        is_int(url_is_loopback(&url), cases[i].is_loopback, "loopback or not");
    }
    return done_testing();
}
