#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# The demo's configuration is made from the shipped one, and overblikd -t finds no fault in it.
use strict;
use warnings;
use File::Temp qw(tempdir);
use FindBin;
use JSON::PP;
use Test::More;

my $root  = $ENV{OVERBLIK_ROOT}  // "$FindBin::Bin/../..";
my $certs = $ENV{OVERBLIK_CERTS} // "$root/build/certs";
my $build = $ENV{OVERBLIK_BUILD} // "$root/build/asan";
my $dir   = tempdir(CLEANUP => 1);
my $make  = "$root/conf/demo/make-demo-conf";

my @servers = qw(municipal udbetaling-danmark star atp rigspolitiet digitaliseringsstyrelsen klassifikation digital-fuldmagt demo-issuer control);
my %ports;
@ports{@servers} = (41001 .. 41001 + $#servers);

sub write_file {
    my ($file, $text) = @_;
    open my $to, '>', $file or die "$file: $!";
    print $to $text;
    close $to or die "$file: $!";
}

sub read_json {
    my ($file) = @_;
    open my $in, '<', $file or return undef;
    local $/;
    return JSON::PP->new->utf8->decode(<$in>);
}

write_file("$dir/ports.json", JSON::PP->new->encode(\%ports));
mkdir "$dir/out" and mkdir "$dir/out/sources" or die "$dir: $!";
write_file("$dir/out/sources/gone.json", '{}');
is(system($make, "$dir/out", $certs, "$dir/ports.json", 'https://localhost:42000', "$certs/ca.pem"), 0, 'made');

my $main = read_json("$dir/out/overblikd.json");
is($main->{listen}{port}, 0, 'the kernel chooses the port');
is($main->{time}{soft_ms}, 2000, 'settings are the shipped ones');
is_deeply([map { $_->{issuer} } @{ $main->{issuers} }],
    ["https://localhost:$ports{'demo-issuer'}", 'https://localhost:42000'], 'sandbox and broker are issuers');

my %port_of = (kommuner => 'municipal', udk => 'udbetaling-danmark', star => 'star', atp => 'atp',
    politi => 'rigspolitiet', digst => 'digitaliseringsstyrelsen');
my @files = map { s{.*/}{}r } glob "$dir/out/sources/*.json";
is_deeply(\@files, [map { s{.*/}{}r } glob "$root/conf/sources/*.json"], 'the shipped sources and no other');
for my $file (@files) {
    my $source = read_json("$dir/out/sources/$file");
    my ($authority) = $file =~ /^(\w+)/;
    is($source->{endpoints}{test}{url}, "https://127.0.0.1:$ports{$port_of{$authority}}", "$file asks its authority");
    is($source->{endpoints}{test}{addresses}, '127.0.0.0/8', "$file stays on loopback");
}

is(system("$build/overblikd", '-t', '-c', "$dir/out/overblikd.json"), 0, 'overblikd -t finds no fault');

is(system("$make '$dir/alone' '$certs' '$dir/ports.json'"), 0, 'made without a broker');
is(scalar @{ read_json("$dir/alone/overblikd.json")->{issuers} }, 1, 'then the sandbox alone is an issuer');

delete $ports{star};
write_file("$dir/ports.json", JSON::PP->new->encode(\%ports));
isnt(system("$make '$dir/less' '$certs' '$dir/ports.json' 2>'$dir/why'"), 0, 'a port that is missing is a fault');
isnt(system("$make '$dir/less' '$certs' 2>'$dir/why'"), 0, 'so is an argument');
done_testing();
