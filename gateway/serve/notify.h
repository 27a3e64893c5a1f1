/* SPDX-License-Identifier: MIT */
/* notify: tells systemd where we are (sd_notify(3): one datagram to $NOTIFY_SOCKET). Without a
 * service manager it does nothing. */
#ifndef SERVE_NOTIFY_H
#define SERVE_NOTIFY_H

/* "READY=1", "STOPPING=1", "RELOADING=1"; several lines are allowed. */
void notify_manager(const char *state);

#endif
