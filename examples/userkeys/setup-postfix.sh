#!/bin/sh
# setup-postfix.sh: what "userkeys setup postfix" runs: it looks at a Postfix
# and writes a script that makes it sign and verify, or, with --undo, one that
# takes that back.  SPDX-License-Identifier: MIT
#
# The script that is printed is the script that --apply runs.  Nothing that is
# done already is in it.  Our milter is known to Postfix by a parameter,
# $userkeys_milter; what else is changed is noted in ETC/setup-postfix.undo.
set -eu
PATH=$PATH:/usr/sbin:/sbin
socket=userkeys/milter.sock

usage() {
	cat <<'END'
usage: userkeys setup postfix --domain DOMAIN [--apply]
       userkeys setup postfix --undo [--apply]

Prints, as a shell script, what makes this host's Postfix sign and verify, or
what takes that back; with --apply it is done.  What is done already is left
out.

      --domain D           the domain of your mail addresses
      --apply              do it (as root)
      --undo               the way back; the keys are kept
      --config-dir DIR     Postfix's, if not /etc/postfix
      --etc DIR            ours; /etc/userkeys
      --lib DIR            of the database; /var/lib/userkeys
      --user USER          of the milter; userkeys
      --authserv-id NAME   in results; mail.DOMAIN
END
}

# fail STATUS TEXT...: a sentence of what is wrong and what to do.
fail() {
	status=$1
	shift
	printf 'userkeys: setup: %s\n' "$*" >&2
	exit "$status"
}

# ---- the command line --------------------------------------------------------

self=$1
shift
domain='' apply='' undo='' config=/etc/postfix etc=/etc/userkeys
lib=/var/lib/userkeys user=userkeys name='' server=''
while [ $# -gt 0 ]; do
	option=$1 value=''
	case $option in
	--*=*) value=${option#*=} option=${option%%=*} ;;
	--domain | --config-dir | --etc | --lib | --user | --authserv-id)
		[ $# -gt 1 ] ||
		    fail 64 "$option: expected a value; see userkeys setup --help"
		value=$2
		shift ;;
	esac
	shift
	case $option in
	--help | -h) usage; exit 0 ;;
	--apply) apply=yes ;;
	--undo) undo=yes ;;
	--domain) domain=$value ;;
	--config-dir) config=$value ;;
	--etc) etc=$value ;;
	--lib) lib=$value ;;
	--user) user=$value ;;
	--authserv-id) name=$value ;;
	-*) fail 64 "$option: no such option; see userkeys setup --help" ;;
	*) server=$server$option ;;
	esac
done
[ "$server" = postfix ] ||
    fail 64 'expected the name of a mail server: postfix is known'
for path in "$config" "$etc" "$lib"; do
	case $path in
	*[!A-Za-z0-9/._-]* | [!/]* | '')
		fail 64 "$path: expected an absolute path of letters, digits," \
		    'dots, hyphens and underscores' ;;
	esac
done
domain_like() {
	case $1 in
	'' | *[!A-Za-z0-9.-]* | .* | *. | *..* | -*) return 1 ;;
	*.*) ;;
	*) return 1 ;;
	esac
}
name=${name:-mail.$domain}
if [ -z "$undo" ]; then
	[ -n "$domain" ] ||
	    fail 64 '--domain is needed: the one behind the @ of your addresses'
	domain_like "$domain" ||
	    fail 65 "--domain $domain: expected a domain name in ASCII, the one" \
		'behind the @ of your addresses'
	domain_like "$name" ||
	    fail 65 "--authserv-id $name: expected a host name"
fi
case $user in
'' | *[!A-Za-z0-9_-]*) fail 65 "--user $user: expected the name of a user" ;;
esac

# ---- what is there -----------------------------------------------------------

# main NAME: a parameter as it is written; full NAME: with its variables
# replaced.
main() {
	postconf -c "$config" -h "$1" 2>/dev/null || :
}
full() {
	postconf -c "$config" -xh "$1" 2>/dev/null || :
}
queue=$(full queue_directory)
[ -n "$queue" ] || fail 65 'postconf does not run: install Postfix, or name' \
    'the folder of its settings with --config-dir'
case $queue in
*[!A-Za-z0-9/._-]*) fail 65 "queue_directory = $queue: expected a path of" \
    'letters, digits, dots, hyphens and underscores' ;;
esac
group=$(full mail_owner)
journal=$etc/setup-postfix.undo

