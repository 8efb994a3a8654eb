#!/bin/sh
# With malloc on hugepages, what is asked for in pieces of 128 KiB to 2 MiB is in ordinary memory.
#
# glibc 2.36 (Debian 12's libc6), GLIBC_TUNABLES=glibc.malloc.hugetlb=2. A program asks malloc for 6 MiB, in pieces of
# 64 KiB, of 1 MiB, and of 3 MiB; strace shows what malloc asks of the kernel.
#
# Expected: hugepages (MAP_HUGETLB) each time, as the manual's "Memory Allocation Tunables" has it: with a value of 2 malloc
# uses mmap with that flag.
# Seen: not for pieces of 1 MiB. From mmap_threshold on (128 KiB) each is a mapping of its own, and below a hugepage's size
# that is one of small pages; in the heap it would be in hugepages, as it is with
# glibc.malloc.hugetlb=2:glibc.malloc.mmap_threshold=2097152.
#
# Needs a C compiler, strace, apt's package lists (Debian 12) and a kernel with hugepages; there may be none of them. Exits
# with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

apt-get -q download libc6 >apt.log 2>&1 || { cat apt.log; exit 2; }
case $(echo libc6_*) in libc6_2.36-*) ;; *) echo "the libc6 of these lists is another one"; exit 2 ;; esac
dpkg-deb --extract libc6_*.deb .
libraries=$(dirname "$(find "$PWD" -name libc.so.6)")

cat >main.c <<'C'
#include <stdlib.h>
#include <unistd.h>

int main(int count, char **arguments) {
	size_t size = (size_t)atol(arguments[1]) << 10;
	free(malloc(1));
	write(1, "here\n", 5);
	for (size_t got = 0; got < 6 << 20; got += size)
		if (malloc(size) == NULL) return 1;
}
C
cc -o main main.c

# Whether malloc asks for hugepages when it is asked for pieces of so many KiB.
huge() {
	strace -o trace -E "GLIBC_TUNABLES=$2" "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" ./main "$1" >/dev/null
	if sed '1,/here/d' trace | grep -q MAP_HUGETLB; then echo yes; else echo no; fi
}
on=glibc.malloc.hugetlb=2
seen="$(huge 64 $on) $(huge 1024 $on) $(huge 3072 $on) $(huge 1024 $on:glibc.malloc.mmap_threshold=2097152)"
echo "hugepages in pieces of 64 KiB, 1 MiB, 3 MiB, and 1 MiB with a higher threshold: $seen"
[ "$seen" = 'yes no yes yes' ]
