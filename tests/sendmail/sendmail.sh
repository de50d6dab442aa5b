# sendmail.sh: two private Sendmails on loopback, for tests that source this:
# submission with SASL, and an MX that delivers into files.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# sendmail_make FOLDER LINES: writes both.  LINES are for sendmail.mc: a daemon
# each on ports smtp and submission, and the milter.  Sets SUBMIT_PORT (of the
# one called out) and MX_PORT (of in).  FOLDER/out/run and FOLDER/in/run are
# what Sendmail sees as /run.
# sendmail_start FOLDER; sendmail_msp FOLDER FROM TO; sendmail_stop.  ROOT is where unpack.sh put Sendmail.

# sendmail_mc FOLDER NAME HOST SMTP SUBMISSION LINES: what both have.
sendmail_mc() {
	cat <<EOF
divert(-1)
include(\`$ROOT/usr/share/sendmail/cf/m4/cf.m4')dnl
divert(0)dnl
OSTYPE(\`linux')dnl
define(\`QUEUE_DIR', \`$1/$2/queue')dnl
define(\`confPID_FILE', \`$1/$2/pid')dnl
define(\`STATUS_FILE', \`')dnl
define(\`HELP_FILE', \`')dnl
define(\`ALIAS_FILE', \`')dnl
define(\`confCW_FILE', \`')dnl
define(\`confCT_FILE', \`')dnl
define(\`confRUN_AS_USER', \`root')dnl
define(\`confDEF_USER_ID', \`0:0')dnl
define(\`confTRUSTED_USER', \`root')dnl
define(\`confDOMAIN_NAME', \`$3')dnl
define(\`confTO_IDENT', \`0')dnl
define(\`confQUEUE_LA', \`1000')dnl
define(\`confREFUSE_LA', \`1000')dnl
define(\`confMAX_MESSAGE_SIZE', \`40000000')dnl
define(\`confAUTH_MECHANISMS', \`PLAIN')dnl
TRUST_AUTH_MECH(\`PLAIN')dnl
FEATURE(\`accept_unresolvable_domains')dnl
EOF
	echo "$6" | sed "s|Port=smtp|Addr=127.0.0.1, Port=$4|
	    s|Port=submission|Addr=127.0.0.1, Port=$5|"
}

# sendmail_out FOLDER LINES: it sends all to the other one.
sendmail_out() {
	sendmail_mc "$1" out out.example.test "$(free_port)" "$SUBMIT_PORT" \
	    "$2"
	cat <<EOF
define(\`SMART_HOST', \`esmtp:[127.0.0.1]')dnl
define(\`ESMTP_MAILER_ARGS', \`TCP \$h $MX_PORT')dnl
MAILER(\`smtp')dnl
EOF
}

# sendmail_in FOLDER LINES: it gives each message to a program, "deliver".
sendmail_in() {
	sendmail_mc "$1" in mx.dest.test "$MX_PORT" "$(free_port)" "$2"
	cat <<EOF
define(\`LOCAL_MAILER_PATH', \`$1/in/deliver')dnl
define(\`LOCAL_MAILER_ARGS', \`deliver \$u')dnl
MODIFY_MAILER_FLAGS(\`LOCAL', \`-wA')dnl
MAILER(\`local')dnl
MAILER(\`smtp')dnl
LOCAL_CONFIG
Cwdest.test
EOF
}

sendmail_make() {
	SUBMIT_PORT=$(free_port)
	MX_PORT=$(free_port)
	mkdir -p "$1/mail" "$1/sasl"
	for name in out in; do
		mkdir -p "$1/$name/run"
		mkdir -m 700 "$1/$name/queue"
		"sendmail_$name" "$1" "$2" >"$1/$name/sendmail.mc"
		m4 -D_CF_DIR_="$ROOT/usr/share/sendmail/cf/" \
		    "$1/$name/sendmail.mc" >"$1/$name/sendmail.cf" || return 1
	done
	cat >"$1/in/deliver" <<EOF
#!/bin/sh
new=\$(mktemp $1/mail/.XXXXXXXX)
cat >"\$new"
mv "\$new" "$1/mail/\${new##*/.}"
EOF
	chmod 755 "$1/in/deliver"
	cat >"$1/sasl/Sendmail.conf" <<EOF
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: $1/sasl/sasldb2
mech_list: PLAIN
EOF
	for user in alice bob; do
		echo "pw-$user" | saslpasswd2 -p -c -f "$1/sasl/sasldb2" \
		    -u example.test $user || return 1
	done
	chmod 600 "$1/sasl/sasldb2"
}

# sendmail_run FOLDER NAME HOST: in namespaces of its own: of names, as Sendmail
# sleeps for a minute where the host's has no dot, and of mounts, for /run and
# for SASL, which has its settings in the system's folder.
sendmail_run() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare -u -m sh -c 'mount --bind "$1/sasl" /usr/lib/sasl2 &&
	    mount --bind "$1/$2/run" /run &&
	    hostname "$3" && exec "$4" -C "$1/$2/sendmail.cf" -L "sm-$2" \
	    -X "$1/$2/traffic" -bD -q2s' - "$@" \
	    "$ROOT/usr/libexec/sendmail/sendmail" >"$1/$2/log" 2>&1 &
	SENDMAILS="${SENDMAILS:-} $!"
	tries=0
	until [ -s "$1/$2/pid" ] || [ $tries = 100 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	[ -s "$1/$2/pid" ] || { cat "$1/$2/log" >&2; return 1; }
}

sendmail_start() {
	sendmail_run "$1" out out.example.test &&
	    sendmail_run "$1" in mx.dest.test
}

# sendmail_msp FOLDER FROM TO: a letter, on standard input, of a program on the
# MX's own host, by the mail submission program.
sendmail_msp() {
	mkdir -p "$1/in/clientmqueue"
	chmod 700 "$1/in/clientmqueue"
	chown nobody "$1/in/clientmqueue"
	cat >"$1/in/submit.mc" <<EOF
divert(-1)
include(\`$ROOT/usr/share/sendmail/cf/m4/cf.m4')dnl
divert(0)dnl
OSTYPE(\`linux')dnl
define(\`MSP_QUEUE_DIR', \`$1/in/clientmqueue')dnl
define(\`confPID_FILE', \`$1/in/msp.pid')dnl
define(\`STATUS_FILE', \`')dnl
define(\`confDOMAIN_NAME', \`mx.dest.test')dnl
define(\`confDONT_INIT_GROUPS', \`True')dnl
define(\`confRUN_AS_USER', \`nobody')dnl
define(\`confTRUSTED_USER', \`root')dnl
define(\`RELAY_MAILER_ARGS', \`TCP \$h $MX_PORT')dnl
FEATURE(\`msp', \`[127.0.0.1]')dnl
EOF
	m4 -D_CF_DIR_="$ROOT/usr/share/sendmail/cf/" "$1/in/submit.mc" \
	    >"$1/in/submit.cf" || return 1
	# shellcheck disable=SC2016 # for the inner shell
	unshare -u sh -c 'hostname mx.dest.test && exec "$4" -Ac \
	    -C "$1/in/submit.cf" -f "$2" "$3"' - "$@" \
	    "$ROOT/usr/libexec/sendmail/sendmail"
}

sendmail_stop() {
	for pid in ${SENDMAILS:-}; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	SENDMAILS=
}
