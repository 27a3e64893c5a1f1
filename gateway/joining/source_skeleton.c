/* SPDX-License-Identifier: MIT */
#include "joining/source_skeleton.h"

#include "adapters/mapping.h"
#include "base/writer.h"
#include "joining/answer_shape.h"

enum { FILE_MAX = 8 * 1024 * 1024 };

/* ---- what is made up ---- */

static const char made_up_answer[] = "{\n"
                                     "  \"reference\": \"a-reference\",\n"
                                     "  \"person\": \"6101709995\",\n"
                                     "  \"matters\": [\n"
                                     "    {\n"
                                     "      \"number\": \"A-1\",\n"
                                     "      \"subject\": \"Ansøgning om fiskekort\",\n"
                                     "      \"state\": \"B\",\n"
                                     "      \"received\": \"14.03.2026\",\n"
                                     "      \"desk\": \"3\"\n"
                                     "    }\n"
                                     "  ]\n"
                                     "}\n";

static const char made_up_mapping[] =
    "  \"mapping\": {\n"
    "    \"comment\": \"How it is asked, and how its answer becomes items: docs/mapping.md. This one "
    "reads answer.json; \\\"desk\\\" is left for you to find.\",\n"
    "    \"format\": \"json\",\n"
    "    \"tables\": {\"state\": {\"A\": \"created\", \"B\": \"in_progress\", \"C\": \"decided\"}},\n"
    "    \"request\": {\"list\": {\"json\": {\"person\": \"{cpr}\", \"reference\": "
    "\"{request_id}\"}}},\n"
    "    \"answer\": {\"subject\": \"/person\", \"request_id\": \"/reference\"},\n"
    "    \"items\": [\n"
    "      {\n"
    "        \"at\": \"/matters/*\",\n"
    "        \"kind\": \"case\",\n"
    "        \"fields\": {\n"
    "          \"id\": \"/number\",\n"
    "          \"number\": \"/number\",\n"
    "          \"title\": \"/subject\",\n"
    "          \"status\": {\"at\": \"/state\", \"table\": \"state\"},\n"
    "          \"created\": {\"at\": \"/received\", \"date\": \"%d.%m.%Y\"}\n"
    "        }\n"
    "      }\n"
    "    ]\n"
    "  }\n";

static const char made_up_items[] =
    "{\n"
    "  \"comment\": \"What `overblik source preview --expect` compares with: as many items, in this "
    "order, each with at least these members.\",\n"
    "  \"items\": [\n"
    "    {\"kind\": \"case\", \"id\": \"A-1\", \"title\": \"Ansøgning om fiskekort\", \"status\": "
    "{\"code\": \"in_progress\"}, \"created\": \"2026-03-14T00:00:00+01:00\"}\n"
    "  ]\n"
    "}\n";

static const char contract_answer[] =
    "{\n"
    "  \"CPR-nr\": \"6101709995\",\n"
    "  \"anmodningsID\": \"01990000-0000-7000-8000-000000000001\",\n"
    "  \"datoTid\": \"2026-11-21T10:42:00+01:00\",\n"
    "  \"BorgervendtSag\": [\n"
    "    {\n"
    "      \"id\": \"A-1\",\n"
    "      \"titel\": \"Ansøgning om fiskekort\",\n"
    "      \"sagstatus\": 2,\n"
    "      \"sagsnummer\": \"A-1\",\n"
    "      \"parter\": [{\"rolle\": \"Primaer\", \"CPR-nr\": \"6101709995\"}],\n"
    "      \"foelsomhed\": \"IKKE_FORTROLIGE_DATA\",\n"
    "      \"oprettet\": \"2026-03-14T08:00:00+01:00\",\n"
    "      \"aendret\": \"2026-11-02T13:45:10+01:00\",\n"
    "      \"OffentligOrganisation\": {\"CVR-nr\": \"99000001\", \"myndighedsnavn\": "
    "\"Myndigheden\"}\n"
    "    }\n"
    "  ]\n"
    "}\n";

static const char contract_items[] =
    "{\n"
    "  \"comment\": \"What `overblik source preview --expect` compares with: as many items, in this "
    "order, each with at least these members.\",\n"
    "  \"items\": [\n"
    "    {\"kind\": \"case\", \"id\": \"A-1\", \"title\": \"Ansøgning om fiskekort\", \"status\": "
    "{\"code\": \"in_progress\"}, \"number\": \"A-1\"}\n"
    "  ]\n"
    "}\n";

