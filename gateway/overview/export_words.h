/* SPDX-License-Identifier: MIT */
/* export_words: the headings and labels of the forms of an export, in Danish and English. What is
 * said of sources and items are the sentences of policies/texts.json. */
#ifndef OVERVIEW_EXPORT_WORDS_H
#define OVERVIEW_EXPORT_WORDS_H

#include "base/text.h"

/* X(enumerator, Danish, English) */
#define EXPORT_WORDS(X)                                                                            \
    X(WORD_TITLE, "Dit overblik", "Your overview")                                                 \
    X(WORD_TITLE_OF_ANOTHER, "Overblik for en anden", "Another person's overview")                 \
    X(WORD_NAME, "Navn", "Name")                                                                   \
    X(WORD_MADE, "Hentet", "Made")                                                                 \
    X(WORD_RECEIPT, "Kvittering", "Receipt")                                                       \
    X(WORD_MANDATE, "Efter fuldmagt", "Under a mandate")                                           \
    X(WORD_MISSING, "Det mangler her", "What is missing here")                                     \
    X(WORD_MISSING_WHY, "De her kilder er ikke med:", "These sources are not included:")           \
    X(WORD_MISSING_CELL, "MANGLER", "MISSING")                                                     \
    X(WORD_OLD_CELL, "ÆLDRE", "OLDER")                                                             \
    X(WORD_COMPLETE, "Alle kilder, der skulle svare, har svaret.",                                 \
      "Every source that was to answer has answered.")                                             \
    X(WORD_NOTHING, "De kilder, der svarede, viser ikke noget.",                                   \
      "The sources that answered show nothing.")                                                   \
    X(WORD_NOBODY_ASKED, "Ingen kilder blev spurgt.", "No source was asked.")                      \
    X(WORD_TO_DO, "Det kan du gøre", "What you can do")                                            \
    X(WORD_IN_ALL, "i alt", "in all")                                                              \
    X(WORD_CASES, "Sager", "Cases")                                                                \
    X(WORD_DOCUMENTS, "Breve og dokumenter", "Letters and documents")                              \
    X(WORD_BENEFITS, "Ydelser", "Benefits")                                                        \
    X(WORD_PAYMENTS, "Betalinger", "Payments")                                                     \
    X(WORD_CREDENTIALS, "Pas, kørekort og andre beviser",                                          \
      "Passport, driving licence and other credentials")                                           \
    X(WORD_SERVICES, "Hjælp og tilbud", "Services")                                                \
    X(WORD_APPOINTMENTS, "Aftaler og frister", "Appointments and deadlines")                       \
    X(WORD_WHAT, "Hvad", "What")                                                                   \
    X(WORD_STATUS, "Status", "Status")                                                             \
    X(WORD_DETAILS, "Detaljer", "Details")                                                         \
    X(WORD_AUTHORITY, "Myndighed", "Authority")                                                    \
    X(WORD_SOURCE, "Kilde", "Source")                                                              \
    X(WORD_AS_OF, "Oplyst", "As of")                                                               \
    X(WORD_CHANGED, "Ændret", "Changed")                                                           \
    X(WORD_SOURCES, "Kilderne", "The sources")                                                     \
    X(WORD_SOURCES_CAPTION, "Hvem der blev spurgt, og hvad de svarede",                            \
      "Who was asked, and what they answered")                                                     \
    X(WORD_ASKED_FOR, "Spurgt om", "Asked for")                                                    \
    X(WORD_ANSWER, "Svar", "Answer")                                                               \
    X(WORD_COUNT, "Antal", "Number")                                                               \
    X(WORD_CONTACTS, "Er noget forkert?", "Is something wrong?")                                   \
    X(WORD_CONTACTS_CAPTION,                                                                       \
      "Hvem du kan skrive til, og hvor du melder et brud på datasikkerheden",                      \
      "Whom to write to, and where to report a breach of data protection")                         \
    X(WORD_CONTACT, "Kontakt", "Contact")                                                          \
    X(WORD_DATA_PROTECTION, "Databeskyttelse", "Data protection")                                  \
    X(WORD_BREACH, "Meld et brud", "Report a breach")                                              \
    X(WORD_CASE_NUMBER, "Sagsnummer", "Case number")                                               \
    X(WORD_SUBJECT, "Emne (KLE)", "Subject (KLE)")                                                 \
    X(WORD_AWAITING, "Venter på", "Waits for")                                                     \
    X(WORD_AWAITING_YOU, "dig", "you")                                                             \
    X(WORD_AWAITING_THEM, "myndigheden", "the authority")                                          \
    X(WORD_DECISION, "Afgørelse ventes", "Decision expected")                                      \
    X(WORD_HISTORY, "Forløb", "History")                                                           \
    X(WORD_UNIT, "Afdeling", "Unit")                                                               \
    X(WORD_SOURCE_TEXT, "Myndighedens ord", "The authority's words")                               \
    X(WORD_TYPE, "Type", "Type")                                                                   \
    X(WORD_DIRECTION, "Retning", "Direction")                                                      \
    X(WORD_TO_YOU, "til dig", "to you")                                                            \
    X(WORD_FROM_YOU, "fra dig", "from you")                                                        \
    X(WORD_OTHER, "andet", "other")                                                                \
    X(WORD_DATE, "Dato", "Date")                                                                   \
    X(WORD_PAYER, "Betaler", "Payer")                                                              \
    X(WORD_PAYER_YOU, "dig", "you")                                                                \
    X(WORD_FREQUENCY, "Hvor tit", "How often")                                                     \
    X(WORD_GROSS, "Før skat", "Before tax")                                                        \
    X(WORD_NET, "Udbetalt", "Paid out")                                                            \
    X(WORD_AMOUNT, "Beløb", "Amount")                                                              \
    X(WORD_CURRENCY, "Valuta", "Currency")                                                         \
    X(WORD_NUMBER, "Nummer", "Number")                                                             \
    X(WORD_VALID_FROM, "Fra", "From")                                                              \
    X(WORD_VALID_TO, "Til og med", "Up to and including")                                          \
    X(WORD_STARTS, "Begynder", "Begins")                                                           \
    X(WORD_ENDS, "Slutter", "Ends")                                                                \
    X(WORD_PLACE, "Sted", "Place")                                                                 \
    X(WORD_DEADLINE, "Frist", "Deadline")                                                          \
    X(WORD_LINKS, "Gå til", "Go to")                                                               \
    X(WORD_SELF_SERVICE, "selvbetjening", "self-service")                                          \
    X(WORD_LINK_DECISION, "afgørelsen", "the decision")                                            \
    X(WORD_DIGITAL_POST, "Digital Post", "Digital Post")                                           \
    X(WORD_LINK_OTHER, "mere", "more")                                                             \
    X(WORD_PHONE, "telefon", "phone")                                                              \
    X(WORD_FAX, "fax", "fax")                                                                      \
    X(WORD_EMAIL, "e-mail", "e-mail")                                                              \
    X(WORD_WEBSITE, "hjemmeside", "website")                                                       \
    X(WORD_NOTE, "Bemærk", "Note")                                                                 \
    X(WORD_CALENDAR, "Frister fra overblikket", "Deadlines from the overview")                     \
    X(WORD_CALENDAR_INCOMPLETE, "Der kan mangle frister", "Deadlines may be missing")              \
    X(WORD_CALENDAR_EMPTY, "Ingen frister i overblikket", "No deadlines in the overview")

enum export_word {
#define X(name, da, en) name,
    EXPORT_WORDS(X)
#undef X
        EXPORT_WORD_COUNT
};
struct str export_word(enum export_word word, enum language language);

/* "monthly" as people say it; other words as they are. */
struct str export_frequency(struct str code, enum language language);

#endif
