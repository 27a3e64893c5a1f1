/* SPDX-License-Identifier: MIT */
/* The sandbox's faults: the table is whole, README.md tells of it, and each fault of the answer or
 * the transfer does what it says. */
#include "adapters/sandbox/fault.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/tap.h"

#define BODY                                                                                       \
    "{\"by\":\"K\xC3\xB8"                                                                          \
    "benhavn\"}"

static void test_table(void)
{
    const struct sandbox_fault *fault;
    for (size_t i = 0; (fault = sandbox_fault_at(i)); i++) {
        int ways = (fault->bend != BEND_NONE) + (fault->reply != NULL) + (fault->transfer != NULL) +
                   (fault->door != DOOR_OPEN) + (fault->pardon != 0);
        is_int(ways, 1, "%s goes wrong in exactly one way", fault->name);
        ok(sandbox_fault_find(str_of(fault->name)) == fault, "%s is found by its name",
           fault->name);
    }
    ok(!sandbox_fault_find(STR("")) && !sandbox_fault_find(STR("dela")), "others are not found");
}

static void test_every_bend_has_a_name(void)
{
    for (int bend = BEND_NONE + 1; bend <= BEND_ERROR; bend++) {
        const struct sandbox_fault *fault;
        size_t i = 0;
        while ((fault = sandbox_fault_at(i)) && fault->bend != (enum sandbox_bend)bend)
            i++;
        ok(fault, "bend %d can be asked for", bend);
    }
}

static void test_readme(void)
{
    char path[4096];
    static char text[65536];
    const char *root = getenv("OVERBLIK_ROOT");
    snprintf(path, sizeof path, "%s/adapters/sandbox/README.md", root ? root : ".");
    FILE *file = fopen(path, "rb");
    if (!ok(file, "%s can be read", path))
        return;
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    struct buf table;
    buf_init(&table, sizeof text);
    sandbox_fault_describe(&table);
    ok(table.len && str_find(str_make(text, len), buf_str(&table)) < len,
       "README.md has the table as the program prints it");
    buf_clear(&table);
}

static void test_effects(void)
{
    static const struct {
        const char *text, *name;
        unsigned ms;
    } good[] = {
        {"delay", "delay", 1000},
        {"delay=8000", "delay", 8000},
        {"delay=0", "delay", 0},
        {"error-html", "error-html", 0},
    };
    static const char *const bad[] = {
        "",         "nothing",      "delay=", "delay=-1",    "delay=1s",
        "delay=1 ", "error-html=5", "=5",     "delay=600001"};
    struct sandbox_effect effect;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        ok(sandbox_effect_parse(str_of(good[i].text), &effect) && effect.ms == good[i].ms &&
               strcmp(effect.fault->name, good[i].name) == 0,
           "\"%s\" is read", good[i].text);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ok(!sandbox_effect_parse(str_of(bad[i]), &effect), "\"%s\" is refused", bad[i]);
}

/* What leaves of a plain answer under a fault; the caller clears transfer->bytes. */
static void apply(const char *fault, unsigned ms, struct sandbox_transfer *transfer)
{
    struct sandbox_answer answer = {.status = 200, .content_type = "application/json"};
    struct sandbox_effect effect = {sandbox_fault_find(str_of(fault)), ms};
    buf_init(&answer.body, 4096);
    buf_add_str(&answer.body, STR(BODY));
    sandbox_effect_apply(effect, &answer, transfer);
    buf_clear(&answer.body);
}

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n"
enum { HEAD_LEN = sizeof HEAD - 1, ALL_LEN = sizeof HEAD BODY - 1 };

