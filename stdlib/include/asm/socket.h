/* See asm-generic/socket.h: it is the same on the machines whose kernels take BPF programs.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_SOCKET_H
#define _ASM_SOCKET_H

#include <asm-generic/socket.h>

#endif
