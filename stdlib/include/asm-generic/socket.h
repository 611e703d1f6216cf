/* See asm/socket.h.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_GENERIC_SOCKET_H
#define _ASM_GENERIC_SOCKET_H

#include <asm/socket.h>

#endif
