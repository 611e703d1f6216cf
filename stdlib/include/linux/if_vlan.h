/* VLAN devices (IEEE 802.1Q): flags. The kernel exports no structure for the tag itself.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_IF_VLAN_H_
#define _LINUX_IF_VLAN_H_

enum vlan_flags {
	VLAN_FLAG_REORDER_HDR    = 0x1,
	VLAN_FLAG_GVRP           = 0x2,
	VLAN_FLAG_LOOSE_BINDING  = 0x4,
	VLAN_FLAG_MVRP           = 0x8,
	VLAN_FLAG_BRIDGE_BINDING = 0x10,
};

enum vlan_name_types {
	VLAN_NAME_TYPE_PLUS_VID,
	VLAN_NAME_TYPE_RAW_PLUS_VID,
	VLAN_NAME_TYPE_PLUS_VID_NO_PAD,
	VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD,
	VLAN_NAME_TYPE_HIGHEST,
};

#endif