static void test_transfers(void)
{
    static const struct {
        const char *fault, *bytes; /* NULL: not compared */
        enum sandbox_end end;
        struct sandbox_pace first, last; /* upto 0: not compared */
    } table[] = {
        {"", HEAD BODY, END_KEEP, {0}, {0}},
        {"delay", HEAD BODY, END_KEEP, {ALL_LEN, ALL_LEN, 7}, {ALL_LEN, ALL_LEN, 7}},
        {"drip", HEAD BODY, END_KEEP, {HEAD_LEN, HEAD_LEN, 0}, {ALL_LEN, 1, 7}},
        {"slow-head", HEAD BODY, END_KEEP, {HEAD_LEN, 1, 7}, {ALL_LEN, ALL_LEN, 0}},
        {"cut", HEAD "{\"by\":\"K\xC3", END_CLOSE, {0}, {0}},
        {"cut-head", "HTTP/1.1 200 OK\r\nContent-Type: appl", END_CLOSE, {0}, {0}},
        {"never", "", END_HANG, {0}, {0}},
        {"reset", "", END_RESET, {0}, {0}},
        {"garbage", NULL, END_CLOSE, {0}, {0}},
        {"endless", NULL, END_REPEAT, {0}, {0}},
        {"late-extra",
         HEAD BODY HEAD BODY,
         END_KEEP,
         {ALL_LEN, ALL_LEN, 0},
         {2 * ALL_LEN, ALL_LEN, 7}},
        {"two-lengths",
         "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\n"
         "Content-Length: 3\r\n\r\n" BODY,
         END_KEEP,
         {0},
         {0}},
        {"wrong-charset",
         "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n"
         "{\"by\":\"K\xF8"
         "benhavn\"}",
         END_KEEP,
         {0},
         {0}},
        {"no-content", "HTTP/1.1 204 No Content\r\n\r\n", END_KEEP, {0}, {0}},
        {"redirect",
         "HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nLocation: /elsewhere\r\n\r\n",
         END_KEEP,
         {0},
         {0}},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct sandbox_transfer transfer;
        apply(table[i].fault, 7, &transfer);
        const char *name = table[i].fault[0] ? table[i].fault : "no fault";
        if (table[i].bytes)
            is_bytes(transfer.bytes.at ? transfer.bytes.at : "", transfer.bytes.len, table[i].bytes,
                     strlen(table[i].bytes), "%s: the bytes", name);
        is_int(transfer.end, table[i].end, "%s: the end", name);
        if (table[i].first.upto && transfer.bytes.len) {
            const struct sandbox_pace *first = sandbox_transfer_pace_at(&transfer, 0);
            const struct sandbox_pace *last =
                sandbox_transfer_pace_at(&transfer, transfer.bytes.len - 1);
            ok(memcmp(first, &table[i].first, sizeof *first) == 0, "%s: begins at its pace", name);
            ok(memcmp(last, &table[i].last, sizeof *last) == 0, "%s: ends at its pace", name);
        }
        buf_clear(&transfer.bytes);
    }
}

/* A pace must cover every byte, or the connection would stand still. */
static void test_paces_reach_the_end(void)
{
    const struct sandbox_fault *fault;
    for (size_t i = 0; (fault = sandbox_fault_at(i)); i++) {
        struct sandbox_transfer transfer;
        apply(fault->name, fault->ms, &transfer);
        size_t sent = 0;
        bool moves = true;
        while (moves && sent < transfer.bytes.len) {
            const struct sandbox_pace *pace = sandbox_transfer_pace_at(&transfer, sent);
            moves = pace->burst > 0 && pace->upto <= transfer.bytes.len;
            size_t left = pace->upto - sent;
            sent += pace->burst < left ? pace->burst : left;
        }
        ok(moves && sent == transfer.bytes.len, "%s: every byte leaves", fault->name);
        buf_clear(&transfer.bytes);
    }
}

static void test_statuses(void)
{
    static const struct {
        const char *fault, *start, *has;
    } table[] = {
        {"401", "HTTP/1.1 401 ", "\r\nWWW-Authenticate: Bearer"},
        {"403", "HTTP/1.1 403 ", "Data-source-security-error"},
        {"404", "HTTP/1.1 404 ", "application/problem+json"},
        {"429", "HTTP/1.1 429 ", "\r\nRetry-After: 7\r\n"},
        {"503-retry-after", "HTTP/1.1 503 ", "\r\nRetry-After: 30\r\n"},
        {"error-html", "HTTP/1.1 500 ", "<h1>"},
        {"gzip", "HTTP/1.1 200 ", "\r\nContent-Encoding: gzip\r\n"},
        {"endless", "HTTP/1.1 200 ", "\r\nTransfer-Encoding: chunked\r\n"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct sandbox_transfer transfer;
        apply(table[i].fault, 0, &transfer);
        struct str bytes = buf_str(&transfer.bytes);
        ok(str_starts_with(bytes, str_of(table[i].start)), "%s: the status", table[i].fault);
        ok(str_find(bytes, str_of(table[i].has)) < bytes.len, "%s: says it", table[i].fault);
        buf_clear(&transfer.bytes);
    }
}

int main(void)
{
    test_table();
    test_every_bend_has_a_name();
    test_readme();
    test_effects();
    test_transfers();
    test_paces_reach_the_end();
    test_statuses();
    return done_testing();
}
