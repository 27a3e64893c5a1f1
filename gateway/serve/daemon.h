/* SPDX-License-Identifier: MIT */
/* daemon: the process overblikd: options, configuration, threads, signals. One thread waits for
 * signals, one (control) keeps issuers' keys and sources' addresses fresh, and N workers serve.
 *
 * TERM or INT drains (a second one stops at once); HUP reads the configuration again, all or
 * nothing. Exit status by sysexits: 0, 64 usage, 69 port not to be had, 74 files, 78 configuration.
 */
#ifndef SERVE_DAEMON_H
#define SERVE_DAEMON_H

int daemon_main(int argc, char **argv);

#endif
