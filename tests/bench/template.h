/* SPDX-License-Identifier: MIT */
/* template: what the mock's sources answer, written once; an answer is the template with the number
 * of its citizen and the id of its request set into it. By the source contract: the envelope names
 * both; the items are typed, by source modulo 6: cases, benefits, payments, benefits, credentials,
 * appointments. In each fifth item the citizen is not the primary party. */
#ifndef BENCH_TEMPLATE_H
#define BENCH_TEMPLATE_H

#include "base/buf.h"
#include "base/die.h"

#include <stdio.h>
#include <time.h>

enum { CPR_BYTES = 10, REQUEST_ID_MAX = 36, ANSWER_MAX = 64 * 1024 * 1024 };

struct template
{
    struct buf bytes;  /* status line, header, body */
    struct buf cprs;   /* size_t each: where the citizen's number goes */
    size_t request_id; /* where the id goes */
};

static void add_cpr(struct template *to)
{
    buf_add(&to->cprs, &to->bytes.len, sizeof to->bytes.len);
    buf_format(&to->bytes, "%0*d", CPR_BYTES, 0);
}

/* The members that every kind has. They are as long as real ones, and not all plain ASCII. */
static void add_common(struct template *to, int source, int n)
{
    static const char *const titles[] = {
        "Ans\303\270gning om boligst\303\270tte", "Klage over afg\303\270relse om ejendomsskat",
        "\303\205rlig kontrol af indkomst", "Till\303\246g til pension", "Flytning til udlandet"};

    buf_format(&to->bytes,
               "{\"id\":\"s%d-%06d\",\"titel\":\"%s\",\"statustekst\":\"Vi venter p\\u00e5 "
               "\\\"bilag %d\\\"\",\"oprettet\":\"2026-03-%02dT09:30:00+01:00\","
               "\"aendret\":\"2026-10-%02dT14:05:00+02:00\",\"itSystemID\":\"Fagsystem %d\","
               "\"parter\":[{\"rolle\":\"%s\",\"CPR-nr\":\"",
               source, n, titles[n % 5], n, 1 + n % 28, 1 + n * 7 % 24, source,
               n % 5 == 4 ? "Sekundaer" : "Primaer");
    add_cpr(to);
    buf_format(&to->bytes, "\"}]");
}

static void add_case(struct buf *to, int n)
{
    buf_format(to,
               ",\"sagstatus\":\"%d\",\"afventer\":\"Myndighed\",\"sagsnummer\":\"26/%06d\","
               "\"kleNummer\":\"32.24.04\",\"handlingsfacet\":\"G01\"}",
               1 + n % 5, n);
}

static void add_benefit(struct buf *to, int n)
{
    buf_format(to,
               ",\"ydelsesstatus\":\"Aktiv\",\"udbetaler\":\"A-kassen\","
               "\"hyppighed\":\"Maanedlig\",\"bruttobeloeb\":\"%d.50\",\"nettobeloeb\":\"%d.25\","
               "\"periodeFra\":\"2026-01-01\"}",
               9000 + n, 6000 + n);
}

static void add_payment(struct buf *to, int n)
{
    buf_format(to,
               ",\"betalingsstatus\":\"%d\",\"beloeb\":\"%d.00\",\"retning\":\"TilBorger\","
               "\"betalingsdato\":\"2026-11-30\",\"udbetaler\":\"Udbetaling Danmark\"}",
               1 + n % 7, 1200 + n);
}

static void add_credential(struct buf *to, int n)
{
    buf_format(
        to,
        ",\"akkreditivtype\":\"pas\",\"akkreditivstatus\":\"Gyldig\","
        "\"nummer\":\"*****%04d\",\"gyldigFra\":\"2020-05-01\",\"gyldigTil\":\"2030-05-01\"}",
        n);
}

static void add_appointment(struct buf *to, int n)
{
    buf_format(to,
               ",\"aftalestatus\":\"Planlagt\",\"starter\":\"2030-12-%02dT10:00:00+01:00\","
               "\"sted\":\"Jobcenter %d, Tinghusgade 4\",\"frist\":\"2030-12-01\"}",
               1 + n % 28, n);
}

static const struct {
    const char *list;
    void (*add)(struct buf *to, int n);
} models[] = {{"BorgervendtSag", add_case},
              {"BorgervendtOekonomiskYdelse", add_benefit},
              {"BorgervendtGaeldogBetaling", add_payment},
              {"BorgervendtOekonomiskYdelse", add_benefit},
              {"BorgervendtAkkreditiv", add_credential},
              {"BorgervendtAftaleFrister", add_appointment}};

static void write_body(struct template *body, int source, int size, time_t seconds)
{
    char now[40];
    struct tm tm;
    size_t least = (size_t)size - 200; /* half an item less: about `size` on average */
    size_t model = (size_t)source % (sizeof models / sizeof *models);

    strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &tm));
    buf_format(&body->bytes, "{\"CPR-nr\":\"");
    add_cpr(body);
    buf_format(&body->bytes, "\",\"anmodningsID\":\"");
    body->request_id = body->bytes.len;
    buf_format(&body->bytes, "%*s,\"datoTid\":\"%s\",\"%s\":[", REQUEST_ID_MAX + 1, "", now,
               models[model].list);
    for (int n = 0; n == 0 || body->bytes.len < least; n++) {
        if (n > 0)
            buf_add_byte(&body->bytes, ',');
        add_common(body, source, n);
        models[model].add(&body->bytes, n);
    }
    buf_format(&body->bytes, "]}");
}

/* Writes the template of a source anew; the answer says that it was made at `seconds`. */
static void template_write(struct template *to, int source, int size, int status, time_t seconds)
{
    struct template body = {0};

    buf_init(&body.bytes, ANSWER_MAX);
    buf_init(&body.cprs, ANSWER_MAX);
    write_body(&body, source, size, seconds);

    buf_clear(&to->bytes);
    buf_clear(&to->cprs);
    buf_init(&to->bytes, ANSWER_MAX);
    buf_format(&to->bytes,
               "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
               status, status == 200 ? "OK" : "Error", body.bytes.len);
    size_t header = to->bytes.len;
    buf_add_str(&to->bytes, buf_str(&body.bytes));
    to->request_id = header + body.request_id;
    for (size_t i = 0; i < body.cprs.len / sizeof(size_t); i++)
        ((size_t *)(void *)body.cprs.at)[i] += header;
    to->cprs = body.cprs;
    buf_clear(&body.bytes);
    if (to->bytes.failed || to->cprs.failed)
        die("an answer of %d bytes is too large", size);
}

/* Makes it the answer for this citizen and request. A shorter id is followed by blanks, which JSON
 * allows behind the quote. */
static void template_fill(struct template *template, const char cpr[CPR_BYTES], struct str id)
{
    const size_t *cprs = (const size_t *)(const void *)template->cprs.at;
    char *at = template->bytes.at + template->request_id;

    for (size_t i = 0; i < template->cprs.len / sizeof *cprs; i++)
        memcpy(template->bytes.at + cprs[i], cpr, CPR_BYTES);
    memset(at, ' ', REQUEST_ID_MAX + 1);
    memcpy(at, id.at, id.len);
    at[id.len] = '"';
}

#endif
