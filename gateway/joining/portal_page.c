/* SPDX-License-Identifier: MIT */
#include "joining/portal_page.h"

#include <inttypes.h>

#include "base/problem.h"
#include "joining/page.h"

enum { LINE_MAX_BYTES = 8 * 1024 };

/* One page being written, with room for one line. */
struct writing {
    const struct portal_page *spec;
    struct page page;
    struct buf line;
};

/* The text in the page's language. */
static struct str say(const struct writing *writing, const char *da, const char *en)
{
    return str_of(writing->spec->language == LANGUAGE_DA ? da : en);
}

static struct str line(struct writing *writing)
{
    return buf_str(&writing->line);
}

static struct buf *new_line(struct writing *writing)
{
    writing->line.len = 0;
    return &writing->line;
}

static void add_list(struct buf *to, const struct str *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_format(to, "%s%.*s", i > 0 ? ", " : "", STR_ARG(list[i]));
}

/* ---- who asks ---- */

static void write_token(struct writing *writing)
{
    const struct snapshot *snapshot = writing->spec->snapshot;
    const struct portal *portal = writing->spec->portal;

    page_heading(&writing->page, say(writing, "1. Hent et token", "1. Get a token"));
    page_paragraph(&writing->page,
                   say(writing,
                       "Borgeren logger ind hos jer. Send det token, som jeres login-broker "
                       "udsteder til et af jeres klient-id'er. Det skal indeholde personnummeret.",
                       "The citizen logs in with you. Send the token that your login broker issues "
                       "to one of your client ids. It must carry the personal number."));
    page_list(&writing->page);
    add_list(new_line(writing), portal->clients, portal->client_count);
    page_row(&writing->page, say(writing, "Klient-id'er", "Client ids"), line(writing));
    for (size_t i = 0; i < snapshot->profile_count; i++)
        page_row(&writing->page, say(writing, "Udsteder", "Issuer"), snapshot->profiles[i].issuer);
    page_row(&writing->page, say(writing, "Klientcertifikat", "Client certificate"),
             portal->certificate_count > 0
                 ? say(writing, "skal vises; vi kender det på dets SHA-256",
                       "must be shown; we know it by its SHA-256")
                 : say(writing, "behøves ikke", "not needed"));
    page_list_end(&writing->page);
}

/* ---- the call ---- */

static void write_command(struct writing *writing, const char *options, const char *accept)
{
    bool has_certificate = writing->spec->portal->certificate_count > 0;

    buf_format(new_line(writing),
               "curl --fail-with-body -sS%s%s \\\n"
               "  -H \"Authorization: Bearer $TOKEN\" \\\n"
               "  -H \"Accept: %s\" -H \"Accept-Language: %.*s\" \\\n"
               "  \"%.*s/v1/overview?municipality=0710\"",
               options, has_certificate ? " --cert portal.pem --key portal.key" : "", accept,
               STR_ARG(language_tag(writing->spec->language)), STR_ARG(writing->spec->url));
    page_command(&writing->page, line(writing));
}

static void write_call(struct writing *writing)
{
    page_heading(&writing->page, say(writing, "2. Det første kald", "2. The first call"));
    page_paragraph(&writing->page,
                   say(writing,
                       "Sæt tokenet i variablen TOKEN. municipality er koden for den kommune, hvor "
                       "borgeren bor; nævn også tidligere kommuner, en parameter for hver.",
                       "Put the token into the variable TOKEN. municipality is the code of the "
                       "municipality where the citizen lives; name earlier ones too, a parameter "
                       "for each."));
    write_command(writing, "", "application/json");
    page_paragraph(&writing->page, say(writing, "Det samme, mens svarene kommer:",
                                       "The same, while the answers come:"));
    write_command(writing, " -N", "application/x-ndjson");
    page_paragraph(
        &writing->page,
        say(writing, "Et personnummer må aldrig stå i adressen: det læses af tokenet.",
            "A personal number must never stand in the URL: it is read from the token."));
}

/* ---- what comes back ---- */

static void write_answer(struct writing *writing)
{
    page_heading(&writing->page, say(writing, "3. Svaret", "3. The answer"));
    page_list(&writing->page);
    page_row(&writing->page, STR("items"),
             say(writing, "det, som myndighederne har om borgeren", "what authorities hold"));
    page_row(&writing->page, STR("sources"),
             say(writing, "hver kilde og dens tilstand; vis dem, der ikke svarede",
                 "each source and its state; show those that did not answer"));
    page_row(&writing->page, STR("attention"),
             say(writing, "det, som borgeren bør gøre, det første først",
                 "what the citizen should do, soonest first"));
    page_row(&writing->page, STR("summary"),
             say(writing, "antal; complete er false, når noget mangler",
                 "counts; complete is false when something is missing"));
    page_row(&writing->page, STR("receipt"),
             say(writing, "nævn den, når I spørger os om et svar",
                 "name it when you ask us about an answer"));
    page_row(&writing->page, STR("declaration"),
             say(writing, "vis den: den siger, hvad et overblik ikke er",
                 "show it: it says what an overview is not"));
    page_list_end(&writing->page);
}

static void write_states(struct writing *writing)
{
    const struct texts *texts = &writing->spec->snapshot->texts;
    struct text_values values = {.source = say(writing, "Kilden", "The source"),
                                 .authority = say(writing, "myndigheden", "the authority")};

    page_heading(&writing->page, say(writing, "Kildernes tilstande", "States of a source"));
    page_list(&writing->page);
    for (enum outcome outcome = OUTCOME_PENDING + 1; outcome < OUTCOME_COUNT; outcome++) {
        text_fill(texts->outcome[outcome].in[writing->spec->language], &values, new_line(writing));
        page_row(&writing->page, outcome_name(outcome), line(writing));
    }
    page_list_end(&writing->page);
}

