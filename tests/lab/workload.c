/*
 * What a container of the lab runs: joins a cgroup, maps and touches memory, and says where its pages are.
 *
 *   workload CGROUP-DIRECTORY CPU|any BYTES base|2m|1g [noreserve]
 *
 * Prints the line of /proc/self/numa_maps for its memory, once more for every line that it reads, and ends with
 * its input. A failed mmap is "mmap ENOMEM" and exit 2; a page that cannot be had ends it by SIGBUS, and a node
 * without free memory by SIGKILL.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE_2M (21 << MAP_HUGE_SHIFT)
#define PAGE_1G (30 << MAP_HUGE_SHIFT)

static void fail(const char *what)
{
	printf("%s %s\n", what, strerrorname_np(errno));
	exit(2);
}

/* The kernel takes a whole value in one write and answers when the stream is closed. */
static void write_file(const char *path, const char *value)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(value, file) < 0 || fclose(file))
		fail(path);
}

static void print_numa_map(const void *memory)
{
	char line[4096];
	FILE *file = fopen("/proc/self/numa_maps", "r");

	if (!file)
		fail("numa_maps");
	while (fgets(line, sizeof(line), file))
		if (strtoul(line, NULL, 16) == (unsigned long)memory)
			fputs(line, stdout);
	fclose(file);
	fflush(stdout);
}

/* Joining a cgroup gives a process the CPUs of its cpuset again (kernels before 6.2), so this comes after it. */
static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("sched_setaffinity");
}

int main(int argc, char **argv)
{
	char procs[4096], line[16];
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	size_t bytes, step = 4096;
	char *memory;

	if (argc < 5) {
		fputs("usage: workload CGROUP-DIRECTORY CPU|any BYTES base|2m|1g [noreserve]\n", stderr);
		return 1;
	}
	bytes = strtoul(argv[3], NULL, 10);
	if (!strcmp(argv[4], "2m")) {
		flags |= MAP_HUGETLB | PAGE_2M;
		step = 1UL << 21;
	} else if (!strcmp(argv[4], "1g")) {
		flags |= MAP_HUGETLB | PAGE_1G;
		step = 1UL << 30;
	}
	if (argc > 5)
		flags |= MAP_NORESERVE;

	/* When memory runs out it must be this process that dies. */
	write_file("/proc/self/oom_score_adj", "1000");
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", argv[1]);
	write_file(procs, "0");
	if (strcmp(argv[2], "any"))
		run_on(atoi(argv[2]));

	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (memory == MAP_FAILED)
		fail("mmap");
	/* Other memory must not be joined to it, neither by a neighbouring mapping nor by larger pages. */
	if (step == 4096 && madvise(memory, bytes, MADV_NOHUGEPAGE))
		fail("madvise");
	for (size_t offset = 0; offset < bytes; offset += step)
		memory[offset] = 1;

	do
		print_numa_map(memory);
	while (fgets(line, sizeof(line), stdin));
	return 0;
}
