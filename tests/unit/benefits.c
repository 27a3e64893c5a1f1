/* SPDX-License-Identifier: MIT */
/* policies/benefits.json: what stage 1 of the overview shows, by name and with the time in which
 * the name was in use. Each row must exist, and the sandbox must hold something under it. */
#include <jansson.h>

#include "base/clock.h"
#include "tests/tap.h"

static const struct {
    const char *name, *source, *file; /* in adapters/sandbox/data */
} rows[] = {
    {"Sygedagpenge", "kommuner.ydelser", "municipal"},
    {"Kontanthjælp", "kommuner.ydelser", "municipal"},
    {"Uddannelseshjælp", "kommuner.ydelser", "municipal"},
    {"Revalidering", "kommuner.ydelser", "municipal"},
    {"Ressourceforløbsydelse", "kommuner.ydelser", "municipal"},
    {"Ledighedsydelse", "kommuner.ydelser", "municipal"},
    {"Flekslønstilskud", "kommuner.ydelser", "municipal"},
    {"Enkeltydelser", "kommuner.ydelser", "municipal"},
    {"Familieydelse", "udk.ydelser", "udbetaling-danmark"},
    {"Dagpenge", "star.ydelser", "star"},
    {"Efterløn", "star.ydelser", "star"},
    {"Feriedagpenge", "star.ydelser", "star"},
    {"Livslang Pension", "atp.pension", "atp"},
    {"Pas", "politi.akkreditiver", "rigspolitiet"},
    {"MitID", "digst.akkreditiver", "digitaliseringsstyrelsen"},
    {"NemID", "digst.akkreditiver", "digitaliseringsstyrelsen"},
    {"Digital Fuldmagt", "digst.akkreditiver", "digitaliseringsstyrelsen"},
    {"NemSMS", "digst.akkreditiver", "digitaliseringsstyrelsen"},
    {"NemKonto", "digst.akkreditiver", "digitaliseringsstyrelsen"},
};
enum { ROW_COUNT = sizeof rows / sizeof *rows };

static json_t *load(const char *path)
{
    const char *root = getenv("OVERBLIK_ROOT");
    char name[4096];
    json_error_t error;

    snprintf(name, sizeof name, "%s/%s", root ? root : ".", path);
    json_t *json = json_load_file(name, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        printf("# %s:%d: %s\n", name, error.line, error.text);
    return json;
}

/* Does a member `key` anywhere in it hold a text that begins with `start`? */
static bool holds(const json_t *json, const char *key, struct str start)
{
    const char *name;
    json_t *member;
    size_t i;

    json_object_foreach((json_t *)json, name, member)
    {
        if (strcmp(name, key) == 0 && json_is_string(member) &&
            str_starts_with(str_of(json_string_value(member)), start))
            return true;
        if (holds(member, key, start))
            return true;
    }
    json_array_foreach(json, i, member)
    {
        if (holds(member, key, start))
            return true;
    }
    return false;
}

/* An absent date is null; any other text must be a date. */
static bool read_date(const json_t *json, struct date *date)
{
    *date = DATE_NONE;
    return json_is_null(json) ||
           (json_is_string(json) && date_parse(str_of(json_string_value(json)), date));
}

static void test_row(const json_t *list, size_t r)
{
    const json_t *row, *found = NULL;
    size_t i, count = 0;

    json_array_foreach(list, i, row)
    {
        const json_t *name = json_object_get(row, "name");

        if (str_equal(str_of(json_string_value(json_object_get(name, "da"))),
                      str_of(rows[r].name))) {
            found = row;
            count++;
        }
    }
    is_int((long long)count, 1, "%s is there, once", rows[r].name);

    const char *english = json_string_value(json_object_get(json_object_get(found, "name"), "en"));
    struct date from, to;
    ok(english && english[0], "with an English name");
    is_str(json_string_value(json_object_get(found, "source")), rows[r].source, "from its source");
    ok(read_date(json_object_get(found, "valid_from"), &from) &&
           read_date(json_object_get(found, "valid_to"), &to) &&
           (!date_is_known(to) || date_compare(from, to) < 0),
       "in use from before it ended");

    char path[128];
    snprintf(path, sizeof path, "adapters/sandbox/data/%s.json", rows[r].file);
    json_t *data = load(path);
    const char *key = strcmp(rows[r].file, "municipal") == 0 ? "name" : "titel";
    ok(holds(data, key, str_of(rows[r].name)), "and the sandbox holds some");
    json_decref(data);
}

int main(void)
{
    json_t *names = load("policies/benefits.json");
    const json_t *list = json_object_get(names, "rows");

    for (size_t r = 0; r < ROW_COUNT; r++)
        test_row(list, r);
    is_int((long long)json_array_size(list), ROW_COUNT, "no row that this test does not know");
    json_decref(names);
    return done_testing();
}
