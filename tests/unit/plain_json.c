/* SPDX-License-Identifier: MIT */
/* Answers on a terminal: no text of an authority moves the cursor. */
#include "command/plain_json.h"

#include <string.h>

#include "tests/tap.h"

static void shown_is(const char *answer, const char *expected)
{
    json_t *value = plain_json_parse(str_of(answer));
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

    ok(text && strcmp(text, expected) == 0, "%s is %s", answer, text ? text : "no JSON");
    free(text);
    json_decref(value);
}

int main(void)
{
    shown_is("{\"title\":\"Sygedagpenge\",\"count\":3,\"none\":null}",
             "{\"title\":\"Sygedagpenge\",\"count\":3,\"none\":null}");
    shown_is("{\"items\":[{\"title\":\"\\u001b[2Jowned\"}]}",
             "{\"items\":[{\"title\":\"\xEF\xBF\xBD[2Jowned\"}]}");
    shown_is("[\"a\\r\\nb\",\"\\u202egnp\",\"\"]", "[\"a  b\",\"\xEF\xBF\xBDgnp\",\"\"]");
    ok(!plain_json_parse(str_of("{\"title\":")), "what is cut is no answer");
    ok(!plain_json_parse(STR_NONE), "nothing is no answer");
    return done_testing();
}
