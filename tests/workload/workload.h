/* What the parts of the workload share. README.md has what the exit codes mean. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <stddef.h>

enum { MAPPED, FAILED, WRONG_USAGE, NOT_MAPPED, NOT_TOUCHED };

struct request {
	size_t bytes, page;
	int flags, hold, later;
	const char *file, *cgroup, *cpu;
};

/* Reads the command line, or ends with what is wrong with it. */
struct request parse_request(int argc, char **argv);

/* Prints where the pages of a mapping are, as one line. */
void report(const void *memory, size_t bytes);

/* Ends with what failed and the reason in errno, as one line. */
void fail(const char *what, int code);

#endif
