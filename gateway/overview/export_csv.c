/* SPDX-License-Identifier: MIT */
#include "overview/export_csv.h"

#include "overview/export_words.h"

enum { COLUMNS = 13 };

/* In the order in which they stand. */
static const enum export_word headings[COLUMNS] = {
    WORD_NOTE,   WORD_DATE,  WORD_DIRECTION, WORD_AMOUNT, WORD_GROSS, WORD_CURRENCY, WORD_WHAT,
    WORD_STATUS, WORD_PAYER, WORD_AUTHORITY, WORD_SOURCE, WORD_AS_OF, WORD_RECEIPT};

struct sheet {
    const struct export *export;
    enum language language;
    struct buf *out;
};

/* What Excel, LibreOffice or Google Sheets take for the beginning of a formula. Their imports skip
 * white space in front, and know full-width signs too (OWASP, CSV injection). */
static bool is_formula(struct str text)
{
    static const struct str wide[] = {STR_INIT("＝"), STR_INIT("＋"), STR_INIT("－"),
                                      STR_INIT("＠")};

    if (text.len > 0 && (text.at[0] == '\t' || text.at[0] == '\r' || text.at[0] == '\n'))
        return true;
    while (text.len > 0 && ((unsigned char)text.at[0] <= ' ' || text.at[0] == '"'))
        text = str_skip(text, 1);
    if (text.len > 0 && strchr("=+-@|%", text.at[0]))
        return true;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (str_starts_with(text, wide[i]))
            return true;
    return false;
}

void export_csv_cell(struct str text, struct buf *out)
{
    buf_add_byte(out, '"');
    if (is_formula(text))
        buf_add_byte(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte == '"')
            buf_add_byte(out, '"');
        buf_add_byte(out, byte < ' ' || byte == 0x7f ? ' ' : (char)byte);
    }
    buf_add_byte(out, '"');
}

static void add_row(const struct str cells[COLUMNS], struct buf *out)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        if (i > 0)
            buf_add_byte(out, ',');
        export_csv_cell(cells[i], out);
    }
    buf_add_str(out, STR("\r\n"));
}

/* Amounts stand bare: a minus there is a number's, and can be nothing else. */
static void add_amount(struct money money, struct buf *out)
{
    if (money.known)
        buf_format(out, "%s%lld.%02lld", money.oere < 0 ? "-" : "",
                   (long long)(money.oere < 0 ? -(money.oere / 100) : money.oere / 100),
                   (long long)(money.oere < 0 ? -(money.oere % 100) : money.oere % 100));
}

static void add_headings(const struct sheet *sheet)
{
    struct str cells[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = export_word(headings[i], sheet->language);
    add_row(cells, sheet->out);
}

/* "MANGLER: ATP har ikke svaret …" in the first column, the rest empty but for the source. */
static void add_note(const struct sheet *sheet, const struct part *part, enum export_word what)
{
    const struct output_context *context = sheet->export->context;
    struct str cells[COLUMNS] = {[10] = part->row->route->source.id, [12] = context->receipt};
    struct buf note;

    buf_init(&note, 16 * 1024);
    buf_add_str(&note, export_word(what, sheet->language));
    buf_add_str(&note, STR(": "));
    buf_add_str(&note, output_source_sentence(context, part));
    cells[0] = buf_str(&note);
    cells[9] = output_source_name(context, part);
    add_row(cells, sheet->out);
    buf_clear(&note);
}

static struct str direction(const struct sheet *sheet, enum direction direction)
{
    switch (direction) {
    case DIRECTION_TO_CITIZEN:
        return export_word(WORD_TO_YOU, sheet->language);
    case DIRECTION_FROM_CITIZEN:
        return export_word(WORD_FROM_YOU, sheet->language);
    case DIRECTION_OTHER:
        return export_word(WORD_OTHER, sheet->language);
    case DIRECTION_UNKNOWN:
        break;
    }
    return STR_NONE;
}

/* Who pays: the citizen what goes from them, else who the source says, else the authority. */
static struct str payer(const struct sheet *sheet, const struct item *item)
{
    if (item->payer.len > 0)
        return item->payer;
    if (item->direction == DIRECTION_FROM_CITIZEN)
        return export_word(WORD_PAYER_YOU, sheet->language);
    return item->direction == DIRECTION_TO_CITIZEN ? item->authority.name : STR_NONE;
}

static void add_payment(void *ctx, const struct part *part, const struct export_item *of)
{
    const struct sheet *sheet = ctx;
    const struct item *item = &of->item;
    struct buf *out = sheet->out;
    char date[DATE_TEXT], as_of[WALL_TEXT];
    const struct str rest[] = {item->net.known || item->gross.known ? STR("DKK") : STR_NONE,
                               item->title,
                               of->status,
                               payer(sheet, item),
                               item->authority.name,
                               of->source,
                               wall_format(item->as_of, as_of),
                               sheet->export->context->receipt};

    (void)part;
    export_csv_cell(STR(""), out);
    buf_add_byte(out, ',');
    export_csv_cell(date_format(item->date, date), out);
    buf_add_byte(out, ',');
    export_csv_cell(direction(sheet, item->direction), out);
    buf_add_byte(out, ',');
    add_amount(item->net, out);
    buf_add_byte(out, ',');
    add_amount(item->gross, out);
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        buf_add_byte(out, ',');
        export_csv_cell(rest[i], out);
    }
    buf_add_str(out, STR("\r\n"));
}

bool export_csv(const struct export *export, struct buf *out)
{
    struct sheet sheet = {export, export->context->language, out};

    buf_add_str(out, STR("\xef\xbb\xbf"));
    add_headings(&sheet);
    for (size_t i = 0; i < export->count; i++) {
        if (export_is_missing(&export->parts[i]))
            add_note(&sheet, &export->parts[i], WORD_MISSING_CELL);
        else if (export->parts[i].outcome == OUTCOME_STALE)
            add_note(&sheet, &export->parts[i], WORD_OLD_CELL);
    }
    return export_visit(export, ITEM_KIND_BIT(ITEM_PAYMENT), add_payment, &sheet);
}
