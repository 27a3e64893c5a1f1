/* SPDX-License-Identifier: MIT */
/* command: the groups of `overblik` commands, one file each, and the table that names them. Exit
 * status by sysexits. */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

int command_main(int argc, char **argv);

/* argv[0] is the command's own name. */
int command_check(int argc, char **argv);
int command_classification(int argc, char **argv);
int command_consent(int argc, char **argv);
int command_correct(int argc, char **argv);
int command_export(int argc, char **argv);
int command_log(int argc, char **argv);
int command_log_level(int argc, char **argv); /* overblik log level */
int command_mandates(int argc, char **argv);
int command_overview(int argc, char **argv);
int command_policy(int argc, char **argv);
int command_report(int argc, char **argv);
int command_schema(int argc, char **argv);
int command_source_cases(int argc, char **argv);    /* overblik source cases */
int command_source_new(int argc, char **argv);      /* overblik source new */
int command_source_preview(int argc, char **argv);  /* overblik source preview */
int command_source_simulate(int argc, char **argv); /* overblik source simulate */
int command_source_report(int argc, char **argv);   /* overblik source report */
int command_source_test(int argc, char **argv);     /* overblik source test */
int command_token(int argc, char **argv);
/* By the operators' socket: */
int command_status(int argc, char **argv);
int command_sources(int argc, char **argv);
int command_source(int argc, char **argv);
int command_portal(int argc, char **argv);
int command_plan(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_exposure(int argc, char **argv);
int command_reload(int argc, char **argv);
/* By that, or by their certificate: */
int command_registration(int argc, char **argv);
int command_rules(int argc, char **argv);

#endif
