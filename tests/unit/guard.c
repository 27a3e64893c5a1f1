/* SPDX-License-Identifier: MIT */
#include "overview/guard.h"
#include "tests/tap.h"

#define SELF  "6101709995"
#define OTHER "7212550001"
#define ECHO  "0199a1b2-c3d4-7aaa-bbbb-cccccccccccc"

/* `parties`: of each item, items apart by "/"; s the subject, o another, - one without number. An
 * item's authority is 11111111, 22222222 and so on. */
static const struct {
    const char *name;
    const char *subject, *echo, *header, *parties;
    enum guard_verdict verdict;
    const char *owner;
} examples[] = {
    {"names the subject and echoes", SELF, ECHO, "", "", GUARD_PROVEN, NULL},
    {"names the subject only", SELF, NULL, "", "", GUARD_PROVEN, NULL},
    {"echoes only", "", ECHO, "", "", GUARD_PROVEN, NULL},
    {"echoes in the header only", "", NULL, ECHO, "", GUARD_PROVEN, NULL},
    {"echoes in both", "", ECHO, ECHO, "", GUARD_PROVEN, NULL},
    {"echoes in capitals", "", "0199A1B2-C3D4-7AAA-BBBB-CCCCCCCCCCCC", "", "", GUARD_PROVEN, NULL},
    {"names nobody, echoes nothing", "", NULL, "", "", GUARD_UNPROVEN, NULL},
    {"only its items name the subject", "", NULL, "", "s", GUARD_UNPROVEN, NULL},

    {"echoes another request", "", "0199a1b2-c3d4-7aaa-bbbb-cccccccccccd", "", "", GUARD_UNPROVEN,
     NULL},
    {"names the subject, echoes another request", SELF, "another", "", "", GUARD_UNPROVEN, NULL},
    {"names the subject, another request in the header", SELF, NULL, "another", "", GUARD_UNPROVEN,
     NULL},
    {"the right echo, another request in the header", "", ECHO, "another", "", GUARD_UNPROVEN,
     NULL},
    {"another echo, the right request in the header", "", "another", ECHO, "", GUARD_UNPROVEN,
     NULL},
    {"an empty echo", "", "", "", "", GUARD_UNPROVEN, NULL},
    {"an empty echo beside the subject", SELF, "", "", "", GUARD_UNPROVEN, NULL},
    {"the beginning of the echo", "", "0199a1b2", "", "", GUARD_UNPROVEN, NULL},
    {"the echo and more", "", ECHO "0", "", "", GUARD_UNPROVEN, NULL},

    {"names another", OTHER, NULL, "", "", GUARD_FOREIGN, ""},
    {"names another and echoes us", OTHER, ECHO, ECHO, "", GUARD_FOREIGN, ""},
    {"names another and another request", OTHER, "another", "", "", GUARD_FOREIGN, ""},
    {"names another, its items the subject", OTHER, ECHO, "", "s", GUARD_FOREIGN, ""},

    {"an item of the subject", SELF, ECHO, "", "s", GUARD_PROVEN, NULL},
    {"an item of several with the subject", SELF, ECHO, "", "oos", GUARD_PROVEN, NULL},
    {"the subject first, others behind", SELF, ECHO, "", "soo", GUARD_PROVEN, NULL},
    {"an item of others", SELF, ECHO, "", "o", GUARD_FOREIGN, "11111111"},
    {"the second item of others", SELF, ECHO, "", "s/oo", GUARD_FOREIGN, "22222222"},
    {"the last of many", "", ECHO, "", "s//-/s/o", GUARD_FOREIGN, "55555555"},
    {"an item of others, unproven: foreign weighs more", "", NULL, "", "o", GUARD_FOREIGN,
     "11111111"},
    {"an item of others under another echo", SELF, "another", "", "o", GUARD_FOREIGN, "11111111"},
    {"parties without number say nothing", SELF, ECHO, "", "--", GUARD_PROVEN, NULL},
    {"nor do they save an item of others", SELF, ECHO, "", "-o-", GUARD_FOREIGN, "11111111"},
    {"items without parties", SELF, ECHO, "", "//", GUARD_PROVEN, NULL},
};

static void add_items(struct arena *arena, const char *parties, struct parsed *parsed)
{
    static const char *const cvrs[] = {"11111111", "22222222", "33333333", "44444444", "55555555"};
    struct item *item = NULL;

    for (const char *c = parties; *c || (item && c[-1] == '/'); c++) {
        if (!item || c[-1] == '/') {
            item = item_list_add(&parsed->items, arena, 5);
            item->authority.cvr = str_of(cvrs[parsed->items.count - 1]);
        }
        if (!*c)
            break;
        if (*c == '/')
            continue;
        struct party *party = ARENA_NEW(arena, struct party), **end = &item->parties;
        while (*end)
            end = &(*end)->next;
        *end = party;
        party->role = PARTY_OTHER;
        if (*c != '-' && !cpr_parse(str_of(*c == 's' ? SELF : OTHER), &party->cpr))
            exit(EXIT_FAILURE);
    }
}

int main(void)
{
    struct arena *arena = arena_new(1 << 20);
    struct cpr subject;
    bool is_number = cpr_parse(STR(SELF), &subject);
    struct question question = {.subject = &subject, .request_id = STR(ECHO)};

    for (size_t i = 0; is_number && i < sizeof examples / sizeof *examples; i++) {
        struct parsed parsed = {.request_id = str_of(examples[i].echo)};
        item_list_init(&parsed.items);
        if (examples[i].subject[0] && !cpr_parse(str_of(examples[i].subject), &parsed.subject))
            return EXIT_FAILURE;
        add_items(arena, examples[i].parties, &parsed);
        struct guard_finding finding = guard_judge(&question, &parsed, str_of(examples[i].header));

        is_int(finding.verdict, examples[i].verdict, "%s", examples[i].name);
        ok((finding.verdict == GUARD_PROVEN) == (finding.why == NULL), "%s: a reason or none",
           examples[i].name);
        if (examples[i].owner)
            is_bytes(finding.owner_cvr.at ? finding.owner_cvr.at : "", finding.owner_cvr.len,
                     examples[i].owner, strlen(examples[i].owner), "%s: whose it was",
                     examples[i].name);
    }
    arena_free(&arena);
    return done_testing();
}
