/*
 * What the containers of the tests run: maps memory, touches it, and says where its pages are. README.md beside
 * this file has the options, what is printed and what the exit codes mean.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "workload.h"

/* The kernel takes a whole value in one write and answers when the stream is closed. */
static void write_file(const char *path, const char *value)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(value, file) < 0 || fclose(file))
		fail(path, FAILED);
}

static void join_cgroup(const char *directory)
{
	char procs[4096];

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", directory);
	write_file(procs, "0");
}

/* Joining a cgroup gives a process the CPUs of its cpuset again (kernels before 6.2), so this comes after it. */
static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("sched_setaffinity", FAILED);
}

/* A file of a hugetlbfs has the pages of its mount, whatever the flags say. */
static char *map_file(const struct request *request)
{
	int file = open(request->file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char *memory;

	if (file < 0)
		fail("open", FAILED);
	if (ftruncate(file, request->bytes))
		fail("ftruncate", FAILED);
	memory = mmap(NULL, request->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (memory == MAP_FAILED)
		fail("mmap", NOT_MAPPED);
	close(file);
	return memory;
}

static char *map(const struct request *request)
{
	char *memory = mmap(NULL, request->bytes, PROT_READ | PROT_WRITE, request->flags, -1, 0);

	if (memory == MAP_FAILED)
		fail("mmap", NOT_MAPPED);
	/*
	 * Other memory must not be joined to it, neither by a neighboring mapping nor by larger pages. A kernel
	 * without transparent hugepages does not know the advice.
	 */
	if (!(request->flags & MAP_HUGETLB) && madvise(memory, request->bytes, MADV_NOHUGEPAGE) && errno != EINVAL)
		fail("madvise", FAILED);
	return memory;
}

static sigjmp_buf no_page;

static void on_sigbus(int signal)
{
	(void)signal;
	siglongjmp(no_page, 1);
}

/* The kernel answers with SIGBUS where a cgroup's hugetlb limit or the pool has no page for a mapping. */
static void touch(volatile char *memory, const struct request *request)
{
	static volatile size_t offset;

	signal(SIGBUS, on_sigbus);
	if (sigsetjmp(no_page, 1)) {
		printf("{\"failed\":\"touch\",\"reason\":\"SIGBUS\",\"touchedBytes\":%zu}\n", offset);
		exit(NOT_TOUCHED);
	}
	for (offset = 0; offset < request->bytes; offset += request->page)
		memory[offset] = 1;
	signal(SIGBUS, SIG_DFL);
}

int main(int argc, char **argv)
{
	struct request request = parse_request(argc, argv);
	sigset_t signals;
	char *memory;
	int received = SIGUSR1;

	/* The first process of a container gets no signal that it does not ask for. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGUSR1);
	if (request.hold)
		sigprocmask(SIG_BLOCK, &signals, NULL);

	/* When memory runs out it must be this process that dies. */
	write_file("/proc/self/oom_score_adj", "1000");
	if (request.cgroup)
		join_cgroup(request.cgroup);
	if (request.cpu)
		run_on(atoi(request.cpu));
	memory = request.file ? map_file(&request) : map(&request);
	if (!request.later)
		touch(memory, &request);
	report(memory, request.bytes);
	while (request.hold && !sigwait(&signals, &received) && received == SIGUSR1) {
		if (request.later)
			touch(memory, &request);
		report(memory, request.bytes);
	}
	return MAPPED;
}
