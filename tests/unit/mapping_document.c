/* SPDX-License-Identifier: MIT */
/* docs/mapping.md: its examples do what they say, its tables are those of the code, and
 * conf/schema/mapping.json knows the same fields. */
#include "tests/mapping.h"

enum { ARENA_MAX = 8 << 20, ITEMS_MAX = 100, INFO_MAX = 64 };

#define REQUEST "{\"list\":{\"json\":{\"c\":\"{cpr}\"}}}"

static const struct cpr subject = {"6101709995"};
static const struct str authorities[] = {STR_INIT("99000001")};
static struct str document, schema;

/* ---- examples ---- */

/* A mapping as the last block made it. */
struct example {
    struct arena *arena;
    struct mapping mapping;
    struct buf text, body;
    int count;
};

static const struct source *source_of(struct example *example)
{
    static struct source source = {.authority = {.cvr = STR_INIT("99000001")},
                                   .path = STR_INIT("/list")};
    source.mapping = &example->mapping;
    return &source;
}

static void compile(struct example *example)
{
    arena_reset(example->arena);
    buf_add_byte(&example->text, '\0');
    mapping_of(example->arena, str_head(buf_str(&example->text), example->text.len - 1),
               &example->mapping);
    example->count++;
}

/* The members that an example names, in the item as it became; null: it is absent. */
static bool matches(json_t *item, json_t *wanted)
{
    const char *name;
    json_t *value;
    json_object_foreach(wanted, name, value)
    {
        json_t *got = json_object_get(item, name);
        if (json_is_null(value) ? got != NULL : !json_equal(got, value))
            return false;
    }
    return true;
}

static void check_items(struct example *example, struct str wanted_text)
{
    struct question question = {.source = source_of(example),
                                .subject = &subject,
                                .authorities = authorities,
                                .authority_count = 1};
    struct answer answer = {
        .http_status = 200, .body = buf_str(&example->body), .items_max = ITEMS_MAX};
    struct answer_fault fault = {0};
    struct parsed parsed;
    enum outcome outcome = mapped_parse(example->arena, &question, &answer, NULL, &parsed, &fault);
    json_t *wanted = json_loadb(wanted_text.at, wanted_text.len, JSON_REJECT_DUPLICATES, NULL);
    bool is_list = json_is_array(wanted), is_right = outcome == OUTCOME_ANSWERED && wanted;
    struct buf line;
    size_t i = 0;

    buf_init(&line, 65536);
    for (const struct item *item = parsed.items.first; is_right && item; item = item->next, i++) {
        struct writer w;
        buf_reset(&line);
        writer_init(&w, &line);
        dump_item(&w, item);
        json_t *got = json_loadb(line.at, line.len, 0, NULL);
        is_right = matches(got, is_list ? json_array_get(wanted, i) : wanted);
        if (!is_right)
            printf("# %.*s\n", STR_ARG(buf_str(&line)));
        json_decref(got);
    }
    ok(is_right && (!is_list || i == json_array_size(wanted)), "example %d: %s", example->count,
       fault.why ? fault.why : "gives what it says");
    buf_clear(&line);
    json_decref(wanted);
}

static void check_request(struct example *example, struct str wanted)
{
    struct question question = {.source = source_of(example),
                                .subject = &subject,
                                .authorities = authorities,
                                .authority_count = 1,
                                .request_id = STR("r-1"),
                                .now = {INT64_C(1795254120000), true}};
    struct buf body, out;
    struct ask ask = {.body = &body};

    buf_init(&body, 65536);
    buf_init(&out, 65536);
    ok(adapter_mapped.build(example->arena, &question, &ask), "the request is built");
    buf_format(&out, "POST %.*s\n", STR_ARG(ask.path));
    for (size_t i = 0; i < ask.header_count; i++)
        buf_format(&out, "%.*s\n", STR_ARG(ask.headers[i]));
    buf_format(&out, "\n%.*s\n", STR_ARG(buf_str(&body)));
    is_bytes(out.at, out.len, wanted.at, wanted.len, "it sends what it says");
    buf_clear(&body);
    buf_clear(&out);
}

