#!/usr/bin/perl
# Perl's Net::OAuth as the server that gets our requests: one a line on stdin, one verdict a line on stdout.
#
# A line has these fields, each in base64, between blanks: method, URL without query, query, Authorization header, form
# body, consumer secret, token secret, file of the public RSA key. The verdict: "yes", "no", or why Net::OAuth died.
use strict;
use warnings;

use Crypt::OpenSSL::RSA;
use Digest::SHA;
use Encode;
use MIME::Base64;
use Net::OAuth;
use URI::Escape;

# Methods that Net::OAuth has not, added in the way it is made for: base string and key are its own.
package Net::OAuth::SignatureMethod::HMAC_SHA512 {
    $INC{'Net/OAuth/SignatureMethod/HMAC_SHA512.pm'} = __FILE__;

    sub verify {
        my ($class, $request) = @_;
        my $digest = Digest::SHA::hmac_sha512($request->signature_base_string, $request->signature_key);
        return $request->signature eq MIME::Base64::encode_base64($digest, '');
    }
}

package Net::OAuth::SignatureMethod::RSA_SHA256 {
    $INC{'Net/OAuth/SignatureMethod/RSA_SHA256.pm'} = __FILE__;

    sub verify {
        my ($class, $request, $key) = @_;
        my $signature = MIME::Base64::decode_base64($request->signature);
        return $key->verify($request->signature_base_string, $signature);
    }
}

package Net::OAuth::SignatureMethod::RSA_SHA512 {
    our @ISA = ('Net::OAuth::SignatureMethod::RSA_SHA256');
    $INC{'Net/OAuth/SignatureMethod/RSA_SHA512.pm'} = __FILE__;
}

# A request with every protocol parameter there is; Net::OAuth's own classes each know some of them.
package AnyRequest {
    use parent -norequire, 'Net::OAuth::Request';

    BEGIN { require Net::OAuth::Request }
    __PACKAGE__->add_optional_message_params(qw/token callback verifier body_hash/);
    sub allow_extra_params { 1 }
    sub sign_message       { 1 }
}

package main;

# What a bare request class would warn of, once a request: the octets below are decoded.
$Net::OAuth::SKIP_UTF8_DOUBLE_ENCODE_CHECK = 1;

my %keys;

sub rsa_key {
    my ($file, $method) = @_;
    return $keys{"$file $method"} //= do {
        open my $in, '<', $file or die "$file: $!";
        my $key = Crypt::OpenSSL::RSA->new_public_key(do { local $/; <$in> });
        my $use = {'RSA-SHA1' => 'use_sha1_hash', 'RSA-SHA256' => 'use_sha256_hash'}->{$method} // 'use_sha512_hash';
        $key->$use;
        $key;
    };
}

sub characters { return Encode::decode('UTF-8', $_[0], Encode::FB_CROAK) }

# As a framework would hand them over: decoded, in a hash.
sub form {
    my %fields;
    for my $pair (grep { length } split /&/, $_[0]) {
        my ($name, $value) = map { characters(uri_unescape(tr/+/ /r)) } split(/=/, $pair, 2), '';
        $fields{$name} = $value;
    }
    return %fields;
}

sub verdict {
    my ($method, $url, $query, $authorization, $body, $consumer_secret, $token_secret, $key_file) = @_;
    my %fields = (form($query), form($body));
    my @api = (request_method => $method, request_url => $url, consumer_secret => characters($consumer_secret),
               token_secret => characters($token_secret));
    my $request;
    if (length $authorization) {
        $request = AnyRequest->from_authorization_header($authorization, @api);
        # It leaves them as octets, and would encode each octet as a character of its own.
        $request->$_(characters($request->$_)) for grep { defined $request->$_ } @{AnyRequest->all_message_params};
        $request->extra_params({%{$request->extra_params}, %fields});
        $request->check;
    } else {
        $request = AnyRequest->from_hash(\%fields, @api);
    }
    my $name = $request->signature_method;
    return $request->verify($name =~ /^RSA/ ? rsa_key($key_file, $name) : ()) ? 'yes' : 'no';
}

$| = 1;
while (my $line = <STDIN>) {
    chomp $line;
    my $told = eval { verdict(map { decode_base64($_) } split / /, $line, -1) } // "died: $@";
    $told =~ s/[^ -~]+/ /g;
    print substr($told, 0, 200), "\n";
}
