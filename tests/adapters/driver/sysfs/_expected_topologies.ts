/**
 * What the driver must make of each sample tree, in the form of `describeTopology`: the machine; each node with
 * its pools as total/free/surplus pages; what could not be read.
 */
export const expectedTopologies: Readonly<Record<string, readonly string[]>> = {
  "arm64-16k": [
    "page 16k; hugepages 2m 32m 1g; 16575889408 bytes; offline none",
    "node 0; cpus 0-7; 16575889408 bytes; distances 0=10; 2m 0/0/0; 32m 40/40/0; 1g 1/0/0",
  ],
  "arm64-4k": [
    "page 4k; hugepages 64k 2m 32m 1g; 16575889408 bytes; offline none",
    "node 0; cpus 0-7; 16575889408 bytes; distances 0=10; 64k 1600/1500/0; 2m 64/64/0; 32m 4/4/0; 1g 1/1/0",
  ],
  "arm64-64k": [
    "page 64k; hugepages 2m 512m 16g; 274475253760 bytes; offline none",
    "node 0; cpus 0-63; 137170518016 bytes; distances 0=10 1=20; 2m 0/0/0; 512m 16/16/0; 16g 1/1/0",
    "node 1; cpus 64-127; 137304735744 bytes; distances 0=20 1=10; 2m 512/512/0; 512m 0/0/0; 16g 0/0/0",
  ],
  "asymmetric-distances": [
    "page 4k; hugepages 2m; 16642998272 bytes; offline none",
    "node 0; cpus 0; 4160749568 bytes; distances 0=10 1=12 2=20 3=22; 2m 0/0/0",
    "node 1; cpus 1; 4160749568 bytes; distances 0=14 1=10 2=24 3=20; 2m 0/0/0",
    "node 2; cpus 2; 4160749568 bytes; distances 0=28 1=21 2=10 3=13; 2m 0/0/0",
    "node 3; cpus 3; 4160749568 bytes; distances 0=22 1=30 2=15 3=10; 2m 0/0/0",
  ],
  "cpu-less": [
    "page 4k; hugepages 2m 1g; 51054841856 bytes; offline none",
    "node 0; cpus 0-7; 16695103488 bytes; distances 0=10 1=24; 2m 128/128/0; 1g 0/0/0",
    "node 1; cpus none; 34359738368 bytes; distances 0=24 1=10; 2m 0/0/0; 1g 8/8/0",
  ],
  "high-bandwidth": [
    "page 4k; hugepages 2m 1g; 34359738368 bytes; offline none",
    "node 0; cpus 0-7; 17179869184 bytes; distances 0=10 1=13; 2m 128/128/0; 1g 0/0/0",
    "node 1; cpus none; 17179869184 bytes; distances 0=13 1=10; 2m 0/0/0; 1g 0/0/0; hbm",
  ],
  "malformed-distance": [
    "page 4k; hugepages 2m; 12482248704 bytes; offline none",
    "node 0; cpus 0; 4160749568 bytes; distances none; 2m 8/8/0",
    "node 1; cpus 1; 4160749568 bytes; distances none; 2m 8/8/0",
    "node 2; cpus 2; 4160749568 bytes; distances 0=21 1=20 2=10; 2m 8/8/0",
    'unknown detail of node 0; sys/devices/system/node/node0/distance; expected a distance, found "x"',
    'unknown detail of node 1; sys/devices/system/node/node1/distance; expected 3 distances, found "20 10"',
  ],
  "memory-less": [
    "page 4k; hugepages 2m 1g; 16909963264 bytes; offline none",
    "node 0; cpus 0-3; 0 bytes; distances 0=10 1=20 2=20",
    "node 1; cpus 4-7; 16909963264 bytes; distances 0=20 1=10 2=20; 2m 64/64/0; 1g 0/0/0",
    "node 2; cpus 8-11; 0 bytes; distances 0=20 1=20 2=10; 2m 0/0/0; 1g 0/0/0",
  ],
  "memory-tiers": [
    "page 4k; hugepages 2m 1g; 67749945344 bytes; offline none",
    "node 0; cpus 0-7; 16695103488 bytes; distances 0=10 1=21 2=31; 2m 128/128/0; 1g 0/0/0; tier 0; socket 0; " +
    "131072 and 122880 MiB/s; 82 and 85 ns",
    "node 1; cpus 8-15; 16695103488 bytes; distances 0=21 1=10 2=24; 2m 128/128/0; 1g 0/0/0; tier 0; socket 1; " +
    "131072 and 122880 MiB/s; 82 and 85 ns",
    "node 2; cpus none; 34359738368 bytes; distances 0=31 1=24 2=10; 2m 0/0/0; 1g 8/8/0; tier 1; initiators 1; " +
    "26624 and 19456 MiB/s; 240 and undefined ns",
  ],
  "no-hugepages": [
    "page 4k; hugepages none; 4194304000 bytes; offline none",
    "node 0; cpus 0-1; 2080374784 bytes; distances 0=10 1=20",
    "node 1; cpus 2-3; 2113929216 bytes; distances 0=20 1=10",
  ],
  "no-numa": [
    "page 4k; hugepages 2m 1g; 4143943680 bytes; offline none",
    "node 0; cpus 0-3; 4143943680 bytes; distances 0=10; 2m 300/280/20; 1g 0/0/0",
  ],
  "offline": [
    "page 4k; hugepages 2m; 16779583488 bytes; offline 1,3",
    "node 0; cpus 0-3; 8323866624 bytes; distances 0=10 2=21; 2m 16/16/0",
    "node 2; cpus 4-7; 8455716864 bytes; distances 0=21 2=10; 2m 32/32/0",
  ],
  "ppc64le": [
    "page 64k; hugepages 16m 16g; 137036300288 bytes; offline none",
    "node 0; cpus 0-63; 68585259008 bytes; distances 0=10 8=40; 16m 256/256/0; 16g 0/0/0",
    "node 8; cpus 64-127; 68451041280 bytes; distances 0=40 8=10; 16m 128/100/0; 16g 1/1/0",
  ],
  "s390x": [
    "page 4k; hugepages 1m 2g; 16883122176 bytes; offline none",
    "node 0; cpus 0-7; 16883122176 bytes; distances 0=10; 1m 2048/2040/0; 2g 1/1/0",
  ],
  "single": [
    "page 4k; hugepages 2m 1g; 8323866624 bytes; offline none",
    "node 0; cpus 0-3; 8323866624 bytes; distances 0=10; 2m 256/256/0; 1g 0/0/0",
  ],
  "sparse-ids": [
    "page 4k; hugepages 2m; 21485322240 bytes; offline none",
    "node 0; cpus 0-3; 4294967296 bytes; distances 0=10 1=20 2=20 33=40 72=40; 2m 100/90/0",
    "node 1; cpus 4-7; 4296015872 bytes; distances 0=20 1=10 2=20 33=40 72=40; 2m 101/91/0",
    "node 2; cpus 8-11; 4297064448 bytes; distances 0=20 1=20 2=10 33=40 72=40; 2m 102/92/0",
    "node 33; cpus 12-15; 4298113024 bytes; distances 0=40 1=40 2=40 33=10 72=30; 2m 133/123/0",
    "node 72; cpus 16-19; 4299161600 bytes; distances 0=40 1=40 2=40 33=30 72=10; 2m 172/162/0",
  ],
  "surplus": [
    "page 4k; hugepages 2m 1g; 8323866624 bytes; offline none",
    "node 0; cpus 0-3; 8323866624 bytes; distances 0=10; 2m 24/14/4; 1g 1/0/1",
  ],
  "twelve-nodes": [
    "page 4k; hugepages 2m 1g; 25770074112 bytes; offline none",
    "node 0; cpus 0-1; 2147483648 bytes; distances 0=10 1=16 2=16 3=16 4=32 5=32 6=32 7=32 8=32 9=32 10=32 11=32; 2m 0/0/0; 1g 0/0/0",
    "node 1; cpus 2-3; 2147487744 bytes; distances 0=16 1=10 2=16 3=16 4=32 5=32 6=32 7=32 8=32 9=32 10=32 11=32; 2m 1/1/0; 1g 0/0/0",
    "node 2; cpus 4-5; 2147491840 bytes; distances 0=16 1=16 2=10 3=16 4=32 5=32 6=32 7=32 8=32 9=32 10=32 11=32; 2m 2/2/0; 1g 0/0/0",
    "node 3; cpus 6-7; 2147495936 bytes; distances 0=16 1=16 2=16 3=10 4=32 5=32 6=32 7=32 8=32 9=32 10=32 11=32; 2m 3/3/0; 1g 0/0/0",
    "node 4; cpus 8-9; 2147500032 bytes; distances 0=32 1=32 2=32 3=32 4=10 5=16 6=16 7=16 8=32 9=32 10=32 11=32; 2m 4/4/0; 1g 0/0/0",
    "node 5; cpus 10-11; 2147504128 bytes; distances 0=32 1=32 2=32 3=32 4=16 5=10 6=16 7=16 8=32 9=32 10=32 11=32; 2m 5/5/0; 1g 0/0/0",
    "node 6; cpus 12-13; 2147508224 bytes; distances 0=32 1=32 2=32 3=32 4=16 5=16 6=10 7=16 8=32 9=32 10=32 11=32; 2m 6/6/0; 1g 0/0/0",
    "node 7; cpus 14-15; 2147512320 bytes; distances 0=32 1=32 2=32 3=32 4=16 5=16 6=16 7=10 8=32 9=32 10=32 11=32; 2m 7/7/0; 1g 0/0/0",
    "node 8; cpus 16-17; 2147516416 bytes; distances 0=32 1=32 2=32 3=32 4=32 5=32 6=32 7=32 8=10 9=16 10=16 11=16; 2m 8/8/0; 1g 0/0/0",
    "node 9; cpus 18-19; 2147520512 bytes; distances 0=32 1=32 2=32 3=32 4=32 5=32 6=32 7=32 8=16 9=10 10=16 11=16; 2m 9/9/0; 1g 0/0/0",
    "node 10; cpus 20-21; 2147524608 bytes; distances 0=32 1=32 2=32 3=32 4=32 5=32 6=32 7=32 8=16 9=16 10=10 11=16; 2m 10/10/0; 1g 0/0/0",
    "node 11; cpus 22-23; 2147528704 bytes; distances 0=32 1=32 2=32 3=32 4=32 5=32 6=32 7=32 8=16 9=16 10=16 11=10; 2m 11/11/0; 1g 0/0/0",
  ],
  "two-numa": [
    "page 4k; hugepages 2m 1g; 33605066752 bytes; offline none",
    "node 0; cpus 0-3,8-11; 16695103488 bytes; distances 0=10 1=21; 2m 1024/1024/0; 1g 2/2/0",
    "node 1; cpus 4-7,12-15; 16909963264 bytes; distances 0=21 1=10; 2m 512/500/0; 1g 4/3/0",
  ],
  "unreadable": [
    "page 4k; hugepages 2m 1g; 21139292160 bytes; offline none",
    "node 0; cpus 0-1; 4227858432 bytes; distances 0=10 1=20 2=20 3=20 4=20; 1g 1/1/0",
    "node 1; cpus 2-3; undefined bytes; distances 0=20 1=10 2=20 3=20 4=20; 2m 32/32/0; 1g 1/1/0",
    "node 2; cpus 4-5; 4227858432 bytes; distances 0=20 1=20 2=10 3=20 4=20",
    "node 3; cpus none; 4227858432 bytes; distances 0=20 1=20 2=20 3=10 4=20; 2m 32/32/0",
    "node 4; cpus 8-9; undefined bytes; distances 0=20 1=20 2=20 3=20 4=10; 1g 1/1/0",
    'unknown detail; sys/devices/system/node/possible; expected a list such as 0-3,8, found "0-4,x"',
    'unknown detail; sys/kernel/mm/hugepages/hugepages-3kB; expected hugepages-<size>kB, found "hugepages-3kB"',
    "unknown hugepages-2m of node 0; sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages; too many levels of symbolic links",
    "unknown memory of node 0; sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages; too many levels of symbolic links",
    "unknown memory of node 1; sys/devices/system/node/node1/meminfo; is a directory",
    "unknown hugepages-2m of node 2; sys/devices/system/node/node2/hugepages; not a directory",
    "unknown hugepages-1g of node 2; sys/devices/system/node/node2/hugepages; not a directory",
    "unknown memory of node 2; sys/devices/system/node/node2/hugepages; not a directory",
    'unknown detail of node 3; sys/devices/system/node/node3/cpulist; expected a list such as 0-3,8, found "abc"',
    'unknown hugepages-1g of node 3; sys/devices/system/node/node3/hugepages/hugepages-1048576kB/free_hugepages; expected a number, found "abc"',
    'unknown memory of node 3; sys/devices/system/node/node3/hugepages/hugepages-1048576kB/free_hugepages; expected a number, found "abc"',
    'unknown memory of node 4; sys/devices/system/node/node4/meminfo; has no line "Node 4 MemTotal: <number> kB"',
    "unknown hugepages-2m of node 4; sys/devices/system/node/node4/hugepages/hugepages-2048kB/surplus_hugepages; not found",
    "unknown memory of node 4; sys/devices/system/node/node4/hugepages/hugepages-2048kB/surplus_hugepages; not found",
  ],
};
