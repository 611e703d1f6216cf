/* Room for any socket address. The kernel exports no AF_* and SOL_*: programs define those they use, or include sys/socket.h.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_SOCKET_H
#define _LINUX_SOCKET_H

#include <linux/types.h>

typedef unsigned short __kernel_sa_family_t;

#define _K_SS_MAXSIZE 128

#define SOCK_SNDBUF_LOCK       1
#define SOCK_RCVBUF_LOCK       2
#define SOCK_BUF_LOCK_MASK     3
#define SOCK_TXREHASH_DEFAULT  255
#define SOCK_TXREHASH_DISABLED 0
#define SOCK_TXREHASH_ENABLED  1

struct __kernel_sockaddr_storage {
	union {
		struct {
			__kernel_sa_family_t ss_family;
			char __data[126];
		};
		void *__align;
	};
};

#endif
