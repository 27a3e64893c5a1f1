/* SPDX-License-Identifier: MIT */
#include "command/pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, FOLDER_BYTES = 64, OPTION_BYTES = 96 };

extern char **environ;

static bool write_whole(int fd, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.at, bytes.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes = str_skip(bytes, (size_t)put);
    }
    return true;
}

/* The browser's exit status; -1: it is not installed, or did not end well. It is as the tests start
 * it: without network, in a profile of its own. */
static int run_browser(const char *browser, const char *folder, const char *page, const char *path)
{
    char profile[OPTION_BYTES], from[OPTION_BYTES], to[PATH_BYTES + OPTION_BYTES];
    snprintf(profile, sizeof profile, "--user-data-dir=%s", folder);
    snprintf(to, sizeof to, "--print-to-pdf=%s", path);
    snprintf(from, sizeof from, "file://%s", page);
    char *arguments[] = {(char *)browser,
                         "--headless",
                         "--no-sandbox",
                         "--disable-gpu",
                         "--no-first-run",
                         "--disable-background-networking",
                         "--disable-component-update",
                         "--disable-sync",
                         "--disable-dev-shm-usage",
                         "--host-resolver-rules=MAP * ~NOTFOUND",
                         "--no-pdf-header-footer",
                         profile,
                         to,
                         from,
                         NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = -1;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int error = posix_spawnp(&child, browser, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error)
        return -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *at)
{
    (void)status, (void)kind, (void)at;
    return remove(path);
}

bool pdf_print(struct str html, const char *path)
{
    static const char *const browsers[] = {"chromium", "google-chrome", "chromium-browser"};
    char folder[] = "/tmp/overblik-pdf-XXXXXX", page[FOLDER_BYTES];
    int status = 127;

    if (strlen(path) >= PATH_BYTES) {
        fprintf(stderr, "overblik: the file's name is too long\n");
        return false;
    }
    if (!mkdtemp(folder)) {
        fprintf(stderr, "overblik: no folder in /tmp: %s\n", strerror(errno));
        return false;
    }
    snprintf(page, sizeof page, "%s/page.html", folder);
    int fd = open(page, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool is_written = fd >= 0 && write_whole(fd, html);
    if (fd >= 0)
        close(fd);
    for (size_t i = 0; is_written && i < sizeof browsers / sizeof browsers[0] && status != 0; i++)
        status = run_browser(browsers[i], folder, page, path);
    if (nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        fprintf(stderr, "overblik: %s is left behind\n", folder);
    if (status == 0 && access(path, F_OK) == 0)
        return true;
    fprintf(stderr, "overblik: no browser could print the PDF; install chromium, or take --format "
                    "html and print that\n");
    return false;
}
