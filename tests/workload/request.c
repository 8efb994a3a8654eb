/* The command line of the workload. */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "workload.h"

#define PAGE_2M (21 << MAP_HUGE_SHIFT)
#define PAGE_1G (30 << MAP_HUGE_SHIFT)

static void wrong_usage(const char *why)
{
	fprintf(stderr,
		"Cannot run: %s\n"
		"usage: workload --bytes SIZE[Ki|Mi|Gi] [--hugepages 2m|1g] [--no-reserve] [--hold] [--touch-later]\n"
		"                [--file PATH] [--cgroup DIRECTORY] [--cpu NUMBER]\n", why);
	exit(WRONG_USAGE);
}

static size_t parse_size(const char *text)
{
	static const char *const units[] = { "", "Ki", "Mi", "Gi" };
	char *unit;
	unsigned long long number = strtoull(text, &unit, 10);

	if (*text >= '1' && *text <= '9' && number <= 1ULL << 40)
		for (int index = 0; index < 4; index++)
			if (!strcmp(unit, units[index]))
				return number << (10 * index);
	wrong_usage("--bytes wants a number of bytes, of Ki, Mi or Gi, as in 64Mi");
	return 0;
}

struct request parse_request(int argc, char **argv)
{
	static const struct option options[] = {
		{ "bytes", required_argument, NULL, 'b' }, { "hugepages", required_argument, NULL, 'h' },
		{ "no-reserve", no_argument, NULL, 'n' },  { "hold", no_argument, NULL, 'w' },
		{ "touch-later", no_argument, NULL, 'l' },
		{ "file", required_argument, NULL, 'f' },
		{ "cgroup", required_argument, NULL, 'g' }, { "cpu", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	struct request request = { .page = sysconf(_SC_PAGESIZE), .flags = MAP_PRIVATE | MAP_ANONYMOUS };
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'b') {
			request.bytes = parse_size(optarg);
		} else if (option == 'h' && !strcmp(optarg, "2m")) {
			request.page = 1UL << 21;
			request.flags |= MAP_HUGETLB | PAGE_2M;
		} else if (option == 'h' && !strcmp(optarg, "1g")) {
			request.page = 1UL << 30;
			request.flags |= MAP_HUGETLB | PAGE_1G;
		} else if (option == 'n') {
			request.flags |= MAP_NORESERVE;
		} else if (option == 'w') {
			request.hold = 1;
		} else if (option == 'l') {
			request.hold = request.later = 1;
		} else if (option == 'f') {
			request.file = optarg;
		} else if (option == 'g') {
			request.cgroup = optarg;
		} else if (option == 'c') {
			request.cpu = optarg;
		} else {
			wrong_usage(option == 'h' ? "--hugepages are 2m or 1g" : "an option is unknown or lacks its value");
		}
	}
	if (optind < argc)
		wrong_usage("there is an argument that belongs to no option");
	if (!request.bytes)
		wrong_usage("--bytes is missing");
	return request;
}
