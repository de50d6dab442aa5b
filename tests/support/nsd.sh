# nsd.sh: a real name server on loopback, for tests that source this.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# nsd_start FOLDER: serves FOLDER/NAME.zone as zone NAME, for each; sets
# NSD_PORT and NSD_PID.  nsd_stop ends it.

free_port() {
	python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); u = socket.socket(type=2)
u.bind(s.getsockname()); print(s.getsockname()[1])'
}

nsd_start() {
	NSD_PORT=${NSD_PORT:-$(free_port)} # the same one when started again
	cat >"$1/nsd.conf" <<EOF
server:
	ip-address: 127.0.0.1
	port: $NSD_PORT
	username: ""
	zonesdir: "$1"
	pidfile: "$1/nsd.pid"
	xfrdfile: "$1/xfrd.state"
	zonelistfile: "$1/zone.list"
	logfile: "$1/nsd.log"
	database: ""
	server-count: 1
remote-control:
	control-enable: no
EOF
	for zone in "$1"/*.zone; do
		name=${zone##*/}
		printf 'zone:\n\tname: "%s"\n\tzonefile: "%s"\n' \
		    "${name%.zone}" "$name" >>"$1/nsd.conf"
	done
	PATH=$PATH:/usr/sbin nsd -d -c "$1/nsd.conf" >"$1/nsd.out" 2>&1 &
	NSD_PID=$!
	tries=0
	until grep -q 'nsd started' "$1/nsd.log" 2>/dev/null; do
		tries=$((tries + 1))
		if [ $tries -gt 100 ] || ! kill -0 $NSD_PID 2>/dev/null; then
			cat "$1/nsd.out" "$1/nsd.log" >&2
			echo 'nsd does not start' >&2
			return 1
		fi
		sleep 0.1
	done
}

nsd_stop() {
	[ -z "${NSD_PID:-}" ] || kill "$NSD_PID" 2>/dev/null || :
	[ -z "${NSD_PID:-}" ] || wait "$NSD_PID" 2>/dev/null || :
	NSD_PID=
}
