/* What kernel headers use in structures.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_STDDEF_H
#define _LINUX_STDDEF_H

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

/* the same members twice: by themselves, and as one member NAME */
#define __struct_group(TAG, NAME, ATTRS, MEMBERS...) \
	union { \
		struct { MEMBERS } ATTRS; \
		struct TAG { MEMBERS } ATTRS NAME; \
	} ATTRS

/* a flexible array where C allows none: in a union, or alone in a structure */
#define __DECLARE_FLEX_ARRAY(TYPE, NAME) \
	struct { \
		struct { } __empty_##NAME; \
		TYPE NAME[]; \
	}

/* a member of a union of structures with a tag of its own */
#ifndef __struct_group_tag
#define __struct_group_tag(TAG) TAG
#endif

/* which member counts an array; which array is not a string: known to newer compilers only */
#ifndef __counted_by
#define __counted_by(member)
#endif
#ifndef __counted_by_le
#define __counted_by_le(member)
#endif
#ifndef __counted_by_be
#define __counted_by_be(member)
#endif
#ifndef __kernel_nonstring
#define __kernel_nonstring
#endif

#endif
