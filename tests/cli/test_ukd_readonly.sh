#!/bin/sh
# test_ukd_readonly.sh: a database that cannot be written, and why.
# SPDX-License-Identifier: MIT
#
# On a file system that is read-only: the three files; the database alone, in
# a folder whose name means something in a URI; journals that are not whole.
# Where it is not: a folder in which the user may make no journals.
set -u
case ${1:-} in
'')
	for how in -m -rm; do
		unshare $how true 2>/dev/null &&
		    exec unshare $how --propagation private sh "$0" inside $how
	done
	echo 'skip: no mounts of our own here'
	exit 0 ;;
esac
. tests/support/cli.sh

folder="$work/a b?c#d%41"
mkdir "$work/rw" "$folder" || exit 1
run 0 ukd init --db "$work/rw/ukd.db" --key-file "$work/rw/ukd.key"
run 0 ukd add alice@example.org --bits 1024 --db "$work/rw/ukd.db"
db=$folder/ukd.db

# mounted FILE...: of the database, read-only, in the folder.
mounted() {
	umount "$folder" 2>/dev/null
	rm -f "$folder"/*
	for file; do
		cp -p "$work/rw/$file" "$folder/$file" || exit 1
	done
	mount --bind "$folder" "$folder" &&
	    mount -o remount,ro,bind "$folder" || exit 1
}

reads() {
	run 0 ukd list --db "$db"
	out_has alice@example.org
	run 0 ukd show alice@example.org --db "$db"
	run 0 ukd records --db "$db"
	run 0 ukd export --sealed --out - --db "$db" --key-file \
	    "$work/rw/ukd.key"
	run 65 ukd add bob@example.org --bits 1024 --db "$db" --key-file \
	    "$work/rw/ukd.key"
	err_has 'its file system is read-only: make the change where'
}

start 'all three files'
mounted ukd.db ukd.db-wal ukd.db-shm
reads
start 'the database alone'
mounted ukd.db
reads
start 'an empty journal'
mounted ukd.db ukd.db-wal
reads

# A change that is in the journal alone.
start 'a journal without its -shm'
python3 - "$work" <<'END'
import shutil, sqlite3, sys
db = sqlite3.connect(sys.argv[1] + "/rw/ukd.db", isolation_level=None)
db.execute("PRAGMA wal_autocheckpoint = 0")
db.execute("UPDATE addresses SET advice = 2")
shutil.copytree(sys.argv[1] + "/rw", sys.argv[1] + "/live")
END
mv "$work/rw" "$work/old" && mv "$work/live" "$work/rw" || exit 1
mounted ukd.db ukd.db-wal
run 65 ukd list --db "$db"
err_has 'copy the database with its -wal and -shm, all three'
mounted ukd.db ukd.db-wal ukd.db-shm
run 0 ukd list --db "$db"
out_has 'advice reject'
umount "$folder"

start 'a folder that is closed'
if [ "$2" = -m ]; then
	rm -f "$folder"/*
	cp "$work/old/ukd.db" "$folder" && cp "$userkeys" "$work/command" &&
	    chown 65534 "$folder/ukd.db" && chmod 755 "$work" "$folder" ||
	    exit 1
	userkeys="setpriv --reuid 65534 --clear-groups $work/command"
	$userkeys ukd list --db "$db" >"$work/out" 2>"$work/err"
	is 65 $? 'status of list'
	err_has 'this user may make no files in its folder'
fi
finish
