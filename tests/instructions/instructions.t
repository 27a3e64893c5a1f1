#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# What an overview costs in instructions and allocations, against expected.json: more than 3 % away in
# either direction fails, so that the figure changes in the commit that changes the cost.
#
# instructions.t [--update | --profile]: --update writes expected.json anew; --profile prints the
# functions that cost most. Works on the release build, whose flags are fixed. The kind of processor
# hardly matters: libc is told to use what every one has, and libcrypto is not counted.
use strict;
use warnings FATAL => 'all';
use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;

my $TOLERANCE = 0.03;
# Each machine makes its own signing key, and what its verification costs differs by the key.
my $TOLERANCE_NEW_LOGIN = 0.08;
# Each of libc's functions in the form for any x86-64.
my $PLAIN = join ',', map "-$_", qw(AVX512F AVX512VL AVX2 AVX AVX_Fast_Unaligned_Load ERMS FSRM BMI2
    SSE4_2 SSSE3);
my @SOURCES   = (6, 104);

my $root     = $ENV{OVERBLIK_ROOT}  // die "OVERBLIK_ROOT is not set\n";
my $build    = $ENV{OVERBLIK_BUILD} // die "OVERBLIK_BUILD is not set\n";
my $certs    = $ENV{OVERBLIK_CERTS} // die "OVERBLIK_CERTS is not set\n";
my $expected = "$root/tests/instructions/expected.json";
my $mode     = $ARGV[0] // '';
my $folder   = tempdir(CLEANUP => 1);

# As the bench configures the product, towards sources that are in the program itself.
sub configure {
    my ($sources) = @_;
    local %ENV = (
        %ENV,
        PORT       => 19999,
        NSRC       => $sources,
        TIMEOUT_MS => 3000,
        MOCK_PORT  => 20000,
        ISSUER     => 'https://broker.example',
        AUDIENCE   => 'portal',
        JWT_CACHE  => 'true',
    );
    system("$root/tests/bench/make-conf", "$folder/$sources", $certs, "$root/policies") == 0
        or die "make-conf failed\n";
    return "$folder/$sources/overblikd.json";
}

# Instructions of one of callgrind's files, libcrypto's not counted: its big numbers depend on the
# key and on the processor. In %$by: those of each function.
sub count {
    my ($file, $by) = @_;
    my ($sum, $is_called, $object, $function, %objects, %functions) = (0, 0, '', '');
    open my $in, '<', $file or die "$file: $!\n";
    while (<$in>) {
        if (/^(c?)ob=\((\d+)\)(?: (.*))?/) {
            $objects{$2} = $3 if defined $3;
            $object = $objects{$2} if !$1;
        } elsif (/^(c?)fn=\((\d+)\)(?: (.*))?/) {
            $functions{$2} = $3 if defined $3;
            $function = $functions{$2} if !$1;
        } elsif (/^calls=/) {
            $is_called = 1;    # the next line's cost is the callee's
        } elsif (/^(?:[+-]?\d+|\*) (\d+)/) {
            my $cost = $is_called ? 0 : $1;
            if ($object =~ m{/libcrypto\.so}) {
                $by->{'libcrypto, which is not counted'} += $cost;
            } else {
                $by->{$function} += $cost;
                $sum += $cost;
            }
            $is_called = 0;
        }
    }
    return $sum;
}

# Adds what each kind of overview costs from this many sources to %$figures.
sub measure {
    my ($sources, $figures) = @_;
    my $out     = "$folder/callgrind.$sources";
    my $program = "$build/tests/instructions/instructions";
    my $conf    = configure($sources);
    local $ENV{GLIBC_TUNABLES} = "glibc.cpu.hwcaps=$PLAIN";
    my @lines = qx{valgrind --quiet --tool=callgrind --collect-atstart=no --callgrind-out-file=$out \\
        $program $conf $certs $sources 2>$folder/log};
    if ($?) {
        system('cat', "$folder/log");
        die "the measurement failed\n";
    }
    my %files;
    for my $file (glob "$out.*") {
        open my $in, '<', $file or die "$file: $!\n";
        while (<$in>) {
            $files{$1} = $file if /^desc: Trigger: Client Request: (\S+)/;
        }
    }
    for (@lines) {
        my ($name, $overviews, $allocations) = split;
        my %by;
        $figures->{$name} = {
            instructions => int(count($files{$name}, \%by) / $overviews + 0.5),
            allocations  => $allocations / $overviews,
        };
        next if $mode ne '--profile';
        my @most = (sort { $by{$b} <=> $by{$a} } keys %by)[0 .. 39];
        printf "%s\n", $name;
        printf "%9d  %s\n", $by{$_} / $overviews, $_ for @most;
    }
}

my %figures;
measure($_, \%figures) for @SOURCES;
if ($mode eq '--update') {
    open my $to, '>', $expected or die "$expected: $!\n";
    print $to JSON::PP->new->canonical->pretty->indent_length(4)->encode(\%figures);
    close $to or die "$expected: $!\n";
    print "# $expected is written anew\n";
}

open my $in, '<', $expected or die "$expected: $!\n";
my $wanted = decode_json(join '', <$in>);
is_deeply([sort keys %figures], [sort keys %$wanted], 'what is measured is what is expected');
for my $name (sort keys %figures) {
    my ($got, $want) = ($figures{$name}, $wanted->{$name} // next);
    my $change = $got->{instructions} / $want->{instructions} - 1;
    ok(abs($change) <= ($name =~ /^new-login/ ? $TOLERANCE_NEW_LOGIN : $TOLERANCE),
        sprintf '%s: %d instructions, %d expected, %+.1f %%', $name, $got->{instructions},
        $want->{instructions}, 100 * $change)
        or diag('if that is meant, ./run instructions --update writes the figures anew');
    is($got->{allocations}, $want->{allocations}, "$name: allocations");
}
done_testing;
