/* What tc programs return.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_PKT_CLS_H
#define __LINUX_PKT_CLS_H

#include <linux/types.h>

#define TC_ACT_UNSPEC     (-1) /* as the filter is configured; in tcx, the next program */
#define TC_ACT_OK         0 /* let it pass */
#define TC_ACT_RECLASSIFY 1
#define TC_ACT_SHOT       2 /* drop it */
#define TC_ACT_PIPE       3 /* go on with the next action */
#define TC_ACT_STOLEN     4 /* taken away, no error */
#define TC_ACT_QUEUED     5
#define TC_ACT_REPEAT     6
#define TC_ACT_REDIRECT   7 /* what bpf_redirect() returns */
#define TC_ACT_TRAP       8
#define TC_ACT_VALUE_MAX  8

/* An action word: a verdict in its upper 4 bits, a value in the rest */
#define TC_ACT_EXT_SHIFT         28
#define TC_ACT_EXT_VAL_MASK      ((1 << TC_ACT_EXT_SHIFT) - 1)
#define __TC_ACT_EXT(local)      ((local) << TC_ACT_EXT_SHIFT)
#define TC_ACT_EXT_OPCODE(word)  ((word) & (~TC_ACT_EXT_VAL_MASK))
#define TC_ACT_EXT_CMP(word, op) (TC_ACT_EXT_OPCODE(word) == (op))
#define TC_ACT_JUMP              __TC_ACT_EXT(1)
#define TC_ACT_GOTO_CHAIN        __TC_ACT_EXT(2)

#endif
