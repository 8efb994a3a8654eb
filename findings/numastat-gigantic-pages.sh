#!/bin/sh
# numastat -p tells a process's page of 1 GiB as 2 MB.
#
# numactl 2.0.16 (Debian 12's 2.0.16-1), `numastat -p PID`. The process has one page of 1 GiB, by its numa_maps, whose line
# is that of Linux 6.12; the kernel's default hugepages are of 2 MiB.
#
# Expected: 1024 in the row Huge ("per-node process memory usage (in MBs)").
# Seen: 2. Pages of every size are counted as such of the default one; what the line itself says (kernelpagesize_kB) is
# read from 2.0.17 on.
#
# Needs apt's package lists (Debian 12), util-linux and hugepages of 2 MiB as the kernel's default; there may be none of
# them. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"; kill "$process" 2>/dev/null || true' EXIT
cd "$directory"

apt-get -q download numactl=2.0.16-1 >apt.log 2>&1 || { cat apt.log; exit 2; }
dpkg-deb --extract numactl_*.deb .
grep -q 'Hugepagesize: *2048 kB' /proc/meminfo || { echo "the default hugepages are of another size"; exit 2; }

sleep 60 &
process=$!
echo '7fe100000000 default file=/anon_hugepage\040(deleted) huge anon=1 dirty=1 N0=1 kernelpagesize_kB=1048576' >numa_maps
# The file stands for the kernel's in a mount namespace of its own, so that no such page is needed.
seen=$(unshare --map-root-user --mount sh -c '
	mount --bind numa_maps /proc/$1/numa_maps
	usr/bin/numastat -p "$1"' sh "$process")
echo "$seen"
[ "$(echo "$seen" | awk '$1 == "Huge" { print $NF }')" = 2.00 ]
