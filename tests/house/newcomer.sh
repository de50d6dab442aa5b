#!/bin/sh
# newcomer.sh: what a stranger does with a bare Debian and these pages: README,
# docs/POSTFIX.md, docs/DATABASE.md.  Its output is the transcript.
# SPDX-License-Identifier: MIT
#
# Lines that begin with "#" are commands as a page prints them, looked up there:
# one that no page prints is a failure.  Those that begin with "%" are no matter of
# ours: the host as it was found, its name server, letters, and what a page
# leaves to the reader (text between <> and the like).
#
# Needs root, debootstrap, unshare, and Debian's mirror as apt-get of this host
# uses it.  All is done in a new root in $TMPDIR; from the second part on it has a
# network of its own, without any way out.  BARE=FOLDER: a root that debootstrap
# made before; a copy of it is used.
# shellcheck disable=SC2015,SC2016 # commands are shown as they are typed
set -u

skip() {
	echo "skip: $*"
	echo '0 passed, 0 failed'
	exit 0
}

# ---- outside: a bare Debian ------------------------------------------------------

suite=bookworm
outside() {
	[ "$(id -u)" = 0 ] || skip 'needs root'
	unshare -mnp --fork true 2>/dev/null || skip 'needs namespaces'
	command -v debootstrap >/dev/null || [ -n "${BARE:-}" ] ||
	    skip 'needs debootstrap (apt-get install debootstrap)'
	mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' \
	    2>/dev/null | awk -v s=$suite '$2 == s { print $1; exit }')
	[ -n "$mirror" ] || skip "apt-get of this host has no Debian $suite"
	root=$(mktemp -d)
	trap 'rm -rf --one-file-system "$root"' EXIT
	trap 'exit 1' INT TERM HUP
	chmod 755 "$root"
	if [ -n "${BARE:-}" ]; then
		cp -a "$BARE/." "$root"
	else
		debootstrap --variant=minbase $suite "$root" "$mirror" \
		    >"$root.log" 2>&1 || {
			tail -n 5 "$root.log"
			rm -f "$root.log"
			skip 'debootstrap got nothing from the mirror'
		}
		rm -f "$root.log"
	fi
	furnish
	unshare -mp --fork --kill-child sh "$0" inside "$root" host 2>&1 &&
	unshare -mnp --fork --kill-child sh "$0" inside "$root" world 2>&1
}

# What apt-get needs, the source, and this script.
furnish() {
	rm -f "$root/etc/apt/sources.list"
	cp -a /etc/apt/sources.list* /etc/apt/apt.conf.d "$root/etc/apt"
	echo 'APT::Get::Assume-Yes "true";' \
	    >"$root/etc/apt/apt.conf.d/zz-newcomer"
	cat /etc/resolv.conf >"$root/etc/resolv.conf"
	cat /etc/hosts >"$root/etc/hosts"
	mkdir -p "$root/srv/userkeys"
	git ls-files -z | tar --null -T - -cf - | tar -C "$root/srv/userkeys" \
	    -xf -
	# Servers start when they are told to.
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
}

# ---- in the new root ---------------------------------------------------------------

inside() {
	mount --make-rprivate / && mount --bind "$1" "$1" &&
	    mount -t proc proc "$1/proc" || exit 1
	exec chroot "$1" env -i HOME=/root LOGNAME=root SHELL=/bin/sh \
	    DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
	    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	    sh /srv/userkeys/tests/house/newcomer.sh "$2"
}

