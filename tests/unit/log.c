/* SPDX-License-Identifier: MIT */
/* label: threads */
#include "base/log.h"

#include <errno.h>
#include <jansson.h>
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

/* The line without its time, and without the newline. */
static const char *json_line(void)
{
    static char line[LOG_LINE_MAX + 1];
    const char *all = read_log(), *rest = strstr(all, "\",");

    ok(strncmp(all, "{\"time\":\"2", 10) == 0 && all[10 + 9] == 'T',
       "a JSON line begins with its time");
    snprintf(line, sizeof line, "%s", rest ? rest + 2 : all);
    line[strcspn(line, "\n")] = '\0';
    return line;
}

#define HEAD "\"level\":\"info\",\"program\":\"overblik-test\","

static void test_json(void)
{
    char long_text[3 * LOG_LINE_MAX];
    json_t *json;

    log_set_format(LOG_JSON);
    log_info(STR("0199-receipt"), "event=%s status=%d portal=\"%.*s\" ms=%lld", "overview", 200, 4,
             "demo-portal", -12LL);
    is_str(json_line(),
           HEAD
           "\"receipt\":\"0199-receipt\",\"event\":\"overview\",\"status\":200,\"portal\":\"demo\","
           "\"ms\":-12}",
           "keys become members, integers numbers");
    log_info(STR_NONE, "a=%zu b=%u c=%llu d=%ld e=%lu f=%i g=%x h=100%% i=v%d", (size_t)1, 2U, 3ULL,
             -4L, 5UL, -6, 255U, 7);
    is_str(
        json_line(),
        HEAD
        "\"a\":1,\"b\":2,\"c\":3,\"d\":-4,\"e\":5,\"f\":-6,\"g\":\"ff\",\"h\":\"100%\",\"i\":\"v7\"}",
        "each conversion; what is not an integer alone is text");
    log_info(STR_NONE, "a=\"%d\" b=12 c=%s", 1, "13");
    is_str(json_line(), HEAD "\"a\":\"1\",\"b\":\"12\",\"c\":\"13\"}",
           "quoted and given texts stay texts");
    log_info(STR_NONE, "authority=%s refused: %s at once", "ATP", "no \"token\"");
    is_str(json_line(),
           HEAD "\"authority\":\"ATP\",\"message\":\"refused: no \\\"token\\\" at once\"}",
           "words without a key are the message");
    log_info(STR_NONE, "why=\"%s\" next=%s", "x\" status=500 y=\"", "a b=c");
    is_str(json_line(), HEAD "\"why\":\"x\\\" status=500 y=\\\"\",\"next\":\"a b=c\"}",
           "no argument begins a member");
    log_info(STR_NONE, "a=%s", "\\ \n\x1b\x7f \xC2\x9B \xFF \xC3\xB8 6101709995");
    is_str(json_line(),
           HEAD "\"a\":\"\\\\ \\u000a\\u001b\\u007f \\u009b \\ufffd \xC3\xB8 **********\"}",
           "escapes, and the mask");
    log_info(STR_NONE, "a=%lld b=%lld", 6101709995LL, 1795254120000LL);
    is_str(json_line(), HEAD "\"a\":\"**********\",\"b\":1795254120000}",
           "also numbers are masked");
    log_info(STR_NONE, "a=%s b=\"\"", "");
    is_str(json_line(), HEAD "\"a\":\"\",\"b\":\"\"}", "empty values");
    log_info(STR_NONE, "event=started");
    is_str(json_line(), HEAD "\"event\":\"started\"}", "no conversion at all");

    /* Whatever stands where the line is cut, it is one object of at most LOG_LINE_MAX bytes, and no
     * first digits of a number are left. */
    int whole = 0, cut = 0, split = 0, unsaid = 0;
    for (size_t before = LOG_LINE_MAX - 400; before < LOG_LINE_MAX + 40; before++) {
        memset(long_text, '~', before);
        snprintf(long_text + before, sizeof long_text - before,
                 "610170-9995 \n\"\\\xC3\xB8 and more");
        log_info(STR_NONE, "event=e why=\"%s\" last=%d", long_text, 5);
        const char *line = read_log();
        json = strlen(line) <= LOG_LINE_MAX ? json_loads(line, 0, NULL) : NULL;
        whole += json != NULL && line[strlen(line) - 1] == '\n';
        cut += json_is_true(json_object_get(json, "cut"));
        split += strstr(line, "~6") != NULL;
        unsaid += json && !json_object_get(json, "last") && !json_object_get(json, "cut");
        json_decref(json);
    }
    is_int(whole, 440, "a cut line is whole JSON");
    ok(cut > 100 && cut < 440, "some were cut and say so: %d", cut);
    is_int(unsaid, 0, "a member is missing only where the line says that it was cut");
    is_int(split, 0, "no cut leaves a part of a number");

    ok(log_level() == LOG_INFO, "the level as it was opened");
    log_set_level(LOG_ERROR);
    log_info(STR_NONE, "event=unheard");
    is_str(read_log(), "", "a level set later counts at once");
    log_set_level(LOG_INFO);
    enum log_format format = LOG_TEXT;
    ok(log_format_parse(STR("json"), &format) && format == LOG_JSON, "json is a format");
    ok(log_format_parse(STR("text"), &format) && format == LOG_TEXT, "text is one");
    ok(!log_format_parse(STR("xml"), &format), "xml is none");
    log_set_format(LOG_TEXT);
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
        test_json();
        test_threads();
    }
    ok(log_open(NULL, "overblik-test", LOG_ERROR), "back to stderr");
    unlink(path);
    return done_testing();
}
