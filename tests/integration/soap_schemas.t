#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# What our adapters send to the municipal indexes and to Klassifikation, and what the sandbox answers for
# every citizen and class, follows the official schemas: SOAP body and RequestHeader, judged by xmllint. The schemas are third
# parties' and not in this repository: OVERBLIK_REFERENCE, else ../shared/reference.
use strict;
use warnings;
use File::Temp qw(tempdir);
use FindBin;
use Test::More;

my $root = $ENV{OVERBLIK_ROOT} // "$FindBin::Bin/../..";
my $build = $ENV{OVERBLIK_BUILD} // "$root/build/asan";
my $reference = $ENV{OVERBLIK_REFERENCE} // "$root/../shared/reference";
my $schemas = "$reference/schemas";

plan skip_all => "no official schemas in $schemas" unless -d "$schemas/sagdokumentindeks";
my $samples_program = "$build/tests/tools/soap_samples";
die "$samples_program is not built" unless -x $samples_program;

my $folder = tempdir("$build/soap_schemas_XXXXXX", CLEANUP => 1);

my %index = (
    cases => {
        namespace => 'urn:oio:sts:sagdok:sagdokumentindeks:6',
        header => "$schemas/sagdokumentindeks/xsd/common/RequestHeader.xsd",
        operations => "$schemas/sagdokumentindeks/xsd/6.0.STS-0/SagDokumentIndeksOperationer.xsd",
        least => 100,
        request => 'p:FremsoegSagDokumentIndeksInput',
        answer => 'p:FremsoegSagDokumentIndeksOutput',
    },
    benefits => {
        namespace => 'urn:oio:sts:ydelse:ydelseindeks:6',
        header => "$schemas/ydelsesindeks/xsd/common/RequestHeader.xsd",
        operations => "$schemas/ydelsesindeks/xsd/6.0.STS-0/YdelseIndeksOperationer.xsd",
        least => 100,
        request => 'p:FremsoegYdelseIndeksInput',
        answer => 'p:FremsoegYdelseIndeksOutput',
    },
    map { lc $_ => {
        namespace => 'http://stoettesystemerne.dk/klassifikation/klasse/7/',
        header => "$folder/klassifikation/RequestHeader.xsd",
        operations => "$folder/klassifikation/KlasseOperationer.xsd",
        least => 3,
        request => "p:${_}Input",
        answer => "p:${_}Output",
    } } qw(Soeg List),
);

sub spew {
    my ($file, $text) = @_;
    open my $out, '>', $file or die "$file: $!";
    print $out $text;
    close $out or die "$file: $!";
}

sub slurp {
    my ($file) = @_;
    local (@ARGV, $/) = $file;
    return <>;
}

# A copy of Klassifikation's schemas in which one pattern of an element that we do not use, written in
# another language than XML Schema's, is put right: else no validator compiles them.
sub repair_klassifikation {
    my $repaired = 0;
    mkdir "$folder/klassifikation" or die "$folder: $!";
    for my $file (glob "$schemas/klassifikation/*.xsd") {
        my $text = slurp($file);
        $repaired += $text =~ s{value="\^\(\?:100\|\[1-9\]\\d\?\)\$"}{value="100|[1-9][0-9]?"};
        spew("$folder/klassifikation/" . $file =~ s{.*/}{}r, $text);
    }
    return $repaired;
}

# A schema of the whole envelope, so that xmllint sees the messages as they are sent.
sub write_schema {
    my ($name, $direction) = @_;
    my $index = $index{$name};
    my $file = "$folder/$name.$direction.xsd";
    spew($file, <<"END");
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
    xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:rh="http://kombit.dk/xml/schemas/RequestHeader/1/"
    xmlns:p="$index->{namespace}" targetNamespace="http://schemas.xmlsoap.org/soap/envelope/">
<xs:import namespace="http://kombit.dk/xml/schemas/RequestHeader/1/"
    schemaLocation="$index->{header}"/>
<xs:import namespace="$index->{namespace}"
    schemaLocation="$index->{operations}"/>
<xs:element name="Envelope"><xs:complexType><xs:sequence>
<xs:element name="Header"><xs:complexType><xs:sequence>
<xs:element ref="rh:RequestHeader"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="Body"><xs:complexType><xs:sequence>
<xs:element ref="$index->{$direction}"/>
</xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element>
</xs:schema>
END
    return $file;
}

# What xmllint says of these files, but for "validates".
sub judge {
    my ($schema, @files) = @_;
    my @complaints;
    while (my @some = splice @files, 0, 200) {
        open my $pipe, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', 'xmllint', '--nonet', '--noout',
            '--schema', $schema, @some or die "xmllint: $!";
        push @complaints, grep { !/ validates$/ } <$pipe>;
        close $pipe;
    }
    return @complaints;
}

is(repair_klassifikation(), 1, "one pattern in Klassifikation's schemas is put right");
my $count = `'$samples_program' '$root' '$folder'`;
is($?, 0, 'every sample was asked, answered and read') or die "no samples";
cmp_ok($count, '>', 500, "$count samples");

for my $name (sort keys %index) {
    for my $direction (qw(request answer)) {
        my $schema = write_schema($name, $direction);
        my @files = glob "$folder/*.$name.$direction.xml";
        cmp_ok(scalar @files, '>', $index{$name}{least}, "$name: " . @files . " samples of the $direction");
        my @complaints = judge($schema, @files);
        ok(!@complaints, "$name: each $direction is as the schema wants it")
            or diag(splice @complaints, 0, 10);

        # The judge must be able to say no.
        my $good = slurp($files[0]);
        my %spoilt = (
            'an unknown element' => $good =~ s{</soap:Body>}{<sd:Fremmed/></soap:Body>}r,
            'another role' => $good =~ s{(<soap:Body><\w+:\w+>)}{$1<sd:StatusKode>tyve</sd:StatusKode>}r,
            'no header' => $good =~ s{<soap:Header>.*</soap:Header>}{}sr,
        );
        for my $how (sort keys %spoilt) {
            spew("$folder/spoilt.xml", $spoilt{$how});
            isnt($spoilt{$how}, $good, "$name, $direction: $how was made");
            ok(scalar judge($schema, "$folder/spoilt.xml"), "$name, $direction: $how is refused");
        }
    }
}

done_testing;
