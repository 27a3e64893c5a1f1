#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# The order of the folders is the order of dependency: reads every #include line of the house and
# fails on one that points upwards, and on a library's header outside the one module that knows it.
use strict;
use warnings;
use File::Find;
use FindBin;
use Test::More;

my $root = "$FindBin::Bin/../..";
my @rows = qw(base net identity adapters policy overview record joining serve command);
my %height = map { $rows[$_] => $_ } 0 .. $#rows;

# Who may include a library's header: a pattern of file names.
my @libraries = (
    [qr{^curl/}                 => qr{^gateway/net/fetch|^gateway/serve/versions\.c$|^gateway/command/}],
    [qr{^expat\.h$}             => qr{^gateway/base/xml\.|^gateway/serve/versions\.c$}],
    [qr{^event2?[./]}           => qr{^gateway/net/|^gateway/serve/versions\.c$|^adapters/sandbox/}],
    [qr{^sqlite3\.h$}           => qr{^gateway/record/(store|sqlite|log_sqlite|consent_sqlite|registry_sqlite)|^gateway/serve/versions\.c$}],
    [qr{^libpq}                 => qr{^gateway/record/postgres\.c$|^gateway/serve/versions\.c$}],
    [qr{^jwt\.h$}               => qr{^adapters/sandbox/}],
    [qr{^(pthread|threads)\.h$} => qr{^gateway/|^adapters/sandbox/}],
    [qr{^sys/(socket|epoll)\.h$|^netinet/|^unistd\.h$} => qr{^gateway/|^adapters/sandbox/}],
);

# Who may make a citizen: see the header.
my $makers = qr{^gateway/(identity/(citizen|token|token_cache|mandate|consent)|serve/(probe|admin\w*)|joining/(preview\w*|planned|conformance_ask|source_preview))\.[ch]$
    |^adapters/sandbox/|^tests/}x;

# Who may begin to act for another.
my $actors = qr{^gateway/(identity/mandate|serve/mandate_check)\.c$|^tests/};

# Who may begin to read by consent.
my $readers = qr{^gateway/(identity/consent|serve/consent_check)\.c$|^tests/};

# Why the file may not include this; undef when it may.
sub fault {
    my ($file, $included, $quoted) = @_;
    if (!$quoted) {
        for (@libraries) {
            my ($header, $owners) = @$_;
            return "belongs to another module" if $included =~ $header && $file !~ $owners;
        }
        return undef;
    }
    return "leaves its folder by a relative path" if $included =~ m{(^|/)\.\.?/};
    return undef if $included eq 'version.h';
    return "makes citizens out of nothing"
        if $included eq 'identity/citizen_make.h' && $file !~ $makers;
    return "acts for others" if $included eq 'identity/mandate_citizen.h' && $file !~ $actors;
    return "reads by consent" if $included eq 'identity/consent_citizen.h' && $file !~ $readers;
    my ($row) = $included =~ m{^(\w+)/};
    my ($own) = $file =~ m{^gateway/(\w+)/};
    if ($file =~ m{^adapters/sandbox/}) {
        return undef if !$row || ($height{$row} // 99) <= $height{adapters};
        return "is above the sandbox";
    }
    if ($file =~ m{^adapters/}) {
        return "is the sandbox's" if $included =~ m{^adapters/sandbox/};
        return undef if $included =~ m{^(base/|adapters/|identity/(citizen|cpr|mandate)\.h$)} || !$row;
        return "is not for an adapter";
    }
    return undef if !$own || !$row; # a main knows everything; a bare name is a neighbour
    if ($included =~ m{^adapters/sandbox/}) { # the command line makes demo tokens
        return "$own $included" eq 'command adapters/sandbox/demo_token.h' ? undef : "is the sandbox's";
    }
    return $row =~ /^(base|net|portal)$/ ? undef : "is not for the portal" if $own eq 'portal';
    return "is in no row" unless exists $height{$row} && exists $height{$own};
    return $height{$row} <= $height{$own} ? undef : "is in a row above";
}

# The rule itself, on includes that nobody wrote.
for (
    [1, 'gateway/base/buf.c',         '"net/fetch.h"'],
    [0, 'gateway/net/fetch.c',        '"base/buf.h"'],
    [1, 'gateway/net/http.h',         '"../base/buf.h"'],
    [1, 'gateway/policy/plan.h',      '"overview/fanout.h"'],
    [0, 'gateway/overview/fanout.c',  '"policy/plan.h"'],
    [1, 'gateway/serve/route.c',      '"adapters/sandbox/fault.h"'],
    [1, 'gateway/serve/route.c',      '"adapters/sandbox/demo_token.h"'],
    [0, 'gateway/command/token.c',    '"adapters/sandbox/demo_token.h"'],
    [1, 'adapters/atp.c',             '"identity/token.h"'],
    [0, 'adapters/atp.c',             '"identity/citizen.h"'],
    [0, 'adapters/atp.c',             '"identity/mandate.h"'],
    [1, 'adapters/atp.c',             '"identity/mandate_citizen.h"'],
    [1, 'gateway/serve/overview.c',   '"identity/mandate_citizen.h"'],
    [0, 'gateway/serve/mandate_check.c', '"identity/mandate_citizen.h"'],
    [1, 'gateway/serve/consents.c',   '"identity/consent_citizen.h"'],
    [0, 'gateway/serve/consent_check.c', '"identity/consent_citizen.h"'],
    [1, 'adapters/atp.c',             '"net/fetch.h"'],
    [1, 'adapters/atp.c',             '"policy/texts.h"'],
    [0, 'adapters/sandbox/state.c',   '"net/http.h"'],
    [1, 'adapters/sandbox/state.c',   '"policy/plan.h"'],
    [1, 'gateway/portal/page.c',      '"identity/token.h"'],
    [0, 'gateway/portal/page.c',      '"net/http.h"'],
    [0, 'gateway/overblikd.c',        '"serve/worker.h"'],
    [1, 'gateway/overview/merge.c',   '"nowhere/x.h"'],
    [1, 'gateway/overview/fanout.c',  '<curl/curl.h>'],
    [0, 'gateway/net/fetch.c',        '<curl/curl.h>'],
    [1, 'adapters/soap.c',            '<expat.h>'],
    [1, 'adapters/soap.c',            '<sys/socket.h>'],
    [1, 'gateway/identity/token.c',   '<jwt.h>'],
    [1, 'gateway/serve/worker.c',     '<event2/event.h>'],
    [1, 'gateway/serve/worker.c',     '<sqlite3.h>'],
    [0, 'gateway/base/str.c',         '<string.h>'],
  )
{
    my ($bad, $file, $include) = @$_;
    my ($quote, $name) = $include =~ /^(["<])(.+)[">]$/;
    my $reason = fault($file, $name, $quote eq '"');
    ok(!!$reason == !!$bad, "$file includes $include: " . ($reason // 'fine'));
}

my @files;
find({ no_chdir => 1, wanted => sub { push @files, $_ if /\.[ch]$/ } }, "$root/gateway", "$root/adapters");
cmp_ok(scalar @files, '>', 0, 'there are sources');
for my $path (sort @files) {
    (my $file = $path) =~ s{^\Q$root\E/}{};
    open my $in, '<', $path or die "$path: $!";
    my @faults;
    while (<$in>) {
        my ($quote, $name) = /^\s*#\s*include\s*(["<])([^">]+)[">]/ or next;
        my $reason = fault($file, $name, $quote eq '"') or next;
        push @faults, "$file:$.: $name $reason";
    }
    ok(!@faults, "$file looks down only") or diag(join "\n", @faults);
}
done_testing();
