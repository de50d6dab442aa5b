#!/bin/sh
# demo.sh: a key, a signature, a check, and what tampering does; explained.
# SPDX-License-Identifier: MIT
#
# Run by `make demo`.  Works in a temporary folder, asks no network: the DNS is
# a zone file here.
set -eu
bold='' plain=''
[ ! -t 1 ] || bold=$(printf '\033[1m') plain=$(printf '\033[0m')

userkeys=$(cd "${BUILD:-build/host-mbedtls}" && pwd)/userkeys
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
alice=alice@example.org

step() {
	printf '\n%s%s%s\n' "$bold" "$1" "$plain"
}
show() {
	printf '$ %s\n' "$*"
}
# must STATUS COMMAND...: runs it and insists on its exit status.
must() {
	want=$1
	shift
	got=0
	"$@" || got=$?
	[ $got = "$want" ] || {
		echo "demo: $* gave status $got, not $want" >&2
		exit 1
	}
}

step "1. Where does the key of a mailbox live in the DNS?"
show userkeys name $alice
"$userkeys" name $alice

step "2. The server makes Alice a key; the record says what the owner wants."
show userkeys keygen $alice --advice reject --out alice.pem
"$userkeys" keygen $alice --advice reject --out alice.pem >zone
cut -c 1-76 zone

step "3. Alice, logged in, sends a letter; the server signs it with her key."
printf '%s\r\n' "From: Alice <$alice>" 'To: bob@example.net' \
    'Subject: Saturday' 'Date: Sat, 01 Aug 2026 10:00:00 +0000' \
    'Message-ID: <1@example.org>' '' 'See you at eight.' 'Alice' >letter
show userkeys sign --from $alice --key alice.pem letter
"$userkeys" sign --from $alice --key alice.pem letter >signed
cat signed

step "4. Bob's server asks one DNS record and knows: it is from Alice."
show userkeys verify --from $alice --zone zone signed
must 0 "$userkeys" verify --from $alice --zone zone signed

step "5. Somebody changes eight to nine on the way."
sed 's/eight/nine/' signed >tampered
show userkeys verify --from $alice --zone zone tampered
must 1 "$userkeys" verify --from $alice --zone zone tampered

step "6. Somebody else writes as Alice, without a signature."
show userkeys verify --from $alice --zone zone letter
must 1 "$userkeys" verify --from $alice --zone zone letter

step "Done. For scripts there is --plain and --json; the library is core/."
