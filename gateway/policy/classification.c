/* SPDX-License-Identifier: MIT */
#include "policy/classification.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/die.h"
#include "base/hex.h"

/* ---- numbers ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "nn", "nn.nn", "nn.nn.nn" */
static bool is_subject(struct str text)
{
    if (text.len != 2 && text.len != 5 && text.len != 8)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (i % 3 == 2 ? text.at[i] != '.' : !is_digit(text.at[i]))
            return false;
    return true;
}

/* A capital, alone or with two digits. */
static bool is_facet(struct str text)
{
    static const struct str danish[] = {STR_INIT("Æ"), STR_INIT("Ø"), STR_INIT("Å")};
    size_t letter = text.len > 0 && text.at[0] >= 'A' && text.at[0] <= 'Z';

    for (size_t i = 0; i < sizeof danish / sizeof *danish && letter == 0; i++)
        if (str_starts_with(text, danish[i]))
            letter = danish[i].len;
    struct str digits = str_skip(text, letter);
    return letter > 0 && (digits.len == 0 || (digits.len == 2 && str_is_digits(digits)));
}

bool classification_is_number(struct str text)
{
    return is_subject(text) || is_facet(text);
}

/* A number fits into eight bytes; comparing these is comparing the texts. */
static uint64_t key_of(struct str number)
{
    uint64_t key = 0;

    for (size_t i = 0; i < CLASSIFICATION_NUMBER_MAX; i++)
        key = key << 8 | (i < number.len ? (unsigned char)number.at[i] : 0);
    return key;
}

/* ---- intervals ---- */

static bool has_begun(const struct classification_entry *entry, struct date date)
{
    return date_compare(entry->from, date) <= 0; /* an absent date is before all */
}

static bool has_ended(const struct classification_entry *entry, struct date date)
{
    return date_is_known(entry->to) && date_compare(entry->to, date) <= 0;
}

static bool holds_ever(const struct classification_entry *entry)
{
    return !date_is_known(entry->to) || date_compare(entry->from, entry->to) < 0;
}

/* Of two of the same number, the second not beginning before the first. */
static bool overlap(const struct classification_entry *first,
                    const struct classification_entry *second)
{
    return !has_ended(first, second->from);
}

