/* Error numbers. There is no variable errno in a BPF program.
   SPDX-License-Identifier: Apache-2.0 */
#include <linux/errno.h>
#ifndef ENOTSUP
#define ENOTSUP EOPNOTSUPP
#endif
