/* SPDX-License-Identifier: MIT */
/* For LD_PRELOAD: the calendar's clock of a program is off by as many seconds as the environment's
 * WRONG_CLOCK says, or the file that it names, which may change while the program runs. The
 * monotonic clock stays right. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static char where[256]; /* copied at the start: overblikd clears its environment */

__attribute__((constructor)) static void remember(void)
{
    const char *given = getenv("WRONG_CLOCK");
    snprintf(where, sizeof where, "%s", given ? given : "0");
}

static long off_by(void)
{
    char text[32] = "";
    if (where[0] != '/')
        return strtol(where, NULL, 10);
    int fd = open(where, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0)
        close(fd);
    return len > 0 ? strtol(text, NULL, 10) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += off_by();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec exact;
    (void)zone;
    int result = clock_gettime(CLOCK_REALTIME, &exact);
    *now = (struct timeval){exact.tv_sec, exact.tv_nsec / 1000};
    return result;
}

time_t time(time_t *to)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (to)
        *to = exact.tv_sec;
    return exact.tv_sec;
}
