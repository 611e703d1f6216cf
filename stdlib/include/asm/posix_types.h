/* See linux/posix_types.h.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_POSIX_TYPES_H
#define _ASM_POSIX_TYPES_H

#include <linux/posix_types.h>

#endif
