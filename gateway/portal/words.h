/* SPDX-License-Identifier: MIT */
/* words: all that the portal itself says, in Danish and English, in one table. What is said of
 * sources and items comes in the gateway's answers, in the language that was asked for.
 *
 * "{}" is where another text stands. A sentence of ours is plain: a test counts its LIX. */
#ifndef PORTAL_WORDS_H
#define PORTAL_WORDS_H

#include "base/buf.h"
#include "base/text.h"

/* X(enumerator, Danish, English) */
#define PORTAL_WORDS(X)                                                                            \
    /* the frame */                                                                                \
    X(WORD_PORTAL, "Mit overblik", "My overview")                                                  \
    X(WORD_SKIP, "Gå til sidens indhold", "Go to the content of the page")                         \
    X(WORD_SHORTCUTS, "Genveje", "Shortcuts")                                                      \
    X(WORD_LANGUAGE, "Vælg sprog", "Choose language")                                              \
    X(WORD_MENU, "Sider", "Pages")                                                                 \
    X(WORD_LOG_IN, "Log ind med MitID", "Log in with MitID")                                       \
    X(WORD_LOG_OUT, "Log ud", "Log out")                                                           \
    X(WORD_SESSION_ENDS, "Du er logget ind til kl. {}.", "You are logged in until {}.")            \
    X(WORD_SESSION_SOON, "Du bliver snart logget ud.", "You will soon be logged out.")             \
    X(WORD_ABOUT_LINK, "Hvad er med, og hvad er ikke?", "What is here, and what is not?")          \
    X(WORD_BACK, "Tilbage til overblikket", "Back to the overview")                                \
    /* before and after */                                                                         \
    X(WORD_WELCOME, "Se det, det offentlige har om dig",                                           \
      "See what public authorities have on you")                                                   \
    X(WORD_WELCOME_LEAD, "Du får ét samlet overblik. Vi gemmer ikke noget af det, vi viser.",      \
      "You get one overview. We do not keep anything that we show.")                               \
    X(WORD_GOODBYE, "Du er logget ud", "You are logged out")                                       \
    X(WORD_GOODBYE_LEAD, "Der ligger ikke noget om dig i din browser.",                            \
      "Nothing about you is left in your browser.")                                                \
    X(WORD_ENDED, "Du er ikke logget ind mere", "You are no longer logged in")                     \
    X(WORD_ENDED_LEAD, "Log ind igen for at se dit overblik.",                                     \
      "Log in again to see your overview.")                                                        \
    X(WORD_LOGIN_FAILED, "Du blev ikke logget ind", "You were not logged in")                      \
    X(WORD_LOGIN_FAILED_LEAD, "Prøv igen. Vi har ikke hentet noget om dig.",                       \
      "Try again. We have not fetched anything about you.")                                        \
    X(WORD_LEVEL, "Log ind på et højere niveau", "Log in at a higher level")                       \
    X(WORD_LEVEL_LEAD, "Du kan ikke se overblikket med den måde, du loggede ind på.",              \
      "You cannot see the overview with the way you logged in.")                                   \
    X(WORD_FAULT, "Det gik galt", "Something went wrong")                                          \
    X(WORD_FAULT_LEAD, "Vi kan ikke vise siden lige nu. Prøv igen om lidt.",                       \
      "We cannot show the page right now. Try again in a moment.")                                 \
    X(WORD_NOT_FOUND, "Siden findes ikke", "The page does not exist")                              \
    X(WORD_NOT_FOUND_LEAD, "Gå til dit overblik.", "Go to your overview.")                         \
    X(WORD_REFUSED, "Vi kan ikke bruge din formular", "We cannot use your form")                   \
    X(WORD_REFUSED_LEAD, "Siden var for gammel. Gå tilbage, og prøv igen.",                        \
      "The page was too old. Go back and try again.")                                              \
    X(WORD_RECEIPT, "Kvittering", "Receipt")                                                       \
    /* the overview */                                                                             \
    X(WORD_LOADING, "Vi spørger dem, der kan have noget.",                                         \
      "We are asking those who may have something.")                                               \
    X(WORD_LOADING_SOURCE, "Vi henter: {}", "We are getting: {}")                                  \
    X(WORD_LOADING_TODO, "Vi ser efter, om der er noget at gøre.",                                 \
      "We are looking for things to do.")                                                          \
    X(WORD_COUNT_TODO, "Der er {} ting at gøre", "There are {} things to do")                      \
    X(WORD_COUNT_TODO_ONE, "Der er én ting at gøre", "There is one thing to do")                   \
    X(WORD_COUNT_TODO_NONE, "Vi fandt ikke noget at gøre", "We found nothing to do")               \
    X(WORD_COUNT_CASES, "og {} sager i gang.", "and {} cases in progress.")                        \
    X(WORD_COUNT_CASES_ONE, "og én sag i gang.", "and one case in progress.")                      \
    X(WORD_COUNT_CASES_LEAST, "og mindst {} sager i gang.", "and at least {} cases in progress.")  \
    X(WORD_COUNT_CASES_LEAST_ONE, "og mindst én sag i gang.",                                      \
      "and at least one case in progress.")                                                        \
    X(WORD_COUNT_CASES_NONE, "og ingen sager i gang, som vi kan se.",                              \
      "and no cases in progress that we can see.")                                                 \
    X(WORD_TODO, "Det skal gøres", "What to do")                                                   \
    X(WORD_TODO_NONE,                                                                              \
      "Vi fandt ikke noget at gøre hos dem, der svarede. Digital Post er ikke med.",               \
      "We found nothing to do at those who answered. Digital Post is not here.")                   \
    X(WORD_TODO_DO, "Gå til {}", "Go to {}")                                                       \
    X(WORD_TODO_BY, "Senest {}", "By {}")                                                          \
    X(WORD_TODO_SEE, "Se mere på siden", "See more on this page")                                  \
    X(WORD_STATE, "Er alt med?", "Is everything here?")                                            \
    X(WORD_STATE_ALL, "Alle {} svar er kommet.", "All {} answers have come.")                      \
    X(WORD_STATE_SOME, "{} af {} svar er kommet.", "{} of {} answers have come.")                  \
    X(WORD_STATE_MISSING, "Vi mangler noget fra:", "We lack something from:")                      \
    X(WORD_STATE_CUT, "Vi mistede forbindelsen. Der kan mangle noget på siden.",                   \
      "We lost the connection. Something may be missing on this page.")                            \
    X(WORD_REFRESH, "Hent det hele igen", "Get everything again")                                  \
    X(WORD_RETRY, "Prøv igen", "Try again")                                                        \
    X(WORD_RETRY_AFTER, "Prøv igen om {} sekunder", "Try again in {} seconds")                     \
    X(WORD_RETRIED, "Vi har hentet igen: {}", "We have tried again: {}")                           \
    X(WORD_OPEN_CASES, "Sager i gang", "Cases in progress")                                        \
    X(WORD_OPEN_CASES_NONE, "De, der svarede, har ingen sager i gang.",                            \
      "Those who answered have no cases in progress.")                                             \
    X(WORD_NEXT_PAYMENTS, "De næste betalinger", "The next payments")                              \
    X(WORD_NEXT_PAYMENTS_NONE, "De, der svarede, har ingen betalinger på vej.",                    \
      "Those who answered have no payments on the way.")                                           \
    X(WORD_NEXT_DATES, "De næste datoer", "The next dates")                                        \
    X(WORD_NEXT_DATES_NONE, "De, der svarede, har ingen datoer.",                                  \
      "Those who answered have no dates.")                                                         \
    X(WORD_BY_AUTHORITY, "Alt, sted for sted", "Everything, place by place")                       \
    X(WORD_ABSENT, "Ulæst post og beskeder er ikke med. Se dem i Digital Post.",                   \
      "Unread mail and messages are not here. See them in Digital Post.")                          \
    X(WORD_MUNICIPALITY, "Hvor bor du?", "Where do you live?")                                     \
    X(WORD_MUNICIPALITY_LEAD, "Sæt hak ved din kommune. Så kan vi også spørge den.",               \
      "Tick your municipality. Then we can ask it too.")                                           \
    X(WORD_MUNICIPALITY_EARLIER, "Tag også dem med, du har boet i før.",                           \
      "Include those where you lived before.")                                                     \
    X(WORD_MUNICIPALITY_SAVE, "Brug de valgte", "Use the chosen ones")                             \
    X(WORD_MUNICIPALITY_CHANGE, "Skift kommune", "Change municipality")                            \
    /* an item */                                                                                  \
    X(WORD_CASE, "Sag", "Case")                                                                    \
    X(WORD_DOCUMENT, "Brev", "Letter")                                                             \
    X(WORD_BENEFIT, "Ydelse", "Benefit")                                                           \
    X(WORD_PAYMENT, "Betaling", "Payment")                                                         \
    X(WORD_CREDENTIAL, "Bevis", "Credential")                                                      \
    X(WORD_SERVICE, "Hjælp", "Service")                                                            \
    X(WORD_APPOINTMENT, "Aftale", "Appointment")                                                   \
    X(WORD_EARLIER, "Tidligere ({})", "Earlier ({})")                                              \
    X(WORD_HISTORY, "Sådan er sagen gået", "How the case has gone")                                \
    X(WORD_NUMBER, "Nummer", "Number")                                                             \
    X(WORD_AWAITING, "Venter på", "Waits for")                                                     \
    X(WORD_AWAITING_YOU, "dig", "you")                                                             \
    X(WORD_AWAITING_THEM, "myndigheden", "the authority")                                          \
    X(WORD_DECISION, "Vi venter et svar", "A decision is expected")                                \
    X(WORD_GROSS, "Før skat", "Before tax")                                                        \
    X(WORD_NET, "Efter skat", "After tax")                                                         \
    X(WORD_AMOUNT, "Beløb", "Amount")                                                              \
    X(WORD_DIRECTION, "Hvilken vej", "Which way")                                                  \
    X(WORD_PAID_TO_YOU, "Penge ind", "Money in")                                                   \
    X(WORD_PAID_BY_YOU, "Penge ud", "Money out")                                                   \
    X(WORD_SENT_TO_YOU, "Fra myndigheden", "From the authority")                                   \
    X(WORD_SENT_BY_YOU, "Til myndigheden", "To the authority")                                     \
    X(WORD_DATE, "Dato", "Date")                                                                   \
    X(WORD_FREQUENCY, "Hvor tit", "How often")                                                     \
    X(WORD_PAYER, "Betales af", "Paid by")                                                         \
    X(WORD_FROM, "Fra", "From")                                                                    \
    X(WORD_TO, "Til og med", "Up to and including")                                                \
    X(WORD_STARTS, "Begynder", "Begins")                                                           \
    X(WORD_PLACE, "Sted", "Place")                                                                 \
    X(WORD_DEADLINE, "Frist", "Deadline")                                                          \
    X(WORD_AUTHORITY, "Myndighed", "Authority")                                                    \
    X(WORD_AS_OF, "Hentet", "Fetched")                                                             \
    X(WORD_THEIR_WORDS, "Med deres ord", "In their words")                                         \
    X(WORD_MORE, "Mere hos {}", "More at {}")                                                      \
    X(WORD_SELF_SERVICE, "Selvbetjening", "Self-service")                                          \
    X(WORD_LINK_DECISION, "Afgørelsen", "The decision")                                            \
    X(WORD_DIGITAL_POST, "Digital Post", "Digital Post")                                           \
    X(WORD_LINK_OTHER, "Mere", "More")                                                             \
    X(WORD_PHONE, "Telefon", "Phone")                                                              \
    X(WORD_WEBSITE, "Hjemmeside", "Website")                                                       \
    X(WORD_WRONG, "Er noget forkert?", "Is something wrong?")                                      \
    X(WORD_ONCE, "Én gang", "Once")                                                                \
    X(WORD_WEEKLY, "Hver uge", "Every week")                                                       \
    X(WORD_FORTNIGHTLY, "Hver 14. dag", "Every fortnight")                                         \
    X(WORD_MONTHLY, "Hver måned", "Every month")                                                   \
    X(WORD_QUARTERLY, "Hvert kvartal", "Every quarter")                                            \
    X(WORD_YEARLY, "Hvert år", "Every year")                                                       \
    /* acting for another */                                                                       \
    X(WORD_OTHERS, "Se for en anden", "See for another person")                                    \
    X(WORD_OTHERS_LEAD, "Du kan se det, en anden har givet dig lov til.",                          \
      "You can see what another person has allowed you to see.")                                   \
    X(WORD_OTHERS_NONE, "Ingen har givet dig lov til at se noget for sig.",                        \
      "Nobody has allowed you to see anything for them.")                                          \
    X(WORD_OTHERS_PARTLY, "Vi fik ikke svar fra alle. Der kan være flere.",                        \
      "Not all have answered us. There may be more.")                                              \
    X(WORD_OTHERS_SEE, "Se for {}", "See for {}")                                                  \
    X(WORD_OTHERS_UNTIL, "Gælder til {}", "In force until {}")                                     \
    X(WORD_OTHERS_NOT, "Kan ikke bruges nu", "Cannot be used now")                                 \
    X(WORD_BAR, "Du ser oplysninger om {}", "You see data about {}")                               \
    X(WORD_BAR_BACK, "Se dine egne igen", "See your own again")                                    \
    X(WORD_BAR_ONLY, "Du ser kun det, du har lov til.", "You see only what you are allowed to.")   \
    /* the access log */                                                                           \
    X(WORD_LOG, "Hvem har set det?", "Who has seen it?")                                           \
    X(WORD_LOG_LEAD, "Her står hver gang, nogen har hentet noget om dig her.",                     \
      "Here is each time somebody got something about you here.")                                  \
    X(WORD_LOG_WHEN, "Hvornår", "When")                                                            \
    X(WORD_LOG_WHO, "Hvem", "Who")                                                                 \
    X(WORD_LOG_WHAT, "Hvad", "What")                                                               \
    X(WORD_LOG_WHERE, "Hvor fra", "From where")                                                    \
    X(WORD_LOG_YOU, "Dig selv", "Yourself")                                                        \
    X(WORD_LOG_ANOTHER, "En, du har givet lov", "Somebody you have allowed")                       \
    X(WORD_LOG_OPERATOR, "Dem, der driver siden", "Those who run this site")                       \
    X(WORD_LOG_OWN, "Vis også de gange, du selv har set det ({})",                                 \
      "Also show the times you looked yourself ({})")                                              \
    X(WORD_LOG_OTHERS_NONE, "Ingen andre end dig har set noget her.",                              \
      "Nobody but you has seen anything here.")                                                    \
    X(WORD_LOG_OLDER, "Vis ældre", "Show older")                                                   \
    /* services with consent */                                                                    \
    X(WORD_CONSENTS, "Dem, der må læse med", "Those who may read along")                           \
    X(WORD_CONSENTS_LEAD, "Du kan lade en tjeneste læse noget for dig. Du kan altid sige stop.",   \
      "You can let a service read some of it for you. You can always stop it.")                    \
    X(WORD_CONSENTS_NONE, "Du har ikke givet nogen lov.", "You have allowed nobody.")              \
    X(WORD_CONSENT_UNTIL, "Til og med", "Up to and including")                                     \
    X(WORD_CONSENT_KINDS, "Må læse", "May read")                                                   \
    X(WORD_CONSENT_USED, "Har sidst læst", "Last read")                                            \
    X(WORD_CONSENT_STOP, "Stop {}", "Stop {}")                                                     \
    X(WORD_CONSENT_GIVE, "Giv lov til {}", "Allow {}")                                             \
    X(WORD_CONSENT_GIVEN, "Du har givet lov", "You have allowed it")                               \
    X(WORD_CONSENT_TOKEN, "Giv koden her til tjenesten. Vi viser den kun én gang.",                \
      "Give this code to the service. We show it only once.")                                      \
    X(WORD_CONSENT_ENDED, "Er slut", "Has ended")                                                  \
    X(WORD_CONSENT_STOPPED, "Er stoppet", "Was stopped")                                           \
    X(WORD_CONSENT_ACTIVE, "Gælder", "In force")                                                   \
    X(WORD_CASES, "Sager", "Cases")                                                                \
    X(WORD_DOCUMENTS, "Breve", "Letters")                                                          \
    X(WORD_BENEFITS, "Ydelser", "Benefits")                                                        \
    X(WORD_PAYMENTS, "Betalinger", "Payments")                                                     \
    X(WORD_CREDENTIALS, "Pas og beviser", "Passports and credentials")                             \
    X(WORD_SERVICES, "Hjælp", "Services")                                                          \
    X(WORD_APPOINTMENTS, "Aftaler og frister", "Appointments and deadlines")                       \
    /* take it away */                                                                             \
    X(WORD_EXPORT, "Hent en kopi", "Get a copy")                                                   \
    X(WORD_EXPORT_LEAD, "I filen står også, hvis nogen ikke svarede.",                             \
      "The file also says who did not answer.")                                                    \
    X(WORD_EXPORT_HTML, "Til at læse og skrive ud", "To read and print")                           \
    X(WORD_EXPORT_CSV, "Betalinger til et regneark", "Payments for a spreadsheet")                 \
    X(WORD_EXPORT_ICS, "Frister til din kalender", "Dates for your calendar")                      \
    X(WORD_EXPORT_JSON, "Alt til en computer", "Everything for a computer")                        \
    X(WORD_EXPORT_CARE, "Pas godt på filen. Den er kun til dig.",                                  \
      "Take good care of the file. It is for you only.")                                           \
    /* this is wrong */                                                                            \
    X(WORD_CORRECTION, "Sig, at noget er forkert", "Say that something is wrong")                  \
    X(WORD_CORRECTION_LEAD, "Vi sender det, du skriver, til myndigheden. Vi gemmer det ikke.",     \
      "We send what you write to the authority. We do not keep it.")                               \
    X(WORD_CORRECTION_TEXT, "Hvad er forkert?", "What is wrong?")                                  \
    X(WORD_CORRECTION_REPLY, "Hvor kan de svare dig? Du kan lade det stå tomt.",                   \
      "Where can they reply to you? You may leave it empty.")                                      \
    X(WORD_CORRECTION_SEND, "Send til myndigheden", "Send to the authority")                       \
    X(WORD_CORRECTION_SENT, "Myndigheden har fået det", "The authority has it")                    \
    X(WORD_CORRECTION_THEIRS, "Deres kvittering", "Their receipt")                                 \
    X(WORD_CORRECTION_CONTACT, "Skriv selv til myndigheden", "Write to the authority yourself")    \
    X(WORD_CORRECTION_CONTACT_LEAD, "Den kan ikke tage imod herfra. Vi har ikke sendt noget.",     \
      "It cannot take it from here. We have not sent anything.")                                   \
    X(WORD_CORRECTION_EMPTY, "Skriv, hvad der er forkert.", "Write what is wrong.")                \
    X(WORD_CORRECTION_NOT_FOR_OTHERS, "Du kan kun sende for dig selv.",                            \
      "You can send for yourself only.")                                                           \
    X(WORD_DATA_PROTECTION, "Spørg om dine data", "Ask about your data")                           \
    X(WORD_BREACH, "Meld et brud på sikkerheden", "Report a data breach")                          \
    /* the declaration */                                                                          \
    X(WORD_ABOUT, "Hvad er med?", "What is here?")                                                 \
    X(WORD_ABOUT_WHO, "Dem spørger vi", "Whom we ask")                                             \
    X(WORD_ABOUT_WHAT, "Om hvad", "About what")                                                    \
    X(WORD_ABOUT_WAIT, "Vi venter højst", "We wait at most")                                       \
    X(WORD_ABOUT_SECONDS, "{} s", "{} s")                                                          \
    X(WORD_ABOUT_MUNICIPALITIES, "Kommunerne", "The municipalities")                               \
    X(WORD_ABOUT_NEVER, "Det viser vi aldrig", "What we never show")                               \
    X(WORD_ABOUT_NEVER_TEXT,                                                                       \
      "Vi viser ikke andre i din sag. Vi viser ikke navne på ansatte. "                           \
      "Ulæst post og beskeder er ikke med.",                                                       \
      "We do not show other people in your case. We do not show names of staff. "                  \
      "Unread mail and messages are not here.")

enum word {
#define X(name, da, en) name,
    PORTAL_WORDS(X)
#undef X
        WORDS
};

struct str word_text(enum word word, enum language language);

/* Writes it as HTML text, the first "{}" replaced by `first`, the next by `second`. */
void word_write(struct buf *out, enum word word, enum language language, struct str first,
                struct str second);

#endif
