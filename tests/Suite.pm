# SPDX-License-Identifier: MIT
#
# prove's harness for `./run test`, which calls prove several times with different builds: appends to
# the file $OVERBLIK_TALLY what the closing lines need, one fact a line, separated by tabs:
#
#   skip   <file>: <reason>         one test, or a whole file
#   files  <files>  <tests>  <PASS or FAIL>
package Suite;
use strict;
use warnings;
use parent 'TAP::Harness';

sub tally {
    open my $out, '>>', $ENV{OVERBLIK_TALLY} or die "$ENV{OVERBLIK_TALLY}: $!";
    print $out join("\t", @_), "\n";
    close $out or die "$ENV{OVERBLIK_TALLY}: $!";
}

sub make_parser {
    my ($self, $job) = @_;
    my ($parser, $session) = $self->SUPER::make_parser($job);
    my $name = $job->filename;
    $parser->callback(test => sub { tally('skip', "$name: " . $_[0]->explanation) if $_[0]->has_skip });
    $parser->callback(plan => sub { tally('skip', "$name: " . $_[0]->explanation) if $_[0]->has_skip });
    return ($parser, $session);
}

sub summary {
    my ($self, $aggregate) = @_;
    tally('files', scalar $aggregate->parsers, $aggregate->total, $aggregate->get_status);
    return $self->SUPER::summary($aggregate);
}

1;
