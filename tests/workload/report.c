/* What the workload prints: one line of JSON each time. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workload.h"

extern char **environ;

static void print_escaped(const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		if ((unsigned char)*text >= ' ')
			putchar(*text);
		else
			printf("\\u%04x", *text);
	}
}

void fail(const char *what, int code)
{
	const char *reason = strerrorname_np(errno);

	printf("{\"failed\":\"");
	print_escaped(what);
	printf("\",\"reason\":\"%s\"}\n", reason);
	exit(code);
}

/* The mapping's line of numa_maps (Documentation/filesystems/proc.rst). */
static void read_numa_map(const void *memory, char *line, int length)
{
	FILE *file = fopen("/proc/self/numa_maps", "r");

	if (!file)
		fail("/proc/self/numa_maps", FAILED);
	do
		if (!fgets(line, length, file))
			fail("/proc/self/numa_maps", FAILED);
	while (strtoul(line, NULL, 16) != (unsigned long)memory);
	fclose(file);
}

/* The `N<node>=<pages>` of the line, as bytes. */
static void print_nodes(char *line)
{
	const char *size = strstr(line, "kernelpagesize_kB="), *separator = "";
	unsigned long page = size ? strtoul(size + strlen("kernelpagesize_kB="), NULL, 10) << 10 : 0;

	printf("\"pageBytes\":%lu,\"nodes\":{", page);
	for (char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n")) {
		unsigned int node;
		unsigned long pages;

		if (sscanf(word, "N%u=%lu", &node, &pages) == 2) {
			printf("%s\"%u\":%lu", separator, node, pages * page);
			separator = ",";
		}
	}
	printf("},");
}

static void print_allowed_nodes(void)
{
	char line[4096], nodes[4096] = "";
	FILE *file = fopen("/proc/self/status", "r");

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "Mems_allowed_list: %4095s", nodes);
	if (file)
		fclose(file);
	printf("\"allowedNodes\":\"%s\",", nodes);
}

/* What the driver had injected. */
static void print_environment(void)
{
	const char *separator = "";

	printf("\"environment\":{");
	for (char **entry = environ; *entry; entry++) {
		char *value = strchr(*entry, '=');

		if (strncmp(*entry, "DRAMEMORY_", strlen("DRAMEMORY_")) || !value)
			continue;
		*value = '\0';
		printf("%s\"", separator);
		print_escaped(*entry);
		printf("\":\"");
		print_escaped(value + 1);
		putchar('"');
		*value = '=';
		separator = ",";
	}
	putchar('}');
}

void report(const void *memory, size_t bytes)
{
	char line[4096];

	read_numa_map(memory, line, sizeof(line));
	printf("{\"bytes\":%zu,", bytes);
	print_nodes(line);
	print_allowed_nodes();
	print_environment();
	puts("}");
	fflush(stdout);
}
