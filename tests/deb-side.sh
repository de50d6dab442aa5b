# deb-side.sh: another Debian suite, to be sourced: sets $work, a temporary
# folder, and gives side, an apt-get with a set-up of its own in there.
# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# The machine's own apt is not touched, and need not name that suite or any
# sources.  suite must be set.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
: >"$work/status"
# The archive that apt-get uses, from its lists or, without any, its settings.
# shellcheck disable=SC2016 # apt's own variable
where=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
    'Origin: Debian' 2>/dev/null | grep -v security | sort -u | head -n 1)
[ -n "$where" ] || where=$(cat /etc/apt/sources.list.d/debian.sources \
    /etc/apt/sources.list 2>/dev/null | grep -v security |
    sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb .*\(http[^ ]*\) .*/\1/p' |
    head -n 1)
[ -n "$where" ] || {
	echo "deb-side: no Debian archive among apt's sources" >&2
	exit 1
}
# shellcheck disable=SC2154 # suite is the caller's
printf '%s\n' "deb $where $suite main" "deb-src $where $suite main" \
    >"$work/sources.list"

side() {
	apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" \
	    -o Dir::Etc::sourceparts=/dev/null \
	    -o Dir::Etc::preferencesparts=/dev/null \
	    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
	    -o Dir::State::status="$work/status" -o Acquire::Retries=3 \
	    -o APT::Sandbox::User=root "$@" </dev/null
}
side update >&2