static const char no_items[] =
    "{\n"
    "  \"comment\": \"What `overblik source preview --expect` compares with: as many items, in this "
    "order, each with at least these members, as {\\\"kind\\\": \\\"case\\\", \\\"id\\\": …, "
    "\\\"title\\\": …, \\\"status\\\": {\\\"code\\\": …}}.\",\n"
    "  \"items\": []\n"
    "}\n";

/* ---- writing ---- */

static void add(struct buf *out, const char *text)
{
    buf_add_str(out, str_of(text));
}

static void add_quoted(struct buf *out, struct str text)
{
    struct writer w;

    writer_init(&w, out);
    writer_str(&w, text);
}

/* ---- the mapping of somebody's answer ---- */

struct mapping_writer {
    const struct answer_shape *shape;
    struct arena *arena;
    struct buf *out;
};

static bool is_leaf(const struct shape *shape)
{
    return shape->parent && (shape->holds & ~(unsigned)SHAPE_GROUP || !shape->first);
}

/* Of what stands in this list (NULL: in none), as an array of lines in a comment. */
static void add_paths(const struct mapping_writer *to, const struct shape *list, const char *first,
                      int margin)
{
    buf_format(to->out, "%*s\"comment\": [\n%*s", margin, "", margin + 2, "");
    add_quoted(to->out, str_of(first));
    for (const struct shape *one = to->shape->root; one; one = shape_next(one)) {
        if (!is_leaf(one) || shape_list(one) != list)
            continue;
        struct str path = shape_path(one, list, to->arena);
        struct str words = shape_words(one, to->arena);
        buf_format(to->out, ",\n%*s", margin + 2, "");
        add_quoted(to->out, arena_format(to->arena, "%.*s  %.*s", STR_ARG(path), STR_ARG(words)));
    }
    buf_format(to->out, "\n%*s],\n", margin, "");
}

/* The one place outside lists where a personal number stands. */
static struct str find_subject(const struct mapping_writer *to)
{
    for (const struct shape *one = to->shape->root; one; one = shape_next(one))
        if ((one->holds & SHAPE_PERSON) && !shape_list(one))
            return shape_path(one, NULL, to->arena);
    return STR("");
}

static void add_items(const struct mapping_writer *to, const struct shape *around, int depth);

static bool has_lists(const struct mapping_writer *to, const struct shape *around)
{
    for (const struct shape *one = to->shape->root; one; one = shape_next(one))
        if (one != around && shape_list(one) == one && shape_list(one->parent) == around)
            return true;
    return false;
}

/* `list`: the place of its items; NULL: the answer as a whole. Lists within it are its own items.
 */
static void add_rule(const struct mapping_writer *to, const struct shape *list,
                     const struct shape *around, int depth)
{
    int margin = 4 + 4 * depth;

    buf_format(to->out, "%*s{\n", margin - 2, "");
    add_paths(
        to, list,
        "Is each of these an item? Choose its kind and its fields (docs/mapping.md), or delete "
        "this rule. What stands here:",
        margin);
    buf_format(to->out, "%*s\"at\": ", margin, "");
    add_quoted(to->out, list ? shape_path(list, around, to->arena) : STR("."));
    buf_format(to->out, ",\n%*s\"kind\": \"case\",\n%*s\"fields\": {\"id\": \"\"}", margin, "",
               margin, "");
    if (list && depth < MAPPING_NESTING_MAX && has_lists(to, list)) {
        add(to->out, ",\n");
        add_items(to, list, depth + 1);
    }
    buf_format(to->out, "\n%*s}", margin - 2, "");
}

/* A rule for each list that stands in `around` and in no list between. */
static void add_items(const struct mapping_writer *to, const struct shape *around, int depth)
{
    bool is_first = true;

    buf_format(to->out, "%*s\"items\": [\n", 4 * depth, "");
    for (const struct shape *one = to->shape->root; one; one = shape_next(one)) {
        if (one == around || shape_list(one) != one || shape_list(one->parent) != around)
            continue;
        add(to->out, is_first ? "" : ",\n");
        add_rule(to, one, around, depth);
        is_first = false;
    }
    if (is_first)
        add_rule(to, NULL, NULL, depth);
    buf_format(to->out, "\n%*s]", 4 * depth, "");
}

