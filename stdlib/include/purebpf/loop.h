/* Loops of any length, by the instruction may_goto (Linux 6.9, -mcpu=v4 or an assembler that knows it): the kernel counts the
   turns and leaves the loop when there were too many.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _PUREBPF_LOOP_H
#define _PUREBPF_LOOP_H

/* while (can_loop && ...), for (...; ... && can_loop; ...) */
#ifndef can_loop
#define can_loop \
	({ \
		__label__ ____spent, ____done; \
		_Bool ____more = 1; \
		__asm__ volatile goto("may_goto %l[____spent]" :::: ____spent); \
		goto ____done; \
	____spent: \
		____more = 0; \
	____done:; \
		____more; \
	})
#endif

/* as the last statement of a loop's body */
#ifndef cond_break
#define cond_break \
	({ \
		if (!can_loop) \
			break; \
	})
#endif

#endif
