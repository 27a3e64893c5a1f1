/* SPDX-License-Identifier: MIT */
/* exposure_text: what a municipality shows, told to people: plain sentences in Danish and English,
 * made of its rules and the sentences in `policies/texts.json`, so that the text cannot say another
 * thing than the rules do. Made once, when the configuration is read. Pure. */
#ifndef POLICY_EXPOSURE_TEXT_H
#define POLICY_EXPOSURE_TEXT_H

#include "base/buf.h"
#include "policy/classification.h"
#include "policy/exposure.h"

/* X(enumerator, name in the file): the sentences and what they are made of. */
#define EXPOSURE_SENTENCES(X)                                                                      \
    X(SAYS_ALL, "all")               /* everything is open */                                      \
    X(SAYS_ALL_BUT, "all_but")       /* … but for those told next */                             \
    X(SAYS_OPEN, "open")             /* {subjects} are open */                                     \
    X(SAYS_CLOSED, "closed")         /* {subjects} are not */                                      \
    X(SAYS_NOTHING, "nothing")       /* nothing is open */                                         \
    X(SAYS_FROM, "from")             /* {subjects} are shown from {date} on */                     \
    X(SAYS_UNTIL, "until")           /* … until {date} */                                        \
    X(SAYS_ACTIVE, "active")         /* older ones when they are active */                         \
    X(SAYS_SYSTEMS, "systems")       /* some sending systems only */                               \
    X(SAYS_KLE_TITLES, "kle_titles") /* the subject's name instead of the case's */                \
    X(SAYS_LETTERS, "letters")       /* titles of letters, both ways */                            \
    X(SAYS_LETTERS_TO, "letters_to") /* … to the citizen only */                                 \
    X(SAYS_LETTERS_FROM, "letters_from")                                                           \
    X(SAYS_LETTERS_SOME, "letters_some") /* of some cases or types only */                         \
    X(SAYS_LETTERS_NONE, "letters_none")                                                           \
    X(SAYS_NOTES, "notes") /* titles of journal notes */                                           \
    X(SAYS_OWN, "own")     /* the floor: only what concerns the citizen */                         \
    X(SAYS_EVERY_SUBJECT, "every_subject")                                                         \
    X(SAYS_SUBJECT, "subject") /* {title} ({number}) */                                            \
    X(SAYS_NUMBER, "number")   /* {number}, whose title nobody knows */                            \
    X(SAYS_GROUP, "group")     /* all below {number} */                                            \
    X(SAYS_AND, "and")                                                                             \
    X(SAYS_MORE, "more")             /* and {count} more */                                        \
    X(SAYS_CASE_TITLE, "case_title") /* a case's title that is its subject's {title} */            \
    X(SAYS_PUBLISHED, "published")   /* a published processing time is no promise */

enum exposure_sentence {
#define X(name, text) name,
    EXPOSURE_SENTENCES(X)
#undef X
        EXPOSURE_SENTENCE_COUNT
};

/* The group "exposure" of policies/texts.json. */
struct exposure_words {
    struct text at[EXPOSURE_SENTENCE_COUNT];
};
void exposure_words_parse(struct node node, struct exposure_words *words, struct faults *faults);

/* One sentence with its places filled; STR_NONE values are left empty. */
struct exposure_values {
    struct str authority, subjects, title, number, date, count;
};
void exposure_say(const struct exposure_words *words, enum exposure_sentence sentence,
                  enum language language, const struct exposure_values *values, struct buf *out);

/* What an authority of this name shows, by the set that counts for it (NULL: the built-in rules
 * alone). In the arena; STR_NONE: arena full. */
struct text exposure_text(const struct exposure_words *words, const struct exposure_set *set,
                          const struct classification *classification, struct str authority,
                          struct arena *arena);

#endif
