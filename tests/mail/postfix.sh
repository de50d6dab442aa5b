# postfix.sh: two private Postfix instances on loopback, for tests that source
# this: submission with SASL, and an MX that delivers to Maildirs.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# postfix_make FOLDER SUBMIT_MILTER MX_MILTER: writes both; sets SUBMIT_PORT and
# MX_PORT.  postfix_listen FOLDER MILTER: one more port of the MX, with another
# milter; sets PORT.  postfix_start, postfix_stop FOLDER.  Logins are alice, bob
# and carol, each with the password pw-NAME.

postfix_common() {
	mkdir -p "$1/$2/etc/sasl" "$1/$2/spool" "$1/$2/data" "$1/$2/log"
	chown root:root "$1/$2/spool" "$1/$2/etc"
	chown postfix "$1/$2/data"
	cat >"$1/$2/etc/main.cf" <<EOF
compatibility_level = 3.6
config_directory = $1/$2/etc
queue_directory = $1/$2/spool
data_directory = $1/$2/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = $3
mydomain = example.test
myorigin = \$myhostname
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
maillog_file = $1/$2/log/maillog
maillog_file_prefixes = $1
smtpd_peername_lookup = no
smtp_host_lookup = native
smtp_dns_support_level = disabled
alias_maps =
alias_database =
biff = no
append_dot_mydomain = no
default_database_type = texthash
in_flow_delay = 0
smtpd_client_connection_count_limit = 0
message_size_limit = 41943040
mailbox_size_limit = 0
virtual_mailbox_limit = 0
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
milter_default_action = tempfail
disable_mime_output_conversion = yes
transport_maps = texthash:$1/$2/etc/transport
EOF
	: >"$1/$2/etc/transport"
	{
		cat <<'EOF'
pickup    unix  n - n 1 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 1 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
local     unix  - n n - - local
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
EOF
	} >"$1/$2/etc/master.cf"
}

postfix_make() {
	SUBMIT_PORT=$(free_port)
	MX_PORT=$(free_port)
	chmod 711 "$1"
	postfix_common "$1" out out.example.test
	cat >>"$1/out/etc/main.cf" <<EOF
relayhost = [127.0.0.1]:$MX_PORT
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = $1/out/etc/sasl
smtpd_sasl_local_domain = example.test
smtpd_sasl_security_options = noanonymous
smtpd_milters = $2
non_smtpd_milters = $2
EOF
	cat >"$1/out/etc/sasl/smtpd.conf" <<EOF
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: $1/out/etc/sasldb2
mech_list: PLAIN
EOF
	cat >>"$1/out/etc/master.cf" <<EOF
127.0.0.1:$SUBMIT_PORT inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_security_level=none
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o milter_macro_daemon_name=ORIGINATING
EOF
	postfix_common "$1" in mx.dest.test
	cat >>"$1/in/etc/main.cf" <<EOF
virtual_mailbox_domains = dest.test
virtual_mailbox_base = $1/in/mail
virtual_mailbox_maps = texthash:$1/in/etc/vmbox
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
smtpd_relay_restrictions = reject_unauth_destination
smtpd_milters = $3
EOF
	printf '@dest.test all/\n' >"$1/in/etc/vmbox"
	mkdir -p "$1/in/mail"
	chown nobody "$1/in/mail"
	echo "127.0.0.1:$MX_PORT inet n - n - - smtpd" \
	    >>"$1/in/etc/master.cf"
	for user in alice bob carol; do
		echo "pw-$user" | saslpasswd2 -p -c -f "$1/out/etc/sasldb2" \
		    -u example.test $user
	done
	chgrp postfix "$1/out/etc/sasldb2"
	chmod 640 "$1/out/etc/sasldb2"
}

postfix_listen() {
	PORT=$(free_port)
	printf '%s\n' "127.0.0.1:$PORT inet n - n - - smtpd" \
	    "  -o smtpd_milters=$2" >>"$1/in/etc/master.cf"
}

# Waits until somebody at PORT says 220.
postfix_greets() {
	python3 - "$1" <<'EOF'
import socket, sys, time
for _ in range(600):
    try:
        with socket.create_connection(("127.0.0.1", int(sys.argv[1])),
                                      60) as s:
            if s.recv(100).startswith(b"220"):
                sys.exit(0)
    except OSError:
        pass
    time.sleep(0.1)
sys.exit(1)
EOF
}

postfix_start() {
	for name in out in; do
		postfix -c "$1/$name/etc" start >>"$1/postfix.log" 2>&1 ||
		    { cat "$1/postfix.log" "$1/$name/log/maillog" >&2
		    return 1; }
	done
	postfix_greets "$SUBMIT_PORT" && postfix_greets "$MX_PORT"
}

postfix_stop() {
	for name in out in; do
		postfix -c "$1/$name/etc" stop >/dev/null 2>&1 || :
	done
}