static void take_block(struct example *example, struct str info, struct str text)
{
    struct str kind = info, word;

    (void)str_split(&kind, ' ');
    word = str_split(&kind, ' ');
    buf_reset(&example->text);
    if (str_equal(word, STR("mapping"))) {
        buf_add_str(&example->text, text);
        compile(example);
    } else if (str_equal(word, STR("fields"))) {
        buf_format(&example->text,
                   "{\"format\":\"json\",\"request\":" REQUEST ",\"answer\":{\"subject\":\"/c\"},"
                   "\"items\":[{\"at\":\"/l/*\",\"kind\":\"%.*s\",\"fields\":%.*s}]}",
                   STR_ARG(kind), STR_ARG(text));
        compile(example);
    } else if (str_equal(word, STR("request"))) {
        buf_format(&example->text,
                   "{\"format\":\"json\",\"request\":%.*s,\"answer\":{\"subject\":\"/c\"},"
                   "\"items\":[{\"at\":\"/l/*\",\"kind\":\"case\",\"fields\":{\"id\":\"/i\"}}]}",
                   STR_ARG(text));
        compile(example);
    } else if (str_equal(word, STR("item"))) {
        buf_reset(&example->body);
        buf_format(&example->body,
                   "{\"c\":\"6101709995\",\"owner\":{\"name\":\"Rold Skov\"},\"l\":[%.*s]}",
                   STR_ARG(text));
    } else if (str_equal(word, STR("body"))) {
        buf_reset(&example->body);
        buf_add_str(&example->body, text);
    } else if (str_equal(word, STR("gives"))) {
        check_items(example, text);
    } else if (str_equal(word, STR("sends"))) {
        check_request(example, text);
    } else {
        ok(false, "a block of the document is none of ours: %.*s", STR_ARG(info));
    }
}

static void test_examples(void)
{
    struct example example = {.arena = arena_new(ARENA_MAX)};
    struct str rest = document, fence = STR("\n```");

    buf_init(&example.text, 1 << 20);
    buf_init(&example.body, 1 << 20);
    for (;;) {
        size_t at = str_find(rest, fence);
        if (at == rest.len)
            break;
        rest = str_skip(rest, at + fence.len);
        struct str info = str_split(&rest, '\n');
        size_t end = str_find(rest, STR("```\n"));
        take_block(&example, info, str_head(rest, end));
        rest = str_skip(rest, end + 3);
    }
    ok(example.count >= 10, "%d examples", example.count);
    buf_clear(&example.text);
    buf_clear(&example.body);
    arena_free(&example.arena);
}

/* ---- tables ---- */

static bool is_in(struct str text, const char *line)
{
    return str_find(text, str_of(line)) < text.len;
}

static void kinds_text(unsigned kinds, char *text, size_t size)
{
    text[0] = '\0';
    if (kinds == MAPPED_ANY_KIND) {
        snprintf(text, size, "all");
        return;
    }
    for (unsigned i = 0; i < ITEM_KIND_COUNT; i++)
        if (kinds & ITEM_KIND_BIT(i))
            snprintf(text + strlen(text), size - strlen(text), "%s%.*s", text[0] ? ", " : "",
                     STR_ARG(item_kind_name((enum item_kind)i)));
}

static void test_tables(void)
{
    const struct field_type *type;
    char line[512], kinds[256];
    bool is_told = true, has_codes = true;
    size_t rows = 0, told = 0;

    for (size_t i = 0; (type = field_at(i)); i++, rows++) {
        kinds_text(type->kinds, kinds, sizeof kinds);
        snprintf(line, sizeof line, "\n| `%.*s` | %s | %.*s |\n", STR_ARG(type->name), kinds,
                 STR_ARG(field_form_name(type->form)));
        if (!is_in(document, line))
            printf("# missing:%s", line);
        is_told &= is_in(document, line);
        for (const struct field_code *code = type->codes; code && code->name.len > 0; code++) {
            snprintf(line, sizeof line, "`%.*s`", STR_ARG(code->name));
            has_codes &= is_in(document, line);
        }
    }
    ok(is_told, "every field is in the document, with its kinds and form");
    ok(has_codes, "every code as well");
    struct str table = str_skip(document, str_find(document, STR("| field | kinds | form |")));
    table = str_head(table, str_find(table, STR("\n\n")));
    for (size_t at; (at = str_find(table, STR("\n| `"))) < table.len; told++)
        table = str_skip(table, at + 1);
    is_int((long long)told, (long long)rows, "and no other");
    for (unsigned list = 0; list < PART_LIST_COUNT; list++) {
        bool is_whole = true;
        for (size_t i = 0; (type = part_field_at((enum part_list)list, i)); i++) {
            snprintf(line, sizeof line, "`%.*s`", STR_ARG(type->name));
            is_whole &= is_in(document, line);
        }
        snprintf(line, sizeof line, "| `%.*s` | ", STR_ARG(part_list_name((enum part_list)list)));
        ok(is_whole && is_in(document, line), "the parts of %s",
           part_list_name((enum part_list)list).at);
    }
    static const char *const placeholders[] = {
#define X(name, text) "{" text "}",
        MAPPING_PLACEHOLDERS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++)
        ok(is_in(document, placeholders[i]), "the placeholder %s", placeholders[i]);
}