static int compare_entries(const void *a, const void *b)
{
    const struct classification_entry *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    int order = date_compare(x->from, y->from);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

/* ---- making ---- */

static void sort_entries(struct classification_entry *entries, size_t count)
{
    if (count > 0)
        qsort(entries, count, sizeof *entries, compare_entries);
}

static void digest_text(EVP_MD_CTX *digest, struct str text)
{
    uint64_t len = text.len; /* before the text, so that no two run together */

    if (EVP_DigestUpdate(digest, &len, sizeof len) != 1 ||
        EVP_DigestUpdate(digest, text.at, text.len) != 1)
        die("SHA-256 failed");
}

static void make_digest(struct classification *table)
{
    enum { SHOWN = (CLASSIFICATION_DIGEST - 1) / 2 };
    unsigned char bytes[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *digest = EVP_MD_CTX_new();

    if (!digest || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1)
        die("no SHA-256");
    for (size_t i = 0; i < table->count; i++) {
        const struct classification_entry *entry = &table->entries[i];
        char from[DATE_TEXT], to[DATE_TEXT];

        digest_text(digest, entry->number);
        digest_text(digest, entry->title);
        digest_text(digest, date_format(entry->from, from));
        digest_text(digest, date_format(entry->to, to));
    }
    if (EVP_DigestFinal_ex(digest, bytes, NULL) != 1)
        die("SHA-256 failed");
    EVP_MD_CTX_free(digest);
    hex_encode(bytes, SHOWN, table->digest);
}

/* Of sorted entries without overlaps. */
static void set_entries(struct classification *table, const struct classification_entry *entries,
                        size_t count, struct arena *arena)
{
    uint64_t *keys = arena_calloc(arena, count + 1, sizeof *keys);

    if (!keys)
        return;
    for (size_t i = 0; i < count; i++)
        keys[i] = entries[i].key;
    table->keys = keys;
    table->entries = entries;
    table->count = count;
    make_digest(table);
}

size_t classification_make(struct classification *table, struct str edition,
                           struct classification_entry *entries, size_t count, struct arena *arena)
{
    size_t good = 0, kept = 0;

    *table = (struct classification){.edition = edition};
    for (size_t i = 0; i < count; i++) {
        struct classification_entry entry = entries[i];

        if (!classification_is_number(entry.number) || entry.title.len == 0 ||
            entry.title.len > CLASSIFICATION_TITLE_MAX || !holds_ever(&entry))
            continue;
        entry.key = key_of(entry.number);
        entry.place = i;
        entries[good++] = entry;
    }
    sort_entries(entries, good);
    for (size_t i = 0, run = 0; i < good && kept < CLASSIFICATION_ENTRIES_MAX; i++) {
        bool is_next = kept > 0 && entries[kept - 1].key == entries[i].key;

        run = is_next ? run : 0;
        if (run == CLASSIFICATION_INTERVALS_MAX ||
            (is_next && overlap(&entries[kept - 1], &entries[i])))
            continue;
        entries[kept++] = entries[i];
        run++;
    }
    set_entries(table, entries, kept, arena);
    return count - kept;
}

/* How many entries have the number of the first of them. */
static size_t same_number(const struct classification *table, size_t first)
{
    size_t end = first;

    while (end < table->count && table->keys[end] == table->keys[first])
        end++;
    return end - first;
}

static bool copy_entries(struct classification_entry *to, const struct classification *from,
                         size_t first, size_t count, struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        to[i] = from->entries[first + i];
        to[i].number = arena_copy(arena, to[i].number);
        to[i].title = arena_copy(arena, to[i].title);
        if (!to[i].number.at || !to[i].title.at)
            return false;
    }
    return true;
}

bool classification_overlay(struct classification *table, const struct classification *base,
                            const struct classification *over, struct arena *arena)
{
    struct classification_entry *entries =
        arena_calloc(arena, base->count + over->count + 1, sizeof *entries);
    size_t b = 0, o = 0, count = 0;

    *table = (struct classification){.edition = arena_copy(arena, base->edition)};
    while (entries && (b < base->count || o < over->count)) {
        bool is_over = o < over->count && (b == base->count || over->keys[o] <= base->keys[b]);
        const struct classification *from = is_over ? over : base;
        size_t first = is_over ? o : b, run = same_number(from, first);

        if (!copy_entries(&entries[count], from, first, run, arena))
            return false;
        count += run;
        if (is_over && b < base->count && base->keys[b] == over->keys[o])
            b += same_number(base, b);
        o += is_over ? run : 0;
        b += is_over ? 0 : run;
    }
    if (!entries || count > CLASSIFICATION_ENTRIES_MAX)
        return false;
    set_entries(table, entries, count, arena);
    return table->keys != NULL;
}

static void parse_one(struct node node, size_t place, struct classification_entry *entry,
                      struct faults *faults)
{
    static const char *const known[] = {"number", "title", "from", "to"};

    node_only(node, known, sizeof known / sizeof *known, faults);
    struct node number = node_member(node, known[0], faults),
                title = node_member(node, known[1], faults),
                to = node_member(node, known[3], faults);
    *entry = (struct classification_entry){
        .number = node_str_needed(number, faults),
        .title = node_str_needed(title, faults),
        .from = node_date(node_member(node, known[2], faults), faults),
        .to = node_date(to, faults),
        .place = place};
    if (entry->number.at && !classification_is_number(entry->number))
        node_fault(number, faults,
                   "expected a number as \"32.24.04\", \"32.24\", \"32\" or \"G01\"");
    if (entry->title.len > CLASSIFICATION_TITLE_MAX)
        node_fault(title, faults, "expected at most %d bytes", CLASSIFICATION_TITLE_MAX);
    if (!holds_ever(entry))
        node_fault(to, faults, "expected a day after \"from\"");
    entry->key = key_of(entry->number);
}

static void check_intervals(struct node list, const struct classification_entry *entries,
                            size_t count, struct faults *faults)
{
    for (size_t i = 1, run = 1; i < count; i++) {
        const struct classification_entry *entry = &entries[i];

        run = entry->number.at && entry->key == entry[-1].key ? run + 1 : 1;
        if (run == 1)
            continue;
        struct node node = node_element(list, entry->place, faults);
        if (run == CLASSIFICATION_INTERVALS_MAX + 1)
            node_fault(node, faults, "expected at most %d entries of one number",
                       CLASSIFICATION_INTERVALS_MAX);
        else if (overlap(&entry[-1], entry))
            node_fault(node, faults, "%.*s has another entry in the same time, /numbers/%zu",
                       STR_ARG(entry->number), entry[-1].place);
    }
}

void classification_parse(struct node root, struct classification *table, struct arena *arena,
                          struct faults *faults)
{
    static const char *const known[] = {"edition", "numbers"};
    struct node list = node_member(root, known[1], faults);
    size_t count = node_count(list);

    node_only(root, known, sizeof known / sizeof *known, faults);
    *table =
        (struct classification){.edition = node_str(node_member(root, known[0], faults), faults)};
    if (count > CLASSIFICATION_ENTRIES_MAX) {
        node_fault(list, faults, "expected at most %d", CLASSIFICATION_ENTRIES_MAX);
        return;
    }
    if (!json_is_array(list.value)) {
        node_fault(list, faults, "expected a list of numbers");
        return;
    }
    struct classification_entry *entries = arena_calloc(arena, count + 1, sizeof *entries);
    for (size_t i = 0; entries && i < count; i++)
        parse_one(node_element(list, i, faults), i, &entries[i], faults);
    if (!entries)
        return;
    sort_entries(entries, count);
    check_intervals(list, entries, count, faults);
    set_entries(table, entries, count, arena);
}

/* ---- finding ---- */

/* Where the entries of this number or of those behind it begin. Steps by a product instead of a
 * branch, which would be guessed wrong half the time. */
static size_t lower_bound(const struct classification *table, uint64_t key)
{
    const uint64_t *at = table->keys;
    size_t left = table->count;

    if (left == 0)
        return 0;
    while (left > 1) {
        size_t half = left / 2;

        at += (size_t)(at[half - 1] < key) * half;
        left -= half;
    }
    return (size_t)(at - table->keys) + (*at < key);
}

/* Where the entries of this number begin; table->count: nowhere. */
static size_t first_of(const struct classification *table, uint64_t key)
{
    size_t low = lower_bound(table, key);

    return low < table->count && table->keys[low] == key ? low : table->count;
}

enum classification_standing classification_standing(const struct classification *table,
                                                     struct str number, struct date date,
                                                     const struct classification_entry **entry)
{
    enum classification_standing standing = CLASSIFICATION_UNKNOWN;
    uint64_t key = key_of(number);

    *entry = NULL;
    if (number.len == 0 || number.len > CLASSIFICATION_NUMBER_MAX)
        return standing;
    for (size_t i = first_of(table, key); i < table->count && table->keys[i] == key; i++) {
        const struct classification_entry *one = &table->entries[i];

        if (!has_begun(one, date)) {
            if (!*entry) {
                *entry = one;
                standing = CLASSIFICATION_FUTURE;
            }
            break; /* those behind it begin later still */
        }
        *entry = one;
        standing = has_ended(one, date) ? CLASSIFICATION_EXPIRED : CLASSIFICATION_VALID;
    }
    return standing;
}

enum classification_standing classification_standing_below(const struct classification *table,
                                                           struct str prefix, struct date date)
{
    enum classification_standing best = CLASSIFICATION_UNKNOWN;

    for (size_t i = lower_bound(table, key_of(prefix));
         i < table->count && str_starts_with(table->entries[i].number, prefix); i++) {
        const struct classification_entry *one = &table->entries[i];
        enum classification_standing standing = !has_begun(one, date)  ? CLASSIFICATION_FUTURE
                                                : has_ended(one, date) ? CLASSIFICATION_EXPIRED
                                                                       : CLASSIFICATION_VALID;

        if (one->number.len == CLASSIFICATION_NUMBER_MAX && standing < best)
            best = standing;
        if (best == CLASSIFICATION_VALID)
            break;
    }
    return best;
}

const struct classification_entry *classification_find(const struct classification *table,
                                                       struct str number, struct date date)
{
    const struct classification_entry *entry;

    return classification_standing(table, number, date, &entry) == CLASSIFICATION_VALID ? entry
                                                                                        : NULL;
}
