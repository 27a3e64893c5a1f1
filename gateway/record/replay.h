/* SPDX-License-Identifier: MIT */
/* replay: what another configuration would have done to the overviews that an access record
 * remembers: from the outcomes' timings alone, which hold no personal data. For each source, how
 * many overviews would have lost it, or could have gained it; and how long overviews would have
 * taken. Memory is bounded, whatever the record's length. Pure: lines in, report out.
 *
 * Assumed: a source takes as long as it took; a failure stays one; a document ends by the soft
 * deadline and a stream by the hard one; a source is cut at its total time or that deadline,
 * whichever is sooner. First-byte and silence timers, retries, breakers and levels of login are not
 * replayed. A call that was cut is censored: the record knows only that it took at least so long.
 * Where the other configuration would have waited longer, whether it would have answered is
 * unknown: such calls are counted apart, and times are told as "at least" and "at most". */
#ifndef RECORD_REPLAY_H
#define RECORD_REPLAY_H

#include "base/buf.h"
#include "policy/snapshot.h"

struct replay;

/* `now`: the day by which agreements count. The snapshot is borrowed until replay_free. */
struct replay *replay_new(const struct snapshot *after, struct wall now);
void replay_free(struct replay **replay);

/* One line of the record, without its newline. What is no line of a record is counted as such. */
void replay_line(struct replay *replay, struct str line);
/* A line that was too long to be read. */
void replay_skip(struct replay *replay);

/* The report, for people and for programs:
 * {"revision","lines","unreadable","overviews","left","lost","could_gain",
 *  "sources":[{"source","asked","kept","lost","not_asked","late","could_gain","unanswered"}],
 *  "ms":{"recorded":{"p50","p99"},"at_least":{…},"at_most":{…}}}; no overview: ms null */
void replay_print(const struct replay *replay, struct buf *out);
void replay_write(const struct replay *replay, struct buf *out);

#endif
