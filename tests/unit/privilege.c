/* SPDX-License-Identifier: MIT */
/* Whatever a privilege list says, it opens no more than it means. */
#include "identity/privilege.h"

#include "base/buf.h"
#include "tests/tap.h"

#include <openssl/evp.h>

#define OLD       "http://itst.dk/oiosaml/basic_privilege_profile"
#define NEW       "http://digst.dk/oiosaml/basic_privilege_profile"
#define LIST(in)  "<bpp:PrivilegeList xmlns:bpp=\"" NEW "\">" in "</bpp:PrivilegeList>"
#define SCOPE     "urn:dk:gov:saml:cprNumberIdentifier:"
#define GROUP(in) "<PrivilegeGroup Scope=\"" SCOPE "7205399984\">" in "</PrivilegeGroup>"
#define KLE(in)   "<Constraint Name=\"urn:dk:kombit:KLE\">" in "</Constraint>"
#define ONE       "<Privilege>urn:a</Privilege>"

static struct arena *arena;

static struct str encode(const char *xml)
{
    size_t len = strlen(xml);
    char *out = arena_alloc(arena, 4 * ((len + 2) / 3) + 1);
    return out ? str_make(out, (size_t)EVP_EncodeBlock((unsigned char *)out,
                                                       (const unsigned char *)xml, (int)len))
               : STR_NONE;
}

/* "7205399984[25.*,26.10]: urn:a urn:b; …" and how many groups were passed over. */
static const char *shown(const struct privilege_list *list)
{
    static char text[4096];
    size_t len = 0;

    text[0] = '\0';
    for (size_t i = 0; i < list->count; i++) {
        const struct privilege_group *group = &list->groups[i];
        len += (size_t)snprintf(text + len, sizeof text - len, "%s[", group->represented.digits);
        for (size_t j = 0; j < group->kle_count; j++)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%.*s", j ? "," : "",
                                    STR_ARG(group->kle[j]));
        len += (size_t)snprintf(text + len, sizeof text - len, "]:");
        for (size_t j = 0; j < group->privilege_count; j++)
            len += (size_t)snprintf(text + len, sizeof text - len, " %.*s",
                                    STR_ARG(group->privileges[j]));
        len += (size_t)snprintf(text + len, sizeof text - len, ";");
    }
    snprintf(text + len, sizeof text - len, " %zu", list->passed_over);
    return text;
}