passed=0 failed=0 out=/tmp/newcomer.out
is() { # WANTED FOUND WHAT
	if [ "$1" = "$2" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $3: wanted \"$1\", found \"$2\""
	fi
}
says() { # PATTERN WHAT: the last command did.
	if grep -q -e "$1" $out; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $2: nothing says \"$1\""
	fi
}
title() {
	printf '\n== %s\n\n' "$*"
}
# shown COMMAND: what it said, at most so much of it.
shown() {
	case $1 in
	apt-get* | make*) tail -n 1 $out | sed 's/^/    ...  /' ;;
	*) awk 'NR <= 6 { print "    " substr($0, 1, 160) }
	    END { if (NR > 6) print "    ... " NR - 6 " lines more" }' $out ;;
	esac
}
# ends STATUS COMMAND: with that status; waits where it says "try again later".
ends() {
	tries=0
	while :; do
		(cd /srv/userkeys && sh -c "$2") </dev/null >$out 2>&1
		status=$?
		[ $status != "$1" ] && [ $status = 75 ] && [ $tries -lt 60 ] ||
		    break
		tries=$((tries + 1))
		sleep 1
	done
	shown "$2"
	is "$1" "$status" "$2"
}
host() { # COMMAND: no matter of our pages
	printf '%% %s\n' "$1"
	ends 0 "$1"
}
# printed: the lines within ``` of the pages.
printed() {
	for page in README.md docs/POSTFIX.md docs/DATABASE.md; do
		awk '/^ *```/ { on = !on; next } on { sub(/^  /, ""); print }' "/srv/userkeys/$page"
	done
}
# doc COMMAND [STATUS]: as it is printed.
doc() {
	printf '# %s\n' "$1"
	printed | sed 's/^[0-9* ]*  root  //' | grep -qxF -e "$1" ||
	    (cd /srv/userkeys && cat README.md docs/POSTFIX.md \
		docs/DATABASE.md | grep -qF -e "\`$1\`")
	is 0 $? "a page prints: $1"
	ends "${2:-0}" "$1"
}

# ---- the host as it is found ---------------------------------------------------------

found() {
	title 'The host as it is found: Postfix, Dovecot, a name server; alice and bob'
	host 'apt-get -qq update'
	host 'apt-get -qq install --no-install-recommends postfix dovecot-core bind9 bind9-dnsutils cron rsyslog iproute2 procps swaks faketime >/dev/null'
	title 'What the page needs'
	doc 'apt-get install gcc libc6-dev make libmbedtls-dev libsqlite3-dev'
	[ $failed = 0 ]
}

# Submission on port 587 with SASL by Dovecot, as Postfix' SASL_README has it.
servers() {
	ip link set lo up
	echo 'nameserver 127.0.0.1' >/etc/resolv.conf
	printf '%s\n' '127.0.0.1 localhost mail' >/etc/hosts
	for user in alice bob; do
		useradd -m $user
		echo "$user:pw-$user" | chpasswd
	done
	postconf -e myhostname=mail.example.org \
	    'mydestination=example.org localhost' inet_protocols=ipv4 \
	    smtpd_sasl_type=dovecot smtpd_sasl_path=private/auth \
	    smtpd_peername_lookup=no mynetworks=127.0.0.2/32
	newaliases
	postconf -M 'submission/inet=submission inet n - y - - smtpd'
	postconf -P submission/inet/smtpd_sasl_auth_enable=yes \
	    submission/inet/smtpd_client_restrictions=permit_sasl_authenticated,reject
	cat >/etc/dovecot/conf.d/99-postfix.conf <<'END'
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
END
	rsyslogd 2>/dev/null
	service dovecot start >/dev/null
	service postfix start >/dev/null
	for zone in example.org example.net example.com; do
		printf '%s\n' "\$ORIGIN $zone." "\$TTL 1" \
		    '@ SOA ns.example.org. hostmaster 1 3600 600 86400 1' \
		    '@ NS ns.example.org.' >/var/lib/bind/$zone
		printf 'zone "%s" { type master; file "/var/lib/bind/%s";\n allow-update { key ddns; }; };\n' \
		    $zone $zone
	done >/etc/bind/named.conf.local
	echo 'ns A 127.0.0.1' >>/var/lib/bind/example.org
	echo 'include "/etc/ddns.key";' >>/etc/bind/named.conf.local
	(umask 077; tsig-keygen ddns >/etc/ddns.key)
	chgrp bind /etc/ddns.key /var/lib/bind
	chmod 640 /etc/ddns.key
	chmod 775 /var/lib/bind
	printf 'options { directory "/var/cache/bind"; recursion no;\n listen-on { 127.0.0.1; }; dnssec-validation no; };\n' \
	    >/etc/bind/named.conf.options
	named -u bind
}

