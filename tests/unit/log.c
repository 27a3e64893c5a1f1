/* SPDX-License-Identifier: MIT */
/* label: threads */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "tests/tap.h"

/* Birth dates here are day + 60, or no dates at all: no number below is a person's. */
static void test_mask(void)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"6101709995", "**********"},
        {"610170-9995", "******-****"},
        {"cpr=6101709995;", "cpr=**********;"},
        {"\"6101709995\"", "\"**********\""},
        {"6101709995 9112999999", "********** **********"},
        {"(9112009999)", "(**********)"},
        {"x/6101709995/y", "x/**********/y"},
        {"_6101709995_", "_**********_"},
        {"6101709995-", "**********-"},
        {"-6101709995", "-**********"},
        {"\xC3\xB8"
         "6101709995\xC3\xA6",
         "\xC3\xB8"
         "**********\xC3\xA6"},
        {"610170-9995-1", "******-****-1"},
        /* a letter or digit beside it */
        {"16101709995", "16101709995"},
        {"61017099951", "61017099951"},
        {"a6101709995", "a6101709995"},
        {"6101709995Z", "6101709995Z"},
        {"610170-99951", "610170-99951"},
        {"1795254120000", "1795254120000"},
        /* not of this shape */
        {"610170999", "610170999"},
        {"610170 9995", "610170 9995"},
        {"6101-709995", "6101-709995"},
        {"610170--995", "610170--995"},
        {"610170-999", "610170-999"},
        /* no date: day 00, 32, 60, 92; month 00, 13 */
        {"0001709995", "0001709995"},
        {"3201709995", "3201709995"},
        {"6001709995", "6001709995"},
        {"9201709995", "9201709995"},
        {"6100709995", "6100709995"},
        {"6113709995", "6113709995"},
        {"", ""},
        {"6", "6"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t len = strlen(rows[i].in);
        char *text = malloc(len + 1);

        memcpy(text, rows[i].in, len + 1);
        log_mask_cpr(text, len);
        is_bytes(text, len, rows[i].out, strlen(rows[i].out), "mask \"%s\"", rows[i].in);
        free(text);
    }
}

/* All days and months a number may begin with; the day of a real one is built from two halves, so
 * that none is written here. */
static void test_mask_dates(void)
{
    int wrong = 0;

    for (int day = 0; day <= 99; day++)
        for (int month = 0; month <= 99; month++) {
            bool is_date =
                ((day >= 1 && day <= 31) || (day >= 61 && day <= 91)) && month >= 1 && month <= 12;
            char text[32];

            snprintf(text, sizeof text, "%02d%02d700000", day, month);
            log_mask_cpr(text, 10);
            wrong += is_date != (strcmp(text, "**********") == 0);
        }
    is_int(wrong, 0, "exactly the date-valid numbers are masked");
}

static char path[] = "/tmp/log-test-XXXXXX";

/* What the log's file holds now; it is emptied. */
static char *read_log(void)
{
    static char text[1 << 20];
    FILE *file = fopen(path, "r");
    size_t len = file ? fread(text, 1, sizeof text - 1, file) : 0;

    if (file)
        fclose(file);
    text[len] = '\0';
    ok(truncate(path, 0) == 0, "the log's file is emptied");
    return text;
}

/* The line without its time. */
static const char *after_time(const char *line)
{
    const char *space = strchr(line, ' ');

    return space ? space + 1 : line;
}

static void test_lines(void)
{
    char long_text[3 * LOG_LINE_MAX], *line;
    enum log_level level = LOG_WARN;

    log_info(STR("0199-receipt"), "source=%s ms=%d", "atp.pension", 12);
    line = read_log();
    is_str(after_time(line), "info overblik-test 0199-receipt source=atp.pension ms=12\n",
           "level, program, receipt, event");
    ok(strlen(line) > 30 && line[10] == 'T' && line[19] == '.' && line[23] == '+' &&
           line[26] == ':' && line[29] == ' ',
       "the time is RFC 3339 with milliseconds: %.30s", line);

    log_debug(STR_NONE, "not at this level");
    is_str(read_log(), "", "a level below the chosen one is silent");

    log_error(STR_NONE, "a\nb\r\t\x1b[31m \x7f \xC2\x9B"
                        "1m \xFF \xC3\xB8 6101709995");
    is_str(after_time(read_log()),
           "error overblik-test - a\\x0ab\\x0d\\x09\\x1b[31m \\x7f \\xc2\\x9b1m \\xff \xC3\xB8 "
           "**********\n",
           "one event is one line whatever is in it");

    memset(long_text, '\n', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    log_error(STR_NONE, "%s", long_text);
    line = read_log();
    ok(strlen(line) <= LOG_LINE_MAX && line[strlen(line) - 1] == '\n' &&
           strchr(line, '\n') == line + strlen(line) - 1,
       "a long line is cut and stays one line: %zu", strlen(line));

    /* A number across the cut must not leave its first digits. */
    for (size_t before = LOG_LINE_MAX - 120; before < LOG_LINE_MAX + 40; before++) {
        memset(long_text, '~', before);
        snprintf(long_text + before, sizeof long_text - before, "610170-9995 and more");
        log_error(STR_NONE, "%s", long_text);
    }
    ok(strstr(read_log(), "~6") == NULL, "no cut leaves a part of a number");

    errno = ENOENT;
    log_error(STR_NONE, "errno");
    is_int(errno, ENOENT, "errno is left alone");
    read_log();

    ok(log_level_parse(STR("debug"), &level) && level == LOG_DEBUG, "debug is a level");
    ok(log_level_parse(STR("error"), &level) && level == LOG_ERROR, "error is a level");
    ok(!log_level_parse(STR("loud"), &level) && level == LOG_ERROR, "loud is none");
}

enum { THREADS = 4, LINES = 200 };

static void *write_lines(void *ctx)
{
    for (int i = 0; i < LINES; i++)
        log_info(STR_NONE, "thread=%s end", (const char *)ctx);
    return NULL;
}

static void test_threads(void)
{
    static const char *const names[THREADS] = {"aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc",
                                               "dddddddddd"};
    pthread_t threads[THREADS];
    int whole = 0, lines = 0;

    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, write_lines, (void *)(uintptr_t)names[i]) != 0)
            abort();
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (char *line = strtok(read_log(), "\n"); line; line = strtok(NULL, "\n"), lines++) {
        char name[11], end[4];

        whole += sscanf(after_time(line), "info overblik-test - thread=%10s %3s", name, end) == 2 &&
                 name[0] == name[9] && strcmp(end, "end") == 0;
    }
    is_int(lines, THREADS * LINES, "every line of every thread");
    is_int(whole, THREADS * LINES, "and each in one piece");
}

int main(void)
{
    int fd = mkstemp(path);

    test_mask();
    test_mask_dates();
    ok(fd >= 0 && close(fd) == 0, "a file for the log");
    ok(!log_open("/nowhere/at/all", "overblik-test", LOG_INFO) && errno == ENOENT,
       "a file that cannot be opened, and why");
    if (ok(log_open(path, "overblik-test", LOG_INFO), "a file that can")) {
        test_lines();
        test_threads();
    }
    ok(log_open(NULL, "overblik-test", LOG_ERROR), "back to stderr");
    unlink(path);
    return done_testing();
}
