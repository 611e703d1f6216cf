/* Rounding and the like.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/const.h>
#include <linux/types.h>

#endif