static void add_mapping(const struct mapping_writer *to)
{
    const struct answer_shape *shape = to->shape;

    add(to->out,
        "  \"mapping\": {\n"
        "    \"comment\": \"How it is asked, and how its answer becomes items: docs/mapping.md. The "
        "paths that were found in answer.* are listed, and none is mapped; delete the lists as you "
        "go. What is \\\"\\\" must be filled in.\",\n");
    buf_format(to->out, "    \"format\": \"%s\",\n", shape->is_xml ? "xml" : "json");
    if (shape->namespace_count > 0) {
        add(to->out, "    \"namespaces\": {");
        for (size_t i = 0; i < shape->namespace_count; i++) {
            buf_format(to->out, "%s\"n%zu\": ", i > 0 ? ", " : "", i + 1);
            add_quoted(to->out, shape->namespaces[i]);
        }
        add(to->out, "},\n");
    }
    add(to->out, shape->is_xml
                     ? "    \"request\": {\"list\": {\"comment\": \"The body of your question.\", "
                       "\"xml\": \"<question><person>{cpr}</person><reference>{request_id}"
                       "</reference></question>\"}},\n"
                     : "    \"request\": {\"list\": {\"comment\": \"The body of your question.\", "
                       "\"json\": {\"person\": \"{cpr}\", \"reference\": \"{request_id}\"}}},\n");
    add(to->out, "    \"answer\": {\n");
    add_paths(to, NULL,
              "subject: where the answer names its citizen; request_id: where it repeats our "
              "{request_id}. One of them is needed. What stands outside lists:",
              6);
    add(to->out, "      \"subject\": ");
    add_quoted(to->out, find_subject(to));
    add(to->out, "\n    },\n");
    add_items(to, NULL, 1);
    add(to->out, "\n  }\n");
}

/* ---- the manifest ---- */

static void add_head(const struct skeleton_spec *spec, struct buf *out)
{
    add(out, "{\n  \"$schema\": ");
    add_quoted(out, spec->schema);
    add(out, ",\n"
             "  \"comment\": \"A skeleton. docs/manifest.md tells of every member; any object may "
             "hold a comment, and all of them may be deleted.\",\n"
             "  \"id\": ");
    add_quoted(out, spec->id);
    add(out,
        ",\n"
        "  \"name\": {\"da\": \"Myndigheden\", \"en\": \"The authority\"},\n"
        "  \"asked_for\": {\"da\": \"dine sager\", \"en\": \"your cases\"},\n"
        "  \"owner\": {\n"
        "    \"comment\": \"Who runs it: CVR number and name, and what citizens are told: how it is "
        "reached, what its data-protection officer says, where a breach is told.\",\n"
        "    \"cvr\": \"99000001\",\n"
        "    \"name\": \"Myndigheden\",\n"
        "    \"contacts\": [{\"type\": \"website\", \"value\": \"https://authority.example\"}],\n"
        "    \"data_protection\": {\"da\": \"Skriv til dpo@authority.example.\", \"en\": \"Write to "
        "dpo@authority.example.\"},\n"
        "    \"breach\": \"https://authority.example/brud\"\n"
        "  },\n");
}

static void add_middle(struct str cpr, struct buf *out)
{
    add(out,
        "  \"path\": \"/overblik/1\",\n"
        "  \"kinds\": [\"case\"],\n"
        "  \"level\": \"substantial\",\n"
        "  \"endpoints\": {\n"
        "    \"comment\": \"Where it is asked; begin with test. ca: who is trusted there; "
        "certificate and key: who the gateway is there; files are named relative to the folder of "
        "the gateway's configuration.\",\n"
        "    \"test\": {\n"
        "      \"url\": \"https://test.authority.example\",\n"
        "      \"tls\": {\"ca\": \"tls/test/sources-ca.pem\", \"certificate\": "
        "\"tls/test/gateway-client.pem\", \"key\": \"tls/test/gateway-client.key\"}\n"
        "    }\n"
        "  },\n"
        "  \"timers\": {\n"
        "    \"comment\": \"When the gateway stops waiting, in milliseconds. first_byte_ms is the "
        "time that the owner declares.\",\n"
        "    \"connect_ms\": 300,\n"
        "    \"first_byte_ms\": 1200,\n"
        "    \"silence_ms\": 500,\n"
        "    \"total_ms\": 1500\n"
        "  },\n"
        "  \"in_flight_max\": 20,\n"
        "  \"test_citizens\": [\n"
        "    {\"comment\": \"Whom the test environment knows: replacement numbers (day + 60) only. "
        "answer.* is about this one.\",\n"
        "     \"id\": \"jens\", \"cpr\": ");
    add_quoted(out, cpr);
    add(out, ", \"name\": \"Jens Testesen\"}\n  ]");
}

