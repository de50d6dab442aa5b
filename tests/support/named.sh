# named.sh: BIND on loopback, a server that takes updates; to be sourced.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# named_start FOLDER: serves FOLDER/NAME.zone as zone NAME, for each, and takes
# updates from this host; sets NAMED_PORT and NAMED_PID.  named_stop ends it.
# named_update: feeds standard input to it by nsupdate.

named_start() {
	NAMED_PORT=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); u = socket.socket(type=2)
u.bind(s.getsockname()); print(s.getsockname()[1])')
	chmod 755 "$1"
	cat >"$1/named.conf" <<CONF
options {
	directory "$1";
	listen-on port $NAMED_PORT { 127.0.0.1; };
	listen-on-v6 { none; };
	recursion no;
	dnssec-validation no;
	pid-file none;
	session-keyfile none;
};
controls { };
CONF
	for zone in "$1"/*.zone; do
		name=${zone##*/}
		printf 'zone "%s" { type primary; file "%s"; allow-update %s; };\n' \
		    "${name%.zone}" "$name" '{ 127.0.0.1; }' >>"$1/named.conf"
	done
	PATH=$PATH:/usr/sbin named -g -c "$1/named.conf" >"$1/named.log" 2>&1 &
	NAMED_PID=$!
	tries=0
	until grep -q 'running$' "$1/named.log" 2>/dev/null; do
		tries=$((tries + 1))
		if [ $tries -gt 200 ] || ! kill -0 $NAMED_PID 2>/dev/null; then
			cat "$1/named.log" >&2
			echo 'named does not start' >&2
			return 1
		fi
		sleep 0.1
	done
}

named_stop() {
	[ -z "${NAMED_PID:-}" ] || kill "$NAMED_PID" 2>/dev/null || :
	[ -z "${NAMED_PID:-}" ] || wait "$NAMED_PID" 2>/dev/null || :
	NAMED_PID=
}

named_update() {
	{ echo "server 127.0.0.1 $NAMED_PORT"; cat; } | nsupdate
}
