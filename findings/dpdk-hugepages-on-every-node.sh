#!/bin/sh
# dpdk-hugepages reserves on every NUMA node what it is asked for in all.
#
# dpdk-hugepages.py of DPDK 22.11 (Debian 12), `dpdk-hugepages.py -p 1G --reserve 2G` on a machine with two NUMA nodes. Its
# help calls `-p 1G --setup 2G` "a complete setup of with 2 Gigabyte of 1G huge pages".
#
# Expected: two pages, one on each node, as the kernel does it by vm.nr_hugepages, or hugeadm.
# Seen: two on each node, 4 GiB, and so on with more nodes, those without CPUs (CXL) among them. `--node N` keeps it to one.
#
# Needs apt's package lists (Debian 12), Python 3 and util-linux. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

apt-get -q download dpdk >apt.log 2>&1 || { cat apt.log; exit 2; }
case $(echo dpdk_*) in dpdk_22.11.*) ;; *) echo "the dpdk of these lists is another one"; exit 2 ;; esac
dpkg-deb --extract dpdk_*.deb .

for node in 0 1; do
	mkdir -p "nodes/node$node/hugepages/hugepages-1048576kB"
	echo 0 >"nodes/node$node/hugepages/hugepages-1048576kB/nr_hugepages"
done
# The directory stands for the kernel's in a mount namespace of its own, so that two nodes are there and nothing is changed.
unshare --map-root-user --mount sh -c '
	mount --bind nodes /sys/devices/system/node
	python3 usr/bin/dpdk-hugepages.py -p 1G --reserve 2G'
seen=$(cat nodes/node*/hugepages/hugepages-1048576kB/nr_hugepages)
echo "pages of 1 GiB on each node:" $seen
[ "$(echo $seen)" = '2 2' ]
