/* SPDX-License-Identifier: MIT */
#include "policy/classification_report.h"

/* Of one number or facet; nothing when it is in force. */
static void judge_one(const struct classification *table, struct date date, struct str number,
                      struct str where, struct faults *remarks)
{
    const struct classification_entry *entry;
    char text[DATE_TEXT];

    switch (classification_standing(table, number, date, &entry)) {
    case CLASSIFICATION_VALID:
        return;
    case CLASSIFICATION_EXPIRED:
        faults_add(remarks, where, "%.*s (%.*s) has expired: it held until %.*s", STR_ARG(number),
                   STR_ARG(entry->title), STR_ARG(date_format(entry->to, text)));
        return;
    case CLASSIFICATION_FUTURE:
        faults_add(remarks, where, "%.*s (%.*s) is not in force before %.*s", STR_ARG(number),
                   STR_ARG(entry->title), STR_ARG(date_format(entry->from, text)));
        return;
    case CLASSIFICATION_UNKNOWN:
        faults_add(remarks, where, "%.*s is not in this edition (%.*s)", STR_ARG(number),
                   STR_ARG(table->edition.at ? table->edition : str_of(table->digest)));
        return;
    }
}

static void remark_group(enum classification_standing standing, struct str pattern,
                         struct str where, struct faults *remarks)
{
    static const char *const says[] = {[CLASSIFICATION_EXPIRED] = "has expired",
                                       [CLASSIFICATION_FUTURE] = "is in force yet",
                                       [CLASSIFICATION_UNKNOWN] = "is in this edition"};

    if (standing == CLASSIFICATION_VALID)
        return;
    faults_add(remarks, where, "%s number of %.*s %s",
               standing == CLASSIFICATION_EXPIRED ? "every" : "no", STR_ARG(pattern),
               says[standing]);
}

void classification_judge(const struct classification *table, struct date date, struct str pattern,
                          struct str where, struct faults *remarks)
{
    struct str facet = pattern, number = str_split(&facet, '/');

    if (table->count == 0)
        return;
    if (str_ends_with(number, STR(".*"))) {
        struct str prefix = str_head(number, number.len - 1); /* with the point */

        remark_group(classification_standing_below(table, prefix, date), number, where, remarks);
    } else if (!str_equal(number, STR("*"))) {
        judge_one(table, date, number, where, remarks);
    }
    if (facet.at)
        judge_one(table, date, facet, where, remarks);
}

static bool counts(const struct exposure_rule *rule, struct date date)
{
    return rule->mode != EXPOSURE_OFF &&
           (!date_is_known(rule->valid_to) || date_compare(date, rule->valid_to) <= 0);
}

static void report_set(const struct classification *table, const struct exposure_set *set,
                       struct date date, struct faults *remarks)
{
    for (size_t i = 0; i < set->rule_count; i++)
        if (counts(&set->rules[i], date))
            classification_judge(table, date, set->rules[i].pattern, set->rules[i].where, remarks);
}

void classification_report(const struct snapshot *snapshot, struct date date,
                           struct faults *remarks)
{
    const struct classification *table = &snapshot->classification;
    const struct exposure *exposure = &snapshot->exposure;

    for (size_t i = 0; i < exposure->building_kle_count; i++) {
        struct str prefix = exposure->building_kle[i];
        bool is_group = prefix.len > 0 && prefix.at[prefix.len - 1] == '.';

        classification_judge(
            table, date, is_group ? arena_format(remarks->arena, "%.*s*", STR_ARG(prefix)) : prefix,
            STR("exposure.json: /building_cases/kle"), remarks);
    }
    if (exposure->sets.standard)
        report_set(table, exposure->sets.standard, date, remarks);
    for (size_t i = 0; i < exposure->sets.count; i++)
        report_set(table, &exposure->sets.at[i], date, remarks);
}
