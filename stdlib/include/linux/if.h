/* Network interfaces: length of names, flags.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_IF_H
#define _LINUX_IF_H

#define IFNAMSIZ 16
#define IFALIASZ 256

#define IFF_UP          0x1
#define IFF_BROADCAST   0x2
#define IFF_DEBUG       0x4
#define IFF_LOOPBACK    0x8
#define IFF_POINTOPOINT 0x10
#define IFF_NOTRAILERS  0x20
#define IFF_RUNNING     0x40
#define IFF_NOARP       0x80
#define IFF_PROMISC     0x100
#define IFF_ALLMULTI    0x200
#define IFF_MASTER      0x400
#define IFF_SLAVE       0x800
#define IFF_MULTICAST   0x1000

#endif
