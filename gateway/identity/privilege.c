/* SPDX-License-Identifier: MIT */
#include "identity/privilege.h"

#include "base/xml.h"

#include <openssl/evp.h>

#define SCOPE_PERSON   STR("urn:dk:gov:saml:cprNumberIdentifier:")
#define CONSTRAINT_KLE STR("urn:dk:kombit:KLE")

static const struct str namespaces[] = {
    STR_INIT("http://itst.dk/oiosaml/basic_privilege_profile"),  /* 1.1 */
    STR_INIT("http://digst.dk/oiosaml/basic_privilege_profile"), /* 1.2 */
};

/* ---- KLE ---- */

bool kle_pattern_is_valid(struct str pattern)
{
    bool is_open = str_ends_with(pattern, STR("*"));
    struct str number = is_open ? str_head(pattern, pattern.len - 1) : pattern;

    if (pattern.len == 0 || pattern.len > KLE_PATTERN_MAX)
        return false;
    for (size_t i = 0; i < number.len; i++) {
        bool is_point = number.at[i] == '.';
        if (!is_point && (number.at[i] < '0' || number.at[i] > '9'))
            return false;
        if (is_point && (i == 0 || number.at[i - 1] == '.'))
            return false;
    }
    return is_open || number.at[number.len - 1] != '.';
}

bool kle_matches(struct str pattern, struct str kle)
{
    if (kle.len == 0)
        return false;
    if (str_ends_with(pattern, STR("*")))
        return str_starts_with(kle, str_head(pattern, pattern.len - 1));
    return str_equal(pattern, kle);
}

/* ---- base64 (RFC 4648, 4), as XML carries it: broken into lines ---- */

static bool is_base64(struct str text)
{
    size_t len = text.len;

    for (size_t pads = 0; pads < 2 && len > 0 && text.at[len - 1] == '='; pads++)
        len--;
    for (size_t i = 0; i < len; i++) {
        char c = text.at[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '+' || c == '/'))
            return false;
    }
    return text.len > 0 && text.len % 4 == 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool decode(struct arena *arena, struct str base64, struct str *bytes, const char **why)
{
    char *text = arena_alloc(arena, base64.len + 1), *out = arena_alloc(arena, base64.len + 4);
    struct str packed = {text, 0};

    *why = "no room";
    if (!text || !out)
        return false;
    for (size_t i = 0; i < base64.len; i++)
        if (!is_space(base64.at[i]))
            text[packed.len++] = base64.at[i];
    *why = "not base64";
    if (!is_base64(packed))
        return false;
    int len = EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)text, (int)packed.len);
    if (len < 0)
        return false;
    for (size_t i = packed.len; i > 0 && text[i - 1] == '='; i--)
        len--;
    *bytes = str_make(out, (size_t)len);
    return true;
}

/* ---- the list ---- */

enum place { BEFORE, IN_LIST, IN_GROUP, IN_CONSTRAINT, IN_PRIVILEGE, IN_UNKNOWN };

struct reading {
    struct arena *arena;
    struct privilege_list *list;
    enum place place;
    size_t unknown_depth;         /* elements open from an unknown one of a group on */
    struct privilege_group group; /* being read */
    struct str *privileges, *kle;
    bool is_understood, has_kle;
};

static struct str attribute(const struct xml_attribute *attributes, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (attributes[i].uri.len == 0 && str_equal(attributes[i].name, name))
            return attributes[i].value;
    return STR_NONE;
}

static const char *start_list(struct reading *r, struct str uri, struct str name)
{
    bool is_known = false;

    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++)
        is_known = is_known || str_equal(uri, namespaces[i]);
    if (!is_known || !str_equal(name, STR("PrivilegeList")))
        return "not a PrivilegeList of the Basic Privilege Profile";
    r->place = IN_LIST;
    return NULL;
}

static const char *start_group(struct reading *r, struct str scope)
{
    if (r->list->count + r->list->passed_over == PRIVILEGE_GROUPS_MAX)
        return "too many groups";
    r->group = (struct privilege_group){0};
    r->privileges = arena_calloc(r->arena, PRIVILEGES_MAX, sizeof *r->privileges);
    r->kle = NULL;
    r->has_kle = false;
    if (!r->privileges)
        return "no room";
    r->is_understood = str_starts_with(scope, SCOPE_PERSON) &&
                       scope.len == SCOPE_PERSON.len + CPR_DIGITS &&
                       cpr_parse(str_skip(scope, SCOPE_PERSON.len), &r->group.represented);
    r->place = IN_GROUP;
    return NULL;
}

static void start_constraint(struct reading *r, struct str name)
{
    if (r->has_kle || !str_equal(name, CONSTRAINT_KLE))
        r->is_understood = false; /* two of a kind: both or either? */
    r->has_kle = true;
    r->place = IN_CONSTRAINT;
}