/* ---- the whole ---- */

static bool fail(struct str *why, struct str text)
{
    *why = text;
    return false;
}

/* Its answer, kept as it is, unless there may be somebody's number in it. */
static bool read_answer(const struct skeleton_spec *spec, struct arena *arena,
                        struct answer_shape *shape, struct str *why)
{
    const char *wrong;
    size_t at = answer_shape_living(spec->answer), line = 1;

    for (size_t i = 0; i < at; i++)
        line += spec->answer.at[i] == '\n';
    if (at < spec->answer.len)
        return fail(why, arena_format(arena,
                                      "line %zu of the answer holds what may be a living person's "
                                      "number; put a replacement number (day + 60) in its place",
                                      line));
    if (!answer_shape_read(spec->answer, arena, shape, &wrong))
        return fail(why, arena_format(arena, "the answer is neither JSON nor XML: %s", wrong));
    return true;
}

static void write_mapped(const struct skeleton_spec *spec, struct arena *arena,
                         const struct answer_shape *shape, struct buf *out)
{
    add(out, "  \"dialect\": \"mapped\",\n");
    add_middle(cpr_is_known(&shape->person) ? cpr_str(&shape->person) : STR("6101709995"), out);
    add(out, ",\n");
    if (spec->answer.at)
        add_mapping(&(struct mapping_writer){shape, arena, out});
    else
        add(out, made_up_mapping);
}

static void write_contract(const struct answer_shape *shape, struct buf *out)
{
    add(out, "  \"dialect\": \"borgervendt\",\n");
    add_middle(cpr_is_known(&shape->person) ? cpr_str(&shape->person) : STR("6101709995"), out);
    add(out, "\n");
}

bool source_skeleton_make(const struct skeleton_spec *spec, struct arena *arena,
                          struct source_skeleton *skeleton, struct str *why)
{
    bool is_mapped = str_equal(spec->dialect, STR("mapped")), has_own = spec->answer.at;
    struct answer_shape shape = {0};

    *skeleton = (struct source_skeleton){0};
    for (int i = 0; i < SKELETON_FILES; i++)
        buf_init(&skeleton->bytes[i], FILE_MAX);
    if (!is_mapped && !str_equal(spec->dialect, STR("borgervendt")))
        return fail(why, STR("a skeleton is of the dialect mapped or borgervendt; the municipal "
                             "indexes are shipped: conf/sources/kommuner.*.json"));
    if (has_own && !read_answer(spec, arena, &shape, why))
        return false;
    if (!is_mapped && shape.is_xml)
        return fail(why, STR("an answer of the dialect borgervendt is JSON"));
    struct buf *manifest = &skeleton->bytes[SKELETON_MANIFEST];
    add_head(spec, manifest);
    if (is_mapped)
        write_mapped(spec, arena, &shape, manifest);
    else
        write_contract(&shape, manifest);
    add(manifest, "}\n");
    buf_add_str(&skeleton->bytes[SKELETON_ANSWER], has_own     ? spec->answer
                                                   : is_mapped ? str_of(made_up_answer)
                                                               : str_of(contract_answer));
    add(&skeleton->bytes[SKELETON_ITEMS], has_own     ? no_items
                                          : is_mapped ? made_up_items
                                                      : contract_items);
    skeleton->names[SKELETON_MANIFEST] = arena_format(arena, "%.*s.json", STR_ARG(spec->id));
    skeleton->names[SKELETON_ANSWER] = shape.is_xml ? STR("answer.xml") : STR("answer.json");
    skeleton->names[SKELETON_ITEMS] = STR("items.json");
    skeleton->left_out = shape.left_out;
    skeleton->is_ready = !has_own;
    for (int i = 0; i < SKELETON_FILES; i++)
        if (skeleton->bytes[i].failed)
            return fail(why, STR("the answer is too long"));
    return !arena_is_full(arena) || fail(why, STR("the answer is too long"));
}

void source_skeleton_clear(struct source_skeleton *skeleton)
{
    for (int i = 0; i < SKELETON_FILES; i++)
        buf_clear(&skeleton->bytes[i]);
}