# ---- letters -----------------------------------------------------------------------

# letter LOGIN FROM SUBJECT [CODE]: by submission, to bob.
letter() {
	host "swaks --silent 2 --server 127.0.0.1:587 --auth PLAIN --auth-user $1 --auth-password pw-$1 --from $2 --to bob@example.org --header 'Subject: $3'"
	waits "$3"
}
waits() { # SUBJECT: in bob's mailbox
	tries=0
	until grep -qx "Subject: $1" /var/mail/bob 2>/dev/null ||
	    [ $tries -gt 300 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	grep -qx "Subject: $1" /var/mail/bob
	is 0 $? "bob gets $1"
}
# of SUBJECT: the letter, from bob's mailbox.
of() {
	awk -v s="Subject: $1" '/^From / { if (hit) exit; h = ""; next }
	    { h = h $0 "\n" } $0 == s { hit = 1 }
	    END { if (hit) printf "%s", h }' /var/mail/bob
}
signs() { # SUBJECT PATTERN WHAT
	of "$1" | sed '/^$/q' | tr -d '\n\t ' | grep -q -e "$2"
	is 0 $? "$3"
}

# ---- cron ----------------------------------------------------------------------------

# The three lines, as cron runs them, DAYS from now: the clock of the command is
# set forward, that of the name server (whose updates are timed) is not.
crontab_of() {
	printed | sed -n '/^PATH=/p; /^[0-9]* 4\|^[0-9]* 5 \* \* \*/p'
}
cron() { # DAYS
	title "cron, $1 days later"
	mv /usr/local/bin/userkeys /usr/local/bin/userkeys.now
	cat >/usr/local/bin/userkeys <<END
#!/bin/sh
exec faketime -f '+$1d' /usr/local/bin/userkeys.now "\$@"
END
	chmod 755 /usr/local/bin/userkeys
	path=$(sed -n 's/^PATH=//p' /etc/cron.d/userkeys)
	sed -n 's/^[0-9].* root *//p' /etc/cron.d/userkeys >/tmp/cron
	while read -r line; do
		printf '# %s\n' "$line"
		# What cron gives, where the file says nothing else.
		env -i HOME=/root LOGNAME=root SHELL=/bin/sh \
		    PATH="${path:-/usr/bin:/bin}" sh -c "$line" \
		    </dev/null >$out 2>&1
		is 0 $? "$line"
		shown "$line"
	done </tmp/cron
	mv /usr/local/bin/userkeys.now /usr/local/bin/userkeys
}
# keys STATE: how many the database has.
keys() {
	userkeys ukd list | grep -cw "$1"
}

# ---- what the newcomer does ------------------------------------------------------------

world() {
	servers
	letter alice alice@example.org before
	postconf -n >/tmp/before
	postconf -P >>/tmp/before
	title 'Built and installed'
	doc 'make install'
	title 'Postfix signs and verifies; nobody has an entry yet'
	doc 'userkeys setup postfix --domain example.org'
	doc 'userkeys setup postfix --domain example.org --apply'
	doc 'userkeys-milter'
	letter alice alice@example.org first-alice
	letter bob bob@example.org first-bob
	title 'Alice gets a key; bob has no entry'
	doc 'userkeys ukd add alice@example.org --login alice'
	letter alice alice@example.org unpublished
	letter bob bob@example.org second-bob
	doc 'userkeys ukd records --all --format nsupdate | nsupdate -k /etc/ddns.key'
	doc 'userkeys ukd rotate alice@example.org'
	doc 'userkeys ukd rotate alice@example.org'
	letter alice alice@example.org signed
	signs signed 's=alice.userkeys' "alice's key signs"
	letter bob bob@example.org third-bob
	fifty
	mistakes
	rotations
	ending
	raised
	undone
}

fifty() {
	title 'Fifty mailboxes in three domains, from a list'
	{
		for n in $(seq 1 15); do echo "user$n@example.org,user$n,reject"; done
		for n in $(seq 1 17); do echo "user$n@example.net,user$n,reject"; done
		for n in $(seq 1 17); do echo "user$n@example.com,user$n,none"; done
		echo 'bob@example.org,bob,reject'
	} >/srv/userkeys/staff.csv
	host 'wc -l staff.csv'
	doc 'userkeys ukd add --from staff.csv --format nsupdate | nsupdate -k /etc/ddns.key'
	doc 'userkeys ukd check --all'
	doc 'userkeys ukd rotate --all'
	is 51 "$(keys active)" 'all sign'
	letter bob bob@example.org bob-signed
	signs bob-signed 's=bob.userkeys' "bob's key signs"
}

# wrong STATUS COMMAND: what a stranger does wrong, and what he is told.
wrong() {
	printf '%% %s\n' "$2"
	ends "$1" "$2"
}
mistakes() {
	title 'Mistakes'
	wrong 65 'userkeys setup postfix --domain example'
	wrong 65 'userkeys setup postfix --domain alice@example.org'
	wrong 64 'userkeys ukd add'
	wrong 65 'userkeys ukd add alice@example.org --login alice'
	wrong 64 'userkeys ukd add carol@exämple.org --login carol'
	wrong 64 'userkeys ukd add carol --login carol'
	printf '%s\n' 'carol@example.org,carol,rejct' 'dave@example,dave' \
	    'alice@example.org,alice,none' 'erin@example.org;erin;none' \
	    'frank@example.org,,none' >/srv/userkeys/typos.csv
	wrong 65 'userkeys ukd add --from typos.csv'
	printf '%s\n' 'alice@example.org,alice,none' >/srv/userkeys/twice.csv
	wrong 65 'userkeys ukd add --from twice.csv'
	wrong 65 'userkeys ukd add --from nowhere.csv'
	wrong 65 'userkeys ukd rotate nobody@example.org'
	wrong 65 'userkeys ukd rotate @example.or'
	wrong 65 'userkeys ukd check @example.or'
	wrong 0 'userkeys ukd add carol@example.org --login carl'
	wrong 1 'userkeys ukd rotate carol@example.org'
	wrong 1 'userkeys ukd check carol@example.org'
	wrong 0 'userkeys ukd add carol@example.test --login carol --format nsupdate'
	wrong 1 'userkeys ukd records carol@example.test --format nsupdate | nsupdate -k /etc/ddns.key'
	wrong 75 'userkeys ukd rotate carol@example.test'
	wrong 75 'userkeys ukd check carol@example.test'
	wrong 23 "swaks --silent 2 --server 127.0.0.1:587 --auth PLAIN --auth-user bob --auth-password pw-bob --from carol@example.org --to bob@example.org"
	wrong 0 'grep userkeys-milter /var/log/mail.log | tail -n 1'
	wrong 0 'userkeys why carol@example.org'
	wrong 0 'userkeys ukd remove carol@example.org'
	wrong 0 'userkeys ukd remove carol@example.test'
	wrong 65 'su alice -s /bin/sh -c "userkeys ukd list"'
	wrong 65 'userkeys setup postfix --undo --etc /etc/elsewhere'
}

rotations() {
	crontab_of >/etc/cron.d/userkeys
	for day in 1 181 182 363 364; do
		cron $day
	done
	letter bob bob@example.org bob-rotated
	signs bob-rotated 's=[0-9a-z]*.bob.userkeys' 'a later key of his signs'
	letter alice alice@example.org alice-rotated
	signs alice-rotated 's=[0-9a-z]*.alice.userkeys' 'and of hers'
}

# update: the line of the page that feeds the name server.
update() {
	doc 'userkeys ukd records --all --format nsupdate | nsupdate -k /etc/ddns.key'
}

ending() {
	title 'Alice leaves'
	doc 'userkeys ukd set alice@example.org --advice reject'
	doc 'userkeys ukd retire alice@example.org'
	update
	letter alice alice@example.org alice-retired
	is 0 "$(of alice-retired | grep -c '^DKIM-Signature')" 'not signed'
	cron 373
	cron 560
	is 1 "$(userkeys ukd list alice@example.org | grep -c 'no active key')" \
	    'cron does not revive her'
	host 'userkeys ukd list alice@example.org'
}

# outer CODE FROM FILE: a letter from elsewhere, to port 25.
outer() {
	printf '%% swaks --server 127.0.0.1:25 --from %s --to bob@example.org ...\n' \
	    "$2"
	swaks --server 127.0.0.1:25 --from "$2" --to bob@example.org \
	    ${3:+--data @$3} </dev/null 2>&1 |
	    sed -n '/^ -> \.$/{ n; s/^<[-*~]* *//p; }' >$out
	shown outer
	says "^$1 " "the reply $1 to $2"
}
# three: signed, not signed, and not signed where the advice is none.
three() {
	outer 250 bob@example.org /tmp/signed
	outer "$1" user1@example.net
	outer 250 user1@example.com
}
raised() {
	title 'Advice is followed, after a look at the log'
	of bob-rotated | sed -n '/^DKIM-Signature/,$p' >/tmp/signed
	three 250
	doc 'userkeys report'
	says 'example.net' 'whose mail would be refused'
	doc "echo 'advice = quarantine' >>/etc/userkeys/userkeys.conf"
	doc 'pkill -HUP -o userkeys-milter'
	sleep 2
	three 250
	host "sed -i 's/^advice = .*/advice = reject/' /etc/userkeys/userkeys.conf"
	doc 'pkill -HUP -o userkeys-milter'
	sleep 2
	three 550
}

undone() {
	title 'Everything undone'
	doc 'userkeys ukd list | grep -v ^@ | cut -f 1 | while read -r a; do userkeys ukd set "$a" --advice none; done'
	update
	doc 'userkeys setup postfix --undo'
	doc 'userkeys setup postfix --undo --apply'
	doc 'pkill -o userkeys-milter'
	letter alice alice@example.org last-alice
	letter bob bob@example.org last-bob
	postconf -n >/tmp/after
	postconf -P >>/tmp/after
	is '' "$(diff /tmp/before /tmp/after)" 'Postfix is as it was'
	doc 'userkeys ukd list | grep -v ^@ | cut -f 1 | while read -r a; do userkeys ukd remove "$a" --format nsupdate; done | nsupdate -k /etc/ddns.key'
	host 'for z in org net com; do dig +noall +answer @127.0.0.1 AXFR example.$z; done'
	is 0 "$(grep -c userkeys $out)" 'nothing is left in the DNS'
	doc 'rm -r /etc/userkeys /var/lib/userkeys /var/spool/postfix/userkeys; userdel userkeys'
	doc 'rm /etc/cron.d/userkeys'
	doc 'make uninstall'
	find / -xdev -name '*userkeys*' ! -path '/srv/*' ! -path '/tmp/*' \
	    ! -path '/proc/*' >$out
	shown find
	is 0 "$(wc -l <$out)" 'no file is left'
}

case ${1:-outside} in
outside)
	outside
	exit ;;
inside)	inside "$2" "$3" ;;
host)	found
	exit ;;
world)	world ;;
esac
printf '\n%d passed, %d failed\n' $passed $failed
[ $failed = 0 ]
