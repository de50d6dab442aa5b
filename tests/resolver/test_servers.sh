#!/bin/sh
# test_servers.sh: our resolver against nsd and unbound, on loopback.
# SPDX-License-Identifier: MIT
set -u
PATH=$PATH:/usr/sbin
. tests/support/cli.sh
. tests/support/nsd.sh
unbound_pid='' silent_pid=''
trap 'nsd_stop; kill $unbound_pid $silent_pid 2>/dev/null; rm -rf "$work"' EXIT

# Keys of three mailboxes; the long ones need TCP or EDNS.
zone=$work/example.org.zone
cat >"$zone" <<'EOF'
$ORIGIN example.org.
$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
chain.userkeys CNAME alias
alias CNAME alias2
alias2 CNAME big.userkeys
other DNAME userkeys
dname.userkeys CNAME big.other
out.userkeys CNAME away.example.net.
loop.userkeys CNAME loop2
loop2 CNAME loop.userkeys
nodata.userkeys A 127.0.0.1
ent.nodata2.userkeys A 127.0.0.1
*.wild.userkeys CNAME big.userkeys
far.userkeys CNAME dead.invalid-zone.example.
EOF
for who in small:1024 usual:2048 big:4096; do
	"$userkeys" keygen "${who%:*}@example.org" --bits "${who#*:}" \
	    --out "$work/${who%:*}.pem" >>"$zone" || exit 1
done
# A key record of 40 strings: beyond any datagram.
{
	printf 'many.userkeys TXT "v=DKIM1; k=rsa; uk=none; n="'
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		printf ' "%0200d"' "$n"
	done
	"$userkeys" record big@example.org --key "$work/big.pem" \
	    --format oneline | sed -n '1s/.*\(p=.*\)/\1/p' | fold -w 200 |
	    sed '1s/^/; /; s/.*/ "&"/' | tr -d '\n'
	echo
} >>"$zone"
cat >"$work/example.net.zone" <<'EOF'
$ORIGIN example.net.
@ 60 SOA ns hostmaster 1 3600 600 86400 60
@ 60 NS ns
away 60 CNAME big.userkeys.example.org.
EOF
nsd_start "$work" || exit 1
port=$NSD_PORT

# asks KEY NAME PATTERN WHAT: what "check" says of NAME@example.org.
asks() {
	start "$4"
	"$userkeys" check "$2@example.org" --key "$work/$1.pem" --dns "$dns" \
	    >"$work/out" 2>"$work/err"
	args=$2
	out_has "$3"
}

all() {
	for who in small usual big; do
		asks $who $who 'the record holds this key' "$1, $who"
		asks $who $who 'DKIM verifiers find this key' "$1, $who"
	done
	asks big many 'the record holds this key' "$1, over TCP"
	asks big chain 'alias2.example.org CNAME big.userkeys' "$1, CNAMEs"
	asks big chain 'the record holds this key' "$1, CNAMEs"
	asks big dname 'other.example.org DNAME userkeys.example.org' \
	    "$1, DNAME"
	asks big dname 'the record holds this key' "$1, DNAME"
	asks big out 'the record holds this key' "$1, another zone"
	asks big nobody 'there is no such name' "$1, NXDOMAIN"
	asks big nodata 'there is no TXT record' "$1, NODATA"
	asks big nodata2 'there is no TXT record' "$1, only a child"
}

dns=127.0.0.1:$port
all nsd
asks big loop 'too many CNAME or DNAME steps' 'nsd, a loop'

# ---- unbound, which follows chains itself -----------------------------------

uport=$(free_port)
dead=$(free_port)
cat >"$work/unbound.conf" <<EOF
server:
	interface: 127.0.0.1@$uport
	port: $uport
	username: ""
	chroot: ""
	directory: "$work"
	pidfile: "$work/unbound.pid"
	use-syslog: no
	logfile: "$work/unbound.log"
	do-not-query-localhost: no
	do-ip6: no
	module-config: "iterator"
	local-zone: "org." nodefault
remote-control:
	control-enable: no
stub-zone:
	name: "example.org"
	stub-addr: 127.0.0.1@$port
stub-zone:
	name: "example.net"
	stub-addr: 127.0.0.1@$port
stub-zone:
	name: "invalid-zone.example"
	stub-addr: 127.0.0.1@$dead
EOF
unbound -d -c "$work/unbound.conf" >"$work/unbound.out" 2>&1 &
unbound_pid=$!
tries=0
dns=127.0.0.1:$uport
until "$userkeys" check small@example.org --key "$work/small.pem" \
    --dns "$dns" >/dev/null 2>&1 || [ $tries = 50 ]; do
	tries=$((tries + 1))
	sleep 0.1
done
all unbound
asks big far 'failed' 'unbound, SERVFAIL'

# ---- servers that are silent, or not there ------------------------------------

sport=$(free_port)
python3 -c 'import socket, sys, time
s = socket.socket(type=2); s.bind(("127.0.0.1", int(sys.argv[1])))
time.sleep(60)' "$sport" &
silent_pid=$!
sleep 0.3
dns=127.0.0.1:$sport,127.0.0.1:$port
asks usual usual 'the record holds this key' 'the first server is silent'
dns=127.0.0.1:$dead,127.0.0.1:$port
asks usual usual 'the record holds this key' 'the first server is dead'
start 'all are silent'
run 75 check usual@example.org --key "$work/usual.pem" \
    --dns "127.0.0.1:$sport"
out_has 'no DNS answer in time'
start 'all are dead'
run 75 check usual@example.org --key "$work/usual.pem" \
    --dns "127.0.0.1:$dead"
finish
