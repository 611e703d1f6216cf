/* C11 7.17: the orders, and the functions on whole objects by the compiler's own __atomic. An object of an atomic type is
   _Atomic, which this compiler does not have: the names of these types are macros, so that only who uses one is told.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _STDATOMIC_H
#define _STDATOMIC_H

typedef enum memory_order {
	memory_order_relaxed = __ATOMIC_RELAXED,
	memory_order_consume = __ATOMIC_CONSUME,
	memory_order_acquire = __ATOMIC_ACQUIRE,
	memory_order_release = __ATOMIC_RELEASE,
	memory_order_acq_rel = __ATOMIC_ACQ_REL,
	memory_order_seq_cst = __ATOMIC_SEQ_CST,
} memory_order;

#define kill_dependency(value) (value)

#define atomic_bool   _Atomic _Bool
#define atomic_char   _Atomic char
#define atomic_schar  _Atomic signed char
#define atomic_uchar  _Atomic unsigned char
#define atomic_short  _Atomic short
#define atomic_ushort _Atomic unsigned short
#define atomic_int    _Atomic int
#define atomic_uint   _Atomic unsigned
#define atomic_long   _Atomic long
#define atomic_ulong  _Atomic unsigned long
#define atomic_llong  _Atomic long long
#define atomic_ullong _Atomic unsigned long long

#define atomic_load_explicit(object, order)             __atomic_load_n(object, order)
#define atomic_store_explicit(object, value, order)     __atomic_store_n(object, value, order)
#define atomic_exchange_explicit(object, value, order)  __atomic_exchange_n(object, value, order)
#define atomic_fetch_add_explicit(object, value, order) __atomic_fetch_add(object, value, order)
#define atomic_fetch_sub_explicit(object, value, order) __atomic_fetch_sub(object, value, order)
#define atomic_fetch_and_explicit(object, value, order) __atomic_fetch_and(object, value, order)
#define atomic_fetch_or_explicit(object, value, order)  __atomic_fetch_or(object, value, order)
#define atomic_fetch_xor_explicit(object, value, order) __atomic_fetch_xor(object, value, order)

#define atomic_load(object)             atomic_load_explicit(object, __ATOMIC_SEQ_CST)
#define atomic_store(object, value)     atomic_store_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_exchange(object, value)  atomic_exchange_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_fetch_add(object, value) atomic_fetch_add_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_fetch_sub(object, value) atomic_fetch_sub_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_fetch_and(object, value) atomic_fetch_and_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_fetch_or(object, value)  atomic_fetch_or_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_fetch_xor(object, value) atomic_fetch_xor_explicit(object, value, __ATOMIC_SEQ_CST)

#endif
