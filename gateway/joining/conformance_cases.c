/* SPDX-License-Identifier: MIT */
/* conformance_cases: the words of the cases, and what each needs. docs/conformance.md is made of
 * this table, and a test compares them. */
#include "joining/conformance.h"

#define TEXT(da, en)                                                                               \
    {                                                                                              \
        {                                                                                          \
            STR_INIT(da), STR_INIT(en)                                                             \
        }                                                                                          \
    }

/* The connection stands. */
#define REACHED                                                                                    \
    (CASE_BIT(CASE_TCP) | CASE_BIT(CASE_TLS) | CASE_BIT(CASE_CHAIN) | CASE_BIT(CASE_HOST) |        \
     CASE_BIT(CASE_TIME))

const struct conformance_case conformance_cases[CONFORMANCE_COUNT] = {
    [CASE_NAME] = {.title = TEXT("Navnet kan slås op", "The name can be looked up"),
                   .what = TEXT("Kildens navn har en adresse, så gatewayen ved, hvor den skal "
                                "spørge.",
                                "The source's name has an address, so that the gateway knows where "
                                "to ask."),
                   .how = TEXT("Navnet slås op, som hele maskinen gør det.",
                               "The name is looked up as everything on this machine does it."),
                   .mend =
                       TEXT("Ret navnet i \"url\", eller bed netdriften om at oprette det i DNS.",
                            "Correct the name in \"url\", or ask network operations to enter it "
                            "into DNS.")},
    [CASE_ADDRESS] = {.needs = CASE_BIT(CASE_NAME),
                      .title = TEXT("Adressen er tilladt", "The address is allowed"),
                      .what = TEXT("Alle navnets adresser ligger i de områder, som \"addresses\" "
                                   "tillader.",
                                   "All addresses of the name lie in the ranges that \"addresses\" "
                                   "allows."),
                      .how = TEXT("Hver adresse sammenlignes med områderne.",
                                  "Each address is compared with the ranges."),
                      .mend =
                          TEXT("Ret \"addresses\", hvis kilden er flyttet. Ellers peger navnet et "
                               "forkert sted hen.",
                               "Correct \"addresses\" if the source has moved. Otherwise the name "
                               "points to the wrong place.")},
    [CASE_TCP] = {.needs = CASE_BIT(CASE_ADDRESS),
                  .title = TEXT("Der er hul igennem", "The way is open"),
                  .what = TEXT("Kilden tager imod forbindelser på porten.",
                               "The source accepts connections at its port."),
                  .how = TEXT("Der åbnes en forbindelse inden for connect_ms.",
                              "A connection is opened within connect_ms."),
                  .mend = TEXT("Se, om serveren kører, og om firewallen lader gatewayen komme "
                               "igennem.",
                               "See whether the server runs, and whether the firewall lets the "
                               "gateway through.")},
    [CASE_TLS] = {.needs = CASE_BIT(CASE_TCP),
                  .title = TEXT("TLS kommer i stand", "TLS is agreed on"),
                  .what = TEXT("Kilden taler TLS 1.2 eller nyere.",
                               "The source speaks TLS 1.2 or later."),
                  .how = TEXT("Håndtrykket gennemføres inden for connect_ms.",
                              "The handshake ends within connect_ms."),
                  .mend = TEXT("Slå TLS 1.2 eller 1.3 til, og se, om en proxy foran svarer.",
                               "Switch TLS 1.2 or 1.3 on, and see whether a proxy in front "
                               "answers.")},
    [CASE_CHAIN] = {.needs = CASE_BIT(CASE_TLS),
                    .title = TEXT("Certifikatets kæde holder", "The certificate's chain holds"),
                    .what =
                        TEXT("Certifikatet fører til en af de rødder, som \"tls.ca\" nævner, og er "
                             "ikke spærret.",
                             "The certificate leads to one of the roots of \"tls.ca\", and is not "
                             "revoked."),
                    .how = TEXT("OpenSSL bygger kæden med disse rødder alene.",
                                "OpenSSL builds the chain with these roots alone."),
                    .mend =
                        TEXT("Send mellemcertifikaterne med, eller ret \"tls.ca\" til den rigtige "
                             "udsteder.",
                             "Send the intermediate certificates along, or correct \"tls.ca\" to "
                             "the right issuer.")},
    [CASE_HOST] = {.needs = CASE_BIT(CASE_TLS),
                   .title = TEXT("Certifikatet er navnets", "The certificate is the name's"),
                   .what = TEXT("Kildens navn står i certifikatets subjectAltName.",
                                "The source's name stands in the certificate's subjectAltName."),
                   .how = TEXT("Navnet i \"url\" sammenlignes med certifikatets navne.",
                               "The name in \"url\" is compared with the certificate's names."),
                   .mend = TEXT("Få udstedt et certifikat med navnet, eller ret \"url\".",
                                "Have a certificate issued with the name, or correct \"url\".")},
    [CASE_TIME] = {.needs = CASE_BIT(CASE_TLS),
                   .title = TEXT("Certifikatet gælder i dag", "The certificate is valid today"),
                   .what =
                       TEXT("Certifikatet er begyndt og ikke udløbet. Under 30 dage tilbage "
                            "giver en bemærkning.",
                            "The certificate has begun and not expired. Fewer than 30 days left "
                            "is a remark."),
                   .how = TEXT("Dagen i dag sammenlignes med certifikatets første og sidste dag.",
                               "Today is compared with the certificate's first and last day."),
                   .mend = TEXT("Forny certifikatet, og sæt en påmindelse for det næste.",
                                "Renew the certificate, and set a reminder for the next one.")},
    [CASE_FIRST_BYTE] =
        {.needs = REACHED,
         .title = TEXT("Svaret begynder i tide", "The answer begins in time"),
         .what = TEXT("Kilden begynder at svare inden for first_byte_ms, så borgeren ikke "
                      "venter.",
                      "The source begins to answer within first_byte_ms, so that the "
                      "citizen does not wait."),
         .how = TEXT("Tiden måles fra spørgsmålet sendes, til statuslinjen er kommet.",
                     "Time is taken from the question until the status line has come."),
         .mend = TEXT("Find ud af, hvad svaret venter på. Er det kildens natur, så aftal "
                      "længere tid.",
                      "Find out what the answer waits for. If that is its nature, agree "
                      "on more time.")},
    [CASE_SILENCE] = {.needs = CASE_BIT(CASE_FIRST_BYTE),
                      .title = TEXT("Svaret går ikke i stå", "The answer does not pause"),
                      .what =
                          TEXT("Når svaret er begyndt, er der ingen pause længere end silence_ms.",
                               "Once the answer has begun, no pause in it is longer than "
                               "silence_ms."),
                      .how = TEXT("Pauserne mellem de modtagne bytes måles.",
                                  "The pauses between the bytes received are measured."),
                      .mend =
                          TEXT("Saml svaret, før det sendes, og se efter en proxy, der holder det "
                               "tilbage.",
                               "Gather the answer before it is sent, and look for a proxy that "
                               "holds it back.")},
    [CASE_TOTAL] = {.needs = CASE_BIT(CASE_SILENCE),
                    .title = TEXT("Hele svaret kommer i tide", "The whole answer comes in time"),
                    .what = TEXT("Svaret er helt inden for total_ms.",
                                 "The answer is whole within total_ms."),
                    .how = TEXT("Tiden måles fra spørgsmålet til den sidste byte.",
                                "Time is taken from the question to the last byte."),
                    .mend = TEXT("Gør svaret mindre ved sider, eller gør kilden hurtigere.",
                                 "Make the answer smaller by pages, or the source faster.")},
    [CASE_SIZE] = {.needs = CASE_BIT(CASE_TOTAL),
                   .title = TEXT("Svaret er ikke for stort", "The answer is not too large"),
                   .what = TEXT("Et svar er højst limits.answer_max bytes. Mere deles i sider.",
                                "An answer has at most limits.answer_max bytes. More is divided "
                                "into pages."),
                   .how =
                       TEXT("Der læses højst så mange bytes.", "At most so many bytes are read."),
                   .mend = TEXT("Del svaret i sider, og lad felter ude, som aftalen ikke nævner.",
                                "Divide the answer into pages, and leave out fields that the "
                                "contract does not name.")},
    [CASE_HTTP] = {.needs = REACHED | CASE_BIT(CASE_FIRST_BYTE) | CASE_BIT(CASE_SILENCE) |
                            CASE_BIT(CASE_TOTAL) | CASE_BIT(CASE_SIZE),
                   .title = TEXT("Svaret er rigtig HTTP", "The answer is proper HTTP"),
                   .what = TEXT("Svaret er HTTP/1.1 eller 2, helt, med én længde og uden "
                                "komprimering.",
                                "The answer is HTTP/1.1 or 2, whole, with one length and without "
                                "compression."),
                   .how = TEXT("Svaret hentes med samme strenge klient som i drift.",
                               "The answer is fetched by the same strict client as in production."),
                   .mend = TEXT("Slå komprimering fra, og se efter en proxy, der ændrer svaret "
                                "eller lukker for tidligt.",
                                "Switch compression off, and look for a proxy that changes the "
                                "answer or closes early.")},
    [CASE_STATUS] = {.needs = CASE_BIT(CASE_HTTP),
                     .title =
                         TEXT("Et godt spørgsmål får et svar", "A good question gets an answer"),
                     .what = TEXT("Et rigtigt spørgsmål om en testborger besvares med 200 og data "
                                  "eller en tom liste.",
                                  "A right question about a test citizen is answered with 200 and "
                                  "data or an empty list."),
                     .how = TEXT("Der spørges om den første testborger med et gyldigt token.",
                                 "The first test citizen is asked for, with a valid token."),
                     .mend =
                         TEXT("401 og 403: se, om gatewayens nøgle og certifikat er registreret. "
                              "404: ret \"path\". 500: se kildens log.",
                              "401 and 403: see whether the gateway's key and certificate are "
                              "registered. 404: correct \"path\". 500: see the source's log.")},
    [CASE_FORMAT] = {.needs = CASE_BIT(CASE_STATUS),
                     .title = TEXT("Svaret følger kontrakten", "The answer keeps the contract"),
                     .what =
                         TEXT("Svaret kan læses efter dialektens regler: typer, tegnsæt, dybde, "
                              "antal, arter og myndigheder.",
                              "The answer can be read by the dialect's rules: types, charset, "
                              "depth, numbers, kinds and authorities."),
                     .how = TEXT("Svaret læses af den adapter, der læser det i drift.",
                                 "The answer is read by the adapter that reads it in production."),
                     .mend = TEXT("Ret det, som resultatet nævner. Kontrakten står i "
                                  "docs/source-contract.yaml.",
                                  "Correct what the result names. The contract is "
                                  "docs/source-contract.yaml.")},
    [CASE_FOREIGN] =
        {.needs = CASE_BIT(CASE_FORMAT),
         .title = TEXT("Svaret handler ikke om en anden", "The answer is not about somebody else"),
         .what = TEXT("Intet svar nævner en anden borger end den, der blev spurgt om. I "
                      "drift slukkes kilden straks.",
                      "No answer names another citizen than the one asked for. In "
                      "production the source is switched off at once."),
         .how = TEXT("Samme vagt som i drift ser på borgeren i svaret og parterne i hver "
                     "sag.",
                     "The guard of production looks at the answer's citizen and each "
                     "case's parties."),
         .mend = TEXT("Stop, og find fejlen, før kilden spørges igen. Se efter delte "
                      "mellemlagre.",
                      "Stop and find the fault before the source is asked again. Look for "
                      "shared caches.")},
    [CASE_PROOF] =
        {.needs = CASE_BIT(CASE_FOREIGN),
         .title = TEXT("Svaret beviser, hvem det handler om", "The answer proves whom it is about"),
         .what = TEXT("Svaret nævner borgeren eller gentager vores anmodnings id. Ellers "
                      "vises det aldrig.",
                      "The answer names the citizen or repeats our request's id. "
                      "Otherwise it is never shown."),
         .how = TEXT("Borger og id i svaret sammenlignes med spørgsmålets.",
                     "Citizen and id of the answer are compared with the question's."),
         .mend = TEXT("Sæt CPR-nr og anmodningsID, eller TransactionUUID, i hvert svar, "
                      "fra netop dette spørgsmål.",
                      "Put CPR-nr and anmodningsID, or TransactionUUID, into each answer, "
                      "of this very question.")},
    [CASE_ECHO] = {.needs = CASE_BIT(CASE_PROOF),
                   .title = TEXT("Svaret gentager anmodningens id",
                                 "The answer repeats the request's id"),
                   .what =
                       TEXT("Id'et knytter svaret til netop dette spørgsmål, også når to kommer "
                            "samtidig.",
                            "The id ties the answer to this very question, also when two come "
                            "at once."),
                   .how = TEXT("Id'et i svaret eller i X-Request-Id sammenlignes med det sendte.",
                               "The id in the answer or its X-Request-Id is compared with the one "
                               "sent."),
                   .mend = TEXT("Kopiér X-Request-Id til anmodningsID, eller TransactionUUID til "
                                "svarets hoved.",
                                "Copy X-Request-Id to anmodningsID, or TransactionUUID to the "
                                "answer's header.")},
    [CASE_FRESH] = {.is_advice = true,
                    .needs = CASE_BIT(CASE_PROOF),
                    .title = TEXT("Data er friske", "The data are fresh"),
                    .what =
                        TEXT("Kilden siger ikke, at dens data er gamle, og deres tid ligger ikke "
                             "i fremtiden.",
                             "The source does not say that its data are old, and their time is "
                             "not in the future."),
                    .how = TEXT("Svarets egen tid (datoTid, foraeldet) ses efter.",
                                "The answer's own time (datoTid, foraeldet) is looked at."),
                    .mend =
                        TEXT("Se, om en natlig overførsel er gået i stå, og om serverens ur går "
                             "rigtigt.",
                             "See whether a nightly transfer has stopped, and whether the "
                             "server's clock is right.")},
    [CASE_CERTIFICATE] =
        {.needs = CASE_BIT(CASE_PROOF),
         .title = TEXT("Uden klientcertifikat er der lukket",
                       "Without a client certificate it is closed"),
         .what = TEXT("Kilden afviser den, der ikke viser gatewayens certifikat.",
                      "The source refuses whoever does not show the gateway's "
                      "certificate."),
         .how = TEXT("Samme spørgsmål stilles uden certifikat. Håndtrykket skal fejle, "
                     "eller svaret være 401 eller 403.",
                     "The same question is asked without a certificate. The handshake "
                     "must fail, or the answer be 401 or 403."),
         .mend = TEXT("Kræv klientcertifikat i serveren, og slip kun aftalte certifikater "
                      "igennem.",
                      "Demand a client certificate in the server, and let only agreed "
                      "ones through.")},
    [CASE_NO_TOKEN] = {.needs = CASE_BIT(CASE_PROOF),
                       .title = TEXT("Uden token er der lukket", "Without a token it is closed"),
                       .what = TEXT("Kilden afviser et spørgsmål uden gatewayens token.",
                                    "The source refuses a question without the gateway's token."),
                       .how =
                           TEXT("Samme spørgsmål stilles uden Authorization. Svaret skal være 401.",
                                "The same question is asked without Authorization. The answer must "
                                "be 401."),
                       .mend = TEXT("Kræv et token, før noget slås op.",
                                    "Demand a token before anything is looked up.")},
    [CASE_FORGED] = {.needs = CASE_BIT(CASE_PROOF),
                     .title = TEXT("Et forfalsket token afvises", "A forged token is refused"),
                     .what =
                         TEXT("Kilden efterprøver tokenets signatur med gatewayens offentlige "
                              "nøgle.",
                              "The source verifies the token's signature by the gateway's public "
                              "key."),
                     .how =
                         TEXT("Samme spørgsmål stilles med en ødelagt signatur. Svaret skal være "
                              "401.",
                              "The same question is asked with a broken signature. The answer "
                              "must be 401."),
                     .mend = TEXT("Efterprøv ES256-signaturen, før indholdet læses.",
                                  "Verify the ES256 signature before the content is read.")},
    [CASE_EXPIRED] = {.needs = CASE_BIT(CASE_PROOF),
                      .title = TEXT("Et udløbet token afvises", "An expired token is refused"),
                      .what =
                          TEXT("Et token gælder et minut. Kilden afviser et ældre.",
                               "A token is good for a minute. The source refuses an older one."),
                      .how =
                          TEXT("Samme spørgsmål stilles med et token fra for en time siden. Svaret "
                               "skal være 401.",
                               "The same question is asked with a token of an hour ago. The answer "
                               "must be 401."),
                      .mend = TEXT("Sammenlign \"exp\" og \"iat\" med et ur, der går rigtigt.",
                                   "Compare \"exp\" and \"iat\" with a clock that is right.")},
    [CASE_AUDIENCE] = {.needs = CASE_BIT(CASE_PROOF),
                       .title =
                           TEXT("Et token til en anden afvises", "A token for another is refused"),
                       .what = TEXT("Kilden afviser et token, der ikke nævner den i \"aud\".",
                                    "The source refuses a token that does not name it in \"aud\"."),
                       .how =
                           TEXT("Samme spørgsmål stilles med et token til en anden kilde. Svaret "
                                "skal være 401.",
                                "The same question is asked with a token for another source. The "
                                "answer must be 401."),
                       .mend = TEXT("Se efter, at \"aud\" indeholder kildens eget id.",
                                    "See that \"aud\" holds the source's own id.")},
    [CASE_BINDING] =
        {.needs = CASE_BIT(CASE_PROOF) | CASE_BIT(CASE_CERTIFICATE),
         .title = TEXT("Et stjålet token afvises", "A stolen token is refused"),
         .what = TEXT("Et token er bundet til gatewayens certifikat (RFC 8705). Kilden "
                      "afviser det fra enhver anden.",
                      "A token is bound to the gateway's certificate (RFC 8705). The "
                      "source refuses it from anybody else."),
         .how = TEXT("Samme spørgsmål stilles med et token, der er bundet til et andet "
                     "certifikat. Svaret skal være 401.",
                     "The same question is asked with a token bound to another "
                     "certificate. The answer must be 401."),
         .mend = TEXT("Sammenlign \"cnf\" \"x5t#S256\" med forbindelsens certifikat.",
                      "Compare \"cnf\" \"x5t#S256\" with the connection's certificate.")},
    [CASE_LEVEL] = {.needs = CASE_BIT(CASE_PROOF),
                    .title = TEXT("Et for lavt niveau afvises", "Too low a level is refused"),
                    .what =
                        TEXT("Kilden afviser et token, hvis \"acr\" er under det niveau, kilden "
                             "kræver.",
                             "The source refuses a token whose \"acr\" is below the level that it "
                             "demands."),
                    .how = TEXT("Samme spørgsmål stilles på niveauet under. Svaret skal være 401 "
                                "eller 403.",
                                "The same question is asked at the level below. The answer must be "
                                "401 or 403."),
                    .mend =
                        TEXT("Sammenlign \"acr\" med det krævede niveau, også selv om gatewayen "
                             "gør det.",
                             "Compare \"acr\" with the level demanded, even though the gateway "
                             "does so too.")},
    [CASE_EMPTY] = {.needs = CASE_BIT(CASE_PROOF),
                    .title = TEXT("Ingenting er et svar", "Nothing is an answer"),
                    .what =
                        TEXT("En borger, som kilden intet har om, får en tom liste. Aldrig 404, "
                             "204 eller en fejl.",
                             "A citizen about whom nothing is held gets an empty list. Never "
                             "404, 204 or an error."),
                    .how = TEXT("Der spørges om alle testborgere, og om et testnummer, som ingen "
                                "kender.",
                                "All test citizens are asked for, and a test number that nobody "
                                "knows."),
                    .mend =
                        TEXT("Svar 200 med en tom liste, også når borgeren er ukendt.",
                             "Answer 200 with an empty list, also when the citizen is unknown.")},
    [CASE_MAPPING] =
        {.needs = CASE_BIT(CASE_PROOF),
         .title = TEXT("Oplysningerne kan vises", "What is held can be shown"),
         .what = TEXT("Hver oplysning har et id, en titel og den dato eller det beløb, "
                      "som arten lever af.",
                      "Each item has an id, a title, and the date or amount that its kind "
                      "lives by."),
         .how = TEXT("Alle testborgeres oplysninger gennemgås, som de bliver efter "
                     "adapteren.",
                     "All test citizens' items are gone through, as they are after the "
                     "adapter."),
         .mend = TEXT("Udfyld de felter, som resultatet nævner. En borger kan ikke læse "
                      "en kode.",
                      "Fill in the fields that the result names. A citizen cannot read a "
                      "code.")},
    [CASE_STATES] = {.needs = CASE_BIT(CASE_PROOF),
                     .title = TEXT("Alle tilstande kendes", "All states are known"),
                     .what =
                         TEXT("Hver oplysnings status er en af kontraktens, så borgeren får en "
                              "sætning og ikke \"ukendt\".",
                              "Each item's status is one of the contract's, so that the citizen "
                              "gets a sentence and not \"unknown\"."),
                     .how = TEXT("Status på alle testborgeres oplysninger ses efter.",
                                 "The status of all test citizens' items is looked at."),
                     .mend =
                         TEXT("Oversæt egne tilstande til kontraktens kodeliste. Intet felt må "
                              "være tomt.",
                              "Translate your own states into the contract's code list. No field "
                              "may be empty.")},
    [CASE_AUTHORITY] =
        {.needs = CASE_BIT(CASE_PROOF),
         .title = TEXT("Kun den spurgte myndighed svarer", "Only the authority asked for answers"),
         .what = TEXT("Hver oplysning hører til en myndighed, som der blev spurgt om.",
                      "Each item belongs to an authority that was asked for."),
         .how = TEXT("CVR-nummeret på hver oplysning sammenlignes med spørgsmålets "
                     "myndigheder.",
                     "The CVR number of each item is compared with the question's "
                     "authorities."),
         .mend = TEXT("Afgræns opslaget til myndighedslisten, eller til ejerens "
                      "CVR-nummer i indekset.",
                      "Limit the look-up to myndighedsliste, or to the owner's CVR number "
                      "in the index.")},
    [CASE_PAGING] = {.needs = CASE_BIT(CASE_PROOF),
                     .title = TEXT("Siderne hænger sammen", "The pages fit together"),
                     .what =
                         TEXT("Hver side giver nye oplysninger, ingen to gange, og den sidste "
                              "siger, at den er den sidste.",
                              "Each page brings new items, none twice, and the last one says that "
                              "it is the last."),
                     .how = TEXT("Alle sider hentes for den testborger, der har flest.",
                                 "All pages are fetched of the test citizen who has most."),
                     .mend = TEXT("Lad markøren pege på næste side, og udelad den på den sidste. "
                                  "Sortér altid ens.",
                                  "Let the cursor point at the next page, and leave it out on the "
                                  "last. Always sort alike.")},
    [CASE_SAME] = {.needs = CASE_BIT(CASE_PROOF),
                   .title =
                       TEXT("Samme spørgsmål, samme svar", "The same question, the same answer"),
                   .what = TEXT("To ens spørgsmål lige efter hinanden giver de samme oplysninger. "
                                "Et opslag ændrer intet.",
                                "Two equal questions one after the other give the same items. A "
                                "look-up changes nothing."),
                   .how = TEXT("Der spørges to gange, og oplysningerne sammenlignes felt for felt.",
                               "One asks twice, and the items are compared field by field."),
                   .mend = TEXT("Hold id'er og tekster faste, og sortér altid ens.",
                                "Keep ids and texts fixed, and always sort alike.")},
    [CASE_DETAIL] = {.needs = CASE_BIT(CASE_PROOF),
                     .title =
                         TEXT("En enkelt oplysning kan hentes", "A single item can be fetched"),
                     .what = TEXT("Detaljetjenesten giver netop den oplysning, hvis id listen gav.",
                                  "The detail service gives the very item whose id the list gave."),
                     .how = TEXT("Den første oplysnings id spørges der om alene.",
                                 "The first item's id is asked for alone."),
                     .mend =
                         TEXT("Brug samme id i liste og detalje, og ret \"detail_path\".",
                              "Use the same id in list and detail, and correct \"detail_path\".")},
    [CASE_OTHERS_ITEM] =
        {.needs = CASE_BIT(CASE_DETAIL),
         .title =
             TEXT("En andens oplysning kan ikke hentes", "Somebody else's item cannot be fetched"),
         .what = TEXT("Den, der kender id'et på en andens oplysning, får den ikke.",
                      "Whoever knows the id of somebody else's item does not get it."),
         .how = TEXT("En testborgers id spørges der om i en anden testborgers navn. "
                     "Svaret skal være tomt eller 403.",
                     "One test citizen's id is asked for in the name of another. The "
                     "answer must be empty or 403."),
         .mend = TEXT("Slå op på id og CPR-nummer sammen, aldrig på id alene.",
                      "Look up by id and CPR number together, never by id alone.")},
    [CASE_REUSE] = {.is_advice = true,
                    .needs = CASE_BIT(CASE_PROOF),
                    .title = TEXT("Forbindelsen holdes åben", "The connection is kept open"),
                    .what = TEXT("Kilden holder forbindelsen åben mellem spørgsmål, så TLS ikke "
                                 "forhandles hver gang.",
                                 "The source keeps the connection open between questions, so that "
                                 "TLS is not agreed on each time."),
                    .how = TEXT("Der stilles tyve spørgsmål efter hinanden, og genbrugte "
                                "forbindelser tælles.",
                                "Twenty questions are asked in a row, and reused connections are "
                                "counted."),
                    .mend = TEXT("Slå keep-alive til i serveren og i proxyen foran.",
                                 "Switch keep-alive on in the server and in the proxy before it.")},
    [CASE_P95] = {.needs = CASE_BIT(CASE_PROOF),
                  .title = TEXT("Kilden er så hurtig, som den siger",
                                "The source is as fast as it says"),
                  .what =
                      TEXT("19 ud af 20 svar kommer inden for den tid, som ejeren har oplyst.",
                           "19 of 20 answers come within the time that the owner has declared."),
                  .how = TEXT("Der stilles tyve spørgsmål efter hinanden. Den næstlangsomste tid "
                              "tæller.",
                              "Twenty questions are asked in a row. The second slowest time "
                              "counts."),
                  .mend = TEXT("Gør kilden hurtigere, eller oplys den tid, der er sand.",
                               "Make the source faster, or declare the time that is true.")},
    [CASE_PARALLEL] =
        {.needs = CASE_BIT(CASE_PROOF),
         .title = TEXT("Tyve på én gang", "Twenty at once"),
         .what = TEXT("Kilden svarer rigtigt, når mange spørger samtidig, og blander ikke "
                      "borgere sammen.",
                      "The source answers rightly when many ask at once, and does not mix "
                      "citizens up."),
         .how = TEXT("Tyve spørgsmål stilles på én gang, dog højst det antal, ejeren har "
                     "oplyst. Alle skal bevises.",
                     "Twenty questions are asked at once, but no more than the owner "
                     "declared. All must be proven."),
         .mend = TEXT("Find den grænse, der nås. Kan kilden ikke mere, så oplys "
                      "\"in_flight_max\".",
                      "Find the limit that is reached. If the source can bear no more, "
                      "declare \"in_flight_max\".")},
    [CASE_INDEX_CASE] = {.needs = CASE_BIT(CASE_PROOF) | CASE_BIT(CASE_PAGING),
                         .title = TEXT("KOMBIT: sag", "KOMBIT: case"),
                         .what = TEXT(
                             "Hver sag har nummer, oprettelsestid og en primær part eller ejer.",
                             "Each case has a number, a time of creation and a primary party or "
                             "owner."),
                         .how = TEXT("Alle testborgeres sager gennemgås.",
                                     "All test citizens' cases are gone through."),
                         .mend =
                             TEXT("Udfyld Sagsnummer, OprettetTidspunkt og Sagspart efter KOMBITs "
                                  "anvisninger.",
                                  "Fill in Sagsnummer, OprettetTidspunkt and Sagspart as KOMBIT's "
                                  "filling rules say.")},
    [CASE_INDEX_NOTE] =
        {.is_advice = true,
         .needs = CASE_BIT(CASE_PROOF) | CASE_BIT(CASE_PAGING),
         .title = TEXT("KOMBIT: journalnotat", "KOMBIT: journal note"),
         .what = TEXT("Journalnotater gives, når der bedes om dem, med titel.",
                      "Journal notes are given when they are asked for, with a title."),
         .how = TEXT("Der bedes om journalnotater, og mindst ét skal være der.",
                     "Journal notes are asked for, and at least one must be there."),
         .mend = TEXT("Send notaterne som Journalpost med rollen Journalnotat, eller "
                      "opret et for en testborger.",
                      "Send notes as Journalpost with the role Journalnotat, or make one "
                      "for a test citizen.")},
    [CASE_INDEX_DOCUMENT] =
        {.is_advice = true,
         .needs = CASE_BIT(CASE_PROOF) | CASE_BIT(CASE_PAGING),
         .title = TEXT("KOMBIT: dokument", "KOMBIT: document"),
         .what = TEXT("Dokumenter hører til en sag og har titel og dato.",
                      "Documents belong to a case and have a title and a date."),
         .how = TEXT("Alle testborgeres dokumenter gennemgås, og mindst ét skal være "
                     "der.",
                     "All test citizens' documents are gone through, and at least one "
                     "must be there."),
         .mend = TEXT("Knyt dokumentet til sagen med en Journalpost, og udfyld Titel og "
                      "BrevDato.",
                      "Tie the document to its case by a Journalpost, and fill in Titel "
                      "and BrevDato.")},
    [CASE_INDEX_ORGANISATION] =
        {.is_advice = true,
         .needs = CASE_BIT(CASE_PROOF) | CASE_BIT(CASE_PAGING),
         .title = TEXT("KOMBIT: organisation", "KOMBIT: organisation"),
         .what = TEXT("Hver sag og bevilling nævner ejerens CVR-nummer, og sager den "
                      "ansvarlige enhed.",
                      "Each case and grant names its owner's CVR number, and cases the "
                      "responsible unit."),
         .how = TEXT("Ejer og ansvarlig ses efter. Mindst én sag skal nævne enheden.",
                     "Owner and responsible unit are looked at. At least one case must "
                     "name the unit."),
         .mend = TEXT("Udfyld rollerne Ejer og Ansvarlig med de rigtige id'er.",
                      "Fill in the roles Ejer and Ansvarlig with the right ids.")},
    [CASE_INDEX_CLASSIFICATION] =
        {.needs = CASE_BIT(CASE_PROOF) | CASE_BIT(CASE_PAGING),
         .title = TEXT("KOMBIT: klassifikation", "KOMBIT: classification"),
         .what = TEXT("Hver sag og ydelse har et KLE-emne i rollen Primær klasse. Uden "
                      "det vises den ikke.",
                      "Each case and benefit has a KLE subject in the role Primær klasse. "
                      "Without it, it is not shown."),
         .how = TEXT("KLE-emnet på alle testborgeres sager og ydelser ses efter.",
                     "The KLE subject of all test citizens' cases and benefits is looked "
                     "at."),
         .mend = TEXT("Sæt emnet (nn.nn.nn) i rollen Primær klasse og ikke i "
                      "Handlingsklasse.",
                      "Put the subject (nn.nn.nn) into the role Primær klasse and not "
                      "into Handlingsklasse.")},
    [CASE_INDEX_REMOVAL] =
        {.needs = CASE_BIT(CASE_PROOF) | CASE_BIT(CASE_PAGING),
         .title =
             TEXT("KOMBIT: oprydning ved systemskifte", "KOMBIT: removal at a change of system"),
         .what = TEXT("Et afløst system efterlader ingen sager. Samme sagsnummer findes "
                      "kun fra ét system.",
                      "A replaced system leaves no cases behind. A case number comes from "
                      "one system only."),
         .how = TEXT("Sagsnumre, som to systemer har sendt, tælles.",
                     "Case numbers that two systems have sent are counted."),
         .mend = TEXT("Fjern det gamle systems registreringer (fjern), før det nye sender "
                      "sine.",
                      "Remove the old system's registrations (fjern) before the new one "
                      "sends its own.")},
    [CASE_INDEX_PROGRESS] =
        {.is_advice = true,
         .needs = CASE_BIT(CASE_PROOF) | CASE_BIT(CASE_PAGING),
         .title = TEXT("Sagsstatus og Fremdrift følges ad", "Sagsstatus and Fremdrift agree"),
         .what = TEXT("Hver af fagsystemets egne tilstande bliver altid til samme trin i "
                      "Fremdrift.",
                      "Each of the system's own states always becomes the same step of "
                      "Fremdrift."),
         .how = TEXT("Sagsstatus og Fremdrift på testborgernes sager stilles op i en "
                     "tabel.",
                     "Sagsstatus and Fremdrift of the test citizens' cases are put into "
                     "a table."),
         .mend = TEXT("Ret oversættelsen, så hver intern tilstand har ét trin.",
                      "Correct the translation, so that each inner state has one step.")},
};
