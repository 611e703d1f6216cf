/* Clock ticks a second as user space counts them, the smallest page.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_GENERIC_PARAM_H
#define _ASM_GENERIC_PARAM_H

#define HZ             100
#define EXEC_PAGESIZE  4096
#define NOGROUP        (-1)
#define MAXHOSTNAMELEN 64

#endif