static void reads_lists(void)
{
    static const struct {
        const char *name, *xml, *want;
    } cases[] = {
        {"version 1.2", LIST(GROUP(ONE)), "7205399984[]: urn:a; 0"},
        {"version 1.1",
         "<PrivilegeList xmlns=\"" OLD "\"><PrivilegeGroup xmlns=\"\" Scope=\"" SCOPE
         "7205399984\">" ONE "</PrivilegeGroup></PrivilegeList>",
         "7205399984[]: urn:a; 0"},
        {"no group at all", LIST(""), " 0"},
        {"two privileges and white space", LIST(GROUP(ONE "<Privilege>\n urn:b\t</Privilege>")),
         "7205399984[]: urn:a urn:b; 0"},
        {"a subject", LIST(GROUP(KLE("25.*") ONE)), "7205399984[25.*]: urn:a; 0"},
        {"subjects", LIST(GROUP(KLE(" 25.*, 27.35.16 ") ONE)),
         "7205399984[25.*,27.35.16]: urn:a; 0"},
        {"two groups", LIST(GROUP(ONE) GROUP(KLE("1.*") ONE)),
         "7205399984[]: urn:a;7205399984[1.*]: urn:a; 0"},
        /* what narrows a group and is not understood takes the group away, not the limit */
        {"another constraint",
         LIST(GROUP("<Constraint Name=\"urn:x\">1</Constraint>" ONE) GROUP(ONE)),
         "7205399984[]: urn:a; 1"},
        {"a nameless constraint", LIST(GROUP("<Constraint>25.*</Constraint>" ONE)), " 1"},
        {"two constraints", LIST(GROUP(KLE("25.*") KLE("26.*") ONE)), " 1"},
        {"an empty constraint", LIST(GROUP(KLE("") ONE)), " 1"},
        {"a wrong subject", LIST(GROUP(KLE("25.*,all") ONE)), " 1"},
        {"an empty subject", LIST(GROUP(KLE("25.*,") ONE)), " 1"},
        {"an unknown element", LIST(GROUP(ONE "<Until>2020</Until>")), " 1"},
        {"a known name in a namespace", LIST(GROUP(ONE "<bpp:Privilege>urn:b</bpp:Privilege>")),
         " 1"},
        {"an unknown element with children", LIST(GROUP("<X><Privilege/></X>" ONE)), " 1"},
        {"no scope", LIST("<PrivilegeGroup>" ONE "</PrivilegeGroup>"), " 1"},
        {"a company's scope",
         LIST("<PrivilegeGroup Scope=\"urn:dk:gov:saml:cvrNumberIdentifier:29189714\">" ONE
              "</PrivilegeGroup>"),
         " 1"},
        {"a scope in a namespace",
         LIST("<PrivilegeGroup bpp:Scope=\"" SCOPE "7205399984\">" ONE "</PrivilegeGroup>"), " 1"},
        {"a number with a hyphen",
         LIST("<PrivilegeGroup Scope=\"" SCOPE "720539-9984\">" ONE "</PrivilegeGroup>"), " 1"},
        {"a number that is none",
         LIST("<PrivilegeGroup Scope=\"" SCOPE "9999999999\">" ONE "</PrivilegeGroup>"), " 1"},
        {"more than a number",
         LIST("<PrivilegeGroup Scope=\"" SCOPE "72053999841\">" ONE "</PrivilegeGroup>"), " 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct privilege_list list;
        const char *why = "none";
        bool taken = privileges_parse(arena, encode(cases[i].xml), &list, &why);
        ok(taken, "%s is read (%s)", cases[i].name, taken ? "" : why);
        is_str(taken ? shown(&list) : "", cases[i].want, "%s: what it means", cases[i].name);
        arena_reset(arena);
    }
}

static void refuses_what_is_none(void)
{
    static const struct {
        const char *name, *xml, *why;
    } cases[] = {
        {"another root", "<a/>", "not a PrivilegeList of the Basic Privilege Profile"},
        {"the root without its namespace", "<PrivilegeList/>",
         "not a PrivilegeList of the Basic Privilege Profile"},
        {"a stranger's namespace", "<PrivilegeList xmlns=\"http://evil\"/>",
         "not a PrivilegeList of the Basic Privilege Profile"},
        {"a list in a list", LIST(LIST(GROUP(ONE))), "an unknown element in the list"},
        {"a privilege outside a group", LIST(ONE), "an unknown element in the list"},
        {"a group without privileges", LIST(GROUP("")), "a group without a privilege"},
        {"a privilege without a name", LIST(GROUP("<Privilege> </Privilege>")),
         "a privilege without a name, or with a very long one"},
        {"a privilege with a space", LIST(GROUP("<Privilege>urn:a b</Privilege>")),
         "a space in a privilege's name"},
        {"a group in a privilege", LIST(GROUP("<Privilege>" GROUP(ONE) "</Privilege>")),
         "an element inside a text"},
        {"an element in a constraint", LIST(GROUP(KLE("<a/>25.*") ONE)),
         "an element inside a text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct privilege_list list;
        const char *why = "none";
        ok(!privileges_parse(arena, encode(cases[i].xml), &list, &why), "%s is refused",
           cases[i].name);
        is_str(why, cases[i].why, "%s: why", cases[i].name);
        is_int((long long)list.count, 0, "%s: nothing is left", cases[i].name);
        arena_reset(arena);
    }
}

static void refuses_hostile_xml(void)
{
    static const char *const cases[] = {
        "",
        "not xml",
        LIST(GROUP(ONE)) "<a/>",
        "<!DOCTYPE a [<!ENTITY x \"urn:a\">]>" LIST(GROUP("<Privilege>&x;</Privilege>")),
        "<?xml version=\"1.0\"?><?php evil?>" LIST(GROUP(ONE)),
        LIST(GROUP("<Privilege>\xff</Privilege>")),
        "<bpp:PrivilegeList xmlns:bpp=\"" NEW "\"><PrivilegeGroup Scope=\"" SCOPE
        "7205399984\"><Privilege>urn:a",
        LIST("<PrivilegeGroup Scope=\"" SCOPE "7205399984\" Scope=\"" SCOPE "7205399985\">" ONE
             "</PrivilegeGroup>"),
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct privilege_list list;
        const char *why = NULL;
        ok(!privileges_parse(arena, encode(cases[i]), &list, &why) && why, "hostile %zu: %s", i,
           why ? why : "taken");
        arena_reset(arena);
    }
}

static void reads_base64(void)
{
    static const struct {
        const char *name, *text;
        bool good;
    } cases[] = {
        {"nothing", "", false},
        {"padding alone", "====", false},
        {"the alphabet of base64url", "PGEv_g==", false},
        {"one character short", "PGEvPg=", false},
        {"padding inside", "PGE=vPg=", false},
        {"three pads", "P===", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct privilege_list list;
        const char *why = NULL;
        ok(privileges_parse(arena, str_of(cases[i].text), &list, &why) == cases[i].good, "%s",
           cases[i].name);
        is_str(why, "not base64", "%s: why", cases[i].name);
    }
    struct str whole = encode(LIST(GROUP(ONE)));
    char *broken = arena_alloc(arena, 2 * whole.len);
    size_t len = 0;
    for (size_t i = 0; broken && i < whole.len; i++) {
        broken[len++] = whole.at[i];
        if (i % 30 == 29)
            broken[len++] = '\n';
    }
    struct privilege_list list;
    const char *why = "";
    ok(privileges_parse(arena, str_make(broken, len), &list, &why) && list.count == 1,
       "lines are joined");
    arena_reset(arena);
}

/* One more than each ceiling. */
static void has_ceilings(void)
{
    static const struct {
        const char *name, *before, *one, *after, *why;
        size_t most;
    } cases[] = {
        {"groups", "<bpp:PrivilegeList xmlns:bpp=\"" NEW "\">", GROUP(ONE), "</bpp:PrivilegeList>",
         "too many groups", PRIVILEGE_GROUPS_MAX},
        {"privileges",
         "<bpp:PrivilegeList xmlns:bpp=\"" NEW "\"><PrivilegeGroup Scope=\"" SCOPE "7205399984\">",
         ONE, "</PrivilegeGroup></bpp:PrivilegeList>", "too many privileges", PRIVILEGES_MAX},
        {"subjects",
         "<bpp:PrivilegeList xmlns:bpp=\"" NEW "\"><PrivilegeGroup Scope=\"" SCOPE
         "7205399984\">" ONE "<Constraint Name=\"urn:dk:kombit:KLE\">9.*",
         ",25.*", "</Constraint></PrivilegeGroup></bpp:PrivilegeList>", "too many subjects",
         PRIVILEGE_KLE_MAX - 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t more = 0; more < 2; more++) {
            struct buf xml;
            struct privilege_list list;
            const char *why = NULL;
            buf_init(&xml, 1 << 20);
            buf_add_str(&xml, str_of(cases[i].before));
            for (size_t n = 0; n < cases[i].most + more; n++)
                buf_add_str(&xml, str_of(cases[i].one));
            buf_add_str(&xml, str_of(cases[i].after));
            buf_add_byte(&xml, '\0');
            bool taken = privileges_parse(arena, encode(xml.at), &list, &why);
            ok(taken == !more, "%s: %zu", cases[i].name, cases[i].most + more);
            if (more)
                is_str(why, cases[i].why, "%s: why", cases[i].name);
            buf_clear(&xml);
            arena_reset(arena);
        }
    struct privilege_list list;
    const char *why = NULL;
    char *long_text = arena_alloc(arena, PRIVILEGE_TEXT_MAX + 4);
    memset(long_text, 'A', PRIVILEGE_TEXT_MAX + 4);
    ok(!privileges_parse(arena, str_make(long_text, PRIVILEGE_TEXT_MAX + 4), &list, &why),
       "a long text");
    is_str(why, "too long", "why");
}

static void full_arenas_open_nothing(void)
{
    struct str text = encode(LIST(GROUP(KLE("25.*") ONE)));
    size_t wrong = 0;
    for (size_t limit = 1; limit < 20000; limit += 97) {
        struct arena *small = arena_new(limit);
        struct privilege_list list;
        const char *why = NULL;
        if (privileges_parse(small, text, &list, &why))
            wrong += list.count != 1 || list.groups[0].kle_count != 1;
        else
            wrong += list.count != 0 || !why;
        arena_free(&small);
    }
    is_int((long long)wrong, 0, "whole or not at all");
}

static void matches_subjects(void)
{
    static const struct {
        const char *pattern, *kle;
        bool valid, matches;
    } cases[] = {
        {"25.*", "25.01.01", true, true},
        {"25.*", "2.25.01", true, false},
        {"25.*", "25", true, false},
        {"25.*", "250.01", true, false},
        {"2*", "25.01", true, true},
        {"27.35.16", "27.35.16", true, true},
        {"27.35.16", "27.35.161", true, false},
        {"*", "1.2", true, true},
        {"*", "", true, false},
        {"", "1", false, false},
        {"25.", "25.1", false, false},
        {".25", "25", false, false},
        {"2..5", "2..5", false, true},
        {"a.*", "a.b", false, true},
        {"25.**", "25.", false, false},
        {"25*1", "25*1", false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        is_int(kle_pattern_is_valid(str_of(cases[i].pattern)), cases[i].valid, "\"%s\" is %s",
               cases[i].pattern, cases[i].valid ? "a pattern" : "none");
        is_int(kle_matches(str_of(cases[i].pattern), str_of(cases[i].kle)), cases[i].matches,
               "\"%s\" and \"%s\"", cases[i].pattern, cases[i].kle);
    }
    ok(!kle_matches(STR("*"), STR_NONE), "a missing number is no subject");
}

int main(void)
{
    arena = arena_new(1 << 22);
    reads_lists();
    refuses_what_is_none();
    refuses_hostile_xml();
    reads_base64();
    has_ceilings();
    full_arenas_open_nothing();
    matches_subjects();
    arena_free(&arena);
    return done_testing();
}
