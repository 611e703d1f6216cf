/* The only process of the guest kernel that guest.py boots: it loads every program of every object in /objects alone, and
 * prints "LOAD file program errno" for each; with guest_run=1 on the kernel's command line it runs raw_tp programs as well, and
 * prints "DATA file program bytes-of-.bss"; with guest_log=1 libbpf says what it does. Beside an object NAME.o there may be NAME.packets, for its one XDP program: its
 * records are a u32 length, in the machine's byte order, and so many bytes; "PACKET file retval bytes" comes of each. Static;
 * linked with libbpf. */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static int silent(enum libbpf_print_level level, const char *format, va_list arguments)
{
	return 0;
}

/* run a raw_tp program once, and print what its .bss holds then */
static void run_one(const struct bpf_object *object, const struct bpf_program *program, const char *file)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".bss");
	unsigned char value[4096];
	__u64 context[12] = {0};
	int key = 0;
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = context, .ctx_size_in = sizeof(context));

	if (!map || bpf_map__value_size(map) > sizeof(value) || bpf_program__type(program) != BPF_PROG_TYPE_RAW_TRACEPOINT)
		return;
	if (bpf_prog_test_run_opts(bpf_program__fd(program), &run) || bpf_map_lookup_elem(bpf_map__fd(map), &key, value))
		return;
	printf("DATA %s %s ", file, bpf_program__name(program));
	for (unsigned i = 0; i < bpf_map__value_size(map); i++)
		printf("%02x", value[i]);
	printf("\n");
}

/* 0, or the errno of loading program `name` of `path`, all others left out */
static int load_one(const char *path, const char *file, const char *name)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;
	int result;

	if (!object)
		return errno ? errno : EINVAL;
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	result = bpf_object__load(object);
	if (!result && getenv("guest_run"))
		bpf_object__for_each_program(program, object)
			if (bpf_program__fd(program) >= 0)
				run_one(object, program, file);
	bpf_object__close(object);
	return -result;
}

/* run the XDP program of an object on each packet */
static void run_packets(const char *path, const char *file, FILE *packets)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;
	unsigned char packet[4096], after[4096];
	unsigned size;
	int result;

	if (!object)
		return;
	result = bpf_object__load(object);
	program = bpf_object__next_program(object, NULL);
	printf("LOAD %s %s %d\n", file, bpf_program__name(program), -result);
	while (!result && fread(&size, 4, 1, packets) == 1 && size <= sizeof(packet) && fread(packet, 1, size, packets) == size) {
		LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = size, .data_out = after,
			    .data_size_out = sizeof(after));

		if (bpf_prog_test_run_opts(bpf_program__fd(program), &run))
			run.retval = -1;
		printf("PACKET %s %d ", file, (int)run.retval);
		for (unsigned i = 0; i < run.data_size_out; i++)
			printf("%02x", after[i]);
		printf("\n");
	}
	bpf_object__close(object);
}

static void load_all(const char *file)
{
	struct bpf_program *program;
	struct bpf_object *object;
	char path[4096];

	FILE *packets;

	snprintf(path, sizeof(path), "/objects/%.*s.packets", (int)strlen(file) - 2, file);
	packets = fopen(path, "r");
	snprintf(path, sizeof(path), "/objects/%s", file);
	if (packets) {
		run_packets(path, file, packets);
		fclose(packets);
		return;
	}
	object = bpf_object__open_file(path, NULL);
	if (!object) {
		printf("LOAD %s - %d\n", file, errno);
		return;
	}
	bpf_object__for_each_program(program, object)
		printf("LOAD %s %s %d\n", file, bpf_program__name(program),
		       load_one(path, file, bpf_program__name(program)));
	bpf_object__close(object);
}

int main(void)
{
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
	struct dirent **entries;
	FILE *jit;
	int count;

	setvbuf(stdout, NULL, _IOLBF, 0);
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	jit = fopen("/proc/sys/net/core/bpf_jit_enable", "w"); /* callbacks need it; s390 leaves it off */
	if (jit) {
		fputs("1", jit);
		fclose(jit);
	}
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL);
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	if (!getenv("guest_log"))
		libbpf_set_print(silent);
	printf("\n");
	count = scandir("/objects", &entries, NULL, alphasort);
	for (int i = 0; i < count; i++)
		if (entries[i]->d_name[0] != '.' && !strstr(entries[i]->d_name, ".packets"))
			load_all(entries[i]->d_name);
	printf("DONE\n");
	reboot(RB_POWER_OFF);
	return 0;
}