static void start_unknown(struct reading *r)
{
    r->is_understood = false;
    r->unknown_depth = 1;
    r->place = IN_UNKNOWN;
}

static const char *on_start(void *ctx, struct str uri, struct str name,
                            const struct xml_attribute *attributes, size_t count)
{
    struct reading *r = ctx;
    bool is_plain = uri.len == 0; /* the profile's children have no namespace */

    switch (r->place) {
    case BEFORE:
        return start_list(r, uri, name);
    case IN_LIST:
        if (is_plain && str_equal(name, STR("PrivilegeGroup")))
            return start_group(r, attribute(attributes, count, STR("Scope")));
        return "an unknown element in the list";
    case IN_GROUP:
        if (is_plain && str_equal(name, STR("Constraint")))
            start_constraint(r, attribute(attributes, count, STR("Name")));
        else if (is_plain && str_equal(name, STR("Privilege")))
            r->place = IN_PRIVILEGE;
        else
            start_unknown(r);
        return NULL;
    case IN_UNKNOWN:
        r->unknown_depth++;
        return NULL;
    case IN_CONSTRAINT:
    case IN_PRIVILEGE:
        break;
    }
    return "an element inside a text";
}

static struct str trim(struct str text)
{
    while (text.len > 0 && is_space(text.at[0]))
        text = str_skip(text, 1);
    while (text.len > 0 && is_space(text.at[text.len - 1]))
        text.len--;
    return text;
}

/* "25.*, 27.35.16" */
static const char *end_constraint(struct reading *r, struct str text)
{
    struct str rest = trim(text);

    r->place = IN_GROUP;
    if (!r->is_understood)
        return NULL;
    r->kle = arena_calloc(r->arena, PRIVILEGE_KLE_MAX, sizeof *r->kle);
    if (!r->kle)
        return "no room";
    if (rest.len == 0)
        r->is_understood = false; /* no pattern at all: nothing, not everything */
    while (rest.at && r->is_understood) {
        struct str pattern = trim(str_split(&rest, ','));
        if (!kle_pattern_is_valid(pattern))
            r->is_understood = false;
        else if (r->group.kle_count == PRIVILEGE_KLE_MAX)
            return "too many subjects";
        else if (!(r->kle[r->group.kle_count++] = arena_copy(r->arena, pattern)).at)
            return "no room";
    }
    return NULL;
}

static const char *end_privilege(struct reading *r, struct str text)
{
    struct str urn = trim(text);

    r->place = IN_GROUP;
    if (urn.len == 0 || urn.len > PRIVILEGE_URN_MAX)
        return "a privilege without a name, or with a very long one";
    for (size_t i = 0; i < urn.len; i++)
        if (urn.at[i] <= ' ' || urn.at[i] == 0x7f)
            return "a space in a privilege's name";
    if (r->group.privilege_count == PRIVILEGES_MAX)
        return "too many privileges";
    urn = arena_copy(r->arena, urn);
    r->privileges[r->group.privilege_count++] = urn;
    return urn.at ? NULL : "no room";
}

static const char *end_group(struct reading *r)
{
    r->place = IN_LIST;
    if (r->group.privilege_count == 0)
        return "a group without a privilege";
    if (!r->is_understood) {
        r->list->passed_over++;
        return NULL;
    }
    r->group.privileges = r->privileges;
    r->group.kle = r->kle;
    r->list->groups[r->list->count++] = r->group;
    return NULL;
}

static const char *on_end(void *ctx, struct str uri, struct str name, struct str text)
{
    struct reading *r = ctx;

    (void)uri, (void)name;
    switch (r->place) {
    case IN_UNKNOWN:
        if (--r->unknown_depth == 0)
            r->place = IN_GROUP;
        return NULL;
    case IN_CONSTRAINT:
        return end_constraint(r, text);
    case IN_PRIVILEGE:
        return end_privilege(r, text);
    case IN_GROUP:
        return end_group(r);
    case BEFORE:
    case IN_LIST:
        break;
    }
    return NULL;
}

bool privileges_parse(struct arena *arena, struct str base64, struct privilege_list *list,
                      const char **why)
{
    static const struct xml_handler handler = {on_start, on_end};
    struct reading reading = {.arena = arena, .list = list};
    struct xml_fault fault = {0};
    struct str xml;

    *list = (struct privilege_list){0};
    *why = "too long";
    if (base64.len > PRIVILEGE_TEXT_MAX || !decode(arena, base64, &xml, why))
        return false;
    *why = "no room";
    list->groups = arena_calloc(arena, PRIVILEGE_GROUPS_MAX, sizeof *list->groups);
    if (!list->groups)
        return false;
    if (xml_read(xml, &handler, &reading, &fault))
        return true;
    *why = fault.why;
    *list = (struct privilege_list){0};
    return false;
}
