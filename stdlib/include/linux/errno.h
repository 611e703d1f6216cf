/* Error numbers; helpers return them negated.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_ERRNO_H
#define _LINUX_ERRNO_H

#include <asm/errno.h>

#endif