static void write_errors(struct writing *writing)
{
    enum language language = writing->spec->language;

    page_heading(&writing->page, say(writing, "Fejl", "Errors"));
    page_paragraph(&writing->page,
                   say(writing,
                       "Statuskoden taler om forespørgslen; at en kilde ikke svarede, står i "
                       "sources. Fejl kommer som application/problem+json, og type ender på:",
                       "The status code speaks of the request; that a source did not answer stands "
                       "in sources. Errors come as application/problem+json, whose type ends in:"));
    page_list(&writing->page);
    for (enum problem_kind kind = PROBLEM_NONE + 1; kind < PROBLEM_KINDS; kind++) {
        buf_format(new_line(writing), "%d. %.*s. %.*s", problem_status(kind),
                   STR_ARG(problem_title(kind, language)), STR_ARG(problem_next(kind, language)));
        page_row(&writing->page, problem_slug(kind), line(writing));
    }
    page_list_end(&writing->page);
}

/* ---- what was agreed, and how much of it ---- */

static void write_date(struct buf *to, struct date date, enum language language, const char *open)
{
    char text[64];

    buf_format(to, "%.*s",
               STR_ARG(date_is_known(date) ? text_date(date, language, text) : str_of(open)));
}

static void write_agreement(struct writing *writing, const struct agreement *one)
{
    enum language language = writing->spec->language;
    struct buf *to = new_line(writing);

    add_list(to, one->sources, one->source_count);
    if (date_is_known(one->from) || date_is_known(one->to)) {
        buf_add_str(to, STR(" ("));
        write_date(to, one->from, language, "");
        buf_add_str(to, STR(" - "));
        write_date(to, one->to, language, "");
        buf_add_byte(to, ')');
    }
    page_row(&writing->page, one->contract, line(writing));
}

static void write_agreements(struct writing *writing)
{
    const struct portal *portal = writing->spec->portal;

    page_heading(&writing->page, say(writing, "Aftaler", "Agreements"));
    page_paragraph(&writing->page,
                   say(writing, "I får svar fra disse kilder (* er alle), efter disse aftaler:",
                       "You are answered from these sources (* is all), by these agreements:"));
    page_list(&writing->page);
    for (size_t i = 0; i < portal->agreement_count; i++)
        write_agreement(writing, &portal->agreements[i]);
    page_list_end(&writing->page);
}

static void write_number(struct writing *writing, struct str name, int64_t number, const char *unit)
{
    buf_format(new_line(writing), "%" PRId64 "%s", number, unit);
    page_row(&writing->page, name, line(writing));
}

static void write_limits(struct writing *writing)
{
    const struct settings *settings = &writing->spec->snapshot->settings;
    const struct portal_rules *own =
        override_find(&writing->spec->snapshot->overrides, writing->spec->portal->id);

    page_heading(&writing->page, say(writing, "Grænser", "Limits"));
    page_list(&writing->page);
    write_number(writing, say(writing, "Hele svaret kommer", "A whole answer comes"),
                 own ? own->soft_ms : settings->time_soft_ms, " ms");
    write_number(writing, say(writing, "En strøm slutter", "A stream ends"),
                 own ? own->hard_ms : settings->time_hard_ms, " ms");
    write_number(writing, say(writing, "Kommuner pr. kald", "Municipalities a call"),
                 settings->limits_municipalities_max, "");
    write_number(writing, say(writing, "Forbindelser", "Connections"),
                 settings->door.connections_per_address,
                 writing->spec->language == LANGUAGE_DA ? " pr. adresse" : " an address");
    page_list_end(&writing->page);
    page_paragraph(&writing->page,
                   say(writing,
                       "Prefer: wait=1 giver svaret efter et sekund, med det, der er kommet.",
                       "Prefer: wait=1 gives the answer after a second, with what has come."));
}

/* ---- trying it ---- */

static void write_test(struct writing *writing)
{
    const struct portal *portal = writing->spec->portal;
    const struct snapshot *snapshot = writing->spec->snapshot;

    page_heading(&writing->page, say(writing, "Prøv det", "Try it"));
    buf_format(new_line(writing), "%.*s: %.*s.",
               STR_ARG(say(writing, "Kilderne her spørges i miljøet",
                           "The sources are asked in the environment")),
               STR_ARG(snapshot->settings.environment));
    page_paragraph(&writing->page, line(writing));
    if (portal->test_citizen_count == 0)
        return;
    page_paragraph(&writing->page,
                   say(writing, "I kan logge ind som disse opdigtede borgere, som vi har data om:",
                       "You may log in as these made-up citizens, whom there are data about:"));
    page_list(&writing->page);
    for (size_t i = 0; i < portal->test_citizen_count; i++) {
        const struct test_citizen *one = snapshot_test_citizen(snapshot, portal->test_citizens[i]);
        if (one)
            page_row(&writing->page, portal->test_citizens[i], one->name);
    }
    page_list_end(&writing->page);
}

void portal_page_write(const struct portal_page *spec, struct buf *out)
{
    struct writing writing = {.spec = spec, .page = {out, spec->is_html}};

    buf_init(&writing.line, LINE_MAX_BYTES);
    buf_format(new_line(&writing), "Overblik: %.*s",
               STR_ARG(spec->portal->name.in[spec->language].at
                           ? spec->portal->name.in[spec->language]
                           : spec->portal->id));
    page_begin(&writing.page, spec->language, line(&writing));
    write_token(&writing);
    write_call(&writing);
    write_answer(&writing);
    write_states(&writing);
    write_errors(&writing);
    write_agreements(&writing);
    write_limits(&writing);
    write_test(&writing);
    page_end(&writing.page);
    buf_clear(&writing.line);
}
