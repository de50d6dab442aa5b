# userkeys(1) for bash.  SPDX-License-Identifier: MIT
#
# The words are read from the program's own help, so they are those of the
# version that is installed.

# Commands and options that the help of COMMAND... names.
_userkeys_words() {
	local help
	help=$(userkeys "$@" --help 2>/dev/null) || return
	if [ $# = 0 ]; then
		sed -n 's/^  userkeys \([a-z]*\)  .*/\1/p' <<<"$help"
		return
	fi
	[ "$1" != ukd ] || sed -n 's/^  \([a-z]*\)  *[A-Z\[].*/\1/p
	    s/^  \([a-z]*\)   .*/\1/p' <<<"$help"
	[ "$1" != setup ] || echo postfix
	grep -oE -e '--[a-z][a-z-]*' <<<"$help"
}

_userkeys() {
	local word=${COMP_WORDS[COMP_CWORD]} words=
	if [ "$COMP_CWORD" = 1 ]; then
		words=$(_userkeys_words)
	elif [ "${word:0:1}" = - ] || [ "$COMP_CWORD" = 2 ]; then
		words=$(_userkeys_words "${COMP_WORDS[1]}" | sort -u)
	fi
	# shellcheck disable=SC2207 # words without blanks
	COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _userkeys userkeys
