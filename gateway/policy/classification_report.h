/* SPDX-License-Identifier: MIT */
/* classification_report: which rules name subjects that are not in force in the classification: a
 * new edition of KLE comes four times a year, and numbers expire. Remarks, not faults: such a rule
 * does no harm, but it shows less than its author means. Pure. */
#ifndef POLICY_CLASSIFICATION_REPORT_H
#define POLICY_CLASSIFICATION_REPORT_H

#include "policy/snapshot.h"

/* A remark on one pattern ("32.24.04", "32.24.*", "32.24.04/G01") when nothing that it names is in
 * force on that day. An empty table says nothing of any pattern. */
void classification_judge(const struct classification *table, struct date date, struct str pattern,
                          struct str where, struct faults *remarks);

/* Of all rules of the snapshot that count on that day, in the files' order. */
void classification_report(const struct snapshot *snapshot, struct date date,
                           struct faults *remarks);

#endif
