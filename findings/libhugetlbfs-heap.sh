#!/bin/sh
# hugectl --heap starts the program without hugepages for its heap, and without a word.
#
# libhugetlbfs 2.23 (Debian 12's 2.23-5) with glibc 2.36: `hugectl --heap PROGRAM`, which sets HUGETLB_MORECORE=yes and
# preloads the library.
#
# Expected: malloc on hugepages, as hugectl(8) and libhugetlbfs(7) have it, or a warning, as others of its requests that
# cannot be met give one.
# Seen: no word, and the heap is ordinary memory. Asked for all that it can tell (--verbose 3) it says "Not setting up
# morecore because it's not available": glibc took __morecore away in 2.34. What is left to malloc is
# GLIBC_TUNABLES=glibc.malloc.hugetlb=2, since 2.35, which newer sources of hugectl set themselves
# (https://github.com/libhugetlbfs/libhugetlbfs/pull/116).
#
# Needs apt's package lists (Debian 12). Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

apt-get -q download libhugetlbfs0=2.23-5 libhugetlbfs-bin=2.23-5 >apt.log 2>&1 || { cat apt.log; exit 2; }
for package in *.deb; do dpkg-deb --extract "$package" .; done
libraries=$(dirname "$(find "$PWD" -name libhugetlbfs.so.0)")
# hugectl preloads it by this name, which is in the package for developers.
ln -s libhugetlbfs.so.0 "$libraries/libhugetlbfs.so"

hugectl() { usr/bin/hugectl --library-path "$libraries" "$@" 2>&1; }
words=$(hugectl --heap true)
heap=$(hugectl --heap grep -A1 '\[heap\]' /proc/self/maps | head -n1)
reason=$(hugectl --verbose 3 --heap true | grep morecore)
echo "by default it says '$words', and the heap is: $heap"
echo "$reason"
[ -z "$words" ]
case $heap in *'[heap]') ;; *) exit 1 ;; esac
case $reason in *"Not setting up morecore because it's not available"*) ;; *) exit 1 ;; esac
