/* Internet addresses and protocols, as the C library spells them; see linux/in.h.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _NETINET_IN_H
#define _NETINET_IN_H

#include <stdint.h>
#include <sys/socket.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <asm/byteorder.h>

typedef uint16_t in_port_t;
typedef uint32_t in_addr_t;

/* levels of setsockopt */
#define SOL_IP     0
#define SOL_IPV6   41
#define SOL_ICMPV6 58

#define INET_ADDRSTRLEN  16
#define INET6_ADDRSTRLEN 46

#ifndef htons
#define htons(x) __cpu_to_be16(x)
#define ntohs(x) __be16_to_cpu(x)
#define htonl(x) __cpu_to_be32(x)
#define ntohl(x) __be32_to_cpu(x)
#endif

#endif
