/* Room for any socket address. The kernel exports no AF_* and SOL_*: programs define those they use.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_SOCKET_H
#define _LINUX_SOCKET_H

#include <linux/types.h>

#define _K_SS_MAXSIZE 128

struct __kernel_sockaddr_storage {
	union {
		struct {
			__kernel_sa_family_t ss_family;
			char __data[_K_SS_MAXSIZE - sizeof(unsigned short)];
		};
		void *__align;
	};
};

#endif
