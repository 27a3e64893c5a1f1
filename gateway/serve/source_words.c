/* SPDX-License-Identifier: MIT */
#include "serve/source_words.h"

static const struct {
    struct str code;
    struct text text;
} states[] = {
#define X(name, code, da, en) [name] = {STR_INIT(code), {{STR_INIT(da), STR_INIT(en)}}},
    SOURCE_STATES(X)
#undef X
};

/* X(what is in the log, da, en). The first are codes of net/fetch.h. */
#define ERRORS(X)                                                                                  \
    X("unreachable", "Kunne ikke nås", "Could not be reached")                                     \
    X("connect-late", "Tog ikke imod forbindelsen i tide", "Took no connection in time")           \
    X("first-byte-late", "Begyndte ikke at svare i tide", "Did not begin to answer in time")       \
    X("silent", "Gik i stå midt i svaret", "Stopped in the middle of the answer")                  \
    X("late", "Blev ikke færdig i tide", "Was not done in time")                                   \
    X("tls", "Certifikat eller TLS passede ikke", "Certificate or TLS did not fit")                \
    X("cut", "Afbrød svaret, før det var helt", "Broke the answer off before it was whole")        \
    X("too-large", "Svaret er større end tilladt", "The answer is larger than allowed")            \
    X("protocol", "Svarede ikke med gyldig HTTP", "Did not answer with valid HTTP")                \
    X("address", "Har en adresse uden for de tilladte", "Has an address outside those allowed")    \
    X("refused by the source", "Afviste spørgsmålet", "Refused the question")                      \
    X("more than the limits allow", "Svaret har mere, end grænserne tillader",                     \
      "The answer has more than the limits allow")                                                 \
    X("more pages than the limits allow", "Svaret har flere sider, end grænserne tillader",        \
      "The answer has more pages than the limits allow")                                           \
    X("", "Ukendt fejl", "Unknown error")

static const struct {
    struct str why;
    struct text text;
} errors[] = {
#define X(why, da, en) {STR_INIT(why), {{STR_INIT(da), STR_INIT(en)}}},
    ERRORS(X)
#undef X
};

struct str source_state_code(enum source_state state)
{
    return states[state].code;
}

struct str source_state_text(enum source_state state, enum language language)
{
    return states[state].text.in[language];
}

struct str source_error_text(const char *why, enum language language)
{
    struct str code = str_of(why ? why : "");
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (str_equal(errors[i].why, code))
            return errors[i].text.in[language];
    return code;
}

static struct source_state_now plainly(enum source_state state)
{
    return (struct source_state_now){state, WALL_NONE};
}

struct source_state_now source_state_of(const struct route *route,
                                        const struct health_report *report, struct wall now)
{
    static const enum source_state modes[] = {[MODE_DISABLED] = SOURCE_DISABLED,
                                              [MODE_DRAINING] = SOURCE_DRAINING,
                                              [MODE_MAINTENANCE] = SOURCE_MAINTENANCE};
    const struct health_values *values = &report->values;
    enum source_mode mode = health_mode(values, now);
    const struct text *message;
    const char *rule;
    struct wall until = WALL_NONE;

    if (route->is_elsewhere)
        return plainly(SOURCE_ELSEWHERE);
    if (!route->enabled)
        return plainly(SOURCE_NOT_ENABLED);
    if (values->is_off)
        return plainly(SOURCE_OFF);
    if (mode != MODE_ON)
        return (struct source_state_now){modes[mode], values->mode_until};
    if (rules_close(&route->rules, now, &until, &message, &rule) &&
        (message || route->rules.windows.mode == RULE_ENFORCE))
        return (struct source_state_now){message ? SOURCE_MAINTENANCE : SOURCE_CLOSED, until};
    if (report->breaker == BREAKER_OPEN)
        return plainly(SOURCE_FAILING);
    if (report->breaker == BREAKER_HALF_OPEN)
        return plainly(SOURCE_TRYING);
    return plainly(values->off_count > 0 ? SOURCE_PARTLY_OFF : SOURCE_WELL);
}
