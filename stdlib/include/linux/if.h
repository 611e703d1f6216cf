/* Network interfaces: names, flags, states, ioctl structures.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_IF_H
#define _LINUX_IF_H

#include <linux/types.h>
#include <linux/socket.h>
#include <sys/socket.h>

#define IFNAMSIZ 16

#define IFALIASZ 256

#define ALTIFNAMSIZ 128

#define IFF_VOLATILE 461914

#define IF_GET_IFACE            0x1
#define IF_GET_PROTO            0x2
#define IF_IFACE_V35            0x1000
#define IF_IFACE_V24            0x1001
#define IF_IFACE_X21            0x1002
#define IF_IFACE_T1             0x1003
#define IF_IFACE_E1             0x1004
#define IF_IFACE_SYNC_SERIAL    0x1005
#define IF_IFACE_X21D           0x1006
#define IF_PROTO_HDLC           0x2000
#define IF_PROTO_PPP            0x2001
#define IF_PROTO_CISCO          0x2002
#define IF_PROTO_FR             0x2003
#define IF_PROTO_FR_ADD_PVC     0x2004
#define IF_PROTO_FR_DEL_PVC     0x2005
#define IF_PROTO_X25            0x2006
#define IF_PROTO_HDLC_ETH       0x2007
#define IF_PROTO_FR_ADD_ETH_PVC 0x2008
#define IF_PROTO_FR_DEL_ETH_PVC 0x2009
#define IF_PROTO_FR_PVC         0x200a
#define IF_PROTO_FR_ETH_PVC     0x200b
#define IF_PROTO_RAW            0x200c

#define IFHWADDRLEN 6

enum net_device_flags {
	IFF_UP          = 0x1,
	IFF_BROADCAST   = 0x2,
	IFF_DEBUG       = 0x4,
	IFF_LOOPBACK    = 0x8,
	IFF_POINTOPOINT = 0x10,
	IFF_NOTRAILERS  = 0x20,
	IFF_RUNNING     = 0x40,
	IFF_NOARP       = 0x80,
	IFF_PROMISC     = 0x100,
	IFF_ALLMULTI    = 0x200,
	IFF_MASTER      = 0x400,
	IFF_SLAVE       = 0x800,
	IFF_MULTICAST   = 0x1000,
	IFF_PORTSEL     = 0x2000,
	IFF_AUTOMEDIA   = 0x4000,
	IFF_DYNAMIC     = 0x8000,
	IFF_LOWER_UP    = 0x10000,
	IFF_DORMANT     = 0x20000,
	IFF_ECHO        = 0x40000,
};
/* macros, too: for #ifdef */
#define IFF_UP          IFF_UP
#define IFF_BROADCAST   IFF_BROADCAST
#define IFF_DEBUG       IFF_DEBUG
#define IFF_LOOPBACK    IFF_LOOPBACK
#define IFF_POINTOPOINT IFF_POINTOPOINT
#define IFF_NOTRAILERS  IFF_NOTRAILERS
#define IFF_RUNNING     IFF_RUNNING
#define IFF_NOARP       IFF_NOARP
#define IFF_PROMISC     IFF_PROMISC
#define IFF_ALLMULTI    IFF_ALLMULTI
#define IFF_MASTER      IFF_MASTER
#define IFF_SLAVE       IFF_SLAVE
#define IFF_MULTICAST   IFF_MULTICAST
#define IFF_PORTSEL     IFF_PORTSEL
#define IFF_AUTOMEDIA   IFF_AUTOMEDIA
#define IFF_DYNAMIC     IFF_DYNAMIC
#define IFF_LOWER_UP    IFF_LOWER_UP
#define IFF_DORMANT     IFF_DORMANT
#define IFF_ECHO        IFF_ECHO

enum {
	IF_OPER_UNKNOWN        = 0,
	IF_OPER_NOTPRESENT     = 1,
	IF_OPER_DOWN           = 2,
	IF_OPER_LOWERLAYERDOWN = 3,
	IF_OPER_TESTING        = 4,
	IF_OPER_DORMANT        = 5,
	IF_OPER_UP             = 6,
};

enum {
	IF_LINK_MODE_DEFAULT = 0,
	IF_LINK_MODE_DORMANT = 1,
	IF_LINK_MODE_TESTING = 2,
};

struct ifmap {
	unsigned long mem_start;
	unsigned long mem_end;
	unsigned short base_addr;
	unsigned char irq;
	unsigned char dma;
	unsigned char port;
};

/* the pointers are to structures of linux/hdlc/ioctl.h */
struct if_settings {
	unsigned int type;
	unsigned int size;
	union {
		void *raw_hdlc;
		void *cisco;
		void *fr;
		void *fr_pvc;
		void *fr_pvc_info;
		void *x25;
		void *sync;
		void *te1;
	} ifs_ifsu;
};

struct ifreq {
	union {
		char ifrn_name[16];
	} ifr_ifrn;
	union {
		struct sockaddr ifru_addr;
		struct sockaddr ifru_dstaddr;
		struct sockaddr ifru_broadaddr;
		struct sockaddr ifru_netmask;
		struct sockaddr ifru_hwaddr;
		short ifru_flags;
		int ifru_ivalue;
		int ifru_mtu;
		struct ifmap ifru_map;
		char ifru_slave[16];
		char ifru_newname[16];
		void *ifru_data;
		struct if_settings ifru_settings;
	} ifr_ifru;
};

struct ifconf {
	int ifc_len;
	union {
		char *ifcu_buf;
		struct ifreq *ifcu_req;
	} ifc_ifcu;
};

#endif