# Every smtpd of master.cf, as NAME/TYPE.
services=$(postconf -c "$config" -M | awk '$8 == "smtpd" { print $1 "/" $2 }')
# own SERVICE NAME: the value of its -o, or nothing; has: whether there is one.
own() {
	postconf -c "$config" -P "$1/$2" 2>/dev/null |
	    sed 's/^[^=]*= *//'
}
has() {
	postconf -c "$config" -P "$1/$2" 2>/dev/null | grep -q =
}
# own_full SERVICE NAME: the same with variables replaced, or the value of
# main.cf where it has none.
own_full() {
	if has "$1" "$2"; then
		postconf -c "$config" -xP "$1/$2" | sed 's/^[^=]*= *//'
	else
		full "$2"
	fi
}
holds_ours() {
	case $1 in
	*"$socket"*) return 0 ;;
	*) return 1 ;;
	esac
}
# A service to which clients submit: by its port, or since it asks for a login.
is_submission() {
	case ${1%/*} in
	submission | submissions | smtps | 587 | 465) return 0 ;;
	*:submission | *:submissions | *:smtps | *:587 | *:465) return 0 ;;
	esac
	[ "$(own "$1" smtpd_sasl_auth_enable)" = yes ]
}
# A service that takes mail back from a content filter.
is_return() {
	! is_submission "$1" && has "$1" content_filter &&
	    [ -z "$(own "$1" content_filter)" ]
}
without_milters() {
	case " $(own_full "$1" receive_override_options | tr ',' ' ') " in
	*' no_milters '*) return 0 ;;
	*) return 1 ;;
	esac
}

# ---- the script --------------------------------------------------------------

plan='' whys=''
# quoted WORD...: as the shell reads them back.
quoted() {
	between=
	for word in "$@"; do
		printf %s "$between"
		case $word in
		*[!A-Za-z0-9@%+=:,./_-]* | '')
			printf "'%s'" "$(printf %s "$word" |
			    sed "s/'/'\\\\''/g")" ;;
		*) printf %s "$word" ;;
		esac
		between=' '
	done
}
add() {
	plan="$plan$1
"
}
# step WHY COMMAND...: one more; WHY is printed when it is done.
step() {
	whys="$whys  $1
"
	add "say $(quoted "$1")"
	shift
	[ $# = 0 ] || add "$(quoted "$@")"
}
warn() {
	printf 'setup: warning: %s\n' "$*" >&2
}

# change WHAT WHY NAME VALUE: a parameter of main.cf (WHAT is main) or of a
# service becomes VALUE; what it was is noted for --undo.
change() {
	case $1 in
	main) option=-e target=$3 was=$(main "$3")
	    postconf -c "$config" -n "$3" 2>/dev/null | grep -q = || was=- ;;
	*) option=-P target=$1/$3 was=$(own "$1" "$3")
	    has "$1" "$3" || was=- ;;
	esac
	step "$2"
	add "printf '%s\\t%s\\t%s\\t%s\\n' $(quoted "$1" "$3" "$4" "$was") >>$journal"
	add "$(quoted postconf -c "$config" $option "$target=$4")"
}

plan_milter() {
	getent passwd "$user" >/dev/null ||
	    step 'A user for the milter' useradd --system --home-dir \
		/nonexistent --shell /usr/sbin/nologin "$user"
	step 'The folder of our settings' install -d -m 755 "$etc"
	if [ -e "$lib/ukd.db" ]; then
		step 'The folder of the database' install -d -m 700 -o "$user" \
		    "$lib"
	else
		# Root's, and empty, until the files in it are the milter's:
		# nobody else can put a link there meanwhile.
		step 'The folder of the database, still empty' install -d \
		    -m 700 -o root "$lib"
		add "[ -z \"\$(ls -A $lib)\" ]"
		step 'The User Key Database and its key file' "$self" ukd init \
		    --db "$lib/ukd.db" --key-file "$etc/ukd.key"
		add "chown $user: $lib/ukd.db* $etc/ukd.key"
		add "chown $user: $lib"
	fi
	step "The socket's folder, for Postfix alone" install -d -m 710 \
	    -o "$user" -g "$group" "$queue/userkeys"
	[ -e "$etc/userkeys.conf" ] || plan_file "The milter's settings" \
	    "$etc/userkeys.conf" "# userkeys-milter: see userkeys.conf(5)
listen = unix:$queue/$socket
socket-group = $group
user = $user
database = $lib/ukd.db
key-file = $etc/ukd.key
authserv-id = $name"
}

# plan_file WHY PATH TEXT: a file that is not there yet; under its own name
# only when it is whole, and over no other.
plan_file() {
	step "$1"
	add "rm -f $2.new"
	add "(umask 022; cat >$2.new) <<'END'
$3
END
sync $2.new
ln $2.new $2
rm $2.new"
}

# Where results of others are to stay ours comes first; where others change
# what is signed, it comes last.
plan_postfix() {
	old=$(main smtpd_milters)
	[ "$(main userkeys_milter)" != '' ] || change main \
	    'Postfix knows the milter, and defers mail while it is down' \
	    userkeys_milter "{ unix:$socket, default_action=tempfail }"
	if ! holds_ours "$(full smtpd_milters)"; then
		change main 'Postfix asks the milter, before any other' \
		    smtpd_milters "\$userkeys_milter${old:+, $old}"
	else
		old=
	fi
	# shellcheck disable=SC2016 # Postfix' variables, not the shell's
	case $(main non_smtpd_milters) in
	*'$smtpd_milters'* | *'${smtpd_milters}'* | *'$(smtpd_milters)'*) ;;
	*)	local_old=$(main non_smtpd_milters)
		holds_ours "$(full non_smtpd_milters)" || change main \
		    "Postfix asks it for the host's own mail" non_smtpd_milters \
		    "\$userkeys_milter${local_old:+, $local_old}" ;;
	esac
	[ "$(full disable_mime_output_conversion)" = yes ] || change main \
	    'Nothing is rewritten after it was signed' \
	    disable_mime_output_conversion yes
	for service in $services; do
		plan_service "$service"
	done
}

plan_service() {
	own=$(own "$1" smtpd_milters | tr -s ' \t' ,)
	if is_submission "$1"; then
		plan_submission "$1"
	elif has "$1" smtpd_milters && ! holds_ours "$(own_full "$1" \
	    smtpd_milters)" && ! is_return "$1"; then
		warn "master.cf: $1 has smtpd_milters of its own: the milter" \
		    "does not see mail that comes there.  If it should, put" \
		    "\$userkeys_milter in front of them"
	fi
}

plan_submission() {
	if has "$1" smtpd_milters; then
		holds_ours "$(own_full "$1" smtpd_milters)" || change "$1" \
		    "Submission (${1%/*}) asks the milter, after all others" \
		    smtpd_milters "${own:+$own,}\$userkeys_milter"
	elif [ -n "$old" ]; then
		[ "$(main userkeys_submission_milters)" != '' ] || change main \
		    'At submission the milter comes after all others' \
		    userkeys_submission_milters "$old, \$userkeys_milter"
		change "$1" "Submission (${1%/*}) asks them in that order" \
		    smtpd_milters "\$userkeys_submission_milters"
	fi
	case $(own_full "$1" milter_macro_daemon_name) in
	ORIGINATING) ;;
	*)	has "$1" milter_macro_daemon_name && warn "master.cf: $1 has a" \
		    'milter_macro_daemon_name of its own: it becomes ORIGINATING'
		change "$1" "Submission (${1%/*}) is known by its name" \
		    milter_macro_daemon_name ORIGINATING ;;
	esac
	! without_milters "$1" || warn "master.cf: $1 has no_milters in" \
	    'receive_override_options: nothing is signed there.  Remove it'
}

# What changes mail where we do not see it.
warn_of_others() {
	for service in $services; do
		! is_return "$service" || without_milters "$service" ||
		    warn "master.cf: $service takes mail back from a content" \
			"filter: it would be judged a second time.  Add to it" \
			"-o receive_override_options=no_milters"
	done
	[ -z "$(full content_filter)" ] || warn 'main.cf: content_filter: what' \
	    'the filter changes after signing breaks the signature: see' \
	    'docs/POSTFIX.md, "Content filters"'
	for map in canonical_maps sender_canonical_maps masquerade_domains \
	    smtp_generic_maps; do
		[ -z "$(full $map)" ] || warn "main.cf: $map: where it rewrites" \
		    'senders it does so after signing, and the signature is for' \
		    'the address before: see docs/POSTFIX.md, "Rewriting"'
	done
}

# The unit knows the usual folders alone: a drop-in names the others.
plan_unit() {
	[ -d /run/systemd/system ] &&
	    systemctl cat userkeys-milter >/dev/null 2>&1 || return 1
	drop=/etc/systemd/system/userkeys-milter.service.d
	usual='/var/spool/postfix /var/lib/userkeys /etc/userkeys'
	if [ "$queue $lib $etc" != "$usual" ] && [ ! -e $drop/folders.conf ]
	then
		milter=${self%/*}/userkeys-milter
		step 'The folder of what the unit is told besides' \
		    install -d -m 755 $drop
		plan_file 'The folders that the service may write to' \
		    $drop/folders.conf "[Service]
ReadWritePaths=-$queue/userkeys -$lib
ExecStartPre=
ExecStartPre=$milter --check-config --config $etc/userkeys.conf
ExecStart=
ExecStart=$milter --foreground --syslog --config $etc/userkeys.conf"
		step 'systemd reads it' systemctl daemon-reload
	fi
	step 'The milter starts, now and at every boot' \
	    systemctl enable --now userkeys-milter
}

plan_reload() {
	! postfix -c "$config" status >/dev/null 2>&1 ||
	    step 'Postfix reads its settings' postfix -c "$config" reload
}

# ---- the way back ------------------------------------------------------------

# back WHAT NAME NEW OLD: a change of ours, taken back where it still stands.
back() {
	case $1 in
	main) now=$(main "$2") set=-e drop=-X target=$2 ;;
	*) now=$(own "$1" "$2") set=-P drop=-PX target=$1/$2 ;;
	esac
	if [ "$now" != "$3" ]; then
		# shellcheck disable=SC2016 # Postfix' variables, not the shell's
		case $now in
		*'$userkeys'*) warn "$target was changed since: take" \
		    "\$userkeys_milter out of it by hand" ;;
		esac
	elif [ "$4" = - ]; then
		step "$target is not set" postconf -c "$config" $drop "$target"
	else
		step "$target is what it was" postconf -c "$config" $set \
		    "$target=$4"
	fi
}

# Postfix first forgets the milter, then that ends: no mail waits for it.
plan_undo() {
	[ -s "$journal" ] || fail 65 "$journal: not there: nothing is noted" \
	    'that could be taken back'
	lines=$(awk '{ line[NR] = $0 }
	    END { for (i = NR; i > 0; i--) print line[i] }' "$journal")
	while IFS='	' read -r what parameter new was; do
		back "$what" "$parameter" "$new" "$was"
	done <<END
$lines
END
	plan_reload
	if [ -d /run/systemd/system ] &&
	    systemctl cat userkeys-milter >/dev/null 2>&1; then
		unit=yes
		step 'The milter ends, and does not start any more' \
		    systemctl disable --now userkeys-milter
		add 'rm -f /etc/systemd/system/userkeys-milter.service.d/folders.conf'
	fi
	step 'Nothing is noted any more' rm -f "$journal"
}

# ---- printed or done ---------------------------------------------------------

head="#!/bin/sh
set -e
step=
say() {
	step=\$1
	echo \"\$1\"
}
trap 'code=\$?; [ \$code = 0 ] || echo \"userkeys: setup: stopped at: \$step:\" \\
    \"put it right and set up again; what is done is left out then\" >&2
    exit \$code' EXIT
"

unit=
if [ -n "$undo" ]; then
	plan_undo
else
	# The milter first: if it cannot start, Postfix goes on without it.
	plan_milter
	! plan_unit || unit=yes
	plan_postfix
	warn_of_others
	plan_reload
fi
if [ -z "$apply" ]; then
	printf '%s%s' "$head" "$plan"
	echo 'To do all that: --apply.' >&2
else
	printf 'This will be done:\n%s' "$whys" >&2
	sh -c "$head$plan" || exit 65
	echo 'Done.' >&2
fi
[ -z "$undo" ] || {
	[ -n "$unit" ] || echo 'End the milter when Postfix has reloaded.' >&2
	echo "The keys are kept, in $lib/ukd.db and $etc/ukd.key." >&2
	exit 0
}
[ -n "$unit" ] || {
	milter=${self%/*}/userkeys-milter
	[ -x "$milter" ] || milter=userkeys-milter
	option=
	[ "$etc" = /etc/userkeys ] || option=" --config $etc/userkeys.conf"
	cat >&2 <<END
  No systemd unit of userkeys-milter is here: start the milter yourself, and at
  every boot; until it runs, Postfix defers all mail:
  $milter$option
END
}
option=
[ "$lib" = /var/lib/userkeys ] || option=" --db $lib/ukd.db"
cat >&2 <<END
  Then, for every mailbox,
  userkeys ukd add you@$domain --login you$option
  publish the record that it prints, and let it sign with
  userkeys ukd rotate you@$domain$option    (twice)
  The way back: userkeys setup postfix --undo
END
