#!/bin/sh
# test_peers.sh: dkimpy and Mail::DKIM, both ways, with a real name server.
# SPDX-License-Identifier: MIT
set -u
. tests/support/nsd.sh

userkeys=$BUILD/userkeys
work=$(mktemp -d)
trap 'nsd_stop; rm -rf "$work"' EXIT
passed=0 failed=0

# is WANTED FOUND WHAT: counts.
is() {
	if [ "$1" = "$2" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $3: wanted $1, found $2"
		cat "$work/err"
	fi
}

peer() {
	case $1 in
	dkimpy) shift; /usr/bin/python3 tests/interop/peer.py "$NSD_PORT" "$@" ;;
	*) shift; perl tests/interop/peer.pl "$NSD_PORT" "$@" ;;
	esac
}

cat >"$work/example.org.zone" <<'EOF'
$ORIGIN example.org.
$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
EOF
for bits in 1024 2048 4096; do
	"$userkeys" keygen "u$bits@example.org" --bits $bits \
	    --out "$work/$bits.pem" >>"$work/example.org.zone" || exit 1
	# The same record once more, as a plain DKIM key.
	"$userkeys" record "u$bits@example.org" --key "$work/$bits.pem" |
	    sed "1s/^[^ ]*/s$bits._domainkey/; /CNAME/d" \
	    >>"$work/example.org.zone"
done
nsd_start "$work" || exit 1
printf '%s\r\n' 'Received: from a by b; Thu, 12 Jun 2025 10:00:00 +0000' \
    'From:  Alice  <alice@example.org>' 'To: bob@example.net,' \
    '	 carol@example.net' 'Subject: two  blanks and a tab	' \
    'Date: Thu, 12 Jun 2025 10:00:00 +0000' 'Message-ID: <1@example.org>' \
    'MIME-Version: 1.0' '' 'Hello  there ' '' ' 	' 'end' '' '' \
    >"$work/message"

for bits in 1024 2048 4096; do
	for canon in relaxed/relaxed relaxed/simple simple/relaxed \
	    simple/simple; do
		"$userkeys" sign --dkim --domain example.org \
		    --selector s$bits --canon $canon --key "$work/$bits.pem" \
		    "$work/message" >"$work/dkim"
		"$userkeys" sign --from "u$bits@example.org" --canon $canon \
		    --key "$work/$bits.pem" "$work/message" >"$work/user"
		for who in dkimpy perl; do
			for what in dkim user; do
				is pass "$(peer $who verify <"$work/$what" \
				    2>"$work/err")" \
				    "$who verifies our $what $bits $canon"
			done
			is fail "$(sed s/there/here/ "$work/dkim" |
			    peer $who verify 2>"$work/err")" \
			    "$who refuses the changed one $bits $canon"
			peer $who sign example.org s$bits "$work/$bits.pem" \
			    $canon <"$work/message" >"$work/theirs" \
			    2>"$work/err"
			is pass "$("$userkeys" verify --plain \
			    --dns "127.0.0.1:$NSD_PORT" "$work/theirs" \
			    2>"$work/err" | awk '{ print $2 }')" \
			    "we verify $who's $bits $canon"
		done
		is 'pass pass' "$("$userkeys" verify --plain \
		    --from "u$bits@example.org" --dns "127.0.0.1:$NSD_PORT" \
		    "$work/user" 2>"$work/err" |
		    awk '{ printf "%s%s", sep, $2; sep = " " }')" \
		    "we verify our own $bits $canon"
	done
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
