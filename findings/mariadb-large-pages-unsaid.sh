#!/bin/sh
# MariaDB does not say that InnoDB's buffer pool has no large pages.
#
# MariaDB 10.11 (Debian 12's mariadb-server-core), started with --large-pages where there are no free hugepages. strace
# shows which mappings of hugepages the kernel refuses.
#
# Expected: a warning for each, as there is one for the page cache of Aria ("Couldn't allocate 130023424 bytes (Large/HugeTLB
# memory page size 2097152)").
# Seen: that one alone. The buffer pool's 128 MiB are refused as well, are ordinary memory then, and no message is of it. The
# key buffer and Aria come before it, so that in a container they have the hugepages that it was given for the pool.
#
# Needs strace, apt's package lists (Debian 12), and hugepages of 2 MiB as the kernel's default, none of them free. Exits with
# 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

grep -q 'HugePages_Free: *0$' /proc/meminfo || { echo "there are free hugepages"; exit 2; }
apt-get -q download mariadb-server-core mariadb-common libaio1 liburing2 >apt.log 2>&1 || { cat apt.log; exit 2; }
case $(echo mariadb-server-core_*) in *10.11.*) ;; *) echo "the MariaDB of these lists is another one"; exit 2 ;; esac
for package in *.deb; do dpkg-deb --extract "$package" .; done

mkdir data
libraries=$(dirname "$(find "$PWD" -name 'liburing.so.2')")
LD_LIBRARY_PATH=$libraries strace -f -e trace=mmap -o trace timeout 20 usr/sbin/mariadbd --no-defaults --large-pages \
	--innodb-buffer-pool-size=128M --user="$(id -un)" --datadir="$PWD/data" --skip-grant-tables --skip-networking \
	--socket="$PWD/socket" --pid-file="$PWD/pid" --lc-messages-dir="$PWD/usr/share/mysql" >log 2>&1 || true
grep -q '^Version: ' log || { cat log; exit 2; }
refused=$(grep -c 'MAP_HUGETLB.*ENOMEM' trace)
said=$(grep -c "Couldn't allocate" log)
grep 'MAP_HUGETLB' trace
grep "Couldn't allocate" log
echo "hugepages refused: $refused times, told: $said times"
grep -q 'mmap([^,]*, 134217728, .*MAP_HUGETLB.*ENOMEM' trace
[ "$said" = 1 ]
