/* Registers of a traced task: the context of kprobe programs.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_PTRACE_H
#define _LINUX_PTRACE_H

#include <asm/ptrace.h>

#endif
