/* Requests of ptrace(2); the registers of a traced task, the context of kprobe programs.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_PTRACE_H
#define _LINUX_PTRACE_H

#include <linux/types.h>
#include <asm/ptrace.h>

#define PTRACE_TRACEME                0
#define PTRACE_PEEKTEXT               1
#define PTRACE_PEEKDATA               2
#define PTRACE_PEEKUSR                3
#define PTRACE_POKETEXT               4
#define PTRACE_POKEDATA               5
#define PTRACE_POKEUSR                6
#define PTRACE_CONT                   7
#define PTRACE_KILL                   8
#define PTRACE_SINGLESTEP             9
#define PTRACE_ATTACH                 16
#define PTRACE_DETACH                 17
#define PTRACE_SYSCALL                24
#define PTRACE_SETOPTIONS             0x4200
#define PTRACE_GETEVENTMSG            0x4201
#define PTRACE_GETSIGINFO             0x4202
#define PTRACE_SETSIGINFO             0x4203
#define PTRACE_GETREGSET              0x4204
#define PTRACE_SETREGSET              0x4205
#define PTRACE_SEIZE                  0x4206
#define PTRACE_INTERRUPT              0x4207
#define PTRACE_LISTEN                 0x4208
#define PTRACE_PEEKSIGINFO            0x4209
#define PTRACE_GETSIGMASK             0x420a
#define PTRACE_SETSIGMASK             0x420b
#define PTRACE_SECCOMP_GET_FILTER     0x420c
#define PTRACE_SECCOMP_GET_METADATA   0x420d
#define PTRACE_GET_SYSCALL_INFO       0x420e
#define PTRACE_SYSCALL_INFO_NONE      0
#define PTRACE_SYSCALL_INFO_ENTRY     1
#define PTRACE_SYSCALL_INFO_EXIT      2
#define PTRACE_SYSCALL_INFO_SECCOMP   3
#define PTRACE_GET_RSEQ_CONFIGURATION 0x420f
#define PTRACE_EVENTMSG_SYSCALL_ENTRY 1
#define PTRACE_EVENTMSG_SYSCALL_EXIT  2
#define PTRACE_PEEKSIGINFO_SHARED     0x1
#define PTRACE_EVENT_FORK             1
#define PTRACE_EVENT_VFORK            2
#define PTRACE_EVENT_CLONE            3
#define PTRACE_EVENT_EXEC             4
#define PTRACE_EVENT_VFORK_DONE       5
#define PTRACE_EVENT_EXIT             6
#define PTRACE_EVENT_SECCOMP          7
#define PTRACE_EVENT_STOP             128
#define PTRACE_O_TRACESYSGOOD         1
#define PTRACE_O_TRACEFORK            0x2
#define PTRACE_O_TRACEVFORK           0x4
#define PTRACE_O_TRACECLONE           0x8
#define PTRACE_O_TRACEEXEC            0x10
#define PTRACE_O_TRACEVFORKDONE       0x20
#define PTRACE_O_TRACEEXIT            0x40
#define PTRACE_O_TRACESECCOMP         0x80
#define PTRACE_O_EXITKILL             0x100000
#define PTRACE_O_SUSPEND_SECCOMP      0x200000
#define PTRACE_O_MASK                 0x3000ff

struct ptrace_peeksiginfo_args {
	__u64 off;
	__u32 flags;
	__s32 nr;
};

struct seccomp_metadata {
	__u64 filter_off;
	__u64 flags;
};

struct ptrace_syscall_info {
	__u8 op;
	__u8 reserved;
	__u16 flags;
	__u32 arch;
	__u64 instruction_pointer;
	__u64 stack_pointer;
	union {
		struct {
			__u64 nr;
			__u64 args[6];
		} entry;
		struct {
			__s64 rval;
			__u8 is_error;
		} exit;
		struct {
			__u64 nr;
			__u64 args[6];
			__u32 ret_data;
			__u32 reserved2;
		} seccomp;
	};
};

struct ptrace_rseq_configuration {
	__u64 rseq_abi_pointer;
	__u32 rseq_abi_size;
	__u32 signature;
	__u32 flags;
	__u32 pad;
};

#endif
