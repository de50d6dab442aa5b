#compdef userkeys
# userkeys(1) for zsh.  SPDX-License-Identifier: MIT
#
# The words are read from the program's own help, so they are those of the
# version that is installed.
emulate -L zsh -o extended_glob
local -a help words_found
if (( CURRENT == 2 )); then
	help=("${(@f)$(userkeys --help 2>/dev/null)}")
	words_found=(${(M)help:#  userkeys [a-z]##  *})
	words_found=(${words_found/(#b)  userkeys ([a-z]##) ##(*)/$match[1]:$match[2]})
	_describe 'command' words_found
else
	help=("${(@f)$(userkeys $words[2] --help 2>/dev/null)}")
	if [[ $words[2] == ukd ]] && (( CURRENT == 3 )); then
		words_found=(${(M)help:#  [a-z]##  *})
		words_found=(${words_found/(#b)  ([a-z]##) ##(*)/$match[1]:$match[2]})
		_describe 'command' words_found
	elif [[ $words[2] == setup ]] && (( CURRENT == 3 )); then
		compadd postfix && return
	fi
	if [[ $PREFIX == -* ]]; then
		words_found=(${(fu)"$(print -l -- $help |
		    grep -oE -e '--[a-z][a-z-]*')"})
		compadd -a words_found
	else
		_files
	fi
fi
