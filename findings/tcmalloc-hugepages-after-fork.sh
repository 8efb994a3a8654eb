#!/bin/sh
# With tcmalloc on hugepages a process that was forked writes into its parent's memory.
#
# gperftools 2.10 (Debian 12's libtcmalloc-minimal4 2.10-1), told by TCMALLOC_MEMFS_MALLOC_PATH to take memory from files,
# which is its one way to hugepages. A program allocates 4 MiB, writes "parent", forks, and the child writes "child".
#
# Expected: the parent still reads "parent", as after any fork: memory of malloc is private.
# Seen: "child". The file is mapped MAP_SHARED unless TCMALLOC_MEMFS_MAP_PRIVATE is set. Programs that fork and then do
# anything but exec, as servers with a process for each connection, change each other's data. A tmpfs stands here for the
# hugetlbfs, whose file is the same to it.
#
# Needs a C compiler and apt's package lists (Debian 12). Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

apt-get -q download libtcmalloc-minimal4=2.10-1 >apt.log 2>&1 || { cat apt.log; exit 2; }
dpkg-deb --extract libtcmalloc-minimal4_*.deb .
library=$(find "$PWD" -name libtcmalloc_minimal.so.4)

cat >main.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
	char *text = malloc(4 << 20);
	strcpy(text, "parent");
	if (fork() == 0) {
		strcpy(text, "child");
		_exit(0);
	}
	wait(NULL);
	puts(text);
}
C
cc -o main main.c

run() { env LD_PRELOAD="$library" "$@" ./main; }
plain=$(run)
shared=$(run TCMALLOC_MEMFS_MALLOC_PATH=/dev/shm/)
private=$(run TCMALLOC_MEMFS_MALLOC_PATH=/dev/shm/ TCMALLOC_MEMFS_MAP_PRIVATE=1)
echo "the parent reads: $plain; from files: $shared; from files, private: $private"
[ "$plain $shared $private" = 'parent child parent' ]
