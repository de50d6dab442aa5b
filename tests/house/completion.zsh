# completion.zsh FOLDER HALF...: what zsh makes of each HALF of a command line,
# a line each; FOLDER holds _userkeys.  SPDX-License-Identifier: MIT
zmodload zsh/zpty
zpty -b shell 'zsh -f'
shown=$1/shown
: >$shown
say() { zpty -w shell "$1" }
# lines N: waits until that many are shown; a minute at the most.
lines() {
	local tries=0 line
	while (( $(wc -l <$shown) < $1 && tries++ < 600 )); do
		while zpty -r -t shell line; do :; done
		sleep 0.1
	done
}
say "PS1= fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D"
say "bindkey '^I' complete-word; setopt no_beep"
say "show() { print -r -- \"<\$BUFFER>\" >>$shown; BUFFER= }"
say "zle -N show; bindkey '^X' show; zle-line-init() { echo >>$shown }"
say 'zle -N zle-line-init'
lines 1
count=1
shift
for half in "$@"; do
	zpty -n -w shell "$half"$'\t\x18'
	lines $(( ++count ))
done
zpty -d shell
cat $shown
