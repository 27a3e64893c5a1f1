/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/rules.h"

#include <limits.h>
#include <stdio.h>

#include "adapters/sandbox/data.h"

enum { UNSET = INT_MIN };

/* `rules` NULL: of the explicit list only. */
static const struct sandbox_authority *authority_find(const struct sandbox_rules *rules,
                                                      const char *name)
{
    const struct sandbox_authority *authority;
    for (size_t i = 0; rules && i < rules->more_count; i++)
        if (str_equal(rules->more[i]->name, str_of(name)))
            return rules->more[i];
    for (size_t i = 0; (authority = sandbox_authority_at(i)); i++)
        if (str_equal(authority->name, str_of(name)))
            return authority;
    return NULL;
}

/* Is it of the authority as it stands, and not of single calls? */
static bool is_standing(const struct sandbox_fault *fault)
{
    return fault->door != DOOR_OPEN || fault->pardon != 0;
}

static bool is_for_a_call(const struct sandbox_rule *rule)
{
    return rule->citizen[0] || rule->path[0] || rule->times;
}

static bool refuse(char why[RULE_WHY_MAX], const char *text, const char *what)
{
    snprintf(why, RULE_WHY_MAX, "%s: %.80s", text, what);
    return false;
}

bool sandbox_rules_add(struct sandbox_rules *rules, const json_t *wish, const json_t *citizens,
                       char why[RULE_WHY_MAX])
{
    const char *authority = NULL, *fault = "", *citizen = "", *path = "";
    int ms = UNSET, times = 0;
    json_error_t error;
    if (json_unpack_ex((json_t *)wish, &error, 0, "{s?s, s:s, s?i, s?i, s?s, s?s !}", "authority",
                       &authority, "fault", &fault, "ms", &ms, "times", &times, "citizen", &citizen,
                       "path", &path))
        return refuse(why, "the wish cannot be read", error.text);

    struct sandbox_rule rule = {.times = times > 0 ? (unsigned)times : 0};
    rule.effect.fault = sandbox_fault_find(str_of(fault));
    if (!rule.effect.fault)
        return refuse(why, "no such fault", fault);
    rule.authority = authority ? authority_find(rules, authority) : NULL;
    if (authority && !rule.authority)
        return refuse(why, "no such authority", authority);
    if (citizen[0] && !sandbox_citizen_by_id(citizens, str_of(citizen)))
        return refuse(why, "no such citizen", citizen);
    if (strlen(path) >= RULE_TEXT_MAX)
        return refuse(why, "the path is too long", path);
    if (times < 0 || (ms < 0 && ms != UNSET) || ms > FAULT_MS_MAX)
        return refuse(why, "a number is out of bounds", fault);
    if (ms != UNSET && rule.effect.fault->ms == 0)
        return refuse(why, "the fault takes no ms", fault);
    rule.effect.ms = ms != UNSET ? (unsigned)ms : rule.effect.fault->ms;
    snprintf(rule.citizen, sizeof rule.citizen, "%s", citizen);
    snprintf(rule.path, sizeof rule.path, "%s", path);
    if (is_standing(rule.effect.fault) && is_for_a_call(&rule))
        return refuse(why, "the fault takes no citizen, path or times", fault);
    if (rules->count == RULES_MAX)
        return refuse(why, "there are too many faults already", fault);
    rules->at[rules->count++] = rule;
    return true;
}

static bool rule_fits(const struct sandbox_rule *rule, const struct sandbox_authority *authority,
                      struct str path, const char *citizen)
{
    return !is_standing(rule->effect.fault) && (!rule->authority || rule->authority == authority) &&
           (!rule->path[0] || str_equal(str_of(rule->path), path)) &&
           (!rule->citizen[0] || strcmp(rule->citizen, citizen) == 0);
}

static void rules_drop(struct sandbox_rules *rules, size_t index)
{
    rules->count--;
    memmove(rules->at + index, rules->at + index + 1, (rules->count - index) * sizeof rules->at[0]);
}

/* The citizen's own fault at this authority. */
static struct sandbox_effect own_effect(const json_t *citizen,
                                        const struct sandbox_authority *authority)
{
    struct sandbox_effect effect = {0};
    const json_t *own = json_object_get(json_object_get(citizen, "faults"), authority->name.at);
    if (own && !sandbox_effect_parse(str_of(json_string_value(own)), &effect))
        effect = (struct sandbox_effect){0}; /* refused at start */
    return effect;
}

struct sandbox_effect sandbox_rules_take(struct sandbox_rules *rules,
                                         const struct sandbox_authority *authority, struct str path,
                                         const json_t *citizen)
{
    const char *id = json_string_value(json_object_get(citizen, "id"));
    for (size_t i = rules->count; i-- > 0;) {
        struct sandbox_rule *rule = &rules->at[i];
        if (!rule_fits(rule, authority, path, id ? id : ""))
            continue;
        struct sandbox_effect effect = rule->effect;
        if (rule->times && --rule->times == 0)
            rules_drop(rules, i);
        return effect;
    }
    return own_effect(citizen, authority);
}

unsigned sandbox_rules_pardons(const struct sandbox_rules *rules,
                               const struct sandbox_authority *authority)
{
    unsigned pardons = 0;
    for (size_t i = 0; i < rules->count; i++)
        if (!rules->at[i].authority || rules->at[i].authority == authority)
            pardons |= rules->at[i].effect.fault->pardon;
    return pardons;
}

enum sandbox_door sandbox_rules_door(const struct sandbox_rules *rules,
                                     const struct sandbox_authority *authority)
{
    for (size_t i = rules->count; i-- > 0;) {
        const struct sandbox_rule *rule = &rules->at[i];
        if (rule->effect.fault->door != DOOR_OPEN &&
            (!rule->authority || rule->authority == authority))
            return rule->effect.fault->door;
    }
    return DOOR_OPEN;
}

json_t *sandbox_rules_json(const struct sandbox_rules *rules)
{
    json_t *list = json_array();
    for (size_t i = 0; i < rules->count; i++) {
        const struct sandbox_rule *rule = &rules->at[i];
        json_t *one = json_pack("{s:s}", "fault", rule->effect.fault->name);
        if (rule->authority)
            json_object_set_new(one, "authority", json_string(rule->authority->name.at));
        if (rule->citizen[0])
            json_object_set_new(one, "citizen", json_string(rule->citizen));
        if (rule->path[0])
            json_object_set_new(one, "path", json_string(rule->path));
        if (rule->effect.fault->ms)
            json_object_set_new(one, "ms", json_integer(rule->effect.ms));
        if (rule->times)
            json_object_set_new(one, "times", json_integer(rule->times));
        json_array_append_new(list, one);
    }
    return json_pack("{s:o}", "faults", list);
}

bool sandbox_rules_check_citizens(const json_t *citizens, char why[RULE_WHY_MAX])
{
    size_t i;
    const json_t *citizen;
    json_array_foreach(citizens, i, citizen)
    {
        const char *authority;
        json_t *own;
        json_object_foreach(json_object_get(citizen, "faults"), authority, own)
        {
            struct sandbox_effect effect;
            if (!authority_find(NULL, authority))
                return refuse(why, "a citizen's fault is at no authority", authority);
            const char *text = json_string_value(own);
            if (!text || !sandbox_effect_parse(str_of(text), &effect) || is_standing(effect.fault))
                return refuse(why, "a citizen's fault is none", text ? text : "not a text");
        }
    }
    return true;
}
