# Mail::DKIM, as a command: peer.pl PORT verify | sign DOMAIN SELECTOR KEY CANON
# SPDX-License-Identifier: MIT
#
# As peer.py.
use strict;
use warnings;
use Mail::DKIM::DNS;
use Mail::DKIM::Signer;
use Mail::DKIM::Verifier;
use Net::DNS::Resolver;

my ($port, $what, $domain, $selector, $key, $canon) = @ARGV;

$Mail::DKIM::DNS::RESOLVER = Net::DNS::Resolver->new(
    nameservers => ['127.0.0.1'], port => $port, recurse => 0);
binmode STDIN;
binmode STDOUT;
my $message = do { local $/; <STDIN> };
if ($what eq 'verify') {
	my $dkim = Mail::DKIM::Verifier->new;
	$dkim->PRINT($message);
	$dkim->CLOSE;
	print $dkim->result eq 'pass' ? "pass\n" : "fail\n";
	print STDERR $dkim->result_detail, "\n";
} else {
	my $dkim = Mail::DKIM::Signer->new(Algorithm => 'rsa-sha256',
	    Method => $canon, Domain => $domain, Selector => $selector,
	    KeyFile => $key);
	$dkim->PRINT($message);
	$dkim->CLOSE;
	my $field = $dkim->signature->as_string;
	$field =~ s/\r?\n/\r\n/g;
	print $field, "\r\n", $message;
}