/* ---- the schema ---- */

static size_t members_but(json_t *object, const char *passed)
{
    return json_object_size(object) - (json_object_get(object, passed) != NULL);
}

/* Every member of every object of the schema is explained in the document. */
static bool is_explained(json_t *value)
{
    const char *name;
    json_t *member;
    char quoted[128];
    size_t i;
    bool is_whole = true;

    json_object_foreach(json_object_get(value, "properties"), name, member)
    {
        snprintf(quoted, sizeof quoted, "`%s`", name);
        bool is_there = is_in(document, quoted) || strcmp(name, "$schema") == 0;
        if (!is_there) {
            snprintf(quoted, sizeof quoted, "\"%s\"", name);
            is_there = is_in(document, quoted);
        }
        if (!is_there)
            printf("# not explained: %s\n", name);
        is_whole &= is_there;
    }
    if (json_is_object(value))
        json_object_foreach(value, name, member) is_whole &= is_explained(member);
    json_array_foreach(value, i, member) is_whole &= is_explained(member);
    return is_whole;
}

static void test_schema(void)
{
    json_t *root = json_loadb(schema.at, schema.len, JSON_REJECT_DUPLICATES, NULL);
    json_t *defs = json_object_get(root, "$defs");

    for (unsigned kind = 0; kind < ITEM_KIND_COUNT; kind++) {
        char name[64];
        const struct field_type *type;
        size_t count = 0;
        bool is_whole = true;
        snprintf(name, sizeof name, "fields_%.*s", STR_ARG(item_kind_name((enum item_kind)kind)));
        json_t *known = json_object_get(json_object_get(defs, name), "properties");
        for (size_t i = 0; (type = field_at(i)); i++) {
            if (!(type->kinds & ITEM_KIND_BIT(kind)))
                continue;
            is_whole &= json_object_get(known, type->name.at) != NULL;
            count++;
        }
        for (unsigned list = 0; list < PART_LIST_COUNT; list++) {
            bool fits = part_list_fits((enum part_list)list, (enum item_kind)kind);
            const char *part = part_list_name((enum part_list)list).at;
            is_whole &= fits == (json_object_get(known, part) != NULL);
            count += fits;
        }
        ok(is_whole && count == members_but(known, "comment"), "the schema's %s are the table's",
           name);
    }
    for (unsigned list = 0; list < PART_LIST_COUNT; list++) {
        char name[64];
        const struct field_type *type;
        bool is_whole = true;
        size_t count = 0;
        snprintf(name, sizeof name, "part_%s", part_list_name((enum part_list)list).at);
        json_t *known = json_object_get(json_object_get(defs, name), "properties");
        for (; (type = part_field_at((enum part_list)list, count)); count++)
            is_whole &= json_object_get(known, type->name.at) != NULL;
        ok(is_whole && count + 2 == members_but(known, "comment"), "the schema's %s is the table's",
           name); /* "at" and "when" beside them */
    }
    ok(is_explained(root), "the document explains every member that the schema knows");
    json_decref(root);
}

int main(void)
{
    document = config_read("docs/mapping.md");
    schema = config_read("conf/schema/mapping.json");
    test_examples();
    test_tables();
    test_schema();
    free((void *)(uintptr_t)document.at);
    free((void *)(uintptr_t)schema.at);
    return done_testing();
}
