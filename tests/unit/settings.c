/* SPDX-License-Identifier: MIT */
#include "policy/settings.h"
#include "tests/config.h"

static const struct row {
    const char *section, *name;
    int64_t standard, least, most;
    size_t offset;
} rows[] = {
#define X(section, name, standard, least, most, help)                                              \
    {#section, #name, standard, least, most, offsetof(struct settings, section##_##name)},
    SETTINGS(X)
#undef X
#define X(name, field, standard, least, most, help)                                                \
    {"listen", #name, standard, least, most, offsetof(struct settings, field)},
        LISTEN_SETTINGS(X)
#undef X
#define X(name, standard, least, most, help)                                                       \
    {"door", #name, standard, least, most, offsetof(struct settings, door.name)},
            HTTP_SETTINGS(X)
#undef X
};
enum { ROWS = sizeof rows / sizeof *rows };

static int64_t value_of(const struct settings *settings, const struct row *row)
{
    return *(const int64_t *)(const void *)((const char *)settings + row->offset);
}

/* Reads {section: {name: value}}; is the value taken, and all others standard? */
static bool takes(const struct row *row, int64_t value)
{
    struct config config;
    struct settings settings;
    char text[256];
    snprintf(text, sizeof text, "{'%s': {'%s': %lld}}", row->section, row->name, (long long)value);
    struct node root = config_parse(&config, text);
    settings_parse(root, STR("conf"), &settings, &config.faults);
    bool taken = config.faults.count == 0 && value_of(&settings, row) == value;
    for (size_t i = 0; i < ROWS; i++)
        if (&rows[i] != row && value_of(&settings, &rows[i]) != rows[i].standard)
            taken = false;
    config_clear(&config);
    return taken;
}

static void reads_every_number(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        ok(row->least <= row->standard && row->standard <= row->most,
           "%s.%s: the standard is within its bounds", row->section, row->name);
        ok(takes(row, row->least) && takes(row, row->most), "%s.%s: both bounds", row->section,
           row->name);
        ok(!takes(row, row->least - 1) && !takes(row, row->most + 1), "%s.%s: nothing beyond",
           row->section, row->name);
    }
}

static void has_standards(void)
{
    struct arena *arena = arena_new(65536);
    struct settings settings;
    struct faults faults;
    faults_init(&faults, arena);
    settings_parse((struct node){0}, STR("conf"), &settings, &faults);
    is_int((long long)faults.count, 0, "an absent file is no fault of the settings");
    for (size_t i = 0; i < ROWS; i++)
        is_int(value_of(&settings, &rows[i]), rows[i].standard, "%s.%s", rows[i].section,
               rows[i].name);
    is_str(settings.listen_address.at, "127.0.0.1", "the door's address");
    is_str(settings.sources_folder.at, "conf/sources", "where the sources are");
    is_str(settings.policies_folder.at, "conf/../policies", "where the policies are");
    ok(!settings.tls_certificate.at && !settings.record_checkpoint_key.at &&
           !settings.gateway_id.at && !settings.insecure_sources,
       "what has no standard is absent");
    arena_free(&arena);
}

static void reads_every_text(void)
{
    struct config config;
    struct settings settings;
    struct node root = config_parse(
        &config, "{'gateway_id': 'https://us.example', 'listen': {'address': '::1'},"
                 " 'tls': {'certificate': 'a.pem', 'key': '/b.key', 'client_ca': 'c.pem'},"
                 " 'keys': {'assertion': 'd', 'handle': 'e', 'pseudonym': 'f'},"
                 " 'record': {'checkpoint_key': 'g'}, 'log': {'file': 'h', 'format': 'text'},"
                 " 'admin': {'socket': 'k', 'address': '::2', 'client_ca': 'l'},"
                 " 'folders': {'sources': 'i', 'policies': '/j'}}");
    settings_parse(root, STR("etc/overblik"), &settings, &config.faults);
    const struct {
        struct str got;
        const char *want;
    } cases[] = {
        {settings.gateway_id, "https://us.example"},
        {settings.listen_address, "::1"},
        {settings.tls_certificate, "etc/overblik/a.pem"},
        {settings.tls_key, "/b.key"},
        {settings.tls_client_ca, "etc/overblik/c.pem"},
        {settings.assertion_key, "etc/overblik/d"},
        {settings.handle_key, "etc/overblik/e"},
        {settings.pseudonym_key, "etc/overblik/f"},
        {settings.record_checkpoint_key, "etc/overblik/g"},
        {settings.log_file, "etc/overblik/h"},
        {settings.log_format, "text"},
        {settings.admin_socket, "etc/overblik/k"},
        {settings.admin_address, "::2"},
        {settings.admin_client_ca, "etc/overblik/l"},
        {settings.sources_folder, "etc/overblik/i"},
        {settings.policies_folder, "/j"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_str(cases[i].got.at, cases[i].want, "%s", cases[i].want);
    is_str(config_faults(&config), "", "without a fault");
    config_clear(&config);
}

/* A file that has all that is needed; `more` comes before its end. */
#define WHOLE(more)                                                                                \
    "{'gateway_id': 'https://us.example', 'record': {'checkpoint_key': 'r'},"                      \
    " 'tls': {'certificate': 'c', 'key': 'k'},"                                                    \
    " 'keys': {'assertion': 'a', 'handle': 'h', 'pseudonym': 'p'}\n" more "}"

static void checks_rules(void)
{
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {WHOLE(""), ""},
        {"{}",
         "t.json:1:1: /gateway_id: is needed: sources know our tokens by it\n"
         "t.json:1:1: /keys/assertion: is needed: without it no source answers us\n"
         "t.json:1:1: /keys/handle: is needed: items leave with handles only\n"
         "t.json:1:1: /keys/pseudonym: is needed: the access record holds no personal numbers\n"
         "t.json:1:1: /record/checkpoint_key: is needed: it signs the access record\n"
         "t.json:1:1: /tls/certificate: is needed: the TLS door shows it\n"
         "t.json:1:1: /tls/key: is needed: the certificate's private key\n"},
        {"{'gateway_id': 'g', 'record': {'checkpoint_key': 'r'}, 'listen': {'port': -1, 'plain_port': 0},"
         " 'keys': {'assertion': 'a', 'handle': 'h', 'pseudonym': 'p'}}",
         ""},
        {WHOLE(", 'listen': {'port': -1}"),
         "t.json:2:22: /listen/port: nobody can come in: neither port nor plain_port is open\n"},
        {WHOLE(", 'time': {'soft_ms': 7951}"),
         "t.json:2:23: /time/soft_ms: 7951 and margin_ms 50 must fit into hard_ms 8000\n"},
        {WHOLE(", 'time': {'soft_ms': 7950}"), ""},
        {WHOLE(", 'time': {'wait_least_ms': 2001}"),
         "t.json:2:29: /time/wait_least_ms: 2001 is more than soft_ms 2000\n"},
        {WHOLE(", 'limits': {'answer_max': 67108864}"),
         "t.json:2:28: /limits/answer_max: 67108864 is more than output_max 16777216\n"},
        {WHOLE(", 'door': {'unsent_max': 65536}"),
         "t.json:2:26: /door/unsent_max: 65536 is less than limits.output_max 16777216\n"},
        {"{'gateway_id': 'g', 'record': {'checkpoint_key': 'r'}, 'tls': {'certificate': 'c', 'key': 'k'},\n"
         " 'keys': {'assertion': 'a', 'handle': 'h', 'pseudonym': 'p', 'jwks_refresh_s': 3601}}",
         "t.json:2:80: /keys/jwks_refresh_s: 3601 is more than jwks_stale_max_s 3600: keys would "
         "be too old before they are refreshed\n"},
        {"{'gateway_id': 'g', 'record': {'checkpoint_key': 'r', 'node': 'a b'}, 'tls': {'certificate':"
         " 'c', 'key': 'k'}, 'keys': {'assertion': 'a', 'handle': 'h', 'pseudonym': 'p'}}",
         "t.json:1:63: /record/node: expected at most 64 letters, digits, points and hyphens\n"},
        {"{'gateway_id': 'g', 'record': {'checkpoint_key': 'r', 'postgres': 'host=x password=y'},"
         " 'tls': {'certificate': 'c', 'key': 'k'},"
         " 'keys': {'assertion': 'a', 'handle': 'h', 'pseudonym': 'p'}}",
         "t.json:1:67: /record/postgres: holds a password: name a file that holds it, by "
         "passfile=\n"},
        {WHOLE(", 'log': {'format': 'xml'}"), "t.json:2:21: /log/format: expected json or text\n"},
        {WHOLE(", 'admin': {'port': 0}"),
         "t.json:2:12: /admin/client_ca: is needed: operators come in by their certificates\n"},
        {WHOLE(", 'admin': {'port': 0, 'client_ca': 'x'}"), ""},
        {"{'tiem': {}}", "t.json:1:10: /tiem: is unknown; did you mean \"time\"?\n"},
        {"{'time': {'sfot_ms': 1}}",
         "t.json:1:22: /time/sfot_ms: is unknown; did you mean \"soft_ms\"?\n"},
        {"{'door': {'bodymax': 1}}",
         "t.json:1:22: /door/bodymax: is unknown; did you mean \"body_max\"?\n"},
        {"{'tls': {'soft_ms': 1}}", "t.json:1:21: /tls/soft_ms: is unknown\n"},
        {"{'keys': 'here'}", "t.json:1:10: /keys: expected an object\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct settings settings;
        struct node root = config_parse(&config, cases[i].text);
        settings_parse(root, STR("conf"), &settings, &config.faults);
        if (config.faults.count == 0)
            settings_check(root, &settings, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "text %zu", i);
        config_clear(&config);
    }
}

static void describes_every_setting(void)
{
    struct buf out;
    buf_init(&out, 65536);
    settings_describe(&out);
    for (size_t i = 0; i < ROWS; i++) {
        char line[160];
        snprintf(line, sizeof line, "%s.%s  (%lld; %lld to %lld)\n    ", rows[i].section,
                 rows[i].name, (long long)rows[i].standard, (long long)rows[i].least,
                 (long long)rows[i].most);
        ok(str_find(buf_str(&out), str_of(line)) < out.len, "%s.%s is described", rows[i].section,
           rows[i].name);
    }
#define X(section, name, field, standard, help)                                                    \
    ok(str_find(buf_str(&out), STR(#name "  (")) < out.len, #name " is described");
    TEXT_SETTINGS(X)
#undef X
    buf_clear(&out);
}

/* The shipped file shows each setting, and shows it as it would be without the file. */
static void ships_every_standard(void)
{
    struct str bytes = config_read("conf/overblikd.json");
    json_t *root = json_loadb(bytes.at, bytes.len, JSON_REJECT_DUPLICATES, NULL);
    for (size_t i = 0; i < ROWS; i++) {
        json_t *value = json_object_get(json_object_get(root, rows[i].section), rows[i].name);
        ok(json_is_integer(value) && json_integer_value(value) == rows[i].standard,
           "%s.%s stands in conf/overblikd.json", rows[i].section, rows[i].name);
    }
#define X(section, name, field, standard, help)                                                    \
    ok(json_object_get(#section[0] ? json_object_get(root, #section) : root, #name),               \
       "%s.%s stands in conf/overblikd.json", #section, #name);
    TEXT_SETTINGS(X)
#undef X
    json_decref(root);
    free((void *)bytes.at);
}

int main(void)
{
    reads_every_number();
    has_standards();
    reads_every_text();
    checks_rules();
    describes_every_setting();
    ships_every_standard();
    return done_testing();
}
